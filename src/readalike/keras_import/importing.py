"""From a file of Keras and a table of ratings to a model folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from readalike import predictors
from readalike.algorithms.popularity import Popularity
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings, kept
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError, SettingError
from readalike.files import sha256
from readalike.keras_import.graph import assumed_network, network_of
from readalike.keras_import.keras_file import read_stored
from readalike.keras_import.layers import Lookup, Network
from readalike.model_folder import store
from readalike.models import EmbeddingModel, ItemScores, NetworkModel
from readalike.models.steps import Step
from readalike.numerics.arrays import F32, I64
from readalike.numerics.ranking_metrics import rmse
from readalike.numerics.ranks import average_ranks
from readalike.numerics.topn import tie_order, top_n
from readalike.progress import Progress, silent
from readalike.recommend.card import Card
from readalike.recommend.recommender import Recommender
from readalike.recommend.results import Forecaster
from readalike.tables.dataset import Dataset, read
from readalike.training import facts_of

Rows = I64

BOOK = ("book", "item", "isbn", "title", "movie", "product", "work")
READER = ("reader", "user", "member", "customer", "person")


@dataclass(frozen=True, eq=False)
class InputSide:
    """The reader's or the book's half of a network."""

    input: str
    lookups: tuple[Lookup, ...]

    @property
    def rows(self) -> int:
        """Ids from 0 to below this have a vector."""
        return min(len(lookup.table) for lookup in self.lookups)

    @property
    def vectors(self) -> F32:
        """The tables side by side; shape (rows, sum of widths)."""
        return np.hstack([lookup.table[: self.rows] for lookup in self.lookups])

    @property
    def layers(self) -> list[str]:
        """The names of the embeddings."""
        return list(dict.fromkeys(lookup.layer for lookup in self.lookups))

    def rows_of(self, ids: Vocabulary) -> Rows:
        """The row of each id: the id itself, where it is a number written plainly (7, not 07)."""
        most = len(str(self.rows))
        plain = (len(i) <= most and i.isdecimal() and str(int(i)) == i for i in ids)
        numbers = (int(i) if is_plain else -1 for i, is_plain in zip(ids, plain, strict=True))
        return np.fromiter((n if n < self.rows else -1 for n in numbers), np.int64, len(ids))

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        shapes = {lookup.layer: list(lookup.table.shape) for lookup in self.lookups}
        return {"input": self.input, "embeddings": shapes}


def sides_of(
    network: Network, file: Path, readers: Vocabulary, books: Vocabulary, book_layer: str | None
) -> tuple[InputSide, InputSide]:
    """The reader's side and the book's.

    They are told apart by `book_layer`, by what inputs and embeddings are called, or by which way
    round more ids have a row.
    """
    inputs = list(dict.fromkeys(lookup.input for lookup in network.lookups))
    if len(inputs) != 2:
        got = ", ".join(inputs) if inputs else "none"
        raise InputError(
            f"must be a model with embeddings of two inputs, readers and books, got {len(inputs)} "
            f"({got}); only such a model can be imported",
            file=file,
        )
    one, two = (
        InputSide(name, tuple(each for each in network.lookups if each.input == name))
        for name in inputs
    )
    ways = ((one, two), (two, one))
    if book_layer is not None:
        for reader, book in ways:
            if book_layer in (book.input, *book.layers):
                return reader, book
        names = dict.fromkeys(name for side in ways[0] for name in (side.input, *side.layers))
        raise SettingError(f"--book-layer must be one of {', '.join(names)}, got {book_layer!r}")
    named = [way for way in ways if _is_called(way[0], READER, BOOK)]
    named += [way for way in ways if _is_called(way[1], BOOK, READER) and way not in named]
    if len(named) == 1:
        return named[0]
    strangers = [
        int((reader.rows_of(readers) < 0).sum() + (book.rows_of(books) < 0).sum())
        for reader, book in ways
    ]
    if strangers[0] == strangers[1]:
        raise InputError(
            f"must say by its names which of {one.input} and {two.input} takes the book; name it "
            "with --book-layer NAME",
            file=file,
        )
    chosen = ways[strangers[0] > strangers[1]]
    network.assumed.append(
        f"{chosen[1].input} takes the book, since more ids have a row that way round"
    )
    return chosen


def _is_called(side: InputSide, words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    text = " ".join([side.input, *side.layers]).lower()
    return any(word in text for word in words) and not any(word in text for word in others)


Fitted = EmbeddingModel | NetworkModel
"""What a file of Keras can become."""


def model_of(
    network: Network, reader: InputSide, book: InputSide, users: Rows, items: Rows
) -> Fitted:
    """The model of the readers and books at hand.

    A plain product, alone or with a bias of the reader and one of the book, is an embedding;
    everything else keeps its steps.
    """
    biases = _biases(network, reader, book)
    if biases is not None:
        product, more = biases
        tables = {n: network.lookups[n].table for n in (*product, *more)}
        return EmbeddingModel(
            _taken(tables[product[0]], users),
            _taken(tables[product[1]], items),
            _taken(tables[more[0]], users)[:, 0] if more else None,
            _taken(tables[more[1]], items)[:, 0] if more else None,
        )
    known = users[users >= 0]
    trained = reader.vectors[known] if len(known) else reader.vectors
    return NetworkModel(
        user_vectors=_taken(reader.vectors, users),
        item_vectors=_taken(book.vectors, items),
        steps=_steps(network, {"reader": reader, "book": book}),
        mean=trained.mean(axis=0),
        spread=trained.std(axis=0),
    )


def _taken(table: F32, rows: Rows) -> F32:
    """Some rows of a table, 0 where there is none."""
    taken = table[rows]
    taken[rows < 0] = 0
    return np.ascontiguousarray(taken, np.float32)


def _biases(
    network: Network, reader: InputSide, book: InputSide
) -> tuple[tuple[int, int], tuple[int, ...]] | None:
    """The numbers of the lookups (reader's, book's) of the product, and of the biases if any.

    None where the network is anything but p . q or p . q + b + c.
    """
    steps = network.steps
    terms = _terms(steps, len(steps) - 1)
    products = [steps[steps[n].inputs[0]] for n in terms if steps[n].op == "sum"]
    added = [steps[n] for n in terms if steps[n].op != "sum"]
    if len(products) != 1 or products[0].op != "multiply":
        return None
    pair = _pair(network, [steps[n] for n in products[0].inputs], reader, book)
    if pair is None:
        return None
    if not added:
        return pair, ()
    more = _pair(network, added, reader, book)
    if more is None or any(network.lookups[n].table.shape[1] != 1 for n in more):
        return None
    return pair, more


def _terms(steps: list[Step], number: int) -> list[int]:
    """What is added up to an outcome."""
    if steps[number].op != "add":
        return [number]
    return [term for inner in steps[number].inputs for term in _terms(steps, inner)]


def _pair(
    network: Network, steps: list[Step], reader: InputSide, book: InputSide
) -> tuple[int, int] | None:
    """The lookups that two steps are, the reader's first; None where they are anything else."""
    if [step.op for step in steps] != ["lookup", "lookup"]:
        return None
    numbers = [int(step.options["lookup"]) for step in steps]
    by_input = {network.lookups[number].input: number for number in numbers}
    if by_input.keys() != {reader.input, book.input}:
        return None
    return by_input[reader.input], by_input[book.input]


