"""Open Library's reading log: ids alone in the older files, titles and stars in the newer."""

from __future__ import annotations

from readalike.libraries.source import FIVE, Source, marks

SOURCE = Source(
    "Open Library",
    marks("workid editionid bookshelf"),
    {
        "title": ("title",),
        "authors": ("authors",),
        "id:openlibrary": ("workid",),
        "id:openlibrary edition": ("editionid",),
        "stars": ("myratings", "myrating"),
        "status": ("bookshelf",),
    },
    FIVE,
    needed=("id:openlibrary",),
)
