"""Rows of a table of text, none of them lost: what cannot be divided into cells is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readalike.data.records import record_at
from readalike.libraries.entry import Rejected

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
