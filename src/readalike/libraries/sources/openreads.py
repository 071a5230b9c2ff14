"""Openreads: title and subtitle apart, and rows that their reader has deleted."""

from __future__ import annotations

from readalike.libraries.source import HALVES, Source, marks
from readalike.libraries.statuses import Cells


def _with_subtitle(cells: Cells) -> Cells:
    """Title and subtitle as one title."""
    title, subtitle = cells.get("title", ""), cells.get("subtitle", "")
    return {**cells, "title": f"{title}: {subtitle}"} if title and subtitle else cells


SOURCE = Source(
    "Openreads",
    marks("olid favourite", "olid deleted", "favourite deleted status"),
    {
        "title": ("title",),
        "subtitle": ("subtitle",),
        "authors": ("author", "authors"),
        "id:openlibrary edition": ("olid",),
        "isbn:any": ("isbn",),
        "stars": ("rating",),
        "status": ("status",),
        "deleted": ("deleted",),
        "read:on": ("finishdate",),
        "added": ("dateadded",),
        "shelves": ("tags",),
    },
    HALVES,
    prepare=_with_subtitle,
)
