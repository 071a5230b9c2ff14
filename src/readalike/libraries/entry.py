"""What a reader's own library says of each book, and the account of what it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from readalike.bibliography.folding import fold
from readalike.data.cells import whole
from readalike.data.scale import RatingScale

Cells = Mapping[str, str]
"""Text of a row by role."""

Status = Literal["read", "reading", "to-read", "unfinished"]
"""What became of a book; unfinished is one that was begun and given up."""

_NAMES: dict[Status, str] = {
    "read": "read, finished, completed, already read, read but unowned",
    "reading": "currently reading, current, reading, rereading, in progress, started, paused, "
    "on hold",
    "to-read": "to read, want to read, wants to read, wishlist, wish list, planned, tbr, "
    "to be read, unread, not started",
    "unfinished": "stopped, stopped reading, dropped, abandoned, quit",
}
WORDS = {name: status for status, names in _NAMES.items() for name in names.split(", ")}
"""What shelves of these names hold."""
GIVEN_UP = re.compile(
    r"\b(?:dnf|did not finish|didnt finish|not finished|unfinished|never finished|"
    r"could not finish|couldnt finish|gave up|given up)\b"
)
"""A shelf with one of these in its name holds books that were given up: `dnf-2020`."""


def status_of_word(text: str) -> Status | None:
    """What a shelf's name says; None for a shelf of the reader's own."""
    words = fold(text)
    return WORDS.get(words) or ("unfinished" if GIVEN_UP.search(words) else None)


def status_of_cells(cells: Cells, rated: bool) -> Status | None:
    """What a row says: its status, else stars (`rated`), a day of finishing, or how often read."""
    found = status_of_word(cells.get("status", ""))
    if found is None and (rated or finished(cells) or (whole(cells.get("reads", "")) or 0) > 0):
        return "read"
    return found


def finished(cells: Cells) -> bool:
    """Whether a row has a day on which the book was finished; `[]` is an empty list of days."""
    return any(cells[role].strip(" []") for role in cells if role.partition(":")[0] == "read")


def nothing_said(cells: Cells, rated: bool) -> Status | None:
    """A source that keeps no account of reading; stars are given to what was read."""
    return "read" if rated else None


@dataclass(frozen=True, kw_only=True)
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
        notes: What is unusual about the file, in words.
    """

    file: str
    format: str
    rows: int
    entries: tuple[Entry, ...]
    merged: tuple[Merged, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()


def stars_on(stars: float, scale: RatingScale, wanted: RatingScale) -> float:
    """Stars of one scale on another: the same share of the best rating, 9 of 10 as 4.5 of 5.

    What would be below the lowest rating is the lowest: a quarter star is one star of five.
    """
    return max(stars * wanted.highest / scale.highest, wanted.lowest)
