"""A small data set that is always there: real books, simulated readers.

The books are real and their facts are written for this project (`books.csv`); the readers are
drawn from the model stated in `simulation`. It is for learning, demonstrations and tests: a
figure measured on it says how well a method finds the tastes that were put in, nothing about
real people.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.datasets.simulation import SampleBooks, simulate_ratings
from readalike.tables.dataset import Dataset, read

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


def read_sample(*, readers: int = 3000, seed: int = 20) -> Dataset:
    """Reads the embedded books and the readers simulated for them.

    Args:
        readers: How many readers to simulate.
        seed: Seed of the simulation.
    """
    tables = sample_tables(readers=readers, seed=seed)
    dataset = read(tables.ratings, books=tables.books, empty_rating="read")
    note = f"the books are real, the {readers:,} readers are simulated (seed {seed})"
    return replace(dataset, intake=replace(dataset.intake, notes=(*dataset.intake.notes, note)))


def read_books() -> SampleBooks:
    """Reads the books that come with the package."""
    source = resources.files("readalike.datasets").joinpath("books.csv")
    with source.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, strict=True))
    column = {name: tuple(row[name] for row in rows) for name in rows[0]}
    return SampleBooks(
        book_id=column["book_id"],
        title=column["title"],
        authors=tuple(tuple(names.split(", ")) for names in column["authors"]),
        year=_whole_numbers(column["original_publication_year"]),
        series=column["series"],
        volume=_whole_numbers(volume or "0" for volume in column["volume"]),
        subjects=tuple(tuple(terms.split("; ")) for terms in column["subjects"]),
        language=column["language_code"],
        fame=_whole_numbers(column["fame"]),
    )


def _texts(values: Iterable[str]) -> npt.NDArray[np.object_]:
    return np.array(list(values), dtype=np.object_)


def _whole_numbers(texts: Iterable[str]) -> npt.NDArray[np.int64]:
    numbers = np.array([int(text) for text in texts], dtype=np.int64)
    numbers.setflags(write=False)
    return numbers
