"""Ranks of numbers, and how far two orders agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.numerics.arrays import F64

Numbers = npt.NDArray[np.floating[Any] | np.integer[Any]]


def average_ranks(numbers: Numbers) -> F64:
    """Ranks from 1, equal numbers with the mean of theirs; shape (n,). NaN must not be there."""
    _, place, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: F64 = (last - (counts - 1) / 2)[place]
    return ranks


def rank_correlation(one: Numbers, other: Numbers) -> float | None:
    """Spearman's correlation of two rows of numbers; None where one of them is the same throughout.

    It is Pearson's of the ranks (Spearman, 1904); shapes (n,).
    """
    ranks = average_ranks(one), average_ranks(other)
    if len(one) < 2 or min(map(np.ptp, ranks)) == 0:
        return None
    return float(np.corrcoef(*ranks)[0, 1])
