"""The books of the sample, as written in `books.csv`."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Final

import numpy as np
import numpy.typing as npt

COLUMNS: Final[tuple[str, ...]] = (
    "book_id",
    "title",
    "authors",
    "original_publication_year",
    "series",
    "volume",
    "subjects",
    "language_code",
    "fame",
)


@dataclass(frozen=True, eq=False)
class SampleBooks:
    """Columns of the sample's books; position i of each is the same book.

    The order is that of the ids, so that a book's position says nothing about how well it is
    known. Volumes count the novels of a series in the order in which readers number them, which
    is not always that of publication.

    Attributes:
        book_id: Readable ids, unique; shape (n,).
        title: Titles, in English where the book is known by its English title; shape (n,).
        authors: The names of each book's authors, "Anonymous" where there is none; shape (n,).
        year: Year of first publication, negative before 1 AD; shape (n,), int64.
        series: Name of the series, "" where there is none; shape (n,).
        volume: Number in the series, 0 where there is none; shape (n,), int64.
        subjects: Three to six terms of `subjects.SUBJECTS` a book, chief ones first; shape (n,).
        language: ISO 639-2/B code of the original; shape (n,).
        fame: From 1 (known to those who read such books) to 5 (known to nearly every reader), a
            judgement, not a measurement; shape (n,), int64.
    """

    book_id: tuple[str, ...]
    title: tuple[str, ...]
    authors: tuple[tuple[str, ...], ...]
    year: npt.NDArray[np.int64]
    series: tuple[str, ...]
    volume: npt.NDArray[np.int64]
    subjects: tuple[tuple[str, ...], ...]
    language: tuple[str, ...]
    fame: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.book_id)


def read_books() -> SampleBooks:
    """Reads the books that come with the package."""
    source = resources.files("readalike.data.sample").joinpath("books.csv")
    with source.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, strict=True))
    column = {name: tuple(row[name] for row in rows) for name in COLUMNS}
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


def _whole_numbers(texts: Iterable[str]) -> npt.NDArray[np.int64]:
    numbers = np.array([int(text) for text in texts], dtype=np.int64)
    numbers.setflags(write=False)
    return numbers
