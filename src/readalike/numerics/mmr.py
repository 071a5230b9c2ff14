"""Lists picked book by book: at most so many of a group, and unlike those picked before.

Numpy only: answering a reader must not load the compiler.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from readalike.errors import ModelError
from readalike.numerics.arrays import F32, I32, Floats, Indices
from readalike.numerics.topn import top_n

Likeness = Callable[[int, Indices], Floats]
"""How like an item some others are, from 0 to 1: the item, the others; shape (others,)."""


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
