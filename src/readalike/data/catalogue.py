"""What is known of each book."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import scipy.sparse as sp

from readalike.data.cells import sorted_ids
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.numerics.arrays import F64

TEXTS = (
    "titles", "authors", "languages", "isbn13", "series", "volumes", "work_ids", "goodreads_ids",
    "other_titles",
)  # fmt: skip
NUMBERS = ("counts", "means", "liked")
"""The columns of a catalogue besides its years: text, and numbers."""


@dataclass(frozen=True, eq=False)
class Tags:
    """How often each book was given each tag; counts are books x tags, float32, none below zero."""

    names: tuple[str, ...]
    counts: sp.csr_array

    @cached_property
    def rarity(self) -> F64:
        """log(n / n_t), n_t the number of books of tag t; shape (tags,)."""
        books = np.bincount(self.counts.indices, minlength=len(self.names))
        found: F64 = np.log(self.counts.shape[0] / np.maximum(books, 1))
        return found

    def among(self, names: Sequence[str]) -> Tags:
        """The tags under other names, in their order; a tag that is not among them is left out."""
        column = {name: at for at, name in enumerate(names)}
        place = np.array([column.get(name, -1) for name in self.names], np.int64)
        entries = self.counts.tocoo()
        books, tags = entries.coords[0], place[entries.coords[1]]
        kept = tags >= 0
        shape = (self.counts.shape[0], len(names))
        counts = sp.coo_array((entries.data[kept], (books[kept], tags[kept])), shape)
        return Tags(tuple(names), sp.csr_array(counts))


@dataclass(frozen=True, kw_only=True, slots=True)
class Book:
    """One row of the catalogue, as shown to a person; empty where nothing is known."""

    book_id: str
    title: str
    authors: str
    year: int | None
    language: str
    isbn13: str
    series: str
    volume: str
    work_id: str
    goodreads_id: str

    @property
    def name(self) -> str:
        """The title, or the id where there is no title."""
        return self.title or self.book_id


@dataclass(frozen=True, eq=False, kw_only=True)
class Catalogue:
    """Columns of what is known of each book; position i is the book of `books.ids[i]`.

    The vocabulary is that of the ratings, so that an item index means the same book everywhere.
    Text is "" and a number NaN (or None) where nothing is known; a missing year is never 0, and a
    year before 1 AD is negative. Columns of text have the shape (n,).

    Attributes:
        books: Outside ids.
        titles: Titles as printed.
        authors: Author names joined by ", ".
        years: Year of first publication; shape (n,).
        languages: Language codes as given.
        isbn13: Valid ISBN-13 without hyphens.
        series: Name of the series.
        volumes: Number in the series, as text ("2", "0.5", "1-3").
        work_ids: Ids shared by all editions of a work.
        goodreads_ids: Goodreads book ids, which are never the ratings' ids.
        other_titles: The original title and alternative ones that differ from the title, with
            " | " between them.
        counts: How many people rated the book in the world, not in this table; shape (n,), float64.
        means: Mean stars in the world; shape (n,), float64.
        liked: Share of the world's ratings that liked the book (4 stars of 5 or more); shape (n,),
            float64.
        tags: Subjects by count, where there are any.
    """

    books: Vocabulary
    titles: tuple[str, ...]
    authors: tuple[str, ...]
    years: tuple[int | None, ...]
    languages: tuple[str, ...]
    isbn13: tuple[str, ...]
    series: tuple[str, ...]
    volumes: tuple[str, ...]
    work_ids: tuple[str, ...]
    goodreads_ids: tuple[str, ...]
    other_titles: tuple[str, ...]
    counts: F64
    means: F64
    liked: F64
    tags: Tags | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            column = getattr(self, field.name)
            if column is None:
                continue
            length = column.counts.shape[0] if isinstance(column, Tags) else len(column)
            if length != len(self.books):
                raise InputError(
                    f"a catalogue of {len(self.books)} books must have as many {field.name}, "
                    f"got {length}"
                )

    @classmethod
    def of(cls, books: Vocabulary, **columns: object) -> Self:
        """Makes a catalogue of the columns given; the others say that nothing is known."""
        n = len(books)
        nothing: dict[str, Any] = dict.fromkeys(TEXTS, ("",) * n) | {"years": (None,) * n}
        nothing |= {name: np.full(n, np.nan) for name in NUMBERS}
        return cls(books=books, **(nothing | columns))

    def __len__(self) -> int:
        return len(self.books)

    def fingerprint(self) -> str:
        """SHA-256 of everything that is known of the books."""
        digest = hashlib.sha256()
        for field in fields(self):
            column = getattr(self, field.name)
            if isinstance(column, Tags):
                digest.update("\0".join(column.names).encode())
                parts = (column.counts.indptr, column.counts.indices, column.counts.data)
                digest.update(b"".join(part.tobytes() for part in parts))
            elif isinstance(column, np.ndarray):
                digest.update(column.tobytes())
            elif column is not None:
                digest.update("\0".join(map(str, column)).encode())
            digest.update(b"\1")
        return digest.hexdigest()

    def book(self, index: int) -> Book:
        """The book at an index."""
        found = self._made.get(index)
        if found is None:
            found = self._made[index] = self._book(index)
        return found

    @cached_property
    def _made(self) -> dict[int, Book]:
        """Books by index: a list names 30 of them, and popular ones come again and again."""
        return {}

    def _book(self, index: int) -> Book:
        return Book(
            book_id=self.books.ids[index],
            title=self.titles[index],
            authors=self.authors[index],
            year=self.years[index],
            language=self.languages[index],
            isbn13=self.isbn13[index],
            series=self.series[index],
            volume=self.volumes[index],
            work_id=self.work_ids[index],
            goodreads_id=self.goodreads_ids[index],
        )

    def reindexed(self, books: Vocabulary) -> Catalogue:
        """The catalogue of other ids: known rows are kept, unknown ones are empty."""
        source = self.books.indices(books.ids)  # -1 is the row after the last, which is empty
        columns: dict[str, Any] = {}
        for name in (*TEXTS, "years"):
            column = (*getattr(self, name), None if name == "years" else "")
            columns[name] = tuple(column[at] for at in source.tolist())
        for name in NUMBERS:
            columns[name] = np.append(getattr(self, name), np.nan)[source]
        if self.tags is not None:
            nothing = sp.csr_array((1, self.tags.counts.shape[1]))
            rows = sp.csr_array(sp.vstack([self.tags.counts, nothing]))[source % (len(self) + 1)]
            columns["tags"] = Tags(self.tags.names, sp.csr_array(rows))
        return Catalogue.of(books, **columns)

    def extended(self, other: Catalogue) -> Catalogue:
        """The books of both, which share none, in the one order of ids; tags have equal names."""
        columns: dict[str, Any] = {
            name: (*getattr(self, name), *getattr(other, name)) for name in (*TEXTS, "years")
        }
        for name in NUMBERS:
            columns[name] = np.append(getattr(self, name), getattr(other, name))
        if self.tags is not None:
            width = len(self.tags.names)
            empty = sp.csr_array((len(other), width), dtype=np.float32)
            rows = empty if other.tags is None else other.tags.counts
            columns["tags"] = replace(self.tags, counts=sp.vstack([self.tags.counts, rows], "csr"))
        books = Vocabulary((*self.books.ids, *other.books.ids))
        return Catalogue(books=books, **columns).reindexed(Vocabulary(sorted_ids(books)))


def display_year(year: int | None) -> str:
    """A year as a person writes it: 1965, 750 BC, or nothing."""
    if year is None:
        return ""
    return f"{-year} BC" if year < 0 else str(year)
