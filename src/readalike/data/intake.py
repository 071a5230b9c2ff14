"""What was taken from the files, what was left out, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from readalike.data.rows import Merge


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
class Intake:
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
