"""Which column of a table means what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from readalike.data.letters import without_marks
from readalike.data.scale import RatingScale

Kind = Literal["ratings", "books", "tags", "book_tags", "to_read"]


def as_it_is(text: str) -> str:
    """The text itself."""
    return text


@dataclass(frozen=True)
class Layout:
    """What a format says of one table.

    Attributes:
        kind: What the table holds.
        format: Name of the format.
        columns: Position of each role: user, item, rating, time for ratings; item, title,
            authors, year, language, isbn, isbn13, series, volume, work_id, goodreads_id, count,
            mean, tags and stars_1 to stars_5 for books; goodreads_id, tag, count for book tags.
        header: Whether the first line is names.
        item_id: Makes one id of all notations of a book's id.
        scale: The scale, where the format prescribes it.
        year_in_title: Whether the year stands behind the title.
        flags: Tags by position of a column of 0 and 1.
    """

    kind: Kind
    format: str
    columns: Mapping[str, int]
    header: bool = True
    item_id: Callable[[str], str] = as_it_is
    scale: RatingScale | None = None
    year_in_title: bool = False
    flags: Mapping[str, int] | None = None


def key(name: str) -> str:
    """A column name without case, accents, blanks, underscores and hyphens."""
    return re.sub(r"[^a-z0-9]", "", without_marks(name).casefold())


def positions(names: Sequence[str]) -> dict[str, int]:
    """Position of each column by its key; the first of equal ones."""
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        found.setdefault(key(name), at)
    return found


def roles(names: Sequence[str], wanted: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Position of each role: the first of its names that a column has."""
    have = positions(names)
    found = {}
    for role, choices in wanted.items():
        at = next((have[choice] for choice in choices if choice in have), None)
        if at is not None:
            found[role] = at
    return found
