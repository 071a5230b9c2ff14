"""What was taken from the files, what was left out, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from readalike.data.ratings import Merge
from readalike.errors import InputError
from readalike.numerics.arrays import Bools

if TYPE_CHECKING:  # whoever only counts opens no table
    from readalike.tables.workbench import Columns


def counted(number: int, what: str) -> str:
    """A number with its noun: 1 row, 2,000 rows."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def said_of_columns(names: Mapping[str, str]) -> str:
    """Which column was taken for what, by the names of the columns."""
    return "columns: " + ", ".join(f"{role} {name!r}" for role, name in names.items())


@dataclass(frozen=True, kw_only=True)
class FileTaken:
    """One file or table that was read, what it `holds`, and how many rows were taken."""

    file: str
    holds: str
    format: str
    rows: int
    taken: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Rows (of broken quotes lines) not used for one reason, with place and text of the first."""

    reason: str
    count: int
    file: str
    first_line: int
    example: str = ""
    unit: str = "line"


@dataclass(frozen=True, kw_only=True)
class ReadReport:
    """The account of one reading: files, rows left out, files not read, repeated pairs, scale.

    `scale` says which one the stars are on and how that is known, `doubt` what speaks against it;
    both are "" where no row has stars.
    """

    files: tuple[FileTaken, ...]
    left_out: tuple[LeftOut, ...]
    unused: tuple[str, ...]
    merge: Merge
    without_stars: int
    scale: str = ""
    doubt: str = ""
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The account in plain words, one thing a line."""
        lines = []
        for taken in self.files:
            notes = f" ({'; '.join(taken.notes)})" if taken.notes else ""
            lines.append(
                f"{taken.file}: {taken.holds}, {taken.format}, "
                f"{taken.taken:,} of {counted(taken.rows, 'row')} used{notes}"
            )
        for left in self.left_out:
            example = f": {left.example}" if left.example else ""
            lines.append(
                f"{left.file}: left out {left.count:,} ({left.reason}, first in {left.unit} "
                f"{left.first_line}{example})"
            )
        merge = self.merge
        if merge.rows != merge.pairs:
            counts = "the mean counts" if merge.rule == "mean" else f"the {merge.rule} row counts"
            lines.append(
                f"{counted(merge.rows, 'row')} became {counted(merge.pairs, 'rating')}: pairs of "
                f"reader and book that stand more than once: {merge.repeated_pairs:,}, with "
                f"different stars: {merge.conflicting_pairs:,}; {counts}"
            )
        if self.without_stars:
            lines.append(f"read without stars: {counted(self.without_stars, 'row')}")
        said = [self.scale, self.doubt and f"warning: {self.doubt}"]
        return [
            *lines,
            *filter(None, said),
            *self.notes,
            *(f"not used: {name}" for name in self.unused),
        ]

    def as_dict(self) -> dict[str, Any]:
        """The account for JSON."""
        return asdict(self)


@dataclass
class ReadReportBuilder:
    """What was taken and left out so far; where `strict`, the first faulty row is an error."""

    strict: bool = False
    files: list[FileTaken] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(
        self,
        columns: Columns,
        unusable: Mapping[str, Bools],
        examples: Mapping[str, str] | None = None,
        *,
        notes: Sequence[str] = (),
        expected: bool = False,
    ) -> None:
        """Enters one file; where strict, raises InputError for the row that stands first.

        `unusable` has the rows that are not used by the reason, shape (rows,) each, and `examples`
        what stands in the first of them. Where that is `expected` it is no fault of the file, and
        strict passes it.
        """
        table, layout = columns.source.table, columns.source.layout
        firsts = {reason: int(bad.argmax()) for reason, bad in unusable.items() if bad.any()}
        counts = Counter({reason: int(unusable[reason].sum()) for reason in firsts})
        lines = columns.lines(firsts.values())
        places = {
            reason: (lines[row], (examples or {}).get(reason, "")[:80])
            for reason, row in firsts.items()
        }
        for line in columns.rejected:
            counts[line.reason] += line.rows
            places.setdefault(line.reason, (line.line, repr(line.text[:60])))
        entries = [
            LeftOut(
                reason=reason,
                count=counts[reason],
                file=table.label,
                first_line=line,
                example=example,
                unit="line" if table.text else "row",
            )
            for reason, (line, example) in sorted(places.items(), key=lambda item: item[1][0])
        ]
        faults = [entry for entry in entries if not expected or entry.reason not in firsts]
        if self.strict and faults:
            example = f": {faults[0].example}" if faults[0].example else ""
            raise InputError(
                f"{faults[0].reason}{example}; leave --strict away to use the other rows",
                file=table.label,
                line=faults[0].first_line,
            )
        rows = columns.rows + sum(line.rows for line in columns.rejected)
        self.left_out += entries
        self.files.append(
            FileTaken(
                file=table.label,
                holds=layout.kind,
                format=layout.format,
                rows=rows,
                taken=rows - counts.total(),
                notes=(*table.notes, *notes),
            )
        )
