"""How good ranked lists are, reader by reader, and how far forecasts are off.

A place of a list is a hit where a relevant item stands in it, and the gain of a hit is 1.
With hit_r = 1 where place r (from 1) is a hit, R the number of relevant items, over the
first n places:

    ndcg       sum_r hit_r / log2(r + 1)  /  sum_{r <= min(n, R)} 1 / log2(r + 1)
    recall     sum_r hit_r / R, over all relevant items, so that it may be unable to reach 1
    precision  sum_r hit_r / n, also where the list is shorter
    hit rate   1 where there is a hit
    mrr        1 / r of the first hit, 0 without one
    map        sum_r hit_r precision@r / R

A reader without a relevant item gets 0 from each: nothing was right, and it is for the
protocol to say whether such readers count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.numerics.arrays import F64, I64, Bools, Floats, Indices

Values = F64


@dataclass(frozen=True, eq=False)
class Judged:
    """Ranked lists with what is right in them."""

    hits: Bools  # which places hold a relevant item; shape (rows, places)
    relevant: I64  # number of relevant items of each row, listed or not; shape (rows,)

    def first(self, n: int) -> Bools:
        """Hits in the first n places; shape (rows, at most n)."""
        if n < 1:
            raise ValueError(f"n must be at least 1, got {n}")
        return self.hits[:, :n]


def judge(lists: Indices, indptr: Indices, items: Indices) -> Judged:
    """Compares lists with the relevant items, `items[indptr[r]:indptr[r + 1]]` of row r.

    Lists are item indices, best first, -1 where one is shorter; shape (rows, places). An item that
    no list can hold counts as relevant all the same.

    Raises:
        ValueError: An item stands twice in a list, or twice among the relevant of a row.
    """
    rows = len(lists)
    if len(indptr) != rows + 1:
        raise ValueError(f"relevant items must have {rows} rows, got {len(indptr) - 1}")
    span = max(int(lists.max(initial=-1)), int(items.max(initial=-1))) + 2
    listed = np.arange(rows)[:, None] * span + lists
    relevant = np.repeat(np.arange(rows), np.diff(indptr)) * span + items
    relevant.sort()
    _refuse_twice(np.sort(np.where(lists >= 0, listed, -1), axis=None), span, "list")
    _refuse_twice(relevant, span, "set of relevant items")
    places = np.minimum(relevant.searchsorted(listed), max(len(relevant) - 1, 0))
    hits = np.zeros(lists.shape, np.bool_)
    if len(relevant):
        hits = (relevant[places] == listed) & (lists >= 0)
    return Judged(hits, np.diff(indptr).astype(np.int64))


def _refuse_twice(keys: I64, span: int, what: str) -> None:
    twice = keys[1:][(keys[1:] == keys[:-1]) & (keys[1:] >= 0)]
    if len(twice):
        row, item = divmod(int(twice[0]), span)
        raise ValueError(f"a {what} must hold an item once, got item {item} twice in row {row}")


def ndcg(judged: Judged, n: int) -> Values:
    """Normalized discounted cumulative gain at n; shape (rows,)."""
    hits = judged.first(n)
    discounts = 1.0 / np.log2(np.arange(2, n + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])[np.minimum(judged.relevant, n)]
    return share((hits * discounts[: hits.shape[1]]).sum(axis=1), ideal)


def recall(judged: Judged, n: int) -> Values:
    """Share of all relevant items in the first n places; shape (rows,)."""
    return share(judged.first(n).sum(axis=1), judged.relevant)


def precision(judged: Judged, n: int) -> Values:
    """Share of hits in n places; shape (rows,)."""
    return np.asarray(judged.first(n).sum(axis=1) / n)


def hit_rate(judged: Judged, n: int) -> Values:
    """1 where there is a hit in the first n places, else 0; shape (rows,)."""
    return np.where(judged.first(n).any(axis=1), 1.0, 0.0)


def mrr(judged: Judged, n: int) -> Values:
    """1 / place of the first hit in the first n places, else 0; shape (rows,)."""
    hits = judged.first(n)
    if hits.shape[1] == 0:
        return np.zeros(len(hits))
    return np.where(hits.any(axis=1), 1.0 / (1 + hits.argmax(axis=1)), 0.0)


def mean_precision(judged: Judged, n: int) -> Values:
    """Average precision at n, whose mean over readers is called MAP; shape (rows,)."""
    hits = judged.first(n)
    precisions = hits.cumsum(axis=1) / np.arange(1, hits.shape[1] + 1)
    return share((precisions * hits).sum(axis=1), judged.relevant)


def share(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Values:
    """Part / whole, 0 where there is no whole; shape (n,)."""
    shares = np.zeros(len(whole))
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def rmse(forecasts: Floats, stars: Floats) -> float:
    """Root of the mean squared error; NaN of no forecasts."""
    error = forecasts.astype(np.float64) - stars
    return float(np.sqrt(np.mean(error * error))) if error.size else float("nan")


def mae(forecasts: Floats, stars: Floats) -> float:
    """Mean absolute error; NaN of no forecasts."""
    error = forecasts.astype(np.float64) - stars
    return float(np.mean(np.abs(error))) if error.size else float("nan")
