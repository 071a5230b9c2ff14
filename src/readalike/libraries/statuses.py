"""What a word on a shelf says became of a book."""

from __future__ import annotations

from collections.abc import Mapping

from readalike.data.cells import whole
from readalike.data.letters import fold
from readalike.libraries.entry import Status

Cells = Mapping[str, str]
"""Text of a row by role."""

WORDS: dict[str, Status] = {
    "read": "read",
    "finished": "read",
    "completed": "read",
    "already read": "read",
    "read but unowned": "read",
    "currently reading": "reading",
    "current": "reading",
    "reading": "reading",
    "rereading": "reading",
    "in progress": "reading",
    "started": "reading",
    "paused": "reading",
    "on hold": "reading",
    "to read": "to-read",
    "want to read": "to-read",
    "wants to read": "to-read",
    "wishlist": "to-read",
    "wish list": "to-read",
    "planned": "to-read",
    "tbr": "to-read",
    "to be read": "to-read",
    "unread": "to-read",
    "not started": "to-read",
    "stopped": "unfinished",
    "stopped reading": "unfinished",
    "dropped": "unfinished",
    "abandoned": "unfinished",
    "quit": "unfinished",
}
GIVEN_UP = (
    "dnf", "did not finish", "didnt finish", "not finished", "unfinished", "never finished",
    "could not finish", "couldnt finish", "gave up", "given up",
)  # fmt: skip
"""A shelf with one of these in its name holds books that were given up: `dnf-2020`."""


def status_of_word(text: str) -> Status | None:
    """What a shelf's name says; None for a shelf of the reader's own."""
    words = fold(text)
    found = WORDS.get(words)
    if found is None and any(f" {phrase} " in f" {words} " for phrase in GIVEN_UP):
        return "unfinished"
    return found


def status_of_cells(cells: Cells, rated: bool) -> Status | None:
    """What a row says: its status, else stars, else how often the book was read.

    A shelf of the reader's own name says nothing by itself.

    Args:
        cells: The row.
        rated: Whether it has stars.
    """
    found = status_of_word(cells.get("status", ""))
    if found is None and (rated or (whole(cells.get("reads", "")) or 0) > 0):
        return "read"
    return found


def nothing_said(cells: Cells, rated: bool) -> Status | None:
    """A source that keeps no account of reading; stars are given to what was read."""
    return "read" if rated else None
