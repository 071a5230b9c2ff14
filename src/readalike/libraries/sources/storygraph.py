"""StoryGraph: quarter stars, and each reading of a book in one cell."""

from __future__ import annotations

from readalike.libraries.source import QUARTERS, Source, marks

SOURCE = Source(
    "StoryGraph",
    marks("readstatus starrating", "readstatus contributors", "readstatus isbnuid"),
    {
        "title": ("title",),
        "authors": ("authors", "author"),
        "isbn:uid": ("isbnuid", "isbn"),
        "stars": ("starrating",),
        "status": ("readstatus",),
        "reads": ("readcount",),
        "read:last": ("lastdateread",),
        "read:each": ("datesread",),
        "added": ("dateadded",),
        "shelves": ("tags",),
    },
    QUARTERS,
)
