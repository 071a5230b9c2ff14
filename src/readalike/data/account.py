"""Keeps the account of a reading while it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from readalike.data.cellcodes import Rejected
from readalike.data.intake import FileTaken, LeftOut
from readalike.data.layout import Layout
from readalike.data.lines import physical_lines
from readalike.data.tables import Table
from readalike.errors import InputError

Rows = npt.NDArray[np.int64]


@dataclass
class Account:
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
        rejected: Sequence[Rejected],
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


def _by_reason(table: Table, rejected: Sequence[Rejected]) -> list[LeftOut]:
    groups: dict[str, list[Rejected]] = {}
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
