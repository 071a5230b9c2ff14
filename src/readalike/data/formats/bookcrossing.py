"""Book-Crossing: ISBNs as ids, 0 for no stars, a scale of 1 to 10."""

from __future__ import annotations

from collections.abc import Sequence

from readalike.data.isbn import one_id
from readalike.data.layout import Layout, positions, roles
from readalike.data.scale import RatingScale

NAME = "Book-Crossing"
SCALE = RatingScale(1.0, 10.0, 1.0)


def recognise(first: Sequence[str], stem: str) -> Layout | None:
    """The layout, where the first line is that of a Book-Crossing table."""
    have = positions(first)
    if {"userid", "isbn", "bookrating"} <= set(have):
        columns = {"user": have["userid"], "item": have["isbn"], "rating": have["bookrating"]}
        return Layout("ratings", NAME, columns, item_id=one_id, scale=SCALE)
    if {"isbn", "booktitle"} <= set(have):
        wanted = {
            "item": ("isbn",),
            "title": ("booktitle",),
            "authors": ("bookauthor",),
            "year": ("yearofpublication",),
            "isbn": ("isbn",),
        }
        return Layout("books", NAME, roles(first, wanted), item_id=one_id)
    return None
