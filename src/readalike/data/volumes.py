"""Series, volumes, sets and parts: which book comes next, and what a set holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.data.bindings import Binding, bindings_of
from readalike.data.catalogue import Catalogue
from readalike.data.codes import first_authors
from readalike.data.volumetitles import told_by
from readalike.data.works import of_these_works, works_of

Bools = npt.NDArray[np.bool_]
F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Volumes:
    """What every book is in its series; position i is book i of the catalogue.

    Attributes:
        names: The series, as one of its books writes it.
        series: Which series the book is of, -1 of none; shape (n,), int32.
        first: Number of its first volume, NaN where none is known; shape (n,), float64.
        last: Number of its last volume; that of the first where it is one; shape (n,), float64.
        is_set: Whether it binds several books that are books of their own; shape (n,).
        is_part: Whether it is a part of a volume that was divided; shape (n,).
        stands_in: Whether it is a set or part that the catalogue has no other book for: a set
            without the first of its volumes, a part without the whole; shape (n,).
        works: Number of the work of each book; shape (n,), int32.
        needs: What must be read for the book to be known; books x units, int32. A unit is a
            volume of a series, a part of one, or a work of no series.
        gives: What is known to whoever read the book: `needs`, and the parts of a volume, and a
            volume that it is a part of; books x units, int32.
        ranks: Where each book stands in its series, by its first whole number from 1 on, NaN of
            none; shape (n,), float64.
    """

    names: tuple[str, ...]
    series: npt.NDArray[np.int32]
    first: F64
    last: F64
    is_set: Bools
    is_part: Bools
    stands_in: Bools
    works: npt.NDArray[np.int32]
    needs: sp.csr_array
    gives: sp.csr_array
    ranks: F64

    def known(self, read: Bools) -> Bools:
        """Books that hold nothing new for whoever read these; shape (n,).

        The read ones, their other editions, what a set of them holds, and a set of which they are
        all. Who read a part of a volume knows the volume, but not its other parts.

        Args:
            read: Whether each book was read; shape (n,).
        """
        books = of_these_works(self.works, read)
        units = np.zeros(self.gives.shape[1], np.int32)
        bounds, given = self.gives.indptr, self.gives.indices
        for book in np.flatnonzero(books).tolist():
            units[given[bounds[book] : bounds[book + 1]]] = 1
        return of_these_works(self.works, books | (self.needs @ units == self._needed))

    @cached_property
    def _needed(self) -> npt.NDArray[np.integer[Any]]:
        needed: npt.NDArray[np.integer[Any]] = np.diff(self.needs.indptr)
        return needed

    def entry_points(self, read: Bools) -> Bools:
        """Books with which whoever read these may go on: in each series the next one; shape (n,).

        That is the lowest volume, in whole numbers from 1 on, that is in the catalogue and not
        known; a set is where its first volume is. What has no such number (a prequel, a novella, a
        companion) waits until all are known, and so does a set of which a part is.
        A book of no series is always an entry; a known one never.

        Args:
            read: Whether each book was read; shape (n,).
        """
        return self.entries(self.known(read))

    def entries(self, known: Bools) -> Bools:
        """The same of whoever knows these, as `known` finds them; shape (n,)."""
        lowest = np.full(len(self.names) + 1, np.inf)  # the last is that of no series, -1
        unread = self.leads & ~known
        np.minimum.at(lowest, self.series[unread], self.ranks[unread])
        every = np.arange(len(self.series))
        return ~known & self.following(every, lowest[self.series])

    def following(self, books: npt.NDArray[np.integer[Any]], lowest: F64) -> Bools:
        """Whether a reader may go on with each of some books, if it is not known.

        Args:
            books: Indices.
            lowest: The lowest rank of a volume of the book's series that is not known, infinite
                where there is none; shape of books.
        """
        ranks = self.ranks[books]
        other_part = self.is_part[books] & ~self.stands_in[books] & (ranks <= lowest)
        found: Bools = np.isinf(lowest) | (ranks == lowest) | other_part
        return found

    @cached_property
    def leads(self) -> Bools:
        """What the next volume is found among: no set or part, but for one that stands in."""
        alone = ~(self.is_set | self.is_part) | self.stands_in
        leads: Bools = ~np.isnan(self.ranks) & alone
        return leads


def volumes_of(catalogue: Catalogue) -> Volumes:
    """Series, volumes, sets and parts of the books, by columns and by titles."""
    columns = (catalogue.titles, catalogue.series, catalogue.volumes)
    told = [told_by(*row) for row in zip(*columns, strict=True)]
    works, authors = works_of(catalogue), first_authors(catalogue.authors).tolist()
    bound, names = bindings_of(catalogue.titles, told, works.tolist(), authors)
    own = {(b.series, b.numbers[0]) for b in bound if _is_volume(b)}
    undivided = {(b.series, b.numbers[0]) for b in bound if _is_volume(b) and not b.part}
    stands_in = [
        b.series >= 0
        and bool(b.numbers)
        and (b.is_set or (b.part > 0 and b.whole < 0))
        and (b.series, b.numbers[0]) not in (own if b.is_set else undivided)
        for b in bound
    ]
    needs, gives = _units(bound, works.tolist())
    return Volumes(
        names=names,
        series=np.array([b.series for b in bound], np.int32),
        first=np.array([np.nan if b.first is None else b.first for b in bound], np.float64),
        last=np.array([np.nan if b.last is None else b.last for b in bound], np.float64),
        is_set=np.array([b.is_set for b in bound], np.bool_),
        is_part=np.array([b.part > 0 for b in bound], np.bool_),
        stands_in=np.array(stands_in, np.bool_),
        works=works,
        needs=needs,
        gives=gives,
        ranks=np.array(list(map(_rank, bound, stands_in)), np.float64),
    )


def _is_volume(bound: Binding) -> bool:
    """Whether a book is a volume of a series, by itself or in part."""
    return bound.series >= 0 and len(bound.numbers) == 1 and not bound.is_set


def _rank(bound: Binding, stands_in: bool) -> float:
    """Where a book stands in its series: volume 3 at 3, its parts at 3, 3.01, 3.02; NaN unknown."""
    if bound.series < 0 or not bound.numbers:
        return np.nan
    return bound.numbers[0] + (bound.part - 1) / 100 * (bound.part > 0 and stands_in)


def _units(bound: Sequence[Binding], works: Sequence[int]) -> tuple[sp.csr_array, sp.csr_array]:
    """`needs` and `gives` of `Volumes`; the works are the first units."""
    numbers: dict[tuple[int, ...], int] = {}
    n_works = max(works, default=-1) + 1

    def unit(*key: int) -> int:
        return n_works + numbers.setdefault(key, len(numbers))

    parts: dict[int, list[int]] = defaultdict(list)
    needs: list[list[int]] = [[work] for work in works]
    gives: list[list[int]] = [[] for _ in works]
    for book, b in enumerate(bound):
        if b.part and _is_volume(b):
            whole = works[b.whole] if b.whole >= 0 and not _is_volume(bound[b.whole]) else None
            volume = unit(b.series, b.numbers[0]) if whole is None else whole
            needs[book] = [unit(b.series, b.numbers[0], b.part)]
            gives[book] = [volume]
            parts[volume] += needs[book]
        elif b.series >= 0 and b.numbers:
            needs[book] = [unit(b.series, number) for number in b.numbers]
    for book, b in enumerate(bound):
        if b.holds:
            numbered = needs[book] if b.numbers else []
            needs[book] = numbered + [one for held in b.holds for one in needs[held]]
    for book, own in enumerate(needs):
        gives[book] = sorted({*own, *gives[book], *(p for one in own for p in parts.get(one, ()))})
    width = n_works + len(numbers)
    return _rows([sorted(set(row)) for row in needs], width), _rows(gives, width)


def _rows(columns: Sequence[Sequence[int]], width: int) -> sp.csr_array:
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in columns])]).astype(np.int64)
    indices = np.array([column for row in columns for column in row], np.int64)
    return sp.csr_array((np.ones(len(indices), np.int32), indices, indptr), (len(columns), width))
