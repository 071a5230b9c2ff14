"""A catalogue by everything that an entry of a library may be found by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.isbn import to_isbn13
from readalike.data.works import works_of
from readalike.libraries.names import divided_by_commas
from readalike.libraries.people import Person, person_of
from readalike.libraries.titles import Title, key, title_of

Places = Mapping[str, list[int]]
"""Indices of books by a text that they have in common."""


@dataclass(frozen=True, eq=False)
class Index:
    """A catalogue and its look-up tables, each made when it is first asked for.

    Attributes:
        catalogue: The books.
    """

    catalogue: Catalogue

    @cached_property
    def works(self) -> npt.NDArray[np.int32]:
        """The number of the work of each book; shape (n_books,)."""
        return works_of(self.catalogue)

    @cached_property
    def titles(self) -> tuple[Title, ...]:
        """The title of each book, taken apart."""
        return tuple(map(title_of, self.catalogue.titles))

    @cached_property
    def people(self) -> tuple[tuple[Person, ...], ...]:
        """The authors of each book, taken apart; empty where it has none."""
        return tuple(
            tuple(person for name in divided_by_commas(names) if (person := person_of(name)))
            for names in self.catalogue.authors
        )

    @cached_property
    def series(self) -> tuple[str, ...]:
        """The series of each book, folded as titles are; empty where it has none."""
        return tuple(map(key, self.catalogue.series))

    @cached_property
    def known_series(self) -> frozenset[str]:
        """All series."""
        return frozenset(self.series) - {""}

    @cached_property
    def by_goodreads(self) -> Places:
        """Books by Goodreads id."""
        return _places(enumerate(self.catalogue.goodreads_ids))

    @cached_property
    def by_work(self) -> Places:
        """Books by work id."""
        return _places(enumerate(self.catalogue.work_ids))

    @cached_property
    def by_isbn(self) -> Places:
        """Books by ISBN-13, their own or that of an id that is an ISBN."""
        ids = (to_isbn13(o) or "" if len(o) >= 10 else "" for o in self.catalogue.books)
        return _places([*enumerate(self.catalogue.isbn13), *enumerate(ids)])

    @cached_property
    def by_title(self) -> Places:
        """Books by full title."""
        return _places((at, title.full) for at, title in enumerate(self.titles))

    @cached_property
    def by_short_title(self) -> Places:
        """Books with a subtitle by what stands before it."""
        return _places((at, title.short) for at, title in enumerate(self.titles) if title.rest)

    @cached_property
    def behind_series(self) -> Places:
        """Books called "Series: Title" by what stands behind the series."""
        return _places(
            (at, title.rest)
            for at, title in enumerate(self.titles)
            if title.rest and title.short == self.series[at]
        )

    @cached_property
    def by_last_name(self) -> Places:
        """Books by the last name of each author."""
        return _places(
            (at, person.last) for at, people in enumerate(self.people) for person in people
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of all titles: what is one of them is no slip of the pen."""
        return frozenset(word for title in self.titles for word in title.full.split())

    def edition(self, books: Iterable[int]) -> int:
        """Of several editions the one that most people rated, among equals the first."""
        counts = self.catalogue.counts

        def fewest(book: int) -> tuple[float, int]:
            count = float(counts[book])
            return (1.0 if math.isnan(count) else -count), book

        return min(books, key=fewest)


_CACHE: WeakKeyDictionary[Catalogue, Index] = WeakKeyDictionary()


def index_of(catalogue: Catalogue) -> Index:
    """The index of a catalogue, made once for as long as the catalogue is there."""
    found = _CACHE.get(catalogue)
    if found is None:
        # of the same columns, but not the key itself, which would otherwise live for ever
        found = _CACHE[catalogue] = Index(replace(catalogue))
    return found


def _places(pairs: Iterable[tuple[int, str]]) -> Places:
    found: dict[str, dict[int, None]] = {}
    for at, text in pairs:
        if text:
            found.setdefault(text, {})[at] = None
    return {text: list(books) for text, books in found.items()}
