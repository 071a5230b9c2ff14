"""Readalike's own report of an import, as a CSV: its texts are written for spreadsheets."""

from __future__ import annotations

from readalike.data.layout import key
from readalike.libraries.source import Source
from readalike.libraries.spreadsheets import text_of
from readalike.libraries.statuses import Cells

COLUMNS = (
    "row", "line", "title", "authors", "stars", "status", "state", "book_id", "book_title",
    "book_authors", "how", "confidence", "candidates", "why",
)  # fmt: skip
"""Of a report, in order."""


def _as_before(cells: Cells) -> Cells:
    """The texts that the report was written of."""
    return {role: text_of(cell) for role, cell in cells.items()}


SOURCE = Source(
    "Readalike",
    (frozenset(map(key, COLUMNS)) - {"title"},),
    {
        "title": ("title",),
        "authors": ("authors",),
        "id:book": ("bookid",),
        "stars": ("stars",),
        "status": ("status",),
    },
    prepare=_as_before,
)
