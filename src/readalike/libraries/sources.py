"""The exports that are known, each by its columns; a new one is an `ExportSource` in `SOURCES`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from readalike.bibliography.people import (
    divided_by_ampersands,
    divided_by_commas,
    last_names_first,
    written_anyhow,
)
from readalike.data.scale import RatingScale
from readalike.libraries.cells import Cells
from readalike.libraries.column_names import COLUMN_NAMES, roles_by_name
from readalike.libraries.status import (
    Status,
    finished,
    nothing_said,
    status_of_cells,
    status_of_word,
)
from readalike.tables.layouts import columns_of, key
from readalike.tables.spreadsheets import text_of

FIVE = RatingScale(1.0, 5.0, 1.0)
HALVES = RatingScale(0.5, 5.0, 0.5)
QUARTERS = RatingScale(0.25, 5.0, 0.25)
TELLING_ALONE = ("isbn:any", "isbn:13", "isbn:10", "isbn:asin", "id:goodreads")
"""Roles that make a table one of books, even where it has no titles."""
TELLING_OF_TITLES = ("authors", "stars", "status", "flag")
"""Roles that make a table with titles one of books."""


@dataclass(frozen=True)
class ExportSource:
    """A program or site that exports libraries.

    Attributes:
        name: What people call it.
        marks: Names of columns, as `key` writes them; a file is of this source where it has all
            names of one of the texts.
        columns: Names of the column of each role (`columns_of`). Roles are title, authors, stars,
            status, flag (read, yes or no), progress (per cent), reads (how often), series, volume,
            added, shelves; `authors:...`, `isbn:...`, `read:...` for several columns of one kind;
            `id:...` by who gave the id; and what `prepare` or `status` need.
        scale: The scale of its stars; None where it has none, or they are found from the file.
        needed: Roles without which a file is of no use.
        reach: Roles that a row must reach to be whole; a shorter one was cut off.
        people: Names out of a cell of authors.
        status: What became of the book, by a row and whether it has stars.
        prepare: Divides cells that hold several things into roles of their own.
    """

    name: str
    marks: tuple[str, ...]
    columns: Mapping[str, Sequence[str]]
    scale: RatingScale | None = None
    needed: tuple[str, ...] = ("title",)
    reach: tuple[str, ...] = ("title", "stars", "status")
    people: Callable[[str], tuple[str, ...]] = divided_by_commas
    status: Callable[[Cells, bool], Status | None] = status_of_cells
    prepare: Callable[[Cells], Cells] = dict


# BookWyrm: half stars, Goodreads and Open Library ids, and shelves by a fixed name.
BOOKWYRM = ExportSource(
    "BookWyrm",
    ("authortext remoteid", "authortext openlibrarykey", "authortext goodreadskey"),
    columns_of(
        "title, authors=authortext, id:goodreads=goodreadskey, id:openlibrary=openlibrarykey, "
        "isbn:10=isbn10, isbn:13=isbn13, stars=rating, status=shelf shelfname, "
        "read:on=finishdate, added=shelfdate, shelves=shelfname shelf"
    ),
    HALVES,
)


# Calibre: a catalogue of files, with ids of many givers in one cell and no account of reading.
_IDENTIFIER = re.compile(r"\b(goodreads|isbn):([^,\s]+)")


def _identifiers_apart(cells: Cells) -> Cells:
    """`goodreads:39077187,isbn:9780756411800` as ids of their own.

    Calibre numbers a book that is in no series too.
    """
    found = dict(_IDENTIFIER.findall(cells.get("identifiers", "")))
    apart = {"id:goodreads": found.get("goodreads", ""), "isbn:told": found.get("isbn", "")}
    volume = cells.get("volume", "").removesuffix(".0")
    return {**cells, **apart, "volume": volume if cells.get("series") else ""}


CALIBRE = ExportSource(
    "Calibre",
    ("authorsort identifiers", "authorsort seriesindex", "authors seriesindex"),
    columns_of(
        "title, authors, identifiers, isbn:own=isbn, stars=rating, series, volume=seriesindex, "
        "added=timestamp, shelves=tags"
    ),
    FIVE,
    people=divided_by_ampersands,
    status=nothing_said,
    prepare=_identifiers_apart,
)


# Any table of books whose columns have common names, in any order.
GENERIC = ExportSource(
    "table",
    (),
    COLUMN_NAMES,
    needed=(),
    reach=(),
    people=written_anyhow,
)


# Goodreads: 31 columns until about 2021, 24 since, 23 since 2026, 32 where one was added; sometimes
# no names (`nameless`).
#
# Whether a book was read stands in the exclusive shelf alone, and 0 stars are none.
GOODREADS = ExportSource(
    "Goodreads",
    ("bookid exclusiveshelf", "bookid authorlf", "bookid myrating", "myrating exclusiveshelf"),
    columns_of(
        "title, authors=author, authors:more=additionalauthors, id:goodreads=bookid, "
        "isbn:10=isbn, isbn:13=isbn13, stars=myrating, status=exclusiveshelf, reads=readcount, "
        "read:on=dateread, added=dateadded, shelves=bookshelves"
    ),
    FIVE,
)


# Hardcover: half stars, series and number in one cell, authors with their roles.
_IN_SERIES = re.compile(r"(?P<series>.+?)\s*\(#(?P<volume>[\d.]+)\)")


def _series_apart(cells: Cells) -> Cells:
    """`2666 (#1.0)` as series and volume; of several series the first."""
    found = _IN_SERIES.match(cells.get("series", ""))
    if found is None:
        return cells
    volume = found["volume"].removesuffix(".0")
    return {**cells, "series": found["series"], "volume": volume}


HARDCOVER = ExportSource(
    "Hardcover",
    ("hardcoverbookid",),
    columns_of(
        "title, authors=author, series, id:hardcover=hardcoverbookid, isbn:10=isbn10, "
        "isbn:13=isbn13, stars=rating, status, read:on=datefinished, added=dateadded, "
        "shelves=lists"
    ),
    HALVES,
    prepare=_series_apart,
)


# Inventaire: an inventory of books to lend, without stars and without an account of reading.
INVENTAIRE = ExportSource(
    "Inventaire",
    ("itemurl editionisbn13", "itemurl editiontitle", "itemurl authorslabels"),
    columns_of(
        "title=editiontitle workslabels, authors=authorslabels, "
        "series=worksserieslabels serieslabels, isbn:13=editionisbn13, isbn:10=editionisbn10, "
        "added=itemcreated, shelves=itemshelves shelves"
    ),
    status=nothing_said,
)


# LibraryThing: tab-separated text in any encoding, and JSON.
#
# A collection says where a book is kept. Only some say that it was read or is still to be read;
# `Your library` does not.
_DIVIDED = re.compile(r"[,;|]")


def _status(cells: Cells, rated: bool) -> Status | None:
    said = {status_of_word(name) for name in _DIVIDED.split(cells.get("status", ""))}
    if "unfinished" in said and "read" not in said:
        return "unfinished"
    if "read" in said or rated or finished(cells):
        return "read"
    return "reading" if "reading" in said else "to-read" if "to-read" in said else None


LIBRARYTHING = ExportSource(
    "LibraryThing",
    ("primaryauthor collections", "primaryauthor isbns", "bookid primaryauthor"),
    columns_of(
        "title, authors=primaryauthor, authors:more=secondaryauthor, id:librarything=bookid, "
        "isbn:one=isbn, isbn:all=isbns, stars=rating, status=collections, read:on=dateread, "
        "added=entrydate, shelves=tags"
    ),
    HALVES,
    people=last_names_first,
    status=_status,
)
JSON_COLUMNS = columns_of(
    "title, authors=primaryauthor, id:librarything=books_id, isbn:one=originalisbn, isbn:all=isbn, "
    "stars=rating, status=collections, read:on=dateread, added=entrydate, shelves=tags"
)
JSON_MARKS = ("books_id", "title")
"""What an entry of the JSON has."""


def cells_of(book: Mapping[str, Any]) -> Cells:
    """The roles of a book out of the JSON."""
    cells = {role: _text(book.get(name)) for role, (name,) in JSON_COLUMNS.items()}
    return {role: text for role, text in cells.items() if text}


def _text(value: object) -> str:
    """A value, or those of a list or object with commas between them."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        return ",".join(str(each) for each in value if isinstance(each, str) and each)
    return value if isinstance(value, str) else ""


