"""The sample as plain columns, laid out as a reader of files would find it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.sample.books import read_books
from readalike.data.sample.simulation import simulate_ratings

Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class SampleTables:
    """Two tables, each a column of equal length by name; text columns hold `str` objects.

    Attributes:
        ratings: `reader_id`, `book_id` and `rating` (float64, NaN for read without stars), readers
            in order and each one's books in reading order; each column of shape (rows,).
        books: The columns of `books.csv`, with `original_publication_year` and `fame` as int64,
            `volume` as float64 (NaN where the book is in no series), several authors joined by
            ", " and subjects by "; "; each column of shape (books,).
    """

    ratings: Columns
    books: Columns


def sample_tables(*, readers: int = 3000, seed: int = 20) -> SampleTables:
    """Returns the sample's ratings and books.

    Args:
        readers: How many readers to simulate.
        seed: Seed of the simulation.
    """
    books = read_books()
    simulated = simulate_ratings(books, readers=readers, seed=seed)
    book_id = _texts(books.book_id)
    return SampleTables(
        ratings={
            "reader_id": _texts(simulated.reader_ids)[simulated.reader],
            "book_id": book_id[simulated.book],
            "rating": simulated.stars,
        },
        books={
            "book_id": book_id,
            "title": _texts(books.title),
            "authors": _texts(", ".join(names) for names in books.authors),
            "original_publication_year": books.year,
            "series": _texts(books.series),
            "volume": np.where(books.volume > 0, books.volume, np.nan),
            "subjects": _texts("; ".join(terms) for terms in books.subjects),
            "language_code": _texts(books.language),
            "fame": books.fame,
        },
    )


def _texts(values: Iterable[str]) -> npt.NDArray[np.object_]:
    return np.array(list(values), dtype=np.object_)
