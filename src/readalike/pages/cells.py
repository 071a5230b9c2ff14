"""The parts of a table of figures, and how its cells are filled and marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readalike.pages.content import Entry
from readalike.pages.standing import Standing
from readalike.pages.verdict import told
from readalike.pages.wording import NONE, number, places, span
from readalike.tables.account import counted

BEST = "best"
TIED = "tied"


@dataclass(frozen=True)
class Cell:
    """One figure.

    Attributes:
        text: The figure.
        span: Its interval, where it has one.
        mark: `BEST`, `TIED` or nothing.
    """

    text: str
    span: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Block:
    """Lines that belong together.

    Attributes:
        heading: What they have in common; empty where there is nothing to tell them from.
        rows: Name and cells of each line.
    """

    heading: str
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        caption: What it shows.
        columns: Headings of all columns but that of the names.
        blocks: Its lines.
        ties: When a figure is marked as tied with the best, in words.
    """

    caption: str
    columns: tuple[str, ...]
    blocks: tuple[Block, ...]
    ties: str = "the intervals overlap"

    @property
    def marks(self) -> frozenset[str]:
        """Which marks are there to be explained."""
        cells = (cell for block in self.blocks for _, row in block.rows for cell in row)
        return frozenset(cell.mark for cell in cells) - {""}


def column(entries: Sequence[Entry], name: str, judged: Standing | None) -> list[Cell]:
    """A measure of each entry, with what is best marked.

    Args:
        entries: The lines of the table.
        name: The measure.
        judged: Who is best by it; None where neither way is better.
    """
    values = [entry.measures.get(name) for entry in entries]
    decimals = places(value.mean for value in values if value is not None)
    return [
        Cell(NONE)
        if value is None
        else Cell(number(value.mean, decimals), span(value, decimals - 1), _mark(entry, judged))
        for entry, value in zip(entries, values, strict=True)
    ]


def block(heading: str, entries: Sequence[Entry], columns: Sequence[Sequence[Cell]]) -> Block:
    """Columns turned into the lines of entries."""
    names = (entry.algorithm for entry in entries)
    return Block(heading, tuple(zip(names, zip(*columns, strict=True), strict=True)))


def heading(given: int | None, entries: Sequence[Entry]) -> str:
    """What the entries of one length have in common."""
    # a rater makes no lists, and so has no readers who were asked for one
    counts = sorted({entry.readers for entry in entries if entry.readers}) or [0]
    readers = counted(counts[-1], "reader")
    if len(counts) > 1:
        readers = f"{counts[0]:,} to {readers}"
    return readers if given is None else f"{told(given).capitalize()}; {readers}"


def _mark(entry: Entry, judged: Standing | None) -> str:
    if judged is None or not judged.rivals:
        return ""
    if entry.algorithm == judged.first.algorithm:
        return BEST
    return TIED if entry.algorithm in judged.tied else ""
