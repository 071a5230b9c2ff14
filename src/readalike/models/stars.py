"""A forecast of stars: not one number, but how likely each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from readalike.errors import SettingError
from readalike.numerics.arrays import F64, I64, Floats

ROUNDING = 1e-9
"""What a sum of probabilities may lack of the level that is asked for."""


@dataclass(frozen=True, eq=False)
class StarDistribution:
    """Probabilities of the stars that n ratings may have."""

    levels: F64  # the stars that can be given, ascending; shape (levels,)
    probabilities: F64  # shape (n, levels); every row adds up to 1

    def __len__(self) -> int:
        return len(self.probabilities)

    @property
    def mean(self) -> F64:
        """Expected stars, the forecast of least squared error; shape (n,)."""
        return np.asarray(self.probabilities @ self.levels)

    @property
    def median(self) -> F64:
        """The least level that a rating is at most with half the probability or more; (n,).

        The forecast of least absolute error.
        """
        return self.quantile(0.5)

    @property
    def spread(self) -> F64:
        """Standard deviation, in stars; shape (n,)."""
        variance = self.probabilities @ self.levels**2 - self.mean**2
        return np.sqrt(np.maximum(variance, 0.0))

    def quantile(self, share: float) -> F64:
        """The least level that a rating is at most with this probability; shape (n,)."""
        below = np.cumsum(self.probabilities, axis=1)
        first = np.argmax(below >= share - ROUNDING, axis=1)
        return np.asarray(self.levels[first])

    def at_least(self, stars: float) -> F64:
        """Probability of so many stars or more; shape (n,)."""
        return np.asarray(self.probabilities[:, self.levels >= stars - ROUNDING].sum(axis=1))

    @cached_property
    def _edges(self) -> F64:
        """Where each level begins and ends: half way to the next; shape (levels + 1,)."""
        if len(self.levels) == 1:
            return np.array([self.levels[0], self.levels[0]])
        middles = (self.levels[1:] + self.levels[:-1]) / 2
        first, last = 2 * self.levels[0] - middles[0], 2 * self.levels[-1] - middles[-1]
        return np.concatenate([[first], middles, [last]])

    def point(self, share: float) -> F64:
        """Where the share of the probability lies below, each level spread evenly; shape (n,).

        3.7 says that ratings up to 3 and part of those of 4 make up the share.
        """
        below = np.hstack([np.zeros((len(self), 1)), np.cumsum(self.probabilities, axis=1)])
        level = np.minimum((below[:, 1:] < share).sum(axis=1), len(self.levels) - 1)
        rows = np.arange(len(self))
        inside = (share - below[rows, level]) / np.maximum(self.probabilities[rows, level], 1e-12)
        edges = self._edges
        width = edges[level + 1] - edges[level]
        return np.asarray(edges[level] + np.clip(inside, 0.0, 1.0) * width)

    def interval(self, level: float = 0.8) -> tuple[F64, F64]:
        """The ends, (n,) each, of the range with this probability inside, as much below as above.

        Stars are few, so that whole levels seldom add up to it. Each level is spread evenly from
        half way to the one below to half way to the one above, and the range ends inside of one:
        4 stars count as between 3.5 and 4.5.
        """
        if not 0 < level < 1:
            raise SettingError(f"level must be between 0 and 1, got {level:g}")
        return self.point((1 - level) / 2), self.point((1 + level) / 2)

    def coverage(self, stars: Floats, level: float = 0.8) -> F64:
        """The share of each rating that lies in its interval, of a rating spread as above; (n,).

        Its mean over ratings is the level where forecasts are right: the chance that a rating,
        moved at random inside its level, lies in the interval [Geyer and Meeden 2005].
        """
        at = nearest(self.levels, stars)
        begin, end = self._edges[at], self._edges[at + 1]
        low, high = self.interval(level)
        overlap = np.minimum(end, high) - np.maximum(begin, low)
        return np.asarray(np.clip(overlap / np.maximum(end - begin, 1e-12), 0.0, 1.0))

    def of(self, stars: Floats) -> F64:
        """Probability of the ratings that were given; of one between two levels, the nearer's."""
        return np.asarray(self.probabilities[np.arange(len(self)), nearest(self.levels, stars)])


@dataclass(frozen=True, eq=False)
class StarShares:
    """The parts that forecasts of k items are the exact sums of, in stars."""

    book: F64  # what a reader of whom nothing is known would give; (k,)
    reader: F64  # how much more this reader gives than others, to any book; (k,)
    by_book: F64  # what each book of the history adds, in its order; (k, history)
    scale: F64  # what the ends of the scale, and whole stars, take or give; (k,)

    @property
    def total(self) -> F64:
        """The forecasts; shape (k,)."""
        return np.asarray(self.book + self.reader + self.by_book.sum(axis=1) + self.scale)


def nearest(levels: F64, stars: Floats) -> I64:
    """The level nearest to each rating, the lower of two; shape of the stars."""
    middles = (levels[1:] + levels[:-1]) / 2
    return np.searchsorted(middles, np.asarray(stars, np.float64), side="left").astype(np.int64)