# Open Library's reading log: ids alone in the older files, titles and stars in the newer.
OPENLIBRARY = ExportSource(
    "Open Library",
    ("workid editionid bookshelf",),
    columns_of(
        "title, authors, id:openlibrary=workid, id:openlibrary edition=editionid, "
        "stars=myratings myrating, status=bookshelf"
    ),
    FIVE,
    needed=("id:openlibrary",),
)


# Openreads: title and subtitle apart, and rows that their reader has deleted.
def _with_subtitle(cells: Cells) -> Cells:
    title, subtitle = cells.get("title", ""), cells.get("subtitle", "")
    return {**cells, "title": f"{title}: {subtitle}"} if title and subtitle else cells


OPENREADS = ExportSource(
    "Openreads",
    ("olid favourite", "olid deleted", "favourite deleted status"),
    columns_of(
        "title, subtitle, authors=author authors, id:openlibrary edition=olid, isbn:any=isbn, "
        "stars=rating, status, deleted, read:on=finishdate, added=dateadded, shelves=tags"
    ),
    HALVES,
    prepare=_with_subtitle,
)


# Readalike's own report of an import, as a CSV: its texts are written for spreadsheets.
READALIKE_COLUMNS = (
    "row", "line", "title", "authors", "stars", "status", "state", "book_id", "book_title",
    "book_authors", "how", "confidence", "candidates", "why",
)  # fmt: skip
"""Of a report, in order."""


