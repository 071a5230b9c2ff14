"""Which of a number of things hang together."""

from __future__ import annotations

import numpy as np

from readalike.numerics.arrays import I64


def least_connected(n: int, one: I64, other: I64) -> I64:
    """The least thing that each of n is connected with by pairs of them; shape (n,).

    Args:
        n: How many things there are.
        one: One end of each pair; shape (pairs,).
        other: The other end; shape (pairs,).
    """
    least, before = np.arange(n), None
    while before is None or (least != before).any():
        before = least.copy()
        np.minimum.at(least, one, least[other])
        np.minimum.at(least, other, least[one])
        least = least[least]
    return least
