"""Books that come after the training: added to a model folder, placed by what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from readalike.algorithms.blend import Blend
from readalike.bibliography.features import content_rows
from readalike.data.catalogue import Book, Catalogue
from readalike.data.cells import sorted_ids
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.stored import StoredSettings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import ModelError
from readalike.model_folder import store
from readalike.model_folder.card import read_card
from readalike.model_folder.same_books import Clash, NewRows, SameBook
from readalike.model_folder.storage import changing
from readalike.models import ItemItem, ItemScores, StarFactors
from readalike.models.starfactors import DESCRIBED, RATED, UNKNOWN
from readalike.numerics.arrays import F32, I64
from readalike.predictors.calibration import tilted
from readalike.recommend.listing import content_neighbours_of
from readalike.recommend.recommender import Recommender
from readalike.recommend.results import ContentNeighbour, Forecaster
from readalike.tables.account import FileTaken, LeftOut, ReadReportBuilder
from readalike.tables.book_table import BookTable, read_books
from readalike.tables.layouts import of_table
from readalike.tables.workbench import workbench


def ranker_with(
    model: ItemItem, places: I64, content_neighbours: sp.csr_array, neighbours: int
) -> ItemItem:
    """The ranker with more items, made of their neighbours as `numerics.inheritance` does it.

    Args:
        model: Of the old items.
        places: The index of each old item among all, ascending; shape (old items,).
        content_neighbours: Row j how much new item j takes over from which others, empty of an old
            one; rows sum to 1 or 0; shape (items, items).
        neighbours: Entries of a layer that a new item takes over at most.
    """
    from readalike.numerics.inheritance import inherit

    n, old = content_neighbours.shape[0], model.n_items
    layers = [
        inherit(
            _placed(model.matrix[start : start + old], places, n), content_neighbours, neighbours
        )
        for start in range(0, model.matrix.shape[0], old)
    ]
    known = (
        content_neighbours
        if model.content_neighbours is None
        else sp.csr_array(_placed(model.content_neighbours, places, n) + content_neighbours)
    )
    return ItemItem.of_layers(layers, model.weights, model.mixture, known)


def predictor_with(
    model: StarFactors, places: I64, content_neighbours: sp.csr_array
) -> StarFactors:
    """The predictor with more items: what is expected of a new one is its neighbours' mean.

    One without neighbours is as likely to be liked as the mean of all ratings. That a new item was
    read says nothing of a reader's taste, so that forecasts of the old ones stay as they are.

    Args:
        model: Of the old items.
        places: The index of each old item among all, ascending; shape (old items,).
        content_neighbours: As in `ranker_with`.
    """
    known = np.where(content_neighbours.sum(axis=1) > 0, DESCRIBED, UNKNOWN).astype(np.uint8)
    known[places] = model.known
    rated = model.known == RATED
    everybody = model.book_stars[rated if rated.any() else ~rated].mean(axis=0, dtype=np.float64)
    nothing = tilted(everybody, model.levels, np.array([model.mean]))[0].astype(np.float32)
    expected = np.stack([_rows(rows, places, content_neighbours) for rows in model.expected])
    drawn = expected.copy()
    drawn[:, places] = model.drawn
    factors = np.zeros((len(known), model.embedding.factors.shape[1]), np.float32)
    factors[places] = model.embedding.factors
    means = _rows(model.reader_spread.means, places, content_neighbours, np.float32(model.mean))
    return replace(
        model,
        drawn=drawn,
        expected=expected,
        embedding=replace(model.embedding, factors=factors),
        known=known,
        book_stars=_rows(model.book_stars, places, content_neighbours, nothing),
        reader_spread=replace(model.reader_spread, means=means),
    )


def _placed(matrix: sp.csr_array, places: I64, n: int) -> sp.csr_array:
    """The entries of a square matrix where its items are among n; float32, sorted indices."""
    sizes = np.zeros(n, np.int64)
    sizes[places] = np.diff(matrix.indptr)
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    return sp.csr_array((matrix.data, places[matrix.indices], indptr), (n, n))


def _rows(
    table: F32, places: I64, content_neighbours: sp.csr_array, without_neighbours: Any = 0.0
) -> F32:
    """A row for each item: the old ones as they are, a new one the mean of its neighbours."""
    found = np.empty((content_neighbours.shape[0], *table.shape[1:]), np.float32)
    found[:] = without_neighbours
    found[places] = table
    heirs = np.flatnonzero(np.diff(content_neighbours.indptr))
    found[heirs] = content_neighbours[heirs] @ found
    return found


@dataclass(frozen=True)
class NewBook:
    """A book that was added.

    Attributes:
        book: The book.
        content_neighbours: What it is placed like, the nearest first; none where nothing is known
            of it that books of the model have in common with it, so that it is never listed.
    """

    book: Book
    content_neighbours: tuple[ContentNeighbour, ...]


@dataclass(frozen=True)
class Added:
    """What `add_books` did.

    Attributes:
        books: The new books, in the order of their ids.
        known: Ids that the model had already; nothing of these books was changed.
        same: Rows that are a book of the model, or of an earlier row, under another id; they were
            not added.
        clashes: Rows whose Goodreads id or ISBN is another book's; they were not added.
        unknown_tags: Tags of the table that no book of the model has, which place no book.
        file: What was read.
        left_out: Rows that were not used, by reason.
    """

    books: tuple[NewBook, ...]
    known: tuple[str, ...]
    same: tuple[SameBook, ...]
    clashes: tuple[Clash, ...]
    unknown_tags: tuple[str, ...]
    file: FileTaken
    left_out: tuple[LeftOut, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "added": [
                {
                    "book_id": each.book.book_id,
                    "title": each.book.title,
                    "authors": each.book.authors,
                    "content_neighbours": [
                        content_neighbours.as_dict()
                        for content_neighbours in each.content_neighbours
                    ],
                }
                for each in self.books
            ],
            "known": list(self.known),
            "same": [vars(each) for each in self.same],
            "clashes": [
                {"book_id": each.book_id, "said": list(each.said)} for each in self.clashes
            ],
            "unknown_tags": list(self.unknown_tags),
            "file": vars(self.file),
            "left_out": [vars(each) for each in self.left_out],
        }


def add_books(model: Path | str, books: Any) -> Added:
    """Adds books to a model folder without training: each is placed like books that are like it.

    A new book takes over from the books of the most alike subjects and authors that are well read,
    as answer and as evidence, and in the forecast of stars: from as many as the settings of the
    training say, by default 5. The folder is replaced in one step; the order of other books is as
    it was.

    Args:
        model: The model folder.
        books: File or table of books as `readalike.read` reads it: an id, a title, and what is
            known of authors and tags. Books that the model has, by their id, Goodreads id or ISBN
            or by title and author, are left as they are.

    Raises:
        InputError: The table cannot be used.
        ModelError: The folder holds no model, or one in which no book takes over from another,
            or another program changes it for too long.
    """
    folder = Path(model)
    read_card(folder)  # no lock in a folder that is no model
    with changing(folder):
        return _add_to(folder, books)


def _add_to(folder: Path, books: Any) -> Added:
    before = store.load(folder, verify=True)
    card = before.card
    assert card is not None, "every folder has one"
    if not isinstance(before.model, ItemItem):
        raise ModelError(
            f"{folder}: books can be added to a model of books that point to each other (blend, "
            f"ridge, cosine, content, ease), and this one is {card.algorithm}; train it again with "
            "the new books in the table"
        )
    account = ReadReportBuilder()
    with workbench(books) as bench:
        table = bench.open(books, "the books")
        read = read_books(bench, of_table(table, "books", {}), account)
    known = tuple(outside for outside in read.ids if outside in before.catalogue.books)
    unknown = [outside for outside in read.ids if outside not in before.catalogue.books]
    rows = read.books.reindexed(Vocabulary(tuple(unknown)))
    fresh, same, clashes = NewRows(before.catalogue, rows).sorted_out()
    catalogue, unknown_tags = _with_books(before.catalogue, read, fresh)
    after = before
    if fresh:
        grown = replace(card, books_added=card.books_added + len(fresh))
        after = replace(_grown(before, catalogue, card.settings), card=grown)
        store.write(after, folder)
    added = [catalogue.books.index(outside) for outside in sorted_ids(fresh)]
    return Added(
        tuple(
            NewBook(catalogue.book(at), content_neighbours_of(after.model, at, catalogue))
            for at in added
            if at is not None
        ),
        known,
        same,
        clashes,
        unknown_tags,
        account.files[0],
        tuple(account.left_out),
    )


def _with_books(
    catalogue: Catalogue, read: BookTable, fresh: list[str]
) -> tuple[Catalogue, tuple[str, ...]]:
    """The catalogue with the fresh books of a table, and the tags that it does not know."""
    new = read.books.reindexed(Vocabulary(tuple(fresh)))
    if new.tags is None:
        return catalogue.extended(new), ()
    names = catalogue.tags.names if catalogue.tags is not None else ()
    books = np.bincount(new.tags.counts.indices, minlength=len(new.tags.names))
    used = (name for name, count in zip(new.tags.names, books, strict=True) if count)
    unknown = tuple(name for name in used if name not in names)
    return catalogue.extended(replace(new, tags=new.tags.among(names))), unknown


def _content_neighbours(
    before: Recommender, catalogue: Catalogue, places: I64, settings: StoredSettings
) -> sp.csr_array:
    """What each new book takes over from which well-read ones; shape (books, books)."""
    from readalike.numerics.inheritance import nearest_by_content

    enough = max(settings.whole("few_readers"), 1)
    known = before.readers.item_counts if before.readers is not None else before.popularity.scores
    readers = np.zeros(len(catalogue))
    readers[places] = known
    heirs = np.ones(len(catalogue), np.bool_)
    heirs[places] = False
    well_read = ~heirs & (readers >= min(enough, readers.max(initial=0)))
    return nearest_by_content(
        content_rows(catalogue), heirs, well_read, settings.whole("content_neighbours", 1)
    )


def _grown(before: Recommender, catalogue: Catalogue, given: Mapping[str, Any]) -> Recommender:
    """The recommender of the whole catalogue, the new books placed by their neighbours.

    They are placed as in training by the settings given, or as by default where it placed none.

    Raises:
        ModelError: The settings are none that can be.
    """
    assert isinstance(before.model, ItemItem)
    settings = StoredSettings(Blend().as_dict() | dict(given))
    neighbours = settings.whole("neighbours", 1)
    places = catalogue.books.indices(before.catalogue.books.ids).astype(np.int64)
    content_neighbours = _content_neighbours(before, catalogue, places, settings)
    readers, forecaster = before.readers, before.forecaster
    if readers is not None:
        old = readers.histories
        items = places[old.items].astype(np.int32)
        histories = Histories(old.indptr, items, old.stars, len(catalogue))
        readers = Ratings(histories, readers.users, catalogue.books, readers.scale)
    if forecaster is not None:
        predictor = predictor_with(forecaster.model, places, content_neighbours)
        forecaster = Forecaster(predictor, catalogue, forecaster.scale)
    popular = np.zeros(len(catalogue), np.float32)
    popular[places] = before.popularity.scores
    return replace(
        before,
        model=ranker_with(before.model, places, content_neighbours, neighbours),
        catalogue=catalogue,
        popularity=ItemScores(popular, before.popularity.score_means),
        readers=readers,
        forecaster=forecaster,
    )
