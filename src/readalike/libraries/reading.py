"""Reads a reader's library out of what a program or site exported."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from readalike.bibliography.folding import fold
from readalike.bibliography.isbn import is_damaged, isbn_texts, valid_isbn13
from readalike.bibliography.titles import Title
from readalike.data.cells import clean_text, number, trimmed_id
from readalike.data.scale import RatingScale
from readalike.errors import InputError
from readalike.libraries.entry import Cells, Entry, Library, Merged, Rejected, Status
from readalike.libraries.sources import (
    GENERIC,
    GOODREADS,
    JSON_MARKS,
    LIBRARYTHING,
    READALIKE,
    SOURCES,
    ExportSource,
    cells_of,
    names_of_bare,
    recognise_source,
)
from readalike.tables.account import counted
from readalike.tables.layouts import roles
from readalike.tables.text import BROKEN, Row, Text, json_decoder, read_text, without_halves

SEPARATORS = (",", "\t", ";", "|")
_NAMES = sorted(source.name for source in SOURCES if source not in (READALIKE, GENERIC))
WANTED = (
    f"must be an export of {', '.join(_NAMES[:-1])} or {_NAMES[-1]}, or a CSV with columns such as "
    "title, author, isbn, rating and shelf"
)
MISSED = {"title": "titles", "authors": "authors", "stars": "stars", "status": "what was read"}
"""Roles whose absence is worth a note."""
NO_ID = ("", "0")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![-/.\d])(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")


def read_library(path: Path | str) -> Library:
    """Reads a file that a reader exported; its source is known by its columns.

    It is CSV or tab-separated text in any usual encoding, or LibraryThing's JSON.

    Raises:
        InputError: It is no export, or lacks a column that it needs; the error names it.
    """
    text = read_text(Path(path), WANTED)
    sheet = _sheet_of_json(text) if text.is_json else _sheet_of_table(text)
    scale = scale_of(sheet)
    day_first = day_goes_first(
        cell for row in sheet.rows for cell in _of(row.cells, "read", "added")
    )
    entries: list[Entry] = []
    rejected: list[Rejected] = []
    for at, row in enumerate(sheet.rows, 1):
        cells, why = row.cells, row.fault or _no_book(row.cells)
        if why:
            rejected.append(Rejected(row.line, why))
            continue
        stars = stars_of(cells.get("stars", ""), scale)
        given = dict.fromkeys(text for cell in _of(cells, "isbn") for text in isbn_texts(cell))
        names = (name for cell in _of(cells, "authors") for name in sheet.source.people(cell))
        entries.append(
            Entry(
                row=at,
                line=row.line,
                title=clean_text(cells.get("title", "")),
                authors=tuple(dict.fromkeys(names)),
                ids={
                    role.removeprefix("id:"): trimmed_id(text)
                    for role, text in cells.items()
                    if role.startswith("id:") and trimmed_id(text) not in NO_ID
                },
                isbn_given=tuple(given),
                isbn13=tuple(dict.fromkeys(filter(None, map(valid_isbn13, given)))),
                series=clean_text(cells.get("series", "")),
                volume=trimmed_id(clean_text(cells.get("volume", ""))),
                stars=stars,
                scale=scale,
                status=sheet.source.status(cells, stars is not None),
                read_on=latest(_of(cells, "read"), day_first),
                added_on=latest(_of(cells, "added"), day_first),
                shelves=tuple(filter(None, map(clean_text, cells.get("shelves", "").split(",")))),
            )
        )
    if not entries:
        why = "must hold books, got names of columns and no row"
        if rejected:
            rows = counted(len(rejected), "row")
            why = f"must hold books, but none can be made of {rows}: {rejected[0].why}"
        raise InputError(why, file=path, line=rejected[0].line if rejected else None)
    kept, gone = merged(entries)
    notes = (
        *text.notes,
        *sheet.notes,
        *_notes_on_stars(sheet, scale),
        *_notes_on_rows(sheet, entries, gone),
    )
    return Library(
        file=str(path),
        format=sheet.source.name,
        rows=len(sheet.rows),
        entries=kept,
        merged=gone,
        rejected=tuple(rejected),
        notes=notes,
    )


def _of(cells: Cells, *kinds: str) -> list[str]:
    """Cells of all roles of some kinds: `read` and `read:on` are of one kind."""
    return [text for role, text in cells.items() if text and role.partition(":")[0] in kinds]


def _no_book(cells: Cells) -> str:
    """Why a row that could be read is no book; empty where it is one."""
    if cells.get("deleted", "").casefold() in ("true", "1", "yes"):
        return "deleted by its reader"
    if clean_text(cells.get("title", "")):
        return ""
    if any(trimmed_id(text) not in NO_ID for text in _of(cells, "id")):
        return ""
    if any(valid_isbn13(isbn) for cell in _of(cells, "isbn") for isbn in isbn_texts(cell)):
        return ""
    return "no title, no id and no valid ISBN"


def _notes_on_rows(
    sheet: _Sheet, entries: Iterable[Entry], gone: Sequence[Merged]
) -> Iterator[str]:
    """What is unusual about ISBN, shelves and repeated rows."""
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


# Rows, whatever the source and form


@dataclass(frozen=True)
class _SheetRow:
    """One row by the line that it begins in; a fault is why it cannot be divided into cells."""

    line: int
    cells: Cells
    fault: str = ""


@dataclass(frozen=True)
class _Sheet:
    """All rows of a file, damaged ones included, and what is unusual about it, in words."""

    source: ExportSource
    rows: tuple[_SheetRow, ...]
    notes: tuple[str, ...] = ()


def _sheet_of_table(text: Text) -> _Sheet:
    """Divides a CSV or tab-separated file into rows; the source is known by its columns."""
    divided = {separator: text.names(separator) for separator in SEPARATORS}
    for separator, names in divided.items():
        source = recognise_source(names)
        if source is not None:
            have = roles(names, source.columns)
            for role in (role for role in source.needed if role not in have):
                raise InputError(
                    f"must have a column {source.columns[role][0]!r}, as exports of {source.name} "
                    f"do, got {', '.join(map(repr, names))[:200]}",
                    file=text.path,
                    line=text.first,
                )
            return _of_source(source, names, text.rows(separator))
    for separator, cells in divided.items():
        bare = names_of_bare(cells)
        if bare is not None:
            note = "it has no names of columns, and was read as what Goodreads exports"
            return _of_source(GOODREADS, bare, text.rows(separator, 0), note)
    most = max(divided, key=lambda separator: len(divided[separator]))
    shown = ", ".join(map(repr, divided[most]))[:200]
    raise InputError(
        f"{WANTED}, got the columns {shown}; a table of the model's own ids and stars goes with "
        "--history FILE",
        file=text.path,
        line=text.first,
    )


def _of_source(
    source: ExportSource, names: tuple[str, ...], divided: Iterable[Row], *notes: str
) -> _Sheet:
    columns = roles(names, source.columns)
    reach = max((columns[role] for role in source.reach if role in columns), default=-1)
    rows = []
    for line, given in divided:
        fault = BROKEN if given is None else _fault(given, names, reach)
        if fault or given is None:
            rows.append(_SheetRow(line, {}, fault))
            continue
        cells = {role: given[at].strip() for role, at in columns.items() if at < len(given)}
        rows.append(_SheetRow(line, source.prepare(cells)))
    missing = [
        words for role, words in MISSED.items() if role in source.columns and role not in columns
    ]
    if missing:
        notes += (f"it has no column of {' and of '.join(missing)}",)
    return _Sheet(source, tuple(rows), notes)


def _fault(cells: tuple[str, ...], names: tuple[str, ...], reach: int) -> str:
    """Why a row is no row of this table; empty where it is one."""
    if any(cell.strip() for cell in cells[len(names) :]):
        return (
            f"{len(cells)} cells instead of {len(names)}; a cell that holds the separator must "
            "stand in quotes"
        )
    if len(cells) <= reach:
        return f"{len(cells)} cells instead of {len(names)}: it was cut off"
    if cells[0].strip() == names[0] and tuple(cell.strip() for cell in cells) == names:
        return "the names of the columns once more"
    return ""


_NAME = re.compile(r'\s*+,?\s*+("(?:[^"\\]|\\.)*")\s*:\s*')
_BETWEEN = re.compile(r"\s*\}?\s*,?\s*\{?\s*")
_DECODER = json_decoder()


def _sheet_of_json(text: Text) -> _Sheet:
    """Divides an object of books into rows; several objects may stand one behind the other."""
    rows = []
    for line, book in _books(without_halves(text.content), text.first):
        if isinstance(book, str):
            rows.append(_SheetRow(line, {}, book))
        elif any(name in book for name in JSON_MARKS):
            rows.append(_SheetRow(line, LIBRARYTHING.prepare(cells_of(book))))
        else:
            rows.append(_SheetRow(line, {}, "no book: it has neither books_id nor title"))
    if all(row.fault for row in rows):
        raise InputError(f"{WANTED}, got JSON of something else", file=text.path, line=1)
    return _Sheet(LIBRARYTHING, tuple(rows))


def _books(text: str, line: int) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Line and content of each book, or what is wrong there; after that nothing can be read."""
    opening = re.match(r"\s*\{", text)
    at, seen = opening.end() if opening else len(text), 0
    while at < len(text):
        name = _NAME.match(text, at)
        if name is None:
            between = _BETWEEN.match(text, at)
            behind = between.end() if between else at
            if behind == len(text):
                return
            name = _NAME.match(text, behind) if behind > at else None
        begin = name.start(1) if name else at
        line, seen = line + text.count("\n", seen, begin), begin
        if name is None:
            yield line, f"no JSON from here on: {text[at : at + 40].strip()!r}"
            return
        try:
            book, at = _DECODER.raw_decode(text, name.end())
        except (json.JSONDecodeError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else "too many levels"
            yield line, f"no JSON from here on: {why}"
            return
        yield line, book if isinstance(book, dict) else "no book: it is no object of names"


# Days


def latest(cells: Iterable[str], day_first: bool | None) -> date | None:
    """The last day that stands in some cells; None where there is none that can be read.

    Cells are such as `2023/06/07`, `2021/01/02-2021/01/20, 2023/05/23`, `[2007-05-08]`. A day with
    the year at the end, such as `6/20/2017`, is read only where `day_first` is known.
    """
    days = []
    for cell in cells:
        numbers = [(year, month, day) for year, _, month, day in _YEAR_FIRST.findall(cell)]
        if day_first is not None:
            for one, _, other, year in _YEAR_LAST.findall(cell):
                numbers.append((year, other, one) if day_first else (year, one, other))
        for year, month, day in numbers:
            with suppress(ValueError):  # the 31st of June, or the year 0: no day is made up
                days.append(date(int(year), int(month), int(day)))
    return max(days, default=None)


def day_goes_first(cells: Iterable[str]) -> bool | None:
    """Whether dates with the year at the end have the day first; None where it cannot be known."""
    pairs = [(int(m[1]), int(m[3])) for cell in cells for m in _YEAR_LAST.finditer(cell)]
    day_first = any(one > 12 for one, _ in pairs)
    month_first = any(other > 12 for _, other in pairs)
    return None if day_first == month_first else day_first


# Stars


def scale_of(sheet: _Sheet) -> RatingScale | None:
    """The scale of a file's stars; None where it has none.

    It is the source's, with a finer step where the file has one. Where a quarter of the stars or
    more lies beyond its end, the file is of another scale, which is found from the stars: all of
    them are of that scale, never some of each.
    """
    numbers = [number(row.cells.get("stars", "")) or 0.0 for row in sheet.rows]
    given = np.array([stars for stars in numbers if stars > 0], np.float64)
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
    return given if given and scale and 0 < given <= scale.highest else None


def _notes_on_stars(sheet: _Sheet, scale: RatingScale | None) -> Iterator[str]:
    """What is unusual about the scale, and cells that are no stars."""
    if scale is None:
        return
    usual = sheet.source.scale
    if usual is not None and scale.highest > usual.highest:
        yield (
            f"{sheet.source.name} has {usual.highest:g} stars, but more stand in it: all are taken "
            f"as of {scale.highest:g}, so that {0.9 * scale.highest:g} is {0.9 * usual.highest:g} "
            f"of {usual.highest:g}"
        )
    given = [(row.line, row.cells.get("stars", "")) for row in sheet.rows]
    bad = [(line, c) for line, c in given if c and number(c) != 0 and stars_of(c, scale) is None]
    if bad:
        line, cell = bad[0]
        yield (
            f"{counted(len(bad), 'cell')} of stars that are none on the scale {scale}; these books "
            f"are kept without stars; first in line {line}: {cell[:20]!r}"
        )


# Rows of the same book

RULE = (
    "of rows of the same book, one that was read counts before one that was not, then one with "
    "stars, then the one read last, then the last row"
)
_PRECEDENCE: tuple[Status | None, ...] = (None, "to-read", "reading", "unfinished", "read")


def merged(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], tuple[Merged, ...]]:
    """The books of some rows, and the rows that another row counts for.

    Rows are of one book where they have the same id and the same title or authors, the same ISBN
    and the same title, or the same title, volume and authors. The row that counts is chosen by
    `RULE`; ids and ISBN of the others are kept with it, since they are of the same book.
    """
    books: dict[int, list[Entry]] = {}
    for book, entry in zip(_books_of(entries), entries, strict=True):
        books.setdefault(book, []).append(entry)
    kept: list[Entry] = []
    gone: list[Merged] = []
    for rows in books.values():
        best = max(rows, key=_weight)
        others = [row for row in rows if row is not best]
        kept.append(_with_ids(best, others) if others else best)
        gone += [Merged(row.row, row.line, best.row) for row in others]
    kept.sort(key=lambda entry: entry.row)
    gone.sort(key=lambda row: row.row)
    return tuple(kept), tuple(gone)


