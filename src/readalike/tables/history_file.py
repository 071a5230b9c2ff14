"""What one reader has read, out of a small CSV or JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from readalike.data.cells import BLANKS, number, trimmed_id
from readalike.errors import InputError
from readalike.tables.containers import json_decoder
from readalike.tables.layouts import columns_of, roles
from readalike.tables.text import (
    BROKEN,
    Text,
    read_text,
    separator_of,
    without_halves,
)

COLUMNS = columns_of(
    "item=bookid book id itemid isbn title, rating=rating stars myrating starrating score"
)
WANTED = 'must be a CSV of book_id,rating or JSON such as {"42": 5, "7": null}'

Entry = tuple[str, float | None]


@dataclass(frozen=True)
class HistoryFile:
    """The books of a file.

    Attributes:
        books: Id and stars of each book, None for read without stars; each id once, at its last
            place.
        repeated: Ids that stood more than once; the last row counts.
    """

    books: tuple[Entry, ...]
    repeated: tuple[str, ...]


def read_history(path: Path | str) -> list[Entry]:
    """The books of a file with their stars, None for read without stars.

    Of a book that stands more than once the last row counts: who adds a line to a file of one's own
    changes one's mind. `read_history_file` tells which books these are.

    Raises:
        InputError: The file cannot be used; it names the line.
    """
    return list(read_history_file(path).books)


def read_history_file(path: Path | str) -> HistoryFile:
    """Reads CSV, tab- or semicolon-separated, with names of columns or without, or JSON.

    JSON may be `{id: stars}`, `[{"book_id": id, "rating": stars}]`, `[[id, stars]]` or `[id]`.
    Empty, null and 0 mean read without stars. Raises InputError, which names the line.
    """
    text = read_text(Path(path), WANTED)
    books: dict[str, float | None] = {}
    repeated: dict[str, None] = {}
    for book, stars in _of_json(text) if text.is_json else _of_csv(text):
        if book in books:
            repeated[book] = None
            del books[book]
        books[book] = stars
    return HistoryFile(tuple(books.items()), tuple(repeated))


def _of_csv(text: Text) -> Iterator[Entry]:
    lines = [line for line in text.content.split("\n") if line.strip()]
    separator = separator_of(lines) or ","
    rows = text.rows(separator, 0, ragged=True)
    began, first = next(rows)
    names = [cell.strip() for cell in first or ()]
    columns = roles(names, COLUMNS)
    named = "item" in columns
    if not named and len(names) > 1 and names[1].strip(BLANKS) and number(names[1]) is None:
        shown = ", ".join(map(repr, names))[:200]
        raise InputError(f"{WANTED}, got the columns {shown}", file=text.path, line=began)
    item, rating = (columns["item"], columns.get("rating")) if named else (0, 1)
    for line, cells in rows if named else chain([(began, first)], rows):
        if cells is None:
            raise InputError(BROKEN, file=text.path, line=line)
        if not any(cell.strip() for cell in cells):
            continue
        book = trimmed_id(cells[item]) if item < len(cells) else ""
        if not book:
            raise InputError("must have a book id, got an empty cell", file=text.path, line=line)
        stars = cells[rating] if rating is not None and rating < len(cells) else ""
        yield book, _stars(stars, text.path, line)


def _of_json(text: Text) -> Iterator[Entry]:
    try:
        # an object is a tuple of its pairs, so that no repeated name is lost, and an array a list
        data = json_decoder(tuple).decode(without_halves(text.content))
    except json.JSONDecodeError as error:
        line = error.lineno + text.first - 1
        why = f"must be JSON, got an error: {error.msg}"
        raise InputError(why, file=text.path, line=line) from error
    except RecursionError as error:
        raise InputError(f"{WANTED}, got JSON of too many levels", file=text.path) from error
    for at, entry in enumerate(map(list, data) if isinstance(data, tuple) else data, 1):
        yield _json_entry(entry, text.path, at)


def _json_entry(entry: object, path: Path, at: int) -> Entry:
    book, stars = entry, None
    if isinstance(entry, tuple):
        names = [name for name, _ in entry]
        columns = roles(names, COLUMNS)
        if "item" not in columns:
            shown = ", ".join(map(repr, names))[:200]
            raise InputError(f"entry {at} must have a book_id, got {shown}", file=path)
        book = entry[columns["item"]][1]
        stars = entry[columns["rating"]][1] if "rating" in columns else None
    elif isinstance(entry, list):
        if not 1 <= len(entry) <= 2:
            raise InputError(f"entry {at} must be [id, stars], got {len(entry)} values", file=path)
        book, stars = entry[0], entry[1] if len(entry) == 2 else None
    if not isinstance(book, str) or not trimmed_id(book):
        raise InputError(f"entry {at} must have an id of a book, got {_shown(book)}", file=path)
    if not isinstance(stars, str | None):
        raise InputError(f"entry {at} must have a number of stars, got {_shown(stars)}", file=path)
    return trimmed_id(book), _stars(stars or "", path, None)


def _shown(value: object) -> str:
    """A value of JSON in a message; of what holds others only what it is."""
    if isinstance(value, tuple):
        return "an object"
    return "a list" if isinstance(value, list) else repr(value)[:60]


def _stars(cell: str, path: Path, line: int | None) -> float | None:
    if not cell.strip(BLANKS):
        return None
    value = number(cell)
    if value is None:
        shown = repr(cell.strip()[:60])
        raise InputError(f"a rating must be a number, got {shown}", file=path, line=line)
    return value or None
