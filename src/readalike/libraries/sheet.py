"""A file as rows of roles, whatever its source and form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readalike.data.layout import roles
from readalike.errors import InputError
from readalike.libraries.entry import Rejected
from readalike.libraries.rows import Row, first_cells, rows_of
from readalike.libraries.source import Source
from readalike.libraries.sources import recognise
from readalike.libraries.sources.goodreads import SOURCE as GOODREADS
from readalike.libraries.sources.goodreads import names_of_bare
from readalike.libraries.statuses import Cells
from readalike.libraries.text import WANTED, Text

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

    source: Source
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
        source = recognise(names)
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


def _refuse_missing(source: Source, names: Sequence[str], text: Text, line: int) -> None:
    have = roles(names, source.columns)
    for role in source.needed:
        if role not in have:
            raise InputError(
                f"must have a column {source.columns[role][0]!r}, as exports of {source.name} do, "
                f"got {', '.join(map(repr, names))[:200]}",
                file=text.path,
                line=line,
            )


def _sheet(text: Text, source: Source, names: tuple[str, ...], separator: str, start: int) -> Sheet:
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
