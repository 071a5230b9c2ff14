"""What a reader's own library says of each book, and the account of what it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from readalike.data.scale import FoundScale, RatingScale
from readalike.libraries.status import Status
from readalike.tables.account import said_of_columns


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One book of a library, as its source says.

    `row` is the number of its row from 1, without names of columns and blank lines, and `line` the
    physical line that the row begins in. `ids` are by who gave them: "goodreads", "work" (of
    Goodreads), "openlibrary", or "book" where the file does not say it. `isbn_given` are as they
    stand in the file, without formulas and brackets; `isbn13` the valid ones of them, each once.
    `series` and `volume` are text, where they do not stand in the title. `scale` is the source's,
    None where it has no stars at all. `read_on` is the last day on which it was finished. What the
    source does not say is None or empty.
    """

    row: int
    line: int
    title: str
    authors: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    isbn_given: tuple[str, ...] = ()
    isbn13: tuple[str, ...] = ()
    series: str = ""
    volume: str = ""
    stars: float | None = None
    scale: RatingScale | None = None
    status: Status | None = None
    read_on: date | None = None
    added_on: date | None = None
    shelves: tuple[str, ...] = ()

    @property
    def source_id(self) -> str:
        """The one id that tells the row from others in its source; empty where there is none."""
        return next(iter([*self.ids.values(), *self.isbn13]), "")

    @property
    def opinion(self) -> float | None:
        """The stars that may speak for or against a book.

        A book that was given up is never a like: its stars count only below the middle of the
        scale. Stars of a book that is still to be read are no opinion.
        """
        if self.stars is None or self.scale is None or self.status == "to-read":
            return None
        middle = self.scale.highest / 2 + min(self.scale.step, 1.0) / 2
        if self.status == "unfinished" and self.stars >= middle:
            return None
        return self.stars


@dataclass(frozen=True)
class Rejected:
    """A physical line whose row is no book, or cannot be read, and why."""

    line: int
    why: str


@dataclass(frozen=True)
class Merged:
    """Number and physical line of a row of a book, and the number of the row that counts for it."""

    row: int
    line: int
    into: int


SHOWN_STATUS = ("read", "reading", "to-read", "unfinished", "not said whether read")
"""The order in which books are counted."""


@dataclass(frozen=True, kw_only=True)
class Library:
    """A reader's books and the account of the file that they came from.

    Every row is an entry, merged or rejected.

    Attributes:
        file: Where it was read from.
        format: Name of the source.
        rows: How many rows there are, damaged ones included.
        entries: One for each book, in the order of the file.
        merged: Rows of books that another row counts for.
        rejected: Rows that are no books or cannot be read, by line.
        columns: The name of the column of each role, in the order of the file.
        scale: The scale of its stars; None where no column has stars.
        notes: What is unusual about the file, in words.
    """

    file: str
    format: str
    rows: int
    entries: tuple[Entry, ...]
    merged: tuple[Merged, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    scale: FoundScale | None = None
    notes: tuple[str, ...] = ()

    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind, in words."""
        found = {
            "rows": self.rows,
            "books": len(self.entries),
            "with stars": sum(entry.stars is not None for entry in self.entries),
        }
        known: Counter[str] = Counter(
            entry.status or "not said whether read" for entry in self.entries
        )
        found |= {what: known[what] for what in SHOWN_STATUS if known[what]}
        gone = {
            "merged into another row of the same book": len(self.merged),
            "rejected": len(self.rejected),
        }
        return found | {what: number for what, number in gone.items() if number}

    def __str__(self) -> str:
        counts = "; ".join(f"{what}: {number:,}" for what, number in self.counts().items())
        return f"{self.file}: {self.format}; {counts}"

    def lines(self) -> list[str]:
        """What was taken for what, and what is unusual about the file, one thing a line."""
        columns = [said_of_columns(self.columns)] if self.columns else []
        scale = [] if self.scale is None else [str(self.scale)]
        return [*columns, *scale, *self.notes]


def stars_on(stars: float, scale: RatingScale, wanted: RatingScale) -> float:
    """Stars of one scale on another: the same share of the best rating, 9 of 10 as 4.5 of 5.

    What would be below the lowest rating is the lowest: a quarter star is one star of five.
    """
    return max(stars * wanted.highest / scale.highest, wanted.lowest)
