"""Any table of books whose columns have common names, in any order."""

from __future__ import annotations

from readalike.libraries.names import written_anyhow
from readalike.libraries.source import Source, marks

TITLES = ("title", "booktitle", "name", "bookname", "titre", "titel", "titulo")
AUTHORS = ("author", "authors", "authorname", "bookauthor", "by", "writer", "auteur", "autor")
ISBNS = ("isbn", "isbn13", "isbn10")
GOODREADS = ("goodreadsbookid", "goodreadsid")

SOURCE = Source(
    "table",
    marks(*(f"{title} {author}" for title in TITLES for author in AUTHORS), *ISBNS, *GOODREADS),
    {
        "title": TITLES,
        "authors": AUTHORS,
        "series": ("series", "seriesname"),
        "volume": ("volume", "seriesnumber", "seriesindex"),
        "id:goodreads": GOODREADS,
        "id:book": ("bookid", "id"),
        "isbn:any": ("isbn",),
        "isbn:13": ("isbn13", "ean"),
        "isbn:10": ("isbn10",),
        "stars": ("myrating", "rating", "stars", "starrating", "score"),
        "status": ("exclusiveshelf", "readstatus", "status", "shelf", "bookshelf"),
        "reads": ("readcount",),
        "read:on": ("dateread", "finished", "datefinished", "readon"),
        "added": ("dateadded", "added"),
        "shelves": ("shelves", "tags"),
    },
    needed=(),
    reach=(),
    people=written_anyhow,
)
