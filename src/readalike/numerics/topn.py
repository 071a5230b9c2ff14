"""The n best of each row of scores, exactly, with ties broken on purpose; or picked one by one.

Numpy only: answering a reader must not load the compiler.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from readalike.errors import ModelError
from readalike.numerics.arrays import F32, I32, I64, Floats, Indices

ENTRIES = 160_000
"""Scores looked at in one go: 640 kB, so that the second pass finds them in the cache."""

BLOCKS_A_PLACE = 4
"""Block maxima compared for each place of the list; more make the threshold tighter."""

FEWEST_BLOCKS = 320
CROWD = 4
"""Candidates for each place of the list from which a row is taken to be full of ties."""

LAST = np.iinfo(np.int64).max

Likeness = Callable[[int, Indices], Floats]
"""How like an item some others are, from 0 to 1: the item, the others; shape (others,)."""


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


def mmr_top_n(
    utilities: F32,
    n: int,
    ties: Indices,
    groups: Indices | None = None,
    most: int = 0,
    likeness: Likeness | None = None,
    trade: float = 0.0,
) -> I32:
    r"""The n best items, each the best of those left once the ones before are picked.

    Picked is the largest u_j - trade max_{i picked} likeness(i, j), maximal marginal relevance
    [Carbonell and Goldstein 1998], of the groups that are not full. With nothing to trade and no
    limit it is `top_n`.

    Args:
        utilities: u; shape (items,); -inf is never picked.
        n: How many.
        ties: Permutation of the items in which equal ones are picked, the larger u first where
            only the likeness makes them equal; shape (items,).
        groups: A number for what an item belongs to, -1 of one that belongs to nothing and fills
            no group; shape (items,).
        most: How many of one group, 0 for any number.
        likeness: How like an item others are; needed where there is something to trade.
        trade: How much utility the greatest likeness costs, at least 0.

    Returns:
        Item indices in the order picked; n, or as many as there are.

    Raises:
        ModelError: A utility is NaN.
        ValueError: n, most or trade below 0, or something to trade without a likeness.
    """
    if min(n, most, trade) < 0:
        raise ValueError(f"n, most and trade must be at least 0, got {n}, {most} and {trade}")
    if trade > 0 and likeness is None:
        raise ValueError("trading for likeness needs a likeness, got none")
    if trade == 0 and (most == 0 or groups is None):
        found = top_n(utilities[None, :], min(n, len(utilities)), ties)[0][0]
        return np.asarray(found[found >= 0])
    if np.isnan(utilities).any():
        raise ModelError("a score must be a number or -inf, got NaN")
    order = ties[np.argsort(-utilities[ties], kind="stable")]
    order = order[utilities[order] > -np.inf]
    left = utilities[order].astype(np.float64)
    group = np.full(len(order), -1) if groups is None or most == 0 else groups[order]
    taken = Counter[int]()
    nearest = np.zeros(len(order))
    picks: list[int] = []
    for _ in range(min(n, len(order))):
        at = int(np.argmax(left - trade * nearest))
        if left[at] == -np.inf:
            break
        picks.append(int(order[at]))
        left[at] = -np.inf
        taken[int(group[at])] += 1
        if group[at] >= 0 and taken[int(group[at])] == most:
            left[group == group[at]] = -np.inf
        if likeness is not None and trade > 0:
            nearest = np.maximum(nearest, likeness(picks[-1], order))
    return np.array(picks, np.int32)
