"""Inventaire: an inventory of books to lend, without stars and without an account of reading."""

from __future__ import annotations

from readalike.libraries.source import Source, marks
from readalike.libraries.statuses import nothing_said

SOURCE = Source(
    "Inventaire",
    marks("itemurl editionisbn13", "itemurl editiontitle", "itemurl authorslabels"),
    {
        "title": ("editiontitle", "workslabels"),
        "authors": ("authorslabels",),
        "series": ("worksserieslabels", "serieslabels"),
        "isbn:13": ("editionisbn13",),
        "isbn:10": ("editionisbn10",),
        "added": ("itemcreated",),
        "shelves": ("itemshelves", "shelves"),
    },
    status=nothing_said,
)
