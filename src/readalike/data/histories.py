"""What readers have read: rows of books with stars, without saying whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.numerics.arrays import F32, I32, I64, Indices


@dataclass(frozen=True, eq=False)
class Histories:
    """Compressed rows of item indices with stars.

    Attributes:
        indptr: Row r is `items[indptr[r]:indptr[r + 1]]`; shape (n + 1,), int64.
        items: Item indices, no item twice in a row; shape (nnz,), int32.
        stars: Stars on the data's own scale, NaN for read without stars; shape (nnz,), float32.
        n_items: Number of items that an index can mean.
    """

    indptr: I64
    items: I32
    stars: F32
    n_items: int

    def __post_init__(self) -> None:
        for array in (self.indptr, self.items, self.stars):
            array.setflags(write=False)

    @classmethod
    def of_rows(cls, rows: Sequence[tuple[Sequence[int], Sequence[float]]], n_items: int) -> Self:
        """Makes histories of (item indices, stars) pairs, one a row."""
        lengths = [len(items) for items, _ in rows]
        items = [np.asarray(items, dtype=np.int32) for items, _ in rows]
        stars = [np.asarray(stars, dtype=np.float32) for _, stars in rows]
        return cls(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.concatenate(items) if items else np.empty(0, np.int32),
            np.concatenate(stars) if stars else np.empty(0, np.float32),
            n_items,
        )

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def lengths(self) -> I64:
        """Number of books in each row; shape (n,)."""
        return self.indptr[1:] - self.indptr[:-1]  # np.diff takes five times as long for one row

    @property
    def rows(self) -> I64:
        """Row number of each entry; shape (nnz,)."""
        return np.arange(len(self)).repeat(self.lengths)

    @property
    def places(self) -> I64:
        """Place of each entry in its row, from 0; shape (nnz,)."""
        return np.arange(len(self.items)) - np.repeat(self.indptr[:-1], self.lengths)

    @property
    def repeats(self) -> bool:
        """Whether an item stands more than once in a row, which it must not."""
        # the rows of each item, ascending; counted and not sorted, which is ten times faster
        by_item = self.matrix(np.ones(len(self.items), np.int8)).tocsc()
        same = by_item.indices[1:] == by_item.indices[:-1]
        starts = by_item.indptr[1:-1]
        same[starts[(starts > 0) & (starts <= len(same))] - 1] = False
        return bool(same.any())

    def row(self, index: int) -> tuple[I32, F32]:
        """Items and stars of one row, as views."""
        span = slice(self.indptr[index], self.indptr[index + 1])
        return self.items[span], self.stars[span]

    def take(self, indices: Indices | Sequence[int]) -> Self:
        """The rows of the given numbers, in that order."""
        chosen = np.asarray(indices, dtype=np.int64)
        indptr = np.concatenate([[0], np.cumsum(self.lengths[chosen])]).astype(np.int64)
        entries = entries_of(self.indptr, chosen)
        return type(self)(indptr, self.items[entries], self.stars[entries], self.n_items)

    def slice(self, start: int, stop: int) -> Self:
        """The rows from start to stop, as views."""
        stop = min(stop, len(self))
        first, last = self.indptr[start], self.indptr[stop]
        return type(self)(
            self.indptr[start : stop + 1] - first,
            self.items[first:last],
            self.stars[first:last],
            self.n_items,
        )

    def first(self, n: int) -> Self:
        """The first n entries of each row (all of a shorter one), in the stored order."""
        kept = self.places < n
        indptr = np.concatenate([[0], np.cumsum(np.minimum(self.lengths, n))]).astype(np.int64)
        return type(self)(indptr, self.items[kept], self.stars[kept], self.n_items)

    def matrix(self, values: npt.NDArray[np.number] | None = None) -> sp.csr_array:
        """Rows x items with the given values, or ones where none are given; float32."""
        data = np.ones(len(self.items), np.float32) if values is None else values
        return sp.csr_array((data, self.items, self.indptr), shape=(len(self), self.n_items))


def entries_of(indptr: Indices, rows: Indices) -> I64:
    """Where the entries of some rows lie, row after row; shape (entries,)."""
    lengths = (indptr[rows + 1] - indptr[rows]).astype(np.int64)
    before = np.cumsum(lengths) - lengths
    places = np.arange(int(lengths.sum()), dtype=np.int64)
    found: I64 = places + (indptr[rows] - before).repeat(lengths)
    return found
