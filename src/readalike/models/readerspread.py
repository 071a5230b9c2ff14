"""How widely a reader's stars are spread: some rate all books alike, some use the whole scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from readalike.data.histories import Histories
from readalike.data.stored import StoredArrays, StoredSettings
from readalike.numerics.arrays import F32, F64

BOUND = 4.0
"""No rating weighs more than so many usual ones, or less than that part of one."""


@dataclass(frozen=True, eq=False)
class ReaderSpread:
    r"""The variance of a reader's ratings around the books' means, against the usual one.

    v_u = (worth usual + \sum_i (a_i - mean a)^2) / (worth + n - 1), a_i = r_i less the book's
    mean: a reader of few ratings is taken for a usual one. A rating weighs (usual / v_u)^power:
    who rates evenly says more by half a star than who does not.
    """

    means: F32  # mean stars of each book; (n_items,)
    usual: float  # the variance that most readers have; above 0
    worth: float  # how many ratings that is worth against the reader's own
    power: float  # 0 where all ratings weigh the same

    @classmethod
    def of_arrays(cls, arrays: StoredArrays, settings: StoredSettings, n_items: int) -> Self:
        """The spread again, out of a model of some items."""
        return cls(
            arrays.numbers("book_means", n_items),
            settings.above_zero("usual_variance"),
            settings.above_zero("worth"),
            settings.number("power"),
        )

    def relative(self, histories: Histories) -> F64:
        """v_u / usual of each history; shape (n,)."""
        starred = ~np.isnan(histories.stars)
        apart = np.where(starred, histories.stars - self.means[histories.items], 0.0)
        n = len(histories)
        counts = np.bincount(histories.rows, starred, n)
        sums = np.bincount(histories.rows, apart, n)
        squares = np.bincount(histories.rows, apart * apart, n)
        scatter = np.maximum(squares - sums * sums / np.maximum(counts, 1), 0.0)
        free = np.maximum(counts - 1, 0)
        return np.asarray((self.worth + scatter / self.usual) / (self.worth + free))

    def weights(self, histories: Histories) -> F32:
        """What a rating of each history weighs; shape (n,)."""
        weights = self.relative(histories) ** -self.power
        return np.asarray(np.clip(weights, 1 / BOUND, BOUND), np.float32)
