"""BookWyrm: half stars, Goodreads and Open Library ids, and shelves by a fixed name."""

from __future__ import annotations

from readalike.libraries.source import HALVES, Source, marks

SOURCE = Source(
    "BookWyrm",
    marks("authortext remoteid", "authortext openlibrarykey", "authortext goodreadskey"),
    {
        "title": ("title",),
        "authors": ("authortext",),
        "id:goodreads": ("goodreadskey",),
        "id:openlibrary": ("openlibrarykey",),
        "isbn:10": ("isbn10",),
        "isbn:13": ("isbn13",),
        "stars": ("rating",),
        "status": ("shelf", "shelfname"),
        "read:on": ("finishdate",),
        "added": ("shelfdate",),
        "shelves": ("shelfname", "shelf"),
    },
    HALVES,
)
