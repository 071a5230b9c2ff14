"""The columns of a library without names, by what their cells look like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from readalike.bibliography.isbn import isbn_texts, valid_isbn13
from readalike.data.cells import number
from readalike.data.rating_column import mark_of
from readalike.libraries.status import status_of_word

LOOKED_AT = 500
"""So many rows are looked at."""
MOST = 0.9
"""Such a share of the filled cells must look alike for a column to be known by them."""
SOME = 0.5
"""Such a share is enough where a column may have other cells too: shelves of one's own, ASIN."""
_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b.*")
_FORMULA = re.compile(r'="?[^"]*"?')
_CODE = re.compile(r"[A-Z0-9-]{6,}")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class _Column:
    """One column: its filled cells, and how many rows there are."""

    at: int
    cells: tuple[str, ...]
    rows: int

    def _share(self, count: int) -> float:
        return count / len(self.cells) if self.cells else 0.0

    @cached_property
    def isbn(self) -> float:
        """Share of the filled cells that are valid ISBN."""
        return self._share(sum(any(map(valid_isbn13, isbn_texts(cell))) for cell in self.cells))

    @cached_property
    def formula(self) -> float:
        """Share of cells such as ="0340839937", empty ones among them."""
        return self._share(sum(_FORMULA.fullmatch(cell) is not None for cell in self.cells))

    @cached_property
    def status(self) -> float:
        """Share of cells that say what became of a book."""
        return self._share(sum(status_of_word(cell) is not None for cell in self.cells))

    @cached_property
    def digits(self) -> bool:
        return bool(self.cells) and all(cell.isdigit() for cell in self.cells)

    @cached_property
    def days(self) -> bool:
        return self._share(sum(_DAY.fullmatch(cell) is not None for cell in self.cells)) >= MOST

    @cached_property
    def ratings(self) -> bool:
        """Whether the cells are ratings from 0 to 10, or drawn ones."""
        marks = [mark_of(cell) for cell in self.cells]
        good = sum(mark is not None and 0 <= mark.value <= 10 for mark in marks)
        return self._share(good) >= MOST

    @cached_property
    def distinct(self) -> int:
        return len(set(self.cells))

    @cached_property
    def text(self) -> bool:
        """Whether the cells are words: no numbers, days, codes, ISBN nor shelves."""
        words = sum(
            _LETTER.search(cell) is not None
            and _CODE.fullmatch(cell) is None
            and number(cell) is None
            for cell in self.cells
        )
        filled = len(self.cells) >= SOME * self.rows
        other = self.days or self.status >= SOME or self.isbn >= SOME or self.formula >= MOST
        return filled and self._share(words) >= MOST and not other


def roles_of_nameless(rows: Sequence[Sequence[str]]) -> tuple[str, dict[str, int]] | None:
    """The source that rows without names of columns are of, and the column of each role.

    Known are a table of ISBN alone; one of Goodreads, by its id in front, its ="..." and its shelf
    of a fixed word; and any that has a column of ISBN and one of titles.

    Returns:
        "Goodreads" or "table", and positions by role; None where the columns cannot be told.
    """
    some = rows[:LOOKED_AT]
    width = max(map(len, some), default=0)
    columns = [
        _Column(
            at,
            tuple(row[at].strip() for row in some if at < len(row) and row[at].strip(" \t=\"'")),
            len(some),
        )
        for at in range(width)
    ]
    filled = [column for column in columns if column.cells]
    if filled and all(column.isbn >= MOST for column in filled):
        return "table", {f"isbn:{column.at}": column.at for column in filled}
    return _goodreads(columns, some) or _any(filled)


def are_names(rows: Sequence[Sequence[str]], found: Mapping[str, int]) -> bool:
    """Whether the first row has words where the others have ISBN: it is names of another kind."""
    first = rows[0]
    cells = [first[at] for r, at in found.items() if r.startswith("isbn") and at < len(first)]
    filled = [cell for cell in cells if cell.strip()]
    words = [
        _LETTER.search(cell) and not any(map(valid_isbn13, isbn_texts(cell))) for cell in filled
    ]
    return len(rows) > 1 and bool(words) and all(words)


def _goodreads(
    columns: Sequence[_Column], rows: Sequence[Sequence[str]]
) -> tuple[str, dict[str, int]] | None:
    """Goodreads' columns come in one order, of which some go and others come."""
    isbns = [column.at for column in columns if _holds_isbn(column.at, rows)]
    shelves = [column for column in columns if _is_full(column) and column.status >= SOME]
    if not isbns or min(isbns) < 3 or not shelves or not columns[0].digits:
        return None
    first, last, shelf = min(isbns), max(isbns), shelves[-1].at
    stars = next((column.at for column in columns[last + 1 : shelf] if column.ratings), None)
    if stars is None or not columns[1].cells:
        return None
    days = [column.at for column in columns if stars < column.at < shelf and column.days]
    # how often read, and how many copies are owned; one of them alone may be the latter
    counts = [column.at for column in columns[shelf:] if _is_full(column) and column.digits]
    found = {
        "title": 1,
        "authors": 2,
        "authors:more": first - 1 if first > 4 else None,
        "id:goodreads": 0,
        **{f"isbn:{at}": at for at in isbns},
        "stars": stars,
        "status": shelf,
        "reads": counts[0] if len(counts) > 1 else None,
        "read:on": days[-2] if len(days) > 1 else None,
        "added": days[-1] if days else None,
        "shelves": shelf - 2 if shelf - 2 not in days else None,
    }
    return "Goodreads", {role: at for role, at in found.items() if at is not None}


def _is_full(column: _Column) -> bool:
    return len(column.cells) == column.rows


def _holds_isbn(at: int, rows: Sequence[Sequence[str]]) -> bool:
    """Whether all cells of a column are empty, formulas or ISBN, and some are not empty."""
    cells = [row[at].strip() for row in rows if at < len(row)]
    filled = [cell for cell in cells if cell]
    good = sum(
        _FORMULA.fullmatch(cell) is not None or any(map(valid_isbn13, isbn_texts(cell)))
        for cell in filled
    )
    return bool(filled) and good >= MOST * len(filled)


def _any(columns: Sequence[_Column]) -> tuple[str, dict[str, int]] | None:
    isbns = [column for column in columns if column.isbn >= SOME]
    one_alone = max((column.rows for column in columns), default=0) < 2
    texts = [column for column in columns if column.text and (one_alone or column.distinct > 1)]
    if not isbns or not texts:
        return None
    most = max(column.distinct for column in texts)
    title = next(column for column in texts if column.distinct >= MOST * most)
    author = next((column for column in texts if column.at > title.at), None)
    status = max(columns, key=lambda column: column.status)
    near = isbns[0].at
    stars = sorted(
        (column for column in columns if column.ratings and column.at > near),
        key=lambda column: (column.distinct < 2, column.at - near),
    )
    found = {f"isbn:{column.at}": column.at for column in isbns} | {"title": title.at}
    if author is not None:
        found["authors"] = author.at
    if stars:
        found["stars"] = stars[0].at
    if status.status >= SOME:
        found["status"] = status.at
    return "table", found
