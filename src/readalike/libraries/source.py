"""What a kind of export says about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from readalike.data.scale import RatingScale
from readalike.libraries.entry import Status
from readalike.libraries.names import divided_by_commas
from readalike.libraries.statuses import Cells, status_of_cells

FIVE = RatingScale(1.0, 5.0, 1.0)
HALVES = RatingScale(0.5, 5.0, 0.5)
QUARTERS = RatingScale(0.25, 5.0, 0.25)


def as_they_are(cells: Cells) -> Cells:
    """The cells themselves."""
    return cells


@dataclass(frozen=True)
class Source:
    """A program or site that exports libraries.

    Attributes:
        name: What people call it.
        marks: Sets of column names (as `layout.key` writes them); a file is of this source where
            it has all names of one of the sets.
        columns: Names of the column of each role, the first that is there counts. Roles are
            title, authors, stars, status, reads (how often), series, volume, added, shelves;
            `authors:...`, `isbn:...`, `read:...` for several columns of one meaning; `id:...`
            by who gave the id; and what `prepare` or `status` ask for.
        scale: The scale of its stars; None where it has none, or they are found from the file.
        needed: Roles without which a file is of no use.
        reach: Roles that a row must reach to be whole; a shorter one was cut off.
        people: Names out of a cell of authors.
        status: What a row says became of the book, told whether it has stars.
        prepare: Divides cells that hold several things into roles of their own.
    """

    name: str
    marks: tuple[frozenset[str], ...]
    columns: Mapping[str, tuple[str, ...]]
    scale: RatingScale | None = None
    needed: tuple[str, ...] = ("title",)
    reach: tuple[str, ...] = ("title", "stars", "status")
    people: Callable[[str], tuple[str, ...]] = divided_by_commas
    status: Callable[[Cells, bool], Status | None] = status_of_cells
    prepare: Callable[[Cells], Cells] = as_they_are


def marks(*sets: str) -> tuple[frozenset[str], ...]:
    """Sets of column names, each written as words."""
    return tuple(frozenset(words.split()) for words in sets)
