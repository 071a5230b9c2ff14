"""Whether a column of ratings is the reader's own, or the mean of the public."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from readalike.tables.layouts import key

_GENERAL = "rating stars score starrating averagerating bewertung note nota ocena"
GENERAL = frozenset(_GENERAL.split())
"""Names that do not say whose ratings they are."""
_COUNTS = """
    numratings numrating ratingscount ratingcount ratingsnumber ratingstotal numberofratings
    totalratings votes numvotes votescount votecount voters usersrated numreviews numberofreviews
    reviewscount reviewcount textreviewscount anzahlbewertungen bewertungen nombredenotes numerovoti
    numerodevaloraciones
"""
COUNTS = frozenset(_COUNTS.split())
"""Names of columns that count the public's ratings."""
ENOUGH = 3
"""So many ratings at least are looked at for what the public's means look like."""


def why_public(name: str, others: Collection[str], stars: Sequence[float], rows: int) -> str:
    """Why a column cannot be the reader's own opinion; "" where it may be.

    Args:
        name: Of the column.
        others: Names of all columns.
        stars: The ratings that stand there.
        rows: How many rows there are.
    """
    if key(name) not in GENERAL:
        return ""
    beside = next((other for other in others if key(other) in COUNTS), None)
    if beside is not None:
        return f"it stands beside {beside!r}"
    given = np.asarray(stars, np.float64)
    quarters = np.abs(4 * given - np.round(4 * given)) < 1e-6
    every = len(given) >= ENOUGH and len(given) == rows
    if every and given.max() <= 5 and 2 * quarters.sum() < len(given):
        return "every book has one, most of them in tenths of stars"
    return ""
