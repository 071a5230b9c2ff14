"""Slow, obvious twins of what is measured of lists beside their being right."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def novelty(listed: Sequence[int], counts: Sequence[int], users: int, n: int) -> float:
    return mean([-math.log2(max(counts[i], 1) / users) for i in listed[:n]])


def lift(listed: Sequence[int], shown: Sequence[int], counts: Sequence[int], n: int) -> float:
    theirs = mean([counts[i] for i in shown])
    if theirs == 0 or not listed[:n]:
        return 0.0
    return (mean([counts[i] for i in listed[:n]]) - theirs) / theirs


def tail(listed: Sequence[int], counts: Sequence[int], n: int) -> float:
    return mean([float(i in long_tail(counts)) for i in listed[:n]])


def long_tail(counts: Sequence[int], head: float = 0.8) -> set[int]:
    """Items are taken into the head, all of one count together, until it holds its share."""
    taken: set[int] = set()
    for count in sorted({*counts}, reverse=True):
        if count == 0 or sum(counts[i] for i in taken) >= head * sum(counts):
            break
        taken |= {i for i, c in enumerate(counts) if c == count}
    return {*range(len(counts))} - taken


def likeness(listed: Sequence[int], features: Sequence[Sequence[float]], n: int) -> float:
    def cosine(one: Sequence[float], other: Sequence[float]) -> float:
        lengths = math.hypot(*one) * math.hypot(*other)
        return float(np.dot(one, other)) / lengths if lengths else 0.0

    pairs = itertools.combinations(listed[:n], 2)
    return mean([cosine(features[i], features[j]) for i, j in pairs])


def repetition(listed: Sequence[int], codes: Sequence[int], n: int) -> float:
    first = listed[:n]
    again = [
        codes[item] >= 0 and codes[item] in [codes[i] for i in first[:place]]
        for place, item in enumerate(first)
    ]
    return mean([float(each) for each in again])


def times_listed(lists: Sequence[Sequence[int]], n_items: int, n: int) -> list[int]:
    return [sum(item in listed[:n] for listed in lists) for item in range(n_items)]


def gini(times: Sequence[int]) -> float:
    """Half the mean absolute difference of all pairs over the mean, made to reach 1."""
    items = len(times)
    if items < 2 or sum(times) == 0:
        return 0.0
    differences = sum(abs(a - b) for a in times for b in times) / items**2
    return differences / (2 * mean(times)) * items / (items - 1)
