"""Which books of a catalogue are the same work in another edition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from readalike.bibliography.folding import fold_case, without_apostrophes
from readalike.bibliography.titles import Title
from readalike.data.catalogue import Catalogue
from readalike.numerics.arrays import F32, I32, I64, Bools, Indices
from readalike.numerics.components import least_connected
from readalike.numerics.masks import marks


def works_of(catalogue: Catalogue, first_names: Sequence[str]) -> I32:
    """The number of the work of each book; books of one work have one number; shape (n_books,).

    One work are books of one work id, and books of the same title, series, volume and first author
    (`first_names`, empty where none is known). Where no author is known a title alone says too
    little.
    """
    plain = {text: _plain(text) for text in {*first_names, *catalogue.series}}
    columns = zip(first_names, catalogue.series, catalogue.volumes, strict=True)
    others = [(plain[name], plain[series], volume) for name, series, volume in columns]
    books = Counter(others)
    names = (  # titles are looked at only where all else agrees
        (_plain(Title(title).bare), *other) if title and other[0] and books[other] > 1 else None
        for title, other in zip(catalogue.titles, others, strict=True)
    )
    edges = [*_equal(work or None for work in catalogue.work_ids), *_equal(names)]
    one, other = np.array(edges, np.int64).reshape(-1, 2).T
    least = least_connected(len(catalogue), one, other)
    return np.unique(least, return_inverse=True)[1].astype(np.int32)


def of_these_works(works: I32, books: Bools) -> Bools:
    """All books that are one work with one of the marked ones; shape of both (n_books,)."""
    meant = np.zeros(len(works), np.bool_)
    meant[works[books]] = True
    found: Bools = meant[works]
    return found


def with_editions(works: I32, books: Indices) -> I64:
    """All books that are one work with one of these; shape (k,), k at least that of `books`."""
    return np.flatnonzero(of_these_works(works, marks(books, len(works))))


@dataclass(frozen=True, eq=False)
class Editions:
    """The books of works that have several, work after work, and where each work begins."""

    books: I64
    starts: I64

    @classmethod
    def of(cls, works: I32, order: Indices) -> Self:
        """Those of a catalogue, the editions of a work in some order of all books."""
        several = order[np.bincount(works)[works[order]] > 1]
        books = several[np.argsort(works[several], kind="stable")].astype(np.int64)
        return cls(books, np.flatnonzero(np.diff(works[books], prepend=-1)))

    def lesser(self, scores: F32) -> tuple[I64, I64]:
        """Rows and books of all editions but the best of each work, the first among equals.

        Scores have the shape (rows, n_books).
        """
        if not len(self.books):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        lengths = self._lengths
        values = scores[:, self.books]
        highest = np.maximum.reduceat(values, self.starts, axis=1)
        best = values == np.repeat(highest, lengths, axis=1)
        number = np.cumsum(best, axis=1)
        before = number[:, self.starts] - best[:, self.starts]
        first = best & (number - np.repeat(before, lengths, axis=1) == 1)
        rows, places = np.nonzero(~first)
        return rows, self.books[places]

    @cached_property
    def _lengths(self) -> I64:
        """How many editions each work has; shape (works,)."""
        return np.diff(self.starts, append=len(self.books))


def _equal(keys: Iterable[object]) -> Sequence[tuple[int, int]]:
    """Pairs of the first place of each key and a later one; None is equal to nothing."""
    first: dict[object, int] = {}
    return [
        (first[key], at)
        for at, key in enumerate(keys)
        if key is not None and first.setdefault(key, at) != at
    ]


def _plain(text: str) -> str:
    """Text as works are told apart by: "C", "C++" and "C#" are three."""
    return fold_case(without_apostrophes(text))
