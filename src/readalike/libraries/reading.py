"""Reads a reader's library out of what a program or site exported."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from readalike.bibliography.folding import fold
from readalike.bibliography.isbn import is_damaged, isbn_texts, valid_isbn13
from readalike.bibliography.titles import Title
from readalike.data.cells import clean_text, number, trimmed_id
from readalike.data.scale import RatingScale
from readalike.errors import InputError
from readalike.libraries.entry import Entry, Library, Merged, Rejected, Status
from readalike.libraries.sheet import Sheet, SheetRow, sheet_of_json, sheet_of_table
from readalike.libraries.sources import ExportSource
from readalike.tables.account import counted
from readalike.tables.text import read_text

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![-/.\d])(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")


def latest(cells: Iterable[str], day_first: bool | None) -> date | None:
    """The last day that stands in some cells; None where there is none that can be read.

    Args:
        cells: Such as `2023/06/07`, `2021/01/02-2021/01/20, 2023/05/23`, `[2007-05-08]`,
            `6/20/2017`.
        day_first: Whether the day goes before the month where the year stands last; such dates
            are not read where it is None.
    """
    days = [day for cell in cells for day in _days(cell, day_first)]
    return max(days, default=None)


def day_goes_first(cells: Iterable[str]) -> bool | None:
    """Whether dates with the year at the end have the day first; None where it cannot be told.

    A number above 12 is no month. 6/7/2017 alone may be in June or in July.
    """
    pairs = [(int(m[1]), int(m[3])) for cell in cells for m in _YEAR_LAST.finditer(cell)]
    day_first = any(one > 12 for one, _ in pairs)
    month_first = any(other > 12 for _, other in pairs)
    return None if day_first == month_first else day_first


def _days(cell: str, day_first: bool | None) -> Iterator[date]:
    for year, _, month, day in _YEAR_FIRST.findall(cell):
        yield from _day(year, month, day)
    if day_first is not None:
        for one, _, other, year in _YEAR_LAST.findall(cell):
            day, month = (one, other) if day_first else (other, one)
            yield from _day(year, month, day)


def _day(year: str, month: str, day: str) -> Iterator[date]:
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:  # the 31st of June, or the year 0: no day is made up
        return


def scale_of(sheet: Sheet) -> RatingScale | None:
    """The scale of a file's stars; None where it has none.

    It is the source's, with a finer step where the file has one. Where a quarter of the stars or
    more lies beyond its end, the file is of another scale, which is found from the stars: all of
    them are of that scale, never some of each.
    """
    given = np.array([s for cell in _cells(sheet) if (s := number(cell) or 0) > 0], np.float64)
    usual = sheet.source.scale
    if given.size == 0:
        return usual
    found = RatingScale.of(given)
    if usual is None or found.highest > usual.highest:
        return found
    return RatingScale(min(usual.lowest, found.lowest), usual.highest, min(usual.step, found.step))


def stars_of(cell: str, scale: RatingScale | None) -> float | None:
    """The stars in a cell; None where there are none: empty, 0, or not on the scale."""
    given = number(cell)
    if given is None or scale is None or not 0 < given <= scale.highest:
        return None
    return given


def words_on_stars(sheet: Sheet, scale: RatingScale | None) -> Iterator[str]:
    """What is to be said of the scale, and of cells that are no stars."""
    usual = sheet.source.scale
    if scale is None:
        return
    if usual is not None and scale.highest > usual.highest:
        yield (
            f"{sheet.source.name} has {usual.highest:g} stars, but more stand in it: all are taken "
            f"as of {scale.highest:g}, so that {0.9 * scale.highest:g} is {0.9 * usual.highest:g} "
            f"of {usual.highest:g}"
        )
    bad = [
        (row.line, cell)
        for row in sheet.rows
        if (cell := row.cells.get("stars", ""))
        and stars_of(cell, scale) is None
        and number(cell) != 0
    ]
    if bad:
        (line, cell), cells = bad[0], counted(len(bad), "cell")
        yield (
            f"{cells} of stars that are none on the scale {scale}; these books are kept without "
            f"stars; first in line {line}: {cell[:20]!r}"
        )


def _cells(sheet: Sheet) -> Iterator[str]:
    return (row.cells.get("stars", "") for row in sheet.rows)


RULE = (
    "of rows of the same book, one that was read counts before one that was not, then one with "
    "stars, then the one read last, then the last row"
)
_PRECEDENCE: dict[Status | None, int] = {
    "read": 4, "unfinished": 3, "reading": 2, "to-read": 1, None: 0,
}  # fmt: skip


def merged(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], tuple[Merged, ...]]:
    """The books of some rows, and the rows that another row counts for.

    Rows are of one book where they have the same id and the same title or authors, the same ISBN
    and the same title, or the same title, volume and authors. The row that counts is chosen by
    `RULE`; ids and ISBN of the others are kept with it, since they are of the same book.
    """
    together: dict[int, list[Entry]] = {}
    for first, entry in zip(_groups(entries), entries, strict=True):
        together.setdefault(first, []).append(entry)
    kept: list[Entry] = []
    gone: list[Merged] = []
    for rows in together.values():
        best = max(rows, key=_weight)
        others = [row for row in rows if row is not best]
        kept.append(_with_ids(best, others) if others else best)
        gone += [Merged(row.row, row.line, best.row) for row in others]
    kept.sort(key=lambda entry: entry.row)
    gone.sort(key=lambda row: row.row)
    return tuple(kept), tuple(gone)


def _weight(entry: Entry) -> tuple[int, bool, date, int]:
    day = entry.read_on or date.min
    return _PRECEDENCE[entry.status], entry.stars is not None, day, entry.row


def _with_ids(best: Entry, others: Iterable[Entry]) -> Entry:
    ids = dict(best.ids)
    given, valid = dict.fromkeys(best.isbn_given), dict.fromkeys(best.isbn13)
    for row in others:
        ids |= {kind: outside for kind, outside in row.ids.items() if kind not in ids}
        given |= dict.fromkeys(row.isbn_given)
        valid |= dict.fromkeys(row.isbn13)
    return replace(best, ids=ids, isbn_given=tuple(given), isbn13=tuple(valid))


def _groups(entries: Sequence[Entry]) -> list[int]:
    """For each entry the place of the first one of its book."""
    parent = list(range(len(entries)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    first: dict[tuple[str, ...], int] = {}
    for at, entry in enumerate(entries):
        for common in _in_common(entry):
            one, other = root(first.setdefault(common, at)), root(at)
            parent[max(one, other)] = min(one, other)
    return [root(at) for at in range(len(entries))]


def _in_common(entry: Entry) -> Iterator[tuple[str, ...]]:
    """What no two books have in common."""
    title = Title(entry.title)
    name = (title.full, entry.volume or title.volume, title.part)
    authors = " ".join(sorted(fold(" ".join(entry.authors)).split()))
    for kind, outside in entry.ids.items():
        yield "id", kind, outside, *name
        if authors and kind != "book":
            yield "id", kind, outside, authors
    for isbn in entry.isbn13:
        yield "isbn", isbn, *name
    if title.full and authors:
        yield "name", *name, authors


NO_ID = ("", "0")


def read_library(path: Path | str) -> Library:
    """Reads a file that a reader exported; its source is known by its columns.

    Args:
        path: CSV or tab-separated text in any usual encoding, or LibraryThing's JSON.

    Raises:
        InputError: It is no export, or lacks a column that it needs; the error names it.
    """
    text = read_text(Path(path))
    sheet = sheet_of_json(text) if text.is_json else sheet_of_table(text)
    scale = scale_of(sheet)
    day_first = day_goes_first(cell for row in sheet.rows for cell in _of(row, "read", "added"))
    entries: list[Entry] = []
    rejected = list(sheet.broken)
    for row in sheet.rows:
        why = _no_book(row)
        if why:
            rejected.append(Rejected(row.line, why))
        else:
            entries.append(_entry(row, sheet.source, scale, day_first))
    rejected.sort(key=lambda row: row.line)
    if not entries:
        raise InputError(_nothing(rejected), file=path, line=rejected[0].line if rejected else None)
    kept, gone = merged(entries)
    return Library(
        str(path),
        sheet.source.name,
        len(sheet.rows) + len(sheet.broken),
        kept,
        gone,
        tuple(rejected),
        (*text.notes, *sheet.notes, *words_on_stars(sheet, scale), *_notes(sheet, entries, gone)),
    )


def _nothing(rejected: Sequence[Rejected]) -> str:
    if not rejected:
        return "must hold books, got names of columns and no row"
    rows = counted(len(rejected), "row")
    return f"must hold books, but none can be made of {rows}: {rejected[0].why}"


def _of(row: SheetRow, *kinds: str) -> list[str]:
    """Cells of all roles of some kinds: `read` and `read:on` are of one kind."""
    return [text for role, text in row.cells.items() if text and role.partition(":")[0] in kinds]


def _no_book(row: SheetRow) -> str:
    """Why a row that could be read is no book; empty where it is one."""
    if row.cells.get("deleted", "").casefold() in ("true", "1", "yes"):
        return "deleted by its reader"
    if clean_text(row.cells.get("title", "")):
        return ""
    if any(trimmed_id(text) not in NO_ID for text in _of(row, "id")):
        return ""
    if any(valid_isbn13(isbn) for cell in _of(row, "isbn") for isbn in isbn_texts(cell)):
        return ""
    return "no title, no id and no valid ISBN"


def _entry(
    row: SheetRow, source: ExportSource, scale: RatingScale | None, day_first: bool | None
) -> Entry:
    cells = row.cells
    stars = stars_of(cells.get("stars", ""), scale)
    given = dict.fromkeys(text for cell in _of(row, "isbn") for text in isbn_texts(cell))
    valid = dict.fromkeys(isbn for isbn in map(valid_isbn13, given) if isbn)
    ids = {
        role.removeprefix("id:"): trimmed_id(text)
        for role, text in cells.items()
        if role.startswith("id:") and trimmed_id(text) not in NO_ID
    }
    names = dict.fromkeys(name for cell in _of(row, "authors") for name in source.people(cell))
    shelves = (clean_text(name) for name in cells.get("shelves", "").split(","))
    return Entry(
        row.row,
        row.line,
        clean_text(cells.get("title", "")),
        tuple(names),
        ids,
        tuple(given),
        tuple(valid),
        clean_text(cells.get("series", "")),
        trimmed_id(clean_text(cells.get("volume", ""))),
        stars,
        scale,
        source.status(cells, stars is not None),
        latest(_of(row, "read"), day_first),
        latest(_of(row, "added"), day_first),
        tuple(name for name in shelves if name),
    )


def _notes(sheet: Sheet, entries: Iterable[Entry], gone: Sequence[object]) -> Iterator[str]:
    """What was found in the rows, in words."""
    isbns = [isbn for entry in entries for isbn in entry.isbn_given]
    damaged = sum(map(is_damaged, isbns))
    if damaged:
        yield (
            f"{damaged:,} ISBN that a spreadsheet made a number of, such as 9.78006E+12, are lost; "
            "these books must be found by other things"
        )
    wrong = sum(not is_damaged(isbn) and valid_isbn13(isbn) is None for isbn in isbns)
    if wrong:
        yield f"{counted(wrong, 'cell')} of ISBN hold no valid one: another number, a name, a slip"
    shelves = Counter(
        row.cells["status"]
        for row in sheet.rows
        if row.cells.get("status") and sheet.source.status(row.cells, False) is None
    )
    if shelves:
        shown = ", ".join(f"{name} ({n:,})" for name, n in sorted(shelves.items())[:10])
        yield f"shelves whose names do not say whether a book was read: {shown}"
    if gone:
        yield f"{counted(len(gone), 'row')} of books that stand in another row: {RULE}"
