"""Slow, obvious twins of the models' arithmetic: one loop a sum of the formula."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


def star_weight(stars: float, centre: float, slope: float, floor: float) -> float:
    if math.isnan(stars):
        return 1.0
    return max(1.0 + slope * (stars - centre), floor)


def item_item_score(
    items: Sequence[int],
    stars: Sequence[float],
    layers: Sequence[F64],
    weights: tuple[float, float, float],
    mixture: tuple[Sequence[float], Sequence[float], float],
) -> list[float]:
    """score_j = sum_i w_i sum_l a_l(h) B^l_ij, one candidate at a time."""
    w = [star_weight(r, *weights) for r in stars]
    h = sum(1 for each in w if each > 0)
    short, long, half = mixture
    place = h / (h + half)
    a = [s + (e - s) * place for s, e in zip(short, long, strict=True)]
    scores = []
    for j in range(layers[0].shape[1]):
        total = 0.0
        for i, w_i in zip(items, w, strict=True):
            for a_l, layer in zip(a, layers, strict=True):
                total += w_i * a_l * layer[i, j]
        scores.append(total)
    return scores


def implicit_reader(
    factors: F64, items: Sequence[int], targets: Sequence[float], base: F64, confidence: float
) -> F64:
    """Solves (base + c sum f f') x = sum t f with explicit sums."""
    k = factors.shape[1]
    matrix, right = base.copy(), np.zeros(k)
    for i, t in zip(items, targets, strict=True):
        matrix += confidence * np.outer(factors[i], factors[i])
        right += t * factors[i]
    return np.linalg.inv(matrix) @ right
