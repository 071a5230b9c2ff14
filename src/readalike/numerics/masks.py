"""Which of some items are meant, as marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from readalike.numerics.arrays import F32, I64, Bools, Indices


def marks(items: Indices, n_items: int) -> Bools:
    """True for some items; shape (n_items,)."""
    found = np.zeros(n_items, np.bool_)
    found[items] = True
    return found


@dataclass(frozen=True, eq=False)
class BatchMask:
    """Marks of the items of several rows: `common` in all, but at the places (row, item) `marked`.

    No place stands there as marked and as not.
    """

    common: Bools
    rows: I64
    items: Indices
    marked: Bools

    @classmethod
    def at(cls, rows: I64, items: Indices, n_items: int) -> Self:
        """Marks at some places and at no other."""
        return cls(np.zeros(n_items, np.bool_), rows, items, np.ones(len(items), np.bool_))

    @classmethod
    def everywhere(cls, common: Bools) -> Self:
        """The same marks in every row."""
        return cls(common, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_))

    def dense(self, n_rows: int) -> Bools:
        """The marks of each row; shape (n_rows, n_items)."""
        found = np.repeat(self.common[None], n_rows, axis=0)
        found[self.rows, self.items] = self.marked
        return found

    def exclude_from(self, scores: F32) -> None:
        """Sets the scores of what is marked to -inf, in place; shape (n_rows, n_items).

        It writes whole columns and then what differs: five times as fast as by `dense`.
        """
        if not self.common.any():
            scores[self.rows[self.marked], self.items[self.marked]] = -np.inf
            return
        kept = scores[self.rows, self.items]
        kept[self.marked] = -np.inf
        scores[:, self.common] = -np.inf
        scores[self.rows, self.items] = kept