def _as_before(cells: Cells) -> Cells:
    """The texts that the report was written of."""
    return {role: text_of(cell) for role, cell in cells.items()}


READALIKE = ExportSource(
    "Readalike",
    (" ".join(key(name) for name in READALIKE_COLUMNS if name != "title"),),
    columns_of("title, authors, id:book=bookid, stars, status"),
    prepare=_as_before,
)


# StoryGraph: quarter stars, and each reading of a book in one cell.
STORYGRAPH = ExportSource(
    "StoryGraph",
    ("readstatus starrating", "readstatus contributors", "readstatus isbnuid"),
    columns_of(
        "title, authors=authors author, isbn:uid=isbnuid isbn, stars=starrating, "
        "status=readstatus, reads=readcount, read:last=lastdateread, read:each=datesread, "
        "added=dateadded, shelves=tags"
    ),
    QUARTERS,
)


SOURCES: tuple[ExportSource, ...] = (
    READALIKE,
    STORYGRAPH,
    LIBRARYTHING,
    BOOKWYRM,
    HARDCOVER,
    OPENREADS,
    OPENLIBRARY,
    INVENTAIRE,
    GOODREADS,
    CALIBRE,
    GENERIC,
)
"""The first that has a mark among a file's columns reads it; a table of any kind comes last."""


def recognise_source(names: Sequence[str]) -> ExportSource | None:
    """The source of a file with columns of these names; None where none is known."""
    have = {key(name) for name in names}
    known = (s for s in SOURCES if any(have.issuperset(m.split()) for m in s.marks))
    return next(known, GENERIC if _is_of_books(names) else None)


def _is_of_books(names: Sequence[str]) -> bool:
    """Whether any table with columns of these names is one of books."""
    have = set(roles_by_name(names))
    return not have.isdisjoint(TELLING_ALONE) or (
        "title" in have and not have.isdisjoint(TELLING_OF_TITLES)
    )
