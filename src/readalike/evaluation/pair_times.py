"""When each pair of a reader and a book was rated, found from the rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from readalike.data.ratings import Ratings
from readalike.data.rows import RatingRows
from readalike.errors import InputError

Times = npt.NDArray[np.int64]


class PairTimes(NamedTuple):
    """First and last time of each pair; both have shape (nnz,).

    Attributes:
        first: Time of the earliest row of the pair.
        last: Time of its latest row.
    """

    first: Times
    last: Times


def pair_times(ratings: Ratings, rows: RatingRows | None) -> PairTimes | None:
    """Times in the order of the ratings' entries; None where the rows have none.

    Args:
        ratings: One entry a pair.
        rows: The rows they were made of.

    Raises:
        InputError: The ratings are of other rows.
    """
    if rows is None or rows.times is None:
        return None
    histories = ratings.histories
    width = max(len(ratings.items), 1)
    users = ratings.users.indices(rows.user_ids.ids)[rows.users].astype(np.int64)
    items = ratings.items.indices(rows.item_ids.ids)[rows.items]
    pairs = histories.rows * width + histories.items
    order = np.argsort(pairs)
    wanted = np.where((users >= 0) & (items >= 0), users * width + items, -1)
    place = np.searchsorted(pairs, wanted, sorter=order)
    entry = order[np.minimum(place, len(order) - 1)] if len(order) else place
    if not len(order) or not np.array_equal(pairs[entry], wanted):
        raise InputError("the ratings must be made of the raw rows, got a row of another pair")
    if len(np.unique(entry)) < len(pairs):
        raise InputError("the ratings must be made of the raw rows, got a pair without a row")
    first = np.full(len(pairs), np.iinfo(np.int64).max)
    last = np.full(len(pairs), np.iinfo(np.int64).min)
    np.minimum.at(first, entry, rows.times)
    np.maximum.at(last, entry, rows.times)
    return PairTimes(first, last)