def _steps(network: Network, sides: Mapping[str, InputSide]) -> tuple[Step, ...]:
    """The steps with lookups as columns of the reader's or the book's vector."""
    columns: dict[int, Step] = {}
    for op, side in sides.items():
        start = 0
        for number, lookup in enumerate(network.lookups):
            if lookup.input == side.input:
                end = start + lookup.table.shape[1]
                columns[number], start = Step(op, options={"columns": [start, end]}), end
    return tuple(
        columns[step.options["lookup"]] if step.op == "lookup" else step for step in network.steps
    )


READERS = 300
PLACES = 10


@dataclass(frozen=True)
class TableCheck:
    """What was measured on readers whose vectors are in the file.

    The table may be what the model was trained on, so this says whether it was read as it was
    meant, not how good it is.
    """

    readers: int
    error: float  # root of the mean squared difference of scores and stars; NaN without stars
    error_of_mean: float  # the same where every score is the mean of these stars
    listed: float
    """Mean percentile, from 0 to 1, of the popularity of the 10 best unread books; NaN where all
    books are equally popular."""
    read: float  # that of the books that these readers have read

    def warnings(self) -> Iterator[str]:
        """What speaks against using the model, one thing a line."""
        if self.error > self.error_of_mean:
            yield (
                f"its scores miss the stars of this table by {self.error:.2f}, the mean of all "
                f"stars by {self.error_of_mean:.2f}: is this the table it was trained on, with the "
                "same ids?"
            )
        if self.listed < 0.5 and self.listed < self.read:
            yield (
                f"it lists little-read books: mean popularity percentile {100 * self.listed:.0f}, "
                f"where chance has 50 and what readers chose has {100 * self.read:.0f}; such lists "
                "help few, and 'readalike train' makes better ones"
            )