def _weight(entry: Entry) -> tuple[int, bool, date, int]:
    day = entry.read_on or date.min
    return _PRECEDENCE.index(entry.status), entry.stars is not None, day, entry.row


def _with_ids(best: Entry, others: Sequence[Entry]) -> Entry:
    rows = [best, *others]
    ids: dict[str, str] = {}
    for row in rows:
        ids |= {kind: outside for kind, outside in row.ids.items() if kind not in ids}
    given = dict.fromkeys(isbn for row in rows for isbn in row.isbn_given)
    valid = dict.fromkeys(isbn for row in rows for isbn in row.isbn13)
    return replace(best, ids=ids, isbn_given=tuple(given), isbn13=tuple(valid))


def _books_of(entries: Sequence[Entry]) -> list[int]:
    """A number for each entry, the same for those of one book."""
    first: dict[tuple[str, ...], int] = {}
    pairs = [
        (at, first.setdefault(common, at))
        for at, entry in enumerate(entries)
        for common in _in_common(entry)
    ]
    ends = np.array(pairs, np.int64).reshape(-1, 2).T
    n = len(entries)
    graph = sp.coo_array((np.ones(len(pairs)), (ends[0], ends[1])), shape=(n, n))
    numbers: list[int] = connected_components(graph, directed=False)[1].tolist()
    return numbers


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
