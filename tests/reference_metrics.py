"""Slow, obvious twins of the numerics of measurement."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def top_n(
    scores: npt.NDArray[np.float32], n: int, order: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    found = np.full((len(scores), n), -1, np.int32)
    best = np.full((len(scores), n), -np.inf, np.float32)
    place = np.argsort(order)
    for row, given in enumerate(scores):
        ranked = np.lexsort((place, -given))
        ranked = ranked[given[ranked] > -np.inf][:n]
        found[row, : len(ranked)] = ranked
        best[row, : len(ranked)] = given[ranked]
    return found, best


def ndcg(listed: Sequence[int], relevant: set[int], n: int) -> float:
    gain = sum(1 / math.log2(r + 1) for r, i in enumerate(listed[:n], 1) if i in relevant)
    ideal = sum(1 / math.log2(r + 1) for r in range(1, min(n, len(relevant)) + 1))
    return gain / ideal if relevant else 0.0


def recall(listed: Sequence[int], relevant: set[int], n: int) -> float:
    return len(relevant & set(listed[:n])) / len(relevant) if relevant else 0.0


def precision(listed: Sequence[int], relevant: set[int], n: int) -> float:
    return len(relevant & set(listed[:n])) / n


def hit_rate(listed: Sequence[int], relevant: set[int], n: int) -> float:
    return float(bool(relevant & set(listed[:n])))


def mrr(listed: Sequence[int], relevant: set[int], n: int) -> float:
    return next((1 / r for r, i in enumerate(listed[:n], 1) if i in relevant), 0.0)


def mean_precision(listed: Sequence[int], relevant: set[int], n: int) -> float:
    if not relevant:
        return 0.0
    places = [r for r, i in enumerate(listed[:n], 1) if i in relevant]
    return sum((k + 1) / r for k, r in enumerate(places)) / len(relevant)


def rmse(forecasts: Sequence[float], stars: Sequence[float]) -> float:
    pairs = list(zip(forecasts, stars, strict=True))
    return math.sqrt(sum((f - s) ** 2 for f, s in pairs) / len(pairs))


def mae(forecasts: Sequence[float], stars: Sequence[float]) -> float:
    pairs = list(zip(forecasts, stars, strict=True))
    return sum(abs(f - s) for f, s in pairs) / len(pairs)


def drawn_means(values: Sequence[float], seed: int, draws: int) -> list[float]:
    random = np.random.default_rng(seed)
    return [
        sum(values[i] for i in random.integers(0, len(values), len(values))) / len(values)
        for _ in range(draws)
    ]
