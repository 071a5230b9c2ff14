"""Kinds of readers and books: what figures are divided by into segments."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.evaluation.bookfacts import BookFacts

Places = npt.NDArray[np.int64]

LENGTH = "history length"
LENGTHS = {
    "no book": 0,
    "1 to 5 books": 5,
    "6 to 20 books": 20,
    "21 to 50 books": 50,
    "more than 50 books": None,
}
"""How many books the model is told, by the largest number of each segment."""

THIRDS = ("most-read third", "middle third", "least-read third")
"""Thirds of the training ratings, the most-read books first; equally read books are together."""

HARSHNESS = "stars given"
HARSH = ("harshest third", "middle third", "mildest third", "no stars")
"""Readers by the mean of the stars that the model is told, below, between and above the two
terciles of the readers asked; a reader at a tercile is in the middle."""


def lengths(told: Histories) -> Places:
    """Place in `LENGTHS` of each row; shape (rows,)."""
    return np.searchsorted([n for n in LENGTHS.values() if n is not None], told.lengths)


def thirds(books: BookFacts) -> Places:
    """Place in `THIRDS` of each book; shape (books,)."""
    return np.searchsorted((1 / 3, 2 / 3), books.above, side="right")


def harshness(told: Histories) -> Places:
    """Place in `HARSH` of each row; shape (rows,)."""
    starred = ~np.isnan(told.stars)
    rows = told.rows[starred]
    count = np.bincount(rows, minlength=len(told))
    total = np.bincount(rows, told.stars[starred].astype(np.float64), minlength=len(told))
    means = total[count > 0] / count[count > 0]
    place = np.full(len(told), HARSH.index("no stars"))
    if len(means):
        low, high = np.quantile(means, (1 / 3, 2 / 3))
        place[count > 0] = 1 + (means > high) - (means < low)
    return place
