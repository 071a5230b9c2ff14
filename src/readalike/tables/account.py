"""What was taken from the files, what was left out, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.ratings import Merge
from readalike.errors import InputError
from readalike.tables.columns import RejectedCells
from readalike.tables.layouts import Layout
from readalike.tables.workbench import Table

_BLANK = re.compile(rb"\A\r?\n|\n\r?\n")


def physical_lines(
    table: Table, header: bool, rejected: Iterable[RejectedCells], rows: Iterable[int]
) -> dict[int, int]:
    """Line of each of the rows asked for.

    duckdb numbers what it rejects only. Rows in quotes may take several lines, so that the
    file is walked through record by record, as far as the last row asked for.

    Args:
        table: The table; of one that is no text file, lines are rows counted from 1.
        header: Whether the first record is names.
        rejected: Records that are no rows.
        rows: Row numbers from 0.
    """
    wanted = set(rows)
    if table.text is None or not wanted:
        return {row: row + 1 for row in wanted}
    content = table.text.plain.read_bytes()
    starts = sorted(r.start for r in rejected)
    if not starts and not table.text.quoted and not _BLANK.search(content):
        return {row: row + 1 + header for row in wanted}
    last, found, row, skip, at = max(wanted), {}, 0, int(header), 0
    for line, begin, end in _records(content, table.text.separator, table.text.quoted):
        if not content[begin:end].strip(b"\r\n"):
            continue
        bad = False
        while at < len(starts) and starts[at] < end:
            bad, at = True, at + 1
        if skip:
            skip -= 1
        elif not bad:
            if row in wanted:
                found[row] = line
            row += 1
            if row > last:
                break
    return found


def _records(content: bytes, separator: str, quoted: bool) -> Iterator[tuple[int, int, int]]:
    """Line, first byte and last byte + 1 of each record."""
    if quoted:
        s = re.escape(separator.encode())
        cell = rb'(?: *"(?:[^"]|"")*"[^' + s + rb"\n]*|[^" + s + rb"\n]*)"
        record = re.compile(cell + b"(?:" + s + cell + rb")*(?:\n|\Z)")
    else:
        record = re.compile(rb"[^\n]*(?:\n|\Z)")
    line = 1
    for match in record.finditer(content):
        if match.start() == match.end():
            return
        yield line, match.start(), match.end()
        line += content.count(b"\n", match.start(), match.end())


def counted(number: int, what: str) -> str:
    """A number with its noun: 1 row, 2,000 rows."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


@dataclass(frozen=True)
class FileTaken:
    """One file or table that was read.

    Attributes:
        file: Its path, or what it is called where it is no file.
        holds: "ratings", "books", "tags", "book_tags" or "to_read".
        format: Name of the recognised format.
        rows: Rows in the file, those left out included.
        taken: Rows that were used.
        notes: What was found about it in words: encoding, no rating column ...
    """

    file: str
    holds: str
    format: str
    rows: int
    taken: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """Rows that were not used, for one reason.

    Attributes:
        reason: The reason, as the end of "left out: ...".
        count: How many rows (for broken quotes: lines).
        file: The file they stand in.
        first_line: Physical line of the first of them, or row of a table that is no text.
        example: What stood there.
        unit: "line", or "row" of a table that is no text.
    """

    reason: str
    count: int
    file: str
    first_line: int | None = None
    example: str = ""
    unit: str = "line"


