"""From a file of Keras and a table of ratings to a model folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from readalike import bundle, raters
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.settings import Progress, silent
from readalike.data.histories import Histories
from readalike.data.load import Dataset, read
from readalike.data.ratings import Ratings
from readalike.data.splitting import kept
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.forecasts import Forecaster
from readalike.keras_models.assumed import assumed_network
from readalike.keras_models.files import read_stored
from readalike.keras_models.fitted import model_of
from readalike.keras_models.graph import network_of
from readalike.keras_models.sides import Rows, Side, sides_of
from readalike.keras_models.standing import Standing, standing_of
from readalike.modelcard import Card
from readalike.modelfiles import sha256
from readalike.recommender import Recommender
from readalike.training import facts_of

ALGORITHM = "keras"
"""What the card of an imported model names as its algorithm."""


@dataclass(frozen=True, eq=False)
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
    standing: Standing | None

    @property
    def warnings(self) -> list[str]:
        """What speaks against using the model, one thing a line."""
        return [] if self.standing is None else self.standing.warnings()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "found": dict(self.found),
            "shape": self.recommender.model.shape,
            "books_without_row": self.books_without_row,
            "readers_without_row": self.readers_without_row,
            "rows_without_book": self.rows_without_book,
            "standing": None if self.standing is None else self.standing.as_dict(),
            "warnings": self.warnings,
            "rater": self.card.rater,
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
    rater: str | None = None,
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
        rater: Name of what learns from the ratings to forecast stars beside the lists.
        progress: Told how far it is.
        reading: Passed on to `readalike.read`.

    Raises:
        InputError: The file or the ratings cannot be used.
        SettingError: No layer is called `book_layer`, or no rater so.
        ModelError: The folder cannot be used.
        MissingExtra: h5py is not installed.
    """
    stars = None if rater is None else raters.rater_of(rater, {})
    stored = read_stored(file)
    network = assumed_network(stored) if stored.config is None else network_of(stored)
    if model is not None:
        bundle.refuse_foreign(Path(model))
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
    standing = standing_of(fitted, known, popularity, user_rows)
    strangers = np.flatnonzero(user_rows < 0)
    if len(strangers):
        fitted = fitted.adopting(strangers, known.histories.take(strangers))
    forecaster = None
    if stars is not None:
        forecaster = Forecaster(stars.fit(known, catalogue, progress), catalogue, known.scale)
    recommender = Recommender(fitted, catalogue, known.scale, popularity, known, forecaster)
    found = {
        "keras_version": stored.version,
        "reader": reader.told(),
        "book": book.told(),
        "head": network.head,
        "assumed": network.assumed,
        "ignored": list(stored.ignored),
    }
    card = Card(
        ALGORITHM,
        {"file": stored.file.name, "sha256": sha256(stored.file)},
        facts_of(dataset),
        rater=None if stars is None else {"name": stars.name, "settings": stars.as_dict()},
    )
    if model is not None:
        bundle.save(recommender, card, model)
    return Imported(
        recommender,
        card,
        dataset,
        found,
        int((item_rows < 0).sum()),
        len(strangers),
        _unused(book, item_rows),
        standing,
    )


def _of_books(ratings: Ratings, books: Rows) -> Ratings:
    """The ratings of some books; all readers stay."""
    place = np.full(len(ratings.items), -1, np.int32)
    place[books] = np.arange(len(books))
    rows = kept(ratings.histories, place[ratings.histories.items] >= 0)
    histories = Histories(rows.indptr, place[rows.items], rows.stars, len(books))
    ids = Vocabulary(tuple(ratings.items.ids[book] for book in books.tolist()))
    return replace(ratings, histories=histories, items=ids)


def _unused(book: Side, rows: Rows) -> int:
    """Rows from 1 that no id means; row 0 is there for nothing where ids begin at 1."""
    return book.rows - 1 - len(np.unique(rows[rows > 0]))
