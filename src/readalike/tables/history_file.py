"""What one reader has read, out of a small CSV or JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from readalike.data.cells import BLANKS, number, trimmed_id
from readalike.errors import InputError
from readalike.files import read_file
from readalike.tables.json_text import decoder_of, without_halves
from readalike.tables.layouts import roles
from readalike.tables.text import record_at, separator_of

COLUMNS = {
    "item": ("bookid", "book", "id", "itemid", "isbn", "title"),
    "rating": ("rating", "stars", "myrating", "starrating", "score"),
}
MOST = 64 << 20
"""Bytes of a file of one reader's books."""
WANTED = 'must be a CSV of book_id,rating or JSON such as {"42": 5, "7": null}'

Entry = tuple[str, float | None]


@dataclass(frozen=True)
class HistoryFile:
    """The books of a file and what was found about it.

    Attributes:
        books: Id and stars of each book, None for read without stars; each id once, at its last
            place.
        repeated: Ids that stood more than once; the last row counts.
    """

    books: tuple[Entry, ...]
    repeated: tuple[str, ...]


def read_history(path: Path | str) -> list[Entry]:
    """The books of a file with their stars, None for read without stars.

    Of a book that stands more than once the last row counts: who adds a line to a file of
    one's own changes one's mind. `read_history_file` tells which books these are.

    Raises:
        InputError: The file cannot be used; it names the line.
    """
    return list(read_history_file(path).books)


def read_history_file(path: Path | str) -> HistoryFile:
    """Reads CSV, tab- or semicolon-separated, with names of columns or without, or JSON.

    JSON may be `{id: stars}`, `[{"book_id": id, "rating": stars}]`, `[[id, stars]]` or `[id]`.
    Empty, null and 0 mean read without stars.

    Raises:
        InputError: The file cannot be used; it names the line.
    """
    path = Path(path)
    text = _text(path)
    if not text.strip():
        raise InputError(f"{WANTED}, got an empty file", file=path)
    of = _of_json if text.lstrip()[0] in "[{" else _of_csv
    books: dict[str, float | None] = {}
    repeated: dict[str, None] = {}
    for book, stars in of(text, path):
        if book in books:
            repeated[book] = None
            del books[book]
        books[book] = stars
    return HistoryFile(tuple(books.items()), tuple(repeated))


def _text(path: Path) -> str:
    content = read_file(path, MOST, WANTED)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content:
        raise InputError(f"{WANTED}, got a binary file", file=path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _of_csv(text: str, path: Path) -> Iterator[Entry]:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line for line in text.split("\n") if line.strip()]
    separator = separator_of(lines, '"' in text) or ","
    item, rating, began = 0, 1, False
    for start, cells in _records(text.split("\n"), separator):
        if not any(cell.strip() for cell in cells):
            continue
        if not began:
            began = True
            found = roles(cells, COLUMNS)
            if "item" in found:
                item, rating = found["item"], found.get("rating", -1)
                continue
            if len(cells) > 1 and _unnumbered(cells[1]):
                raise InputError(
                    f"{WANTED}, got the columns {', '.join(map(repr, cells))[:200]}",
                    file=path,
                    line=start,
                )
        book = trimmed_id(cells[item]) if item < len(cells) else ""
        if not book:
            raise InputError("must have a book id, got an empty cell", file=path, line=start)
        cell = cells[rating] if 0 <= rating < len(cells) else ""
        yield book, _stars(cell, path, start)


def _records(lines: Sequence[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """The first line of each record, from 1, and its cells."""
    at = 0
    while at < len(lines):
        record = record_at(lines, at, separator)
        yield at + 1, record.cells
        at += record.lines


def _unnumbered(cell: str) -> bool:
    return bool(cell.strip(BLANKS)) and number(cell) is None


def _of_json(text: str, path: Path) -> Iterator[Entry]:
    try:
        data = decoder_of(_Pairs).decode(without_halves(text))
    except json.JSONDecodeError as error:
        raise InputError(
            f"must be JSON, got an error: {error.msg}", file=path, line=error.lineno
        ) from error
    except RecursionError as error:
        raise InputError(f"{WANTED}, got JSON of too many levels", file=path) from error
    entries: Iterable[object] = data if isinstance(data, list) else data.pairs
    for at, entry in enumerate(entries, 1):
        yield _json_entry(entry, path, at)


class _Pairs:
    """An object with its repeated keys."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        self.pairs = pairs


def _json_entry(entry: object, path: Path, at: int) -> Entry:
    book, stars = entry, None
    if isinstance(entry, _Pairs):
        found = roles([name for name, _ in entry.pairs], COLUMNS)
        if "item" not in found:
            names = ", ".join(repr(name) for name, _ in entry.pairs)
            raise InputError(f"entry {at} must have a book_id, got {names[:200]}", file=path)
        book = entry.pairs[found["item"]][1]
        stars = entry.pairs[found["rating"]][1] if "rating" in found else None
    elif isinstance(entry, list | tuple):
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
    if isinstance(value, _Pairs):
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
