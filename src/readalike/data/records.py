"""Records of CSV whose cells may have any length; the csv module refuses 131,073 letters."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """The cells of a table between two ends of lines outside quotes.

    Attributes:
        cells: Its cells, without their quotes.
        lines: How many lines it takes.
        regular: Whether each quote that opens is closed, before a separator or the end of a line.
    """

    cells: list[str]
    lines: int
    regular: bool


def record_at(lines: Sequence[str], start: int, separator: str) -> Record:
    """The record that begins in a line, divided as the csv module does it; blank, it has no cell.

    Args:
        lines: Physical lines without their ends.
        start: The line.
        separator: What stands between two cells.
    """
    if len(separator) == 1:
        rest = (f"{lines[at]}\n" for at in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=separator, strict=True)
        # it is much faster, and reads what is regular and of usual length
        with contextlib.suppress(csv.Error):
            return Record(next(reader), reader.line_num, True)
    return _divided(lines, start, separator)


def _divided(lines: Sequence[str], start: int, separator: str) -> Record:
    """The same, whatever its quotes and the length of its cells."""
    if not lines[start]:
        return Record([], 1, True)
    cells: list[str] = []
    at, place, regular = start, 0, True
    while True:
        text = ""
        if lines[at].startswith('"', place):
            text, at, place = _quoted(lines, at, place + 1)
            if at == len(lines):
                return Record([*cells, text], at - start, False)
            behind = lines[at][place : place + len(separator)]
            regular = regular and behind in ("", separator)
        end = lines[at].find(separator, place)
        if end < 0:
            return Record([*cells, text + lines[at][place:]], at + 1 - start, regular)
        cells.append(text + lines[at][place:end])
        place = end + len(separator)


def _quoted(lines: Sequence[str], at: int, place: int) -> tuple[str, int, int]:
    """Text up to the closing quote, and the line and place behind it; past all lines without one.

    Args:
        lines: The lines.
        at: Line of the first letter.
        place: Its place in the line.
    """
    parts: list[str] = []
    while at < len(lines):
        end = lines[at].find('"', place)
        if end < 0:
            parts.append(lines[at][place:])
            at, place = at + 1, 0
            parts.append("\n" if at < len(lines) else "")
        elif lines[at].startswith('"', end + 1):
            parts.append(lines[at][place : end + 1])
            place = end + 2
        else:
            parts.append(lines[at][place:end])
            return "".join(parts), at, end + 1
    return "".join(parts), at, place