@dataclass(frozen=True)
class ReadReport:
    """The account of one reading.

    Attributes:
        files: Every file that was read.
        left_out: Every reason for which rows were left out.
        unused: Files of the folder that were not read, each with the reason.
        merge: What became of repeated pairs.
        without_stars: Rows taken as read without stars.
        notes: Other things to know, in words.
    """

    files: tuple[FileTaken, ...]
    left_out: tuple[LeftOut, ...]
    unused: tuple[str, ...]
    merge: Merge
    without_stars: int
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The account in plain words, one thing a line."""
        told = []
        for taken in self.files:
            notes = f" ({'; '.join(taken.notes)})" if taken.notes else ""
            told.append(
                f"{taken.file}: {taken.holds}, {taken.format}, "
                f"{taken.taken:,} of {counted(taken.rows, 'row')} used{notes}"
            )
        for left in self.left_out:
            where = f", first in {left.unit} {left.first_line}" if left.first_line else ""
            example = f": {left.example}" if left.example else ""
            told.append(f"{left.file}: left out {left.count:,} ({left.reason}{where}{example})")
        merge = self.merge
        if merge.rows != merge.pairs:
            counts = {"first": "the first row counts", "last": "the last row counts"}
            told.append(
                f"{counted(merge.rows, 'row')} became {counted(merge.pairs, 'rating')}: pairs of "
                f"reader and book that stand more than once: {merge.repeated_pairs:,}, with "
                f"different stars: {merge.conflicting_pairs:,}; "
                f"{counts.get(merge.rule, 'the mean counts')}"
            )
        if self.without_stars:
            told.append(f"read without stars: {counted(self.without_stars, 'row')}")
        told += self.notes
        told += [f"not used: {name}" for name in self.unused]
        return told

    def as_dict(self) -> dict[str, Any]:
        """The account for JSON."""
        return asdict(self)


Rows = npt.NDArray[np.int64]


@dataclass
class ReadReportBuilder:
    """What was taken and left out so far.

    Attributes:
        strict: Whether the first row that is left out for what stands in it is an error.
        files: Files taken.
        left_out: Reasons, in the order of the files.
        notes: Other things to know.
    """

    strict: bool = False
    files: list[FileTaken] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(
        self,
        table: Table,
        layout: Layout,
        rows: int,
        rejected: Sequence[RejectedCells],
        bad: Iterable[tuple[str, Rows, str]],
        notes: Sequence[str] = (),
        *,
        expected: bool = False,
    ) -> None:
        """Enters one file.

        Args:
            table: The file.
            layout: Its layout.
            rows: Rows that duckdb could divide into cells.
            rejected: Lines that it could not.
            bad: Reason, row numbers in ascending order and an example, for rows not used.
            notes: What was found about it.
            expected: Whether the reasons are no fault of the file, so that strict passes them.

        Raises:
            InputError: Where strict, for the row that stands first.
        """
        left = [(reason, bad_rows, example) for reason, bad_rows, example in bad if len(bad_rows)]
        lines = physical_lines(
            table, layout.header, rejected, [int(bad_rows[0]) for _, bad_rows, _ in left]
        )
        unit = "line" if table.text else "row"
        entries = [
            LeftOut(reason, len(bad_rows), table.label, lines[int(bad_rows[0])], example[:80], unit)
            for reason, bad_rows, example in left
        ]
        broken = _by_reason(table, rejected)
        faults = sorted(
            broken if expected else entries + broken, key=lambda entry: entry.first_line or 0
        )
        entries = sorted(entries + broken, key=lambda entry: entry.first_line or 0)
        if self.strict and faults:
            first = faults[0]
            raise InputError(
                f"{first.reason}{f': {first.example}' if first.example else ''}; leave --strict "
                "away to use the other rows",
                file=first.file,
                line=first.first_line,
            )
        total = rows + sum(r.lines for r in rejected)
        unused = sum(entry.count for entry in entries)
        self.left_out += entries
        self.files.append(
            FileTaken(
                table.label,
                layout.kind,
                layout.format,
                total,
                total - unused,
                (*table.notes, *notes),
            )
        )


def _by_reason(table: Table, rejected: Sequence[RejectedCells]) -> list[LeftOut]:
    groups: dict[str, list[RejectedCells]] = {}
    for line in rejected:
        groups.setdefault(line.reason, []).append(line)
    return [
        LeftOut(
            reason,
            sum(line.lines for line in lines),
            table.label,
            lines[0].line,
            repr(lines[0].text[:60]),
        )
        for reason, lines in groups.items()
    ]
