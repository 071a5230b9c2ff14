"""LibraryThing: tab-separated text in any encoding, and JSON.

A collection says where a book is kept. Only some say that it was read or is still to be read;
`Your library` does not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from readalike.libraries.entry import Status
from readalike.libraries.names import last_names_first
from readalike.libraries.source import HALVES, Source, marks
from readalike.libraries.statuses import Cells, status_of_word

NAME = "LibraryThing"
_DIVIDED = re.compile(r"[,;|]")


def _status(cells: Cells, rated: bool) -> Status | None:
    found = [status_of_word(name) for name in _DIVIDED.split(cells.get("status", ""))]
    said: tuple[Status, ...] = ("read", "unfinished", "reading", "to-read")
    known = next((status for status in said if status in found), None)
    if known in ("read", "unfinished"):
        return known
    if rated or cells.get("read:on", "").strip(" []"):
        return "read"
    return known


SOURCE = Source(
    NAME,
    marks("primaryauthor collections", "primaryauthor isbns", "bookid primaryauthor"),
    {
        "title": ("title",),
        "authors": ("primaryauthor",),
        "authors:more": ("secondaryauthor",),
        "id:librarything": ("bookid",),
        "isbn:one": ("isbn",),
        "isbn:all": ("isbns",),
        "stars": ("rating",),
        "status": ("collections",),
        "read:on": ("dateread",),
        "added": ("entrydate",),
        "shelves": ("tags",),
    },
    HALVES,
    people=last_names_first,
    status=_status,
)
JSON_MARKS = ("books_id", "title")
"""What an entry of the JSON has."""


def cells_of(book: Mapping[str, Any]) -> Cells:
    """The roles of a book out of the JSON."""
    cells = {
        "title": _text(book.get("title")),
        "authors": _text(book.get("primaryauthor")),
        "id:librarything": _text(book.get("books_id")),
        "isbn:one": _text(book.get("originalisbn")),
        "isbn:all": _joined(book.get("isbn"), ","),
        "stars": _text(book.get("rating")),
        "status": _joined(book.get("collections"), ","),
        "read:on": _text(book.get("dateread")),
        "added": _text(book.get("entrydate")),
        "shelves": _joined(book.get("tags"), ","),
    }
    return {role: text for role, text in cells.items() if text}


def _joined(value: object, separator: str) -> str:
    """A list, an object of values, or one value, as one text."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        return separator.join(text for text in map(_text, value) if text)
    return _text(value)


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) else ""
