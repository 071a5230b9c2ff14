"""Which column of ratings is the reader's and which the book's, by what their cells look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from readalike.bibliography.isbn import SHORTEST, padded, valid_isbn13
from readalike.data.cells import number
from readalike.data.rating_column import mark_of, says_none
from readalike.errors import InputError
from readalike.tables.layouts import TABLE, LaidOutTable
from readalike.tables.workbench import Workbench

LOOKED_AT = 2_000
"""So many rows are looked at."""
MOST = 0.9
"""Such a share of the filled cells must look alike for a column to be known by them."""
SOME = 0.5
"""Such a share of book numbers is never reached by chance: one number in eleven is valid."""
FEW = 101
"""A column of ratings holds no more different ones: those of 0 to 100."""
EARLIEST_SECOND = 1e8
"""Unix seconds of 1973; no rating is as large."""
_ASIN = re.compile(r"B[0-9A-Z]{9}")
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?")


def book_numbers(cells: Sequence[str]) -> float:
    """The share of the filled cells that are valid ISBN or ASIN."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    good = sum(_ASIN.fullmatch(c) is not None or valid_isbn13(c) is not None for c in filled)
    return good / len(filled) if filled else 0.0


def _are_times(cells: Sequence[str]) -> bool:
    def is_time(cell: str) -> bool:
        value = number(cell)
        return _DAY.fullmatch(cell) is not None or (value is not None and value >= EARLIEST_SECOND)

    filled = [cell.strip() for cell in cells if cell.strip()]
    return sum(map(is_time, filled)) >= MOST * len(filled) > 0


def _are_ratings(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if not says_none(cell)]
    marks = [mark for cell in filled if (mark := mark_of(cell)) is not None]
    small = sum(abs(mark.value) < FEW for mark in marks)
    return len({mark.value for mark in marks}) <= FEW and small >= MOST * len(filled) > 0


def roles_by_looks(rows: Sequence[Sequence[str]]) -> dict[str, int] | None:
    """The column of each role in rows of three or four cells; None where they are no ratings.

    Behind two ids stand the rating and perhaps the time, in either order, or the time alone. The
    book's column is the one of ISBN or ASIN; where there is none or two, it is the second.
    """
    width = min(map(len, rows), default=0)
    columns = [[row[at] for row in rows] for at in range(width)]
    behind = range(2, width)
    times = [at for at in behind if _are_times(columns[at])]
    ratings = [at for at in behind if at not in times and _are_ratings(columns[at])]
    if width not in (3, 4) or not (times or ratings):
        return None
    turned = book_numbers(columns[0]) >= SOME > book_numbers(columns[1])
    found = {"user": 1, "item": 0} if turned else {"user": 0, "item": 1}
    if ratings:
        found["rating"] = ratings[0]
    if times:
        found["time"] = times[0]
    return found


def with_zeros(bench: Workbench, source: LaidOutTable) -> LaidOutTable:
    """A table whose ids of books are ISBN, with the zeros that a spreadsheet took put back."""
    layout = source.layout
    if layout.format != TABLE:
        return source
    at = layout.columns["item"]
    if book_numbers([row[at] for row in bench.sample(source, LOOKED_AT)]) < MOST:
        return source
    return replace(source, layout=replace(layout, item_id=_whole_isbn))


def _whole_isbn(text: str) -> str:
    """An ISBN-10 that lost zeros in front with them; other text stays as it is."""
    return padded(text) if SHORTEST <= len(text) < 10 and valid_isbn13(text) else text


def borne_out(bench: Workbench, source: LaidOutTable) -> tuple[LaidOutTable, list[str]]:
    """Ratings whose columns nobody named, with the roles that their cells bear out, and notes.

    Raises:
        InputError: The names of the columns say the opposite of what the cells are.
    """
    layout = source.layout
    if layout.format != TABLE or layout.kind != "ratings":
        return source, []
    rows = bench.sample(source, LOOKED_AT)
    if layout.header:
        _refuse_turned_names(source, rows)
        return source, []
    found = roles_by_looks(rows)
    if found is None:
        return source, []
    user, item = found["user"] + 1, found["item"] + 1
    known = book_numbers([row[found["item"]] for row in rows]) >= SOME
    note = (
        f"it has no names of columns: column {item} holds ISBN or ASIN and is the book's, column "
        f"{user} the reader's"
        if known
        else (
            f"it has no names of columns: column {user} is taken for the reader's and column "
            f"{item} for the book's; if it is the other way round, say --user-column {item} "
            f"--book-column {user}"
        )
    )
    return replace(source, layout=replace(layout, columns=found)), [note]


def _refuse_turned_names(source: LaidOutTable, rows: Sequence[Sequence[str]]) -> None:
    layout, first = source.layout, source.table.first
    user, item = layout.columns["user"], layout.columns["item"]
    if book_numbers([row[user] for row in rows]) < MOST:
        return
    if book_numbers([row[item] for row in rows]) >= SOME:
        return
    raise InputError(
        f"must have readers in the column {first[user]!r} and books in {first[item]!r}, got ISBN "
        "or ASIN in the former and none in the latter; turn them round with --user-column "
        f"{first[item]!r} --book-column {first[user]!r}, or name them as they are if that is right",
        file=source.table.label,
    )
