"""What lists are like beside being right: known or unknown, alike, repeating, covering.

Lists are item indices, best first, -1 where a list is shorter; shape (rows, places). Each
function of lists looks at the first n places, and its means are over the items listed there:
empty places neither help nor harm. A row without an item gets 0 from each, so that no reader
is dropped and every value is finite. 0 is also where a list has nothing to compare: one item
is neither alike nor a repetition.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from readalike.numerics.arrays import F64, I64, Bools, Floats, Indices
from readalike.numerics.ranking_metrics import share

Values = F64

ROWS = 4096
"""Rows whose features are summed at a time."""


def self_information(counts: Indices, users: int) -> Values:
    """How much it says to name an item, in bits: -log2 of the share of users who read it.

    An item that nobody read counts as read by one user: it has no finite information, and is
    no less known than one with a single reader. Shape (items,).
    """
    return -np.log2(np.maximum(counts, 1) / max(users, 1))


def mean_listed(values: Floats, lists: Indices, n: int) -> Values:
    """Mean of one value an item over those listed in the first n places; shape (rows,).

    Of `self_information` it is novelty [Zhou et al. 2010; Vargas and Castells 2011], of a
    mask of the long tail the share of listed items that belong to it.
    """
    first, listed = _first(lists, n)
    found = np.where(listed, values.astype(np.float64)[first], 0.0)
    return share(found.sum(axis=1), listed.sum(axis=1))


def popularity_lift(popularity: Floats, lists: Indices, histories: Values, n: int) -> Values:
    """(p - q) / q, p the mean popularity of the list and q that of the history; shape (rows,).

    Above 0 a list holds better-known items than its reader chose. It is the change of group
    average popularity [Abdollahpouri et al. 2019], each reader a group of their own. 0 of a
    history that is empty or holds nothing but items that nobody read, whose q is 0.
    """
    mean = mean_listed(popularity, lists, n)
    listed = _first(lists, n)[1].any(axis=1)
    return share(np.where(listed, mean - histories, 0.0), histories)


def likeness(features: sp.csr_array, lists: Indices, n: int) -> Values:
    """Intra-list similarity: the mean cosine of all pairs of listed items; shape (rows,).

    The mean, not the sum of Ziegler et al. [2005], so that lists of different lengths compare.
    With unit rows f, no entry below 0, it is (|sum f|^2 - sum |f|^2) / (k (k - 1)) for k items. An
    item without features is like none.
    """
    first, listed = _first(lists, n)
    wide = sp.csr_array(features, dtype=np.float64)
    lengths = wide.multiply(wide).sum(axis=1)
    own = np.where(listed, lengths[first], 0.0).sum(axis=1)
    sums = np.empty(len(first))
    for start in range(0, len(first), ROWS):
        part = slice(start, start + ROWS)
        items = first[part][listed[part]]
        ends = np.concatenate([[0], np.cumsum(listed[part].sum(axis=1))])
        chosen = sp.csr_array(
            (np.ones(len(items)), items, ends), shape=(len(ends) - 1, features.shape[0])
        )
        total = sp.csr_array(chosen @ wide)
        sums[part] = total.multiply(total).sum(axis=1)
    k = listed.sum(axis=1)
    return share(np.maximum(sums - own, 0.0), k * (k - 1))


def repetition(codes: Indices, lists: Indices, n: int) -> Values:
    """Share of the listed items whose code stood higher in the same list; shape (rows,).

    The code says what an item belongs to, such as its series; -1 of one that repeats nothing. At
    most (k - 1) / k for k listed items, where all have the same code.
    """
    first, listed = _first(lists, n)
    found = np.sort(np.where(listed, codes[first], -1), axis=1)
    again = (found[:, 1:] == found[:, :-1]) & (found[:, 1:] >= 0)
    return share(again.sum(axis=1), listed.sum(axis=1))


def ratings_above(counts: Indices) -> Values:
    """Share of all ratings that items read by strictly more users hold; shape (items,).

    It is 0 of the most-read items, and items read equally often have the same share, so that
    a cut by it divides no ties. The long tail is where it is at least 0.8: the items outside
    the most-read ones that make up 80 % of the ratings [Abdollahpouri, Burke and Mobasher
    2017]. An item that nobody read has 1.
    """
    sizes, group = np.unique(counts, return_inverse=True)
    sums = sizes * np.bincount(group, minlength=len(sizes))
    total = int(sums.sum())
    above = total - np.cumsum(sums)
    above[sizes == 0] = max(total, 1)
    return np.asarray(above / max(total, 1))[group]


def times_listed(lists: Indices, n_items: int, n: int) -> I64:
    """In how many lists each item stands in the first n places; shape (n_items,)."""
    first, listed = _first(lists, n)
    return np.bincount(first[listed], minlength=n_items)


def coverage(times: Indices) -> float:
    """Share of all items that stand in at least one list, of `times_listed`."""
    return float(np.mean(times > 0)) if len(times) else 0.0


def gini(times: Indices) -> float:
    """How unequally the places go to items: 0 where equally, 1 where all to a single one.

    With x the times listed in ascending order, over N items [Shani and Gunawardana 2011]:
    sum_j (2 j - N - 1) x_j / ((N - 1) sum x). 0 where nothing is listed.
    """
    items, total = len(times), int(times.sum())
    if items < 2 or total == 0:
        return 0.0
    ranks = 2.0 * np.arange(1, items + 1) - items - 1
    return float((ranks * np.sort(times)).sum() / ((items - 1) * total))


def _first(lists: Indices, n: int) -> tuple[Indices, Bools]:
    """The first n places, and which of them hold an item."""
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    first = lists[:, :n]
    return first, first >= 0
