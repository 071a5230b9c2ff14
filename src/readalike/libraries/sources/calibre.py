"""Calibre: a catalogue of files, with ids of many givers in one cell and no account of reading."""

from __future__ import annotations

import re

from readalike.libraries.names import divided_by_ampersands
from readalike.libraries.source import FIVE, Source, marks
from readalike.libraries.statuses import Cells, nothing_said

_IDENTIFIER = re.compile(r"\b(goodreads|isbn):([^,\s]+)")


def _identifiers_apart(cells: Cells) -> Cells:
    """`goodreads:39077187,isbn:9780756411800` as ids of their own.

    Calibre numbers a book that is in no series too.
    """
    found = dict(_IDENTIFIER.findall(cells.get("identifiers", "")))
    apart = {"id:goodreads": found.get("goodreads", ""), "isbn:told": found.get("isbn", "")}
    volume = cells.get("volume", "").removesuffix(".0")
    return {**cells, **apart, "volume": volume if cells.get("series") else ""}


SOURCE = Source(
    "Calibre",
    marks("authorsort identifiers", "authorsort seriesindex", "authors seriesindex"),
    {
        "title": ("title",),
        "authors": ("authors",),
        "identifiers": ("identifiers",),
        "isbn:own": ("isbn",),
        "stars": ("rating",),
        "series": ("series",),
        "volume": ("seriesindex",),
        "added": ("timestamp",),
        "shelves": ("tags",),
    },
    FIVE,
    people=divided_by_ampersands,
    status=nothing_said,
    prepare=_identifiers_apart,
)
