"""A reader's export as rows of roles, whatever its source and form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from readalike.errors import InputError
from readalike.libraries.entry import Cells
from readalike.libraries.sources import (
    GOODREADS,
    JSON_MARKS,
    LIBRARYTHING,
    ExportSource,
    cells_of,
    names_of_bare,
    recognise_source,
)
from readalike.tables.layouts import roles
from readalike.tables.text import (
    BROKEN,
    Row,
    Text,
    json_decoder,
    without_halves,
)

SEPARATORS = (",", "\t", ";", "|")
WANTED = (
    "must be an export of Goodreads, StoryGraph, LibraryThing, BookWyrm, Hardcover, Calibre, Open "
    "Library, Openreads or Inventaire, or a CSV with columns such as title, author, isbn, rating "
    "and shelf"
)
MISSED = {"title": "titles", "authors": "authors", "stars": "stars", "status": "what was read"}
"""Roles whose absence is worth a note."""


@dataclass(frozen=True)
class SheetRow:
    """One row.

    Attributes:
        line: Physical line that it begins in.
        cells: Its cells by role.
        fault: Why it cannot be divided into cells; empty where it can.
    """

    line: int
    cells: Cells
    fault: str = ""


@dataclass(frozen=True)
class Sheet:
    """All rows of a file.

    Attributes:
        source: What it was exported from.
        rows: Its rows, damaged ones included.
        notes: What is unusual about it, in words.
    """

    source: ExportSource
    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...] = ()


def sheet_of_table(text: Text) -> Sheet:
    """Divides a CSV or tab-separated file into rows; the source is known by its columns.

    Raises:
        InputError: No source has these columns, or a needed one is missing.
    """
    divided = {separator: text.names(separator) for separator in SEPARATORS}
    for separator, names in divided.items():
        source = recognise_source(names)
        if source is not None:
            have = roles(names, source.columns)
            for role in (role for role in source.needed if role not in have):
                raise InputError(
                    f"must have a column {source.columns[role][0]!r}, as exports of {source.name} "
                    f"do, got {', '.join(map(repr, names))[:200]}",
                    file=text.path,
                    line=text.first,
                )
            return _sheet(source, names, text.rows(separator))
    for separator, cells in divided.items():
        bare = names_of_bare(cells)
        if bare is not None:
            note = "it has no names of columns, and was read as what Goodreads exports"
            return _sheet(GOODREADS, bare, text.rows(separator, 0), note)
    most = max(divided, key=lambda separator: len(divided[separator]))
    shown = ", ".join(map(repr, divided[most]))[:200]
    raise InputError(
        f"{WANTED}, got the columns {shown}; a table of the model's own ids and stars goes with "
        "--history FILE",
        file=text.path,
        line=text.first,
    )


def _sheet(
    source: ExportSource, names: tuple[str, ...], divided: Iterable[Row], *notes: str
) -> Sheet:
    columns = roles(names, source.columns)
    reach = max((columns[role] for role in source.reach if role in columns), default=-1)
    rows = []
    for line, given in divided:
        fault = BROKEN if given is None else _fault(given, names, reach)
        if fault or given is None:
            rows.append(SheetRow(line, {}, fault))
            continue
        cells = {role: given[at].strip() for role, at in columns.items() if at < len(given)}
        rows.append(SheetRow(line, source.prepare(cells)))
    missing = [
        words for role, words in MISSED.items() if role in source.columns and role not in columns
    ]
    if missing:
        notes += (f"it has no column of {' and of '.join(missing)}",)
    return Sheet(source, tuple(rows), notes)


def _fault(cells: tuple[str, ...], names: tuple[str, ...], reach: int) -> str:
    """Why a row is no row of this table; empty where it is one."""
    if any(cell.strip() for cell in cells[len(names) :]):
        return (
            f"{len(cells)} cells instead of {len(names)}; a cell that holds the separator must "
            "stand in quotes"
        )
    if len(cells) <= reach:
        return f"{len(cells)} cells instead of {len(names)}: it was cut off"
    if cells[0].strip() == names[0] and tuple(cell.strip() for cell in cells) == names:
        return "the names of the columns once more"
    return ""


_NAME = re.compile(r'\s*+,?\s*+("(?:[^"\\]|\\.)*")\s*:\s*')
_BETWEEN = re.compile(r"\s*\}?\s*,?\s*\{?\s*")
_DECODER = json_decoder()


def sheet_of_json(text: Text) -> Sheet:
    """Divides an object of books into rows; several objects may stand one behind the other.

    Raises:
        InputError: It is JSON of something else.
    """
    rows = []
    for line, book in _books(without_halves(text.content), text.first):
        if isinstance(book, str):
            rows.append(SheetRow(line, {}, book))
        elif any(name in book for name in JSON_MARKS):
            rows.append(SheetRow(line, LIBRARYTHING.prepare(cells_of(book))))
        else:
            rows.append(SheetRow(line, {}, "no book: it has neither books_id nor title"))
    if all(row.fault for row in rows):
        raise InputError(f"{WANTED}, got JSON of something else", file=text.path, line=1)
    return Sheet(LIBRARYTHING, tuple(rows))


def _books(text: str, line: int) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Line and content of each book, or what is wrong there; after that nothing can be read."""
    opening = re.match(r"\s*\{", text)
    at, counted = opening.end() if opening else len(text), 0
    while at < len(text):
        name = _NAME.match(text, at)
        if name is None:
            between = _BETWEEN.match(text, at)
            behind = between.end() if between else at
            if behind == len(text):
                return
            name = _NAME.match(text, behind) if behind > at else None
        begin = name.start(1) if name else at
        line, counted = line + text.count("\n", counted, begin), begin
        if name is None:
            yield line, f"no JSON from here on: {text[at : at + 40].strip()!r}"
            return
        try:
            book, at = _DECODER.raw_decode(text, name.end())
        except (json.JSONDecodeError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else "too many levels"
            yield line, f"no JSON from here on: {why}"
            return
        yield line, book if isinstance(book, dict) else "no book: it is no object of names"
