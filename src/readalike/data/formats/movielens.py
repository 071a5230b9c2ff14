"""MovieLens in its three forms: CSV with names, `::` and the tab-separated u.data and u.item."""

from __future__ import annotations

import re
from collections.abc import Sequence

from readalike.data.layout import Layout, positions

NAME = "MovieLens"
GENRES = (
    "unknown", "action", "adventure", "animation", "children's", "comedy", "crime", "documentary",
    "drama", "fantasy", "film-noir", "horror", "musical", "mystery", "romance", "sci-fi",
    "thriller", "war", "western",
)  # fmt: skip
_NUMBER = re.compile(r"\d+(\.\d+)?")


def recognise(first: Sequence[str], stem: str) -> Layout | None:
    """The layout, where names, or the cells of a file without names, are MovieLens'."""
    have = positions(first)
    if {"userid", "movieid", "rating"} <= set(have):
        columns = {"user": have["userid"], "item": have["movieid"], "rating": have["rating"]}
        if "timestamp" in have:
            columns["time"] = have["timestamp"]
        return Layout("ratings", NAME, columns)
    if {"movieid", "title"} <= set(have):
        columns = {"item": have["movieid"], "title": have["title"]}
        if "genres" in have:
            columns["tags"] = have["genres"]
        return Layout("books", NAME, columns, year_in_title=True)
    numbers = [_NUMBER.fullmatch(cell) is not None for cell in first]
    if stem.startswith("u.item") and len(first) == 5 + len(GENRES):
        flags = {genre: 5 + at for at, genre in enumerate(GENRES) if at}
        return Layout(
            "books", NAME, {"item": 0, "title": 1}, False, year_in_title=True, flags=flags
        )
    if len(first) == 3 and "movie" in stem and numbers == [True, False, False]:
        return Layout("books", NAME, {"item": 0, "title": 1, "tags": 2}, False, year_in_title=True)
    if len(first) == 4 and all(numbers) and ("rating" in stem or stem.startswith("u.data")):
        return Layout("ratings", NAME, {"user": 0, "item": 1, "rating": 2, "time": 3}, False)
    return None
