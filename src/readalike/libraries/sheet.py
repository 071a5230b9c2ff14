"""A file as rows of roles, whatever its source and form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from readalike.errors import InputError
from readalike.libraries.entry import Cells, Rejected
from readalike.libraries.sources import (
    GOODREADS,
    JSON_MARKS,
    LIBRARYTHING,
    ExportSource,
    cells_of,
    names_of_bare,
    recognise_source,
)
from readalike.tables.json_text import decoder_of, without_halves
from readalike.tables.layouts import roles
from readalike.tables.text import WANTED, Text, record_at

BROKEN = (
    "a quote in it is not closed or not doubled, so that its cells cannot be told apart; close it, "
    "or double it where it is part of the text"
)


@dataclass(frozen=True)
class Row:
    """A row of a table of text.

    Attributes:
        line: Physical line that it begins in, from 1.
        cells: Its cells.
    """

    line: int
    cells: tuple[str, ...]


def rows_of(
    lines: Sequence[str], separator: str, width: int, start: int = 0
) -> Iterator[Row | Rejected]:
    """The rows of some lines; blank lines are none.

    A cell in quotes may take several lines. Where a quote is broken it would swallow the rows
    behind it. So a row of several lines must have the right number of cells, and quotes must
    close before a separator; otherwise its first line is taken alone, and the next is looked at
    as the beginning of a row.

    Args:
        lines: Physical lines.
        separator: What stands between two cells.
        width: How many cells a row has.
        start: Where to begin.
    """
    at = start
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        cells, used = _in_quotes(lines, at, separator)
        if cells is None or (used > 1 and len(cells) != width):
            cells, used = _alone(lines[at], separator, width), 1
        yield Rejected(at + 1, BROKEN) if cells is None else Row(at + 1, tuple(cells))
        at += used


def first_cells(line: str, separator: str) -> tuple[str, ...]:
    """The cells of one line, quotes or not."""
    return tuple(cell.strip() for cell in record_at([line], 0, separator).cells)


def _in_quotes(lines: Sequence[str], at: int, separator: str) -> tuple[list[str] | None, int]:
    """The cells of a row whose quotes are right, and how many lines it takes."""
    if '"' not in lines[at]:
        return lines[at].split(separator), 1
    record = record_at(lines, at, separator)
    return (record.cells, record.lines) if record.regular else (None, 1)


def _alone(line: str, separator: str, width: int) -> list[str] | None:
    """The cells of one line with bad quotes; None where they are not as many as there must be."""
    cells = record_at([line], 0, separator).cells
    if len(cells) != width:
        cells = [cell.strip('"') for cell in line.split(separator)]
    return cells if len(cells) == width else None


SEPARATORS = (",", "\t", ";", "|")
TOLD = {"title": "titles", "authors": "authors", "stars": "stars", "status": "what was read"}
"""Roles whose absence is worth a word."""


@dataclass(frozen=True)
class SheetRow:
    """One row.

    Attributes:
        row: Its number, from 1.
        line: Physical line that it begins in.
        cells: Its cells by role.
    """

    row: int
    line: int
    cells: Cells


@dataclass(frozen=True)
class Sheet:
    """All rows of a file.

    Attributes:
        source: What it was exported from.
        rows: Rows that could be divided into cells.
        broken: Rows that could not.
        notes: What is unusual about it, in words.
    """

    source: ExportSource
    rows: tuple[SheetRow, ...]
    broken: tuple[Rejected, ...]
    notes: tuple[str, ...] = ()


def sheet_of_table(text: Text) -> Sheet:
    """Divides a CSV or tab-separated file into rows; the source is known by its columns.

    Raises:
        InputError: No source has these columns, or a needed one is missing.
    """
    first = next(at for at, line in enumerate(text.lines) if line.strip())
    head = text.lines[first]
    for separator in SEPARATORS:
        names = first_cells(head, separator)
        source = recognise_source(names)
        if source is not None:
            _refuse_missing(source, names, text, first + 1)
            return _sheet(text, source, names, separator, first + 1)
    for separator in SEPARATORS:
        bare = names_of_bare(first_cells(head, separator))
        if bare is not None:
            sheet = _sheet(text, GOODREADS, bare, separator, first)
            notes = ("it has no names of columns, and was read as what Goodreads exports",)
            return Sheet(sheet.source, sheet.rows, sheet.broken, notes + sheet.notes)
    raise InputError(
        f"{WANTED}, got the columns {_shown(head)}; a table of the model's own ids and stars goes "
        "with --history FILE",
        file=text.path,
        line=first + 1,
    )


def _refuse_missing(source: ExportSource, names: Sequence[str], text: Text, line: int) -> None:
    have = roles(names, source.columns)
    for role in source.needed:
        if role not in have:
            raise InputError(
                f"must have a column {source.columns[role][0]!r}, as exports of {source.name} do, "
                f"got {', '.join(map(repr, names))[:200]}",
                file=text.path,
                line=line,
            )


def _sheet(
    text: Text, source: ExportSource, names: tuple[str, ...], separator: str, start: int
) -> Sheet:
    columns = roles(names, source.columns)
    reach = max((columns[role] for role in source.reach if role in columns), default=-1)
    rows: list[SheetRow] = []
    broken: list[Rejected] = []
    for number, found in enumerate(rows_of(text.lines, separator, len(names), start), 1):
        fault = found if isinstance(found, Rejected) else _fault(found, names, reach)
        if fault is not None:
            broken.append(fault)
        elif isinstance(found, Row):
            cells = {role: _cell(found, at) for role, at in columns.items()}
            rows.append(SheetRow(number, found.line, source.prepare(cells)))
    missing = [
        words for role, words in TOLD.items() if role in source.columns and role not in columns
    ]
    notes = (f"it has no column of {' and of '.join(missing)}",) if missing else ()
    return Sheet(source, tuple(rows), tuple(broken), notes)


def _fault(row: Row, names: tuple[str, ...], reach: int) -> Rejected | None:
    """Why a row is no row of this table; None where it is one."""
    cells = row.cells
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        return Rejected(
            row.line,
            f"{len(cells)} cells instead of {len(names)}; a cell that holds the separator must "
            "stand in quotes",
        )
    if len(cells) <= reach:
        return Rejected(row.line, f"{len(cells)} cells instead of {len(names)}: it was cut off")
    if cells[0].strip() == names[0] and tuple(cell.strip() for cell in cells) == names:
        return Rejected(row.line, "the names of the columns once more")
    return None


def _cell(row: Row, at: int) -> str:
    return row.cells[at].strip() if at < len(row.cells) else ""


def _shown(head: str) -> str:
    separator = max(SEPARATORS, key=head.count)
    return ", ".join(map(repr, first_cells(head, separator)))[:200]


_NAME = re.compile(r'\s*+,?\s*+("(?:[^"\\]|\\.)*")\s*:\s*')
_BETWEEN = re.compile(r"\s*\}?\s*,?\s*\{?\s*")
_DECODER = decoder_of()


def sheet_of_json(text: Text) -> Sheet:
    """Divides an object of books into rows; several objects may stand one behind the other.

    Raises:
        InputError: It is JSON of something else.
    """
    rows: list[SheetRow] = []
    broken: list[Rejected] = []
    for number, (line, book) in enumerate(_books(without_halves("\n".join(text.lines))), 1):
        if isinstance(book, str):
            broken.append(Rejected(line, book))
        elif any(name in book for name in JSON_MARKS):
            rows.append(SheetRow(number, line, LIBRARYTHING.prepare(cells_of(book))))
        else:
            broken.append(Rejected(line, "no book: it has neither books_id nor title"))
    if not rows:
        raise InputError(f"{WANTED}, got JSON of something else", file=text.path, line=1)
    return Sheet(LIBRARYTHING, tuple(rows), tuple(broken))


def _books(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Line and content of each book, or what is wrong there; after that nothing can be read."""
    opening = re.match(r"\s*\{", text)
    at, line, counted = opening.end() if opening else len(text), 1, 0
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
