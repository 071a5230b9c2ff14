"""How sure a mean over readers is: the bootstrap.

Readers are drawn with replacement, as many as there are, a thousand times over; the 2.5th
and the 97.5th percentile of the draws' means enclose the middle 95 % [Efron 1979]. A reader
is drawn whole, with all that was measured of them, so that ratings of one reader, which are
alike, do not pass for independent ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from readalike.numerics.arrays import F64

Values = F64

DRAWS = 1000
PERCENTILES = (2.5, 97.5)
ENTRIES = 500_000
"""Drawn readers held in memory at a time."""


class Interval(NamedTuple):
    """A mean and what encloses it in 95 of 100 cases."""

    mean: float
    low: float
    high: float


class Paired(NamedTuple):
    """Two rankers compared reader by reader: the first less the second.

    It wins and loses by the shares of readers for whom it is better and worse; the rest are equal.
    """

    difference: Interval
    wins: float
    losses: float

    @property
    def certain(self) -> bool:
        """Whether the interval of the difference leaves out 0."""
        return self.difference.low > 0 or self.difference.high < 0


def mean_intervals(values: Values, seed: int = 0, draws: int = DRAWS) -> list[Interval]:
    """The mean of each column; shape of values (readers, columns)."""
    drawn = drawn_sums(values, seed, draws) / len(values)
    return [
        _around(float(column.mean()), means)
        for column, means in zip(np.ascontiguousarray(values.T), drawn.T, strict=True)
    ]


def mean_interval(values: Values, seed: int = 0, draws: int = DRAWS) -> Interval:
    """The mean of one value a reader; shape (readers,)."""
    return mean_intervals(values[:, None], seed, draws)[0]


def ratio_intervals(above: Values, below: Values, seed: int = 0) -> list[Interval]:
    """sum(above) / sum(below) for each column of above: the mean over rows that readers own.

    Above are sums over the rows of each reader, shape (readers, columns), below their number. A
    draw in which `below` sums to 0 is left aside.
    """
    sums = drawn_sums(np.column_stack([above, below]), seed, DRAWS)
    sums = sums[sums[:, -1] > 0]
    means = above.sum(axis=0) / below.sum()
    return [
        _around(float(mean), drawn)
        for mean, drawn in zip(means, (sums[:, :-1] / sums[:, -1:]).T, strict=True)
    ]


def paired(first: Values, second: Values, seed: int = 0) -> Paired:
    """Compares what two rankers reached for the same readers, in the same order."""
    if first.shape != second.shape:
        raise ValueError(f"both must have the same readers, got {len(first)} and {len(second)}")
    interval = mean_interval(first - second, seed)
    return Paired(interval, float(np.mean(first > second)), float(np.mean(first < second)))


def paired_errors(
    first: Values, second: Values, rows: Values, shown: Callable[[float], float], seed: int = 0
) -> Paired:
    """Compares the errors of two forecasts of the same rows; the lower error wins.

    A draw without rows is left aside.

    Args:
        first: Sums over the rows of each reader; shape (readers,).
        second: The same of the other; shape (readers,).
        rows: Number of rows of each reader; shape (readers,).
        shown: Makes the figure of a mean error, such as the root of a mean square.
        seed: Draws the readers.
    """
    columns = np.column_stack([first, second, rows])
    drawn = [columns.sum(axis=0), *drawn_sums(columns, seed, DRAWS)]
    mean, *differences = [float(shown(a / n) - shown(b / n)) for a, b, n in drawn if n > 0]
    interval = _around(mean, np.array(differences))
    return Paired(interval, float(np.mean(first < second)), float(np.mean(first > second)))


def _around(mean: float, drawn: Values) -> Interval:
    low, high = np.percentile(drawn, PERCENTILES)
    # sums in another order round differently, and then equal values would not hold their mean
    return Interval(mean, min(mean, float(low)), max(mean, float(high)))


def drawn_sums(values: Values, seed: int, draws: int) -> Values:
    """Sums of the columns over each draw of readers; shape (draws, columns).

    The same seed and number of readers draw the same readers, whatever the values.

    Raises:
        ValueError: No reader, or a value that is not finite.
    """
    n = len(values)
    if n == 0:
        raise ValueError("a mean must have at least one reader, got none")
    if not np.isfinite(values).all():
        raise ValueError("every reader's value must be a finite number")
    columns = np.ascontiguousarray(values.T)
    random = np.random.default_rng(seed)
    step = max(1, ENTRIES // n)
    sums = np.empty((draws, values.shape[1]))
    for start in range(0, draws, step):
        rows = min(step, draws - start)
        chosen = random.integers(0, n, (rows, n))
        chosen += np.arange(0, rows * n, n)[:, None]
        times = np.bincount(chosen.ravel(), minlength=rows * n).reshape(rows, n)
        sums[start : start + rows] = np.einsum("dn,kn->dk", times, columns)
    return sums