def check_on_table(
    model: Fitted, ratings: Ratings, popularity: ItemScores, rows: Rows
) -> TableCheck | None:
    """Looks at up to 300 readers drawn from those with a row; None where there are none."""
    known = np.flatnonzero((rows >= 0) & (ratings.histories.lengths > 0))
    if not len(known):
        return None
    users = np.sort(np.random.default_rng(0).permutation(known)[:READERS])
    histories = ratings.histories.take(users)
    starred = ~np.isnan(histories.stars)
    stars = histories.stars[starred].astype(np.float64)
    guessed = model.predict(users[histories.rows[starred]], histories.items[starred])
    scores = model.score_users(users)
    scores[histories.rows, histories.items] = -np.inf
    lists, _ = top_n(scores, min(PLACES, model.n_items), tie_order(model.n_items, 0))
    counts = popularity.scores
    percentiles = (average_ranks(counts) - 0.5) / len(counts)
    if counts.min() == counts.max():
        percentiles[:] = np.nan
    return TableCheck(
        len(users),
        rmse(guessed, stars),
        rmse(np.full(len(stars), stars.mean()), stars) if len(stars) else float("nan"),
        float(percentiles[lists[lists >= 0]].mean()) if (lists >= 0).any() else float("nan"),
        float(percentiles[histories.items].mean()),
    )


