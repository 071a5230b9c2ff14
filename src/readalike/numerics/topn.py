"""The n best of each row of scores, exactly, with ties broken on purpose.

Numpy only: answering a reader must not load the compiler.
"""

from __future__ import annotations

import numpy as np

from readalike.errors import ModelError
from readalike.numerics.arrays import F32, I32, I64, Indices

ENTRIES = 160_000
"""Scores looked at in one go: 640 kB, so that the second pass finds them in the cache."""

BLOCKS_A_PLACE = 4
"""Block maxima compared for each place of the list; more make the threshold tighter."""

FEWEST_BLOCKS = 320
CROWD = 4
"""Candidates for each place of the list from which a row is taken to be full of ties."""

LAST = np.iinfo(np.int64).max


def tie_order(n_items: int, seed: int) -> I64:
    """A permutation of the items, in which equal scores are listed; shape (n_items,).

    It is drawn, because an order by index is an order by id, and ids are often in the
    order of popularity.
    """
    return np.random.default_rng(seed).permutation(n_items)


def top_n(scores: F32, n: int, order: Indices) -> tuple[I32, F32]:
    """The n best items of each row, best first, and their scores; both of shape (rows, n).

    -1 and -inf stand where fewer than n items have a score: -inf is never listed, and -0 equals 0.
    Equal scores are listed in the order, a permutation of the items.

    Raises:
        ModelError: A score is NaN.
        ValueError: n below 0, or an order of another length.
    """
    n_rows, n_items = scores.shape
    if n < 0:
        raise ValueError(f"n must be at least 0, got {n}")
    if len(order) != n_items:
        raise ValueError(f"order must have {n_items} items, got {len(order)}")
    scores = np.ascontiguousarray(scores, dtype=np.float32)
    place = np.empty(n_items, np.int32)
    place[order] = np.arange(n_items, dtype=np.int32)
    found = np.full((n_rows, n), -1, np.int32)
    best = np.full((n_rows, n), -np.inf, np.float32)
    step = max(1, ENTRIES // max(n_items, 1))
    for start in range(0, n_rows, step):
        part = slice(start, start + step)
        _list_part(scores[part], order, place, found[part], best[part])
    return found, best


def _list_part(scores: F32, order: Indices, place: I32, found: I32, best: F32) -> None:
    """Fills the lists of a few rows."""
    n_rows, n_items = scores.shape
    n = found.shape[1]
    threshold = _threshold(scores, n)
    if n == 0:
        return
    flat = scores.ravel()
    reached = (scores >= threshold[:, None]).ravel().nonzero()[0]
    bounds = reached.searchsorted(np.arange(n_rows + 1) * n_items)
    counts = bounds[1:] - bounds[:-1]
    few = CROWD * n + 64
    if counts.max(initial=0) > few:
        kept = [
            _without_crowd(scores[row], threshold[row], order, n) + row * n_items
            if counts[row] > few
            else reached[bounds[row] : bounds[row + 1]]
            for row in range(n_rows)
        ]
        counts = np.array([len(entries) for entries in kept])
        reached = np.concatenate(kept)
    rows = np.arange(n_rows).repeat(counts)
    ends = counts.cumsum()
    width = int(counts.max(initial=0))
    keys = np.full((n_rows, max(width, n)), LAST)
    keys[rows, np.arange(len(reached)) - (ends - counts)[rows]] = _keys(
        flat[reached], place[reached - rows * n_items]
    )
    if width > n:
        keys = np.partition(keys, n - 1, axis=1)[:, :n]
    keys.sort(axis=1)
    row, column = (keys != LAST).nonzero()
    items = order[keys[row, column] & 0xFFFFFFFF]
    found[row, column] = items
    best[row, column] = scores[row, items]


def _without_crowd(scores: F32, threshold: np.float32, order: Indices, n: int) -> Indices:
    """The items of one row that reach the threshold, without the tied ones that come too late.

    The n-th best score is no lower than the threshold. So either n items are above it and
    none at it is listed, or all above it are, and as many at it as there is room for.
    """
    above = (scores > threshold).nonzero()[0]
    room = n - len(above)
    if room <= 0:
        return above
    for first in (order[: 4 * n], order):  # in a large crowd the first few places suffice
        tied = first[scores[first] == threshold]
        if len(tied) >= room:
            break
    return np.concatenate([above, tied[:room]])


def _threshold(scores: F32, n: int) -> F32:
    """A score that the n best of a row all reach, and few others do; above -inf.

    The row is cut into blocks. The n-th largest of their maxima is reached in n blocks, so
    that the n-th best score is no lower. A maximum is NaN where any of its scores is.
    """
    n_rows, n_items = scores.shape
    blocks = min(n_items, max(BLOCKS_A_PLACE * n, FEWEST_BLOCKS))
    lowest = np.full(n_rows, np.finfo(np.float32).min)
    if blocks == 0:
        return lowest
    even = n_items // blocks * blocks
    # block b holds the items b, b + blocks, ...: whole rows are compared, not short runs
    maxima = scores[:, :even].reshape(n_rows, -1, blocks).max(axis=1)
    rest = maxima[:, : n_items - even]
    np.maximum(rest, scores[:, even:], out=rest)
    if np.isnan(maxima).any():
        raise ModelError("a score must be a number or -inf, got NaN")
    if not 0 < n <= blocks:
        return lowest
    return np.maximum(np.partition(maxima, blocks - n, axis=1)[:, blocks - n], lowest)


def _keys(scores: F32, place: I32) -> I64:
    """Whole numbers that sort as (score descending, place ascending).

    The bits of a float32, read as an int32, are in the order of the numbers where the sign
    bit is clear, and in the reverse order below where it is set.
    """
    bits = (scores + np.float32(0)).view(np.int32)  # -0 + 0 = 0
    ascending = bits ^ ((bits >> 31) & 0x7FFFFFFF)
    return (~ascending).astype(np.int64) << 32 | place
