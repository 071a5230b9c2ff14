"""Goodreads: 31 columns until about 2021, 24 since, 32 where one was added; sometimes no names.

Whether a book was read stands in the exclusive shelf alone, and 0 stars are none.
"""

from __future__ import annotations

from collections.abc import Sequence

from readalike.data.cells import number
from readalike.libraries.source import FIVE, Source, marks

SOURCE = Source(
    "Goodreads",
    marks("bookid exclusiveshelf", "bookid authorlf", "bookid myrating", "myrating exclusiveshelf"),
    {
        "title": ("title",),
        "authors": ("author",),
        "authors:more": ("additionalauthors",),
        "id:goodreads": ("bookid",),
        "isbn:10": ("isbn",),
        "isbn:13": ("isbn13",),
        "stars": ("myrating",),
        "status": ("exclusiveshelf",),
        "reads": ("readcount",),
        "read:on": ("dateread",),
        "added": ("dateadded",),
        "shelves": ("bookshelves",),
    },
    FIVE,
)

NAMES = (
    "Book Id", "Title", "Author", "Author l-f", "Additional Authors", "ISBN", "ISBN13",
    "My Rating", "Average Rating", "Publisher", "Binding", "Number of Pages", "Year Published",
    "Original Publication Year", "Date Read", "Date Added", "Bookshelves",
    "Bookshelves with positions", "Exclusive Shelf", "My Review", "Spoiler", "Private Notes",
    "Read Count",
)  # fmt: skip
"""The columns that both generations begin with."""
WIDTHS = (24, 31)


def names_of_bare(first: Sequence[str]) -> tuple[str, ...] | None:
    """The names of the columns of a file without names, told by its first row; else None.

    It has as many cells as an export, an id in front, stars from 0 to 10, and a shelf.
    """
    if len(first) not in WIDTHS or not first[0].strip().isdigit():
        return None
    stars, shelf = number(first[NAMES.index("My Rating")]), first[NAMES.index("Exclusive Shelf")]
    if stars is None or not 0 <= stars <= 10 or not shelf.strip():
        return None
    return (*NAMES, *[""] * (len(first) - len(NAMES)))