ALGORITHM = "keras"
"""What the card of an imported model names as its algorithm."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Imported:
    """What `import_keras` gives back.

    Attributes:
        recommender: Ready to answer.
        card: What the model is.
        dataset: The ratings that gave ids, histories and titles.
        found: What the file holds, as plain JSON: version, reader and book (input and
            embeddings), head, assumed, ignored.
        books_without_row: Books of the table that the model does not know; they are never listed.
        readers_without_row: Readers of whom it has no vector; they are answered as new ones.
        rows_without_book: Vectors of books that are not in the table.
        standing: How the model does on the table; None where it knows none of its readers.
    """

    recommender: Recommender
    card: Card
    dataset: Dataset
    found: Mapping[str, Any]
    books_without_row: int
    readers_without_row: int
    rows_without_book: int
    standing: TableCheck | None

    @property
    def warnings(self) -> list[str]:
        """What speaks against using the model, one thing a line."""
        return [] if self.standing is None else list(self.standing.warnings())

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "found": dict(self.found),
            "shape": self.recommender.model.kind,
            "books_without_row": self.books_without_row,
            "readers_without_row": self.readers_without_row,
            "rows_without_book": self.rows_without_book,
            "standing": None if self.standing is None else asdict(self.standing),
            "warnings": self.warnings,
            "predictor": self.card.predictor,
            "data": dict(self.card.data),
            "intake": self.dataset.intake.as_dict(),
        }


def import_keras(
    file: Path | str,
    ratings: Any,
    model: Path | str | None = None,
    *,
    books: Any = None,
    book_layer: str | None = None,
    predictor: str | None = None,
    progress: Progress = silent,
    **reading: Any,
) -> Imported:
    """Makes a model folder of a model that Keras saved; nothing in the file is executed.

    The row of a reader or book is its id, as in the tutorial notebook.

    Args:
        file: `.h5` of Keras 2 or 3, `.keras`, or `.weights.h5`.
        ratings: Path or table of the ratings, or what was read already: ids, what readers have
            read, and titles.
        model: Folder to save to; nothing is saved where none is given.
        books: Path or table of the books, where they are not in the ratings.
        book_layer: Name of the input or embedding of books, where names do not tell.
        predictor: Name of what learns from the ratings to forecast stars beside the lists.
        progress: Told how far it is.
        reading: Passed on to `readalike.read`.

    Raises:
        InputError: The file or the ratings cannot be used.
        SettingError: No layer is called `book_layer`, or no predictor so.
        ModelError: The folder cannot be used.
        MissingExtra: h5py is not installed.
    """
    stars = None if predictor is None else predictors.predictor_of(predictor, {})
    stored = read_stored(file)
    network = assumed_network(stored) if stored.config is None else network_of(stored)
    if model is not None:
        store.refuse_foreign(Path(model))
    dataset = ratings if isinstance(ratings, Dataset) else read(ratings, books=books, **reading)
    users, items = dataset.ratings.users, dataset.ratings.items
    reader, book = sides_of(network, stored.file, users, items, book_layer)
    user_rows, item_rows = reader.rows_of(users), book.rows_of(items)
    if (item_rows < 0).all():
        raise InputError(
            f"must have a row for the books' ids, which must be whole numbers below {book.rows}, "
            f"got ids such as {items.ids[0]!r}; give the table that the model was trained on",
            file=stored.file,
        )
    with_row = np.flatnonzero(item_rows >= 0)
    known = _of_books(dataset.ratings, with_row)
    catalogue = dataset.catalogue.reindexed(known.items)
    popularity = Popularity().fit(known, catalogue)
    fitted = model_of(network, reader, book, user_rows, item_rows[with_row])
    standing = check_on_table(fitted, known, popularity, user_rows)
    strangers = np.flatnonzero(user_rows < 0)
    if len(strangers):
        fitted = fitted.adopting(strangers, known.histories.take(strangers))
    forecaster = None
    if stars is not None:
        forecaster = Forecaster(stars.fit(known, catalogue, progress), catalogue, known.scale)
    card = Card(
        algorithm=ALGORITHM,
        settings={"file": stored.file.name, "sha256": sha256(stored.file)},
        data=facts_of(dataset),
        predictor=None if stars is None else {"name": stars.name, "settings": stars.as_dict()},
    )
    recommender = Recommender(
        model=fitted,
        catalogue=catalogue,
        scale=known.scale,
        popularity=popularity,
        readers=known,
        forecaster=forecaster,
        card=card,
    )
    if model is not None:
        store.save(recommender, model)
    return Imported(
        recommender=recommender,
        card=card,
        dataset=dataset,
        found={
            "keras_version": stored.version,
            "reader": reader.as_dict(),
            "book": book.as_dict(),
            "head": network.head,
            "assumed": network.assumed,
            "ignored": list(stored.ignored),
        },
        books_without_row=int((item_rows < 0).sum()),
        readers_without_row=len(strangers),
        # row 0 is there for nothing where ids begin at 1
        rows_without_book=book.rows - 1 - len(np.unique(item_rows[item_rows > 0])),
        standing=standing,
    )


def _of_books(ratings: Ratings, books: Rows) -> Ratings:
    """The ratings of some books; all readers stay."""
    place = np.full(len(ratings.items), -1, np.int32)
    place[books] = np.arange(len(books))
    rows = kept(ratings.histories, place[ratings.histories.items] >= 0)
    histories = Histories(rows.indptr, place[rows.items], rows.stars, len(books))
    ids = Vocabulary(tuple(ratings.items.ids[book] for book in books.tolist()))
    return replace(ratings, histories=histories, items=ids)
