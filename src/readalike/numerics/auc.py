"""How well scores tell the right from the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata


def auc(scores: npt.NDArray[np.number[Any]], right: npt.NDArray[np.bool_]) -> float:
    """The chance that a right one has a higher score than another, equal ones counting half.

    By ranks, U / (right * others) [Mann and Whitney 1947].

    Args:
        scores: Shape (n,).
        right: Whether each is right; shape (n,).

    Raises:
        ValueError: All are right, or none, or a score is NaN.
    """
    positive, negative = _counted(scores, right)
    ranks = float(rankdata(scores)[right].sum())
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


def tied(scores: npt.NDArray[np.number[Any]], right: npt.NDArray[np.bool_]) -> float:
    """Share of the pairs of a right one and another that have the same score.

    Args:
        scores: Shape (n,).
        right: Whether each is right; shape (n,).

    Raises:
        ValueError: All are right, or none, or a score is NaN.
    """
    positive, negative = _counted(scores, right)
    values, codes = np.unique(scores, return_inverse=True)
    above = np.bincount(codes[right], minlength=len(values))
    beside = np.bincount(codes[~right], minlength=len(values))
    return float(above @ beside) / (positive * negative)


def _counted(scores: npt.NDArray[np.number[Any]], right: npt.NDArray[np.bool_]) -> tuple[int, int]:
    positive = int(right.sum())
    negative = len(right) - positive
    if not positive or not negative:
        raise ValueError(f"there must be right ones and others, got {positive} and {negative}")
    if np.isnan(scores).any():
        raise ValueError("a score must be a number, got NaN")
    return positive, negative
