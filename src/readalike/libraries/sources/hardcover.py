"""Hardcover: half stars, series and number in one cell, authors with their roles."""

from __future__ import annotations

import re

from readalike.libraries.source import HALVES, Source, marks
from readalike.libraries.statuses import Cells

_IN_SERIES = re.compile(r"(?P<series>.+?)\s*\(#(?P<volume>[\d.]+)\)")


def _series_apart(cells: Cells) -> Cells:
    """`2666 (#1.0)` as series and volume; of several series the first."""
    found = _IN_SERIES.match(cells.get("series", ""))
    if found is None:
        return cells
    volume = found["volume"].removesuffix(".0")
    return {**cells, "series": found["series"], "volume": volume}


SOURCE = Source(
    "Hardcover",
    marks("hardcoverbookid"),
    {
        "title": ("title",),
        "authors": ("author",),
        "series": ("series",),
        "id:hardcover": ("hardcoverbookid",),
        "isbn:10": ("isbn10",),
        "isbn:13": ("isbn13",),
        "stars": ("rating",),
        "status": ("status",),
        "read:on": ("datefinished",),
        "added": ("dateadded",),
        "shelves": ("lists",),
    },
    HALVES,
    prepare=_series_apart,
)
