"""Reads a reader's library out of what a program or site exported."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from readalike.bibliography.author_column import names_in
from readalike.bibliography.folding import fold
from readalike.bibliography.isbn import is_damaged, isbn_texts, valid_isbn13
from readalike.bibliography.titles import Title
from readalike.data.cells import clean_text, trimmed_id
from readalike.data.rating_column import (
    RatingColumn,
    mark_of,
    rating_column,
    says_none,
)
from readalike.data.scale import FoundScale, RatingScale, doubt_of, scale_rule
from readalike.errors import InputError
from readalike.libraries.cells import Cells, of_kinds
from readalike.libraries.column_names import roles_by_name
from readalike.libraries.entry import Entry, Library, Merged, Rejected
from readalike.libraries.nameless import MOST, are_names, roles_of_nameless
from readalike.libraries.opinions import why_public
from readalike.libraries.sources import (
    CALIBRE,
    GENERIC,
    GOODREADS,
    JSON_MARKS,
    LIBRARYTHING,
    READALIKE,
    SOURCES,
    ExportSource,
    cells_of,
    recognise_source,
)
from readalike.libraries.status import Status, status_of_word
from readalike.numerics.components import least_connected
from readalike.tables.account import counted
from readalike.tables.containers import json_decoder
from readalike.tables.layouts import READER_NAMES, key, positions, roles
from readalike.tables.text import (
    BROKEN,
    Row,
    Text,
    read_text,
    table_of_json,
    with_whole_letters,
    without_halves,
)

SEPARATORS = (",", "\t", ";", "|")
_NAMES = sorted(source.name for source in SOURCES if source not in (READALIKE, GENERIC))
WANTED = (
    f"must be an export of {', '.join(_NAMES[:-1])} or {_NAMES[-1]}, or a CSV with columns such as "
    "title, author, isbn, rating and shelf; name its columns with --title-column, --author-column, "
    "--isbn-column, --rating-column and --status-column"
)
COLUMN_ROLES = {
    "title": "title",
    "author": "authors",
    "isbn": "isbn:any",
    "rating": "stars",
    "status": "status",
}
"""What a person may name the column of, and its role."""
MISSED = {"title": "titles", "authors": "authors", "stars": "stars", "status": "what was read"}
"""Roles whose absence is worth a note."""
STANDING_IN = {
    "status": ("status", "flag", "progress", "read", "reads", "begun", "wanted", "shelves")
}
"""Kinds of roles that say what a role says."""
NO_ID = ("", "0")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![-/.\d])(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")


def read_library(
    path: Path | str,
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    scale: str | tuple[float, float] | None = None,
) -> Library:
    """Reads a file that a reader exported; its source is known by its columns.

    It is CSV or tab-separated text in any usual encoding, a spreadsheet (.xlsx), JSON lines, or
    LibraryThing's JSON, plain or packed.

    Args:
        path: The file.
        columns: Names (or numbers from 1) of the columns `title`, `author`, `isbn`, `rating` and
            `status`, where they are not found by themselves.
        encoding: Of its text, where it is not found by itself.
        scale: Of its stars, as in "0..20"; found from them where none is given.

    Raises:
        InputError: It is no export, or lacks a column that it needs; the error names it.
        SettingError: A scale or an encoding that cannot be.
    """
    text = with_whole_letters(read_text(Path(path), WANTED, encoding))
    if text.is_json:
        table = table_of_json(text)
        sheet = _sheet_of_json(text) if table is None else _sheet_of_table(table, columns or {})
    else:
        sheet = _sheet_of_table(text, columns or {})
    sheet = _with_own_opinions(sheet, named="rating" in (columns or {}))
    marks = rating_column(Counter(row.cells.get("stars", "") for row in sheet.rows))
    found = _scale_of(sheet, marks, scale)
    day_first = day_goes_first(
        cell for row in sheet.rows for cell in of_kinds(row.cells, "read", "added")
    )
    entries: list[Entry] = []
    rejected: list[Rejected] = []
    for at, row in enumerate(sheet.rows, 1):
        cells, why = row.cells, row.fault or _no_book(row.cells)
        if why:
            rejected.append(Rejected(row.line, why))
            continue
        stars = _stars_of(cells.get("stars", ""), marks, found)
        given = dict.fromkeys(_isbn_given(cells))
        names = (
            name
            for cell in of_kinds(cells, "authors")
            for name in names_in(cell, sheet.source.people)
        )
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
                scale=None if found is None else found.scale,
                status=sheet.source.status(cells, stars is not None),
                read_on=latest(of_kinds(cells, "read"), day_first),
                added_on=latest(of_kinds(cells, "added"), day_first),
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
        *([found.doubt] if found is not None and found.doubt else []),
        *_notes_on_stars(sheet, marks, found),
        *_notes_on_rows(sheet, entries, gone),
    )
    return Library(
        file=str(path),
        format=sheet.source.name,
        rows=len(sheet.rows),
        entries=kept,
        merged=gone,
        rejected=tuple(rejected),
        columns=sheet.columns,
        scale=found,
        notes=notes,
    )


def _isbn_given(cells: Cells) -> Iterator[str]:
    """What stands in the cells of ISBN; an ASIN is one only where its check digit is right."""
    for role, cell in cells.items():
        if role.partition(":")[0] == "isbn":
            texts = isbn_texts(cell)
            yield from filter(valid_isbn13, texts) if role == "isbn:asin" else texts


def _no_book(cells: Cells) -> str:
    """Why a row that could be read is no book; empty where it is one."""
    if cells.get("deleted", "").casefold() in ("true", "1", "yes"):
        return "deleted by its reader"
    if clean_text(cells.get("title", "")):
        return ""
    if any(trimmed_id(text) not in NO_ID for text in of_kinds(cells, "id")):
        return ""
    if any(valid_isbn13(isbn) for cell in of_kinds(cells, "isbn") for isbn in isbn_texts(cell)):
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
    """All rows of a file, damaged ones included, and what is unusual about it, in words.

    `columns` has the name of the column of each role, and `names` those of all columns.
    """

    source: ExportSource
    rows: tuple[_SheetRow, ...]
    columns: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _sheet_of_table(text: Text, named: Mapping[str, str]) -> _Sheet:
    """Divides a table into rows; the source is known by names of columns or by what they hold."""
    divided = {separator: text.names(separator) for separator in SEPARATORS}
    chosen = {separator: _chosen(names, named) for separator, names in divided.items()}
    known = {
        separator: source
        for separator, names in divided.items()
        if chosen[separator] is not None and (source := _source_of(names, named)) is not None
    }
    if known:
        # names that another separator leaves together may hold the words of one column
        separator = max(known, key=lambda s: (known[s] is not GENERIC, len(divided[s])))
        source, names, given = known[separator], divided[separator], chosen[separator] or {}
        by_name = roles_by_name(names) if source is GENERIC else roles(names, source.columns)
        have = by_name | given
        for role in (role for role in source.needed if role not in have):
            raise InputError(
                f"must have a column {source.columns[role][0]!r}, as exports of {source.name} "
                f"do, got {_shown(names)}",
                file=text.path,
                line=text.first,
            )
        rows = tuple(text.rows(separator))
        if source is GENERIC:
            have = _by_content(have, names, rows, given)
        return _of_source(source, names, have, rows)
    most = max(divided, key=lambda separator: len(divided[separator]))
    if all(own is None for own in chosen.values()):
        raise InputError(
            f"must have the columns {', '.join(map(repr, named.values()))} that were named, got "
            f"{_shown(divided[most])}",
            file=text.path,
            line=text.first,
        )
    for separator, own in chosen.items():
        rows = tuple(text.rows(separator, 0))
        whole = [cells for _, cells in rows if cells is not None]
        found = roles_of_nameless(whole) or roles_of_nameless(whole[1:])
        if own:
            found = found or ("table", {})
        if own is not None and found is not None:
            of = GOODREADS if found[0] == GOODREADS.name else GENERIC
            width = max(map(len, whole), default=0)
            names = tuple(f"column {at}" for at in range(1, width + 1))
            note = "what its columns hold was found by what their cells look like"
            if own or not are_names(whole, found[1]):
                note = f"it has no names of columns; {note}"
            else:
                names, rows = (*map(str.strip, whole[0]), *names[len(whole[0]) :]), rows[1:]
            return _of_source(of, names, found[1] | own, rows, note)
    raise InputError(
        f"{WANTED}, got the columns {_shown(divided[most])}; a table of the model's own ids and "
        "stars goes with --history FILE",
        file=text.path,
        line=text.first,
    )


def _source_of(names: Sequence[str], named: Mapping[str, str]) -> ExportSource | None:
    """The source of a file with these names of columns; any table where one of them was named."""
    there = any(key(name) in positions(names) for name in named.values())
    by_number = bool(named) and bool(roles_by_name(names))
    return recognise_source(names) or (GENERIC if there or by_number else None)


def _shown(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))[:200]


def _chosen(names: Sequence[str], named: Mapping[str, str]) -> dict[str, int] | None:
    """Positions of the columns that a person named, by role; None where one is not there."""
    have, found = positions(names), {}
    for what, name in named.items():
        at = have.get(key(name))
        if at is None and name.isdigit() and 1 <= int(name) <= len(names):
            at = int(name) - 1
        if at is None:
            return None
        found[COLUMN_ROLES[what]] = at
    return found


TELLING: Mapping[str, Callable[[str], object]] = {"stars": mark_of, "status": status_of_word}
"""What a cell says in a role that columns of several names may have."""


def _by_content(
    have: Mapping[str, int], names: Sequence[str], rows: Iterable[Row], own: Collection[str]
) -> dict[str, int]:
    """The columns of a table, where several may have a role the first whose cells say something.

    Where no name speaks of what was read, a column whose cells do has that role.
    """
    found, there = dict(have), positions(names)

    def filled(at: int) -> list[str]:
        return [c[at] for _, c in rows if c is not None and at < len(c) and c[at].strip()]

    for role, says in TELLING.items():
        may = [there[name] for name in GENERIC.columns[role] if name in there]
        if role not in own and len(may) > 1:
            telling = (at for at in may if any(says(cell) is not None for cell in {*filled(at)}))
            found[role] = next(telling, may[0])
    if {role.partition(":")[0] for role in found}.isdisjoint(STANDING_IN["status"]):
        for at in set(range(len(names))).difference(found.values()):
            said = [status_of_word(cell) is not None for cell in filled(at)]
            if sum(said) >= MOST * len(said) > 0:
                found["status"] = at
                break
    return found


WORDS = {
    "id": "id", "isbn": "ISBN", "authors": "authors", "flag": "read or not", "reads": "times read",
    "wanted": "to read or not", "begun": "day begun",
    "read": "day read", "added": "day added",
}  # fmt: skip
"""What roles are called where they are shown, if not by their own name."""


def _of_source(
    source: ExportSource,
    names: tuple[str, ...],
    columns: Mapping[str, int],
    divided: Iterable[Row],
    *notes: str,
) -> _Sheet:
    reach = max((columns[role] for role in source.reach if role in columns), default=-1)
    rows, whole = [], list(divided)
    for line, given in whole:
        fault = BROKEN if given is None else _fault(given, names, reach)
        if fault or given is None:
            rows.append(_SheetRow(line, {}, fault))
            continue
        cells = {role: given[at].strip() for role, at in columns.items() if at < len(given)}
        rows.append(_SheetRow(line, source.prepare(cells)))
    kinds = {role.partition(":")[0] for role in columns}
    missing = [
        words
        for role, words in MISSED.items()
        if role in source.columns and kinds.isdisjoint(STANDING_IN.get(role, (role,)))
    ]
    if missing:
        notes += (f"it has no column of {' and of '.join(missing)}",)
    notes += tuple(_note_on_readers(names, whole))
    shown: dict[str, str] = {}
    for role, at in sorted(columns.items(), key=lambda column: column[1]):
        word = WORDS.get(kind := role.partition(":")[0], kind)
        shown[word] = f"{shown[word]}, {names[at]}" if word in shown else names[at]
    return _Sheet(source, tuple(rows), shown, names, notes)


def _note_on_readers(names: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """That a table holds the books of several readers, if it has a column of them."""
    at = next((at for at, name in enumerate(names) if key(name) in READER_NAMES), None)
    if at is None:
        return
    readers = {cells[at].strip() for _, cells in rows if cells is not None and at < len(cells)}
    several = len(readers - {""})
    if several > 1:
        yield (
            f"it has books of {several:,} readers by its column {names[at]!r}: all are taken for "
            "yours; a table of many readers is what 'readalike train' learns from"
        )


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


def _with_own_opinions(sheet: _Sheet, named: bool) -> _Sheet:
    """The sheet without a column of stars that are not the reader's own, unless it was named."""
    name = sheet.columns.get("stars")
    if name is None or named or sheet.source not in (GENERIC, CALIBRE):
        return sheet
    marks = [mark_of(row.cells.get("stars", "")) for row in sheet.rows if not row.fault]
    given = [mark.value for mark in marks if mark is not None and mark.value > 0]
    if sheet.source is CALIBRE:
        note = (
            "Calibre keeps stars that came with a book and your own in one column: they are taken "
            "as your opinion, not as a sign that you read the book"
        )
        return replace(sheet, notes=(*sheet.notes, note)) if given else sheet
    why = why_public(name, sheet.names, given, len(marks))
    if not why:
        return sheet
    note = (
        f"the column {name!r} is taken for the mean of the public, not for your opinion, since "
        f"{why}; it is not used; if it is yours, say --rating-column {name!r}"
    )
    rows = tuple(
        replace(row, cells={role: cell for role, cell in row.cells.items() if role != "stars"})
        for row in sheet.rows
    )
    columns = {word: name for word, name in sheet.columns.items() if word != "stars"}
    return replace(sheet, rows=rows, columns=columns, notes=(*sheet.notes, note))


def _scale_of(
    sheet: _Sheet, marks: RatingColumn, given: str | tuple[float, float] | None
) -> FoundScale | None:
    """The scale of a file's stars; None where it has no column of stars.

    It is the source's, with a finer step where the file has one. Where a quarter of the stars or
    more lies beyond its end, the file is of another scale, which is found from the stars: all of
    them are of that scale, never some of each. What their notation or the name of the column says
    goes before that, and what the reader says before everything.
    """
    name = sheet.columns.get("stars", "")
    numbers = [marks.values.get(row.cells.get("stars", ""), 0.0) for row in sheet.rows]
    stars = np.array([number for number in numbers if number > 0], np.float64)
    usual = sheet.source.scale
    if given is not None:
        return FoundScale.said(scale_rule(given)(stars), stars)
    if not name and usual is None:
        return None
    written = marks.written_scale(stars, name)
    if written is not None:
        return written
    found = FoundScale.of(stars)
    if usual is None or (stars.size and found.scale.highest > usual.highest):
        return found
    lowest, step = usual.lowest, usual.step
    if stars.size:
        lowest, step = min(lowest, found.scale.lowest), min(step, found.scale.step)
    scale = RatingScale(lowest, usual.highest, step)
    return FoundScale(scale, f"as {sheet.source.name} has them", doubt_of(stars, scale))


def _stars_of(cell: str, marks: RatingColumn, found: FoundScale | None) -> float | None:
    """The stars in a cell; None where there are none: empty, 0, or not on the scale."""
    given = marks.values.get(cell)
    return given if given and found and 0 < given <= found.scale.highest else None


def _notes_on_stars(sheet: _Sheet, marks: RatingColumn, found: FoundScale | None) -> Iterator[str]:
    """What is unusual about the scale, and cells that are no stars."""
    if found is None:
        return
    usual, highest = sheet.source.scale, found.scale.highest
    if usual is not None and highest > usual.highest:
        yield (
            f"{sheet.source.name} has {usual.highest:g} stars, but more stand in it: all are taken "
            f"as of {highest:g}, so that {0.9 * highest:g} is {0.9 * usual.highest:g} of "
            f"{usual.highest:g}"
        )
    elif usual is None and highest != 5:
        yield f"all stars are taken as of {highest:g}, so that {0.9 * highest:g} is 4.5 of 5"
    given = [(row.line, row.cells.get("stars", "")) for row in sheet.rows]
    bad = [
        (line, cell)
        for line, cell in given
        if not says_none(cell)
        and marks.values.get(cell) != 0
        and _stars_of(cell, marks, found) is None
    ]
    if not bad:
        return
    line, cell = bad[0]
    if not marks.values:
        yield (
            f"the column {sheet.columns.get('stars', 'of stars')!r} holds no rating that can be "
            f"read; first in line {line}: {cell[:20]!r}"
        )
        return
    yield (
        f"{counted(len(bad), 'cell')} of stars that are none on the scale {found.scale}; these "
        f"books are kept without stars; first in line {line}: {cell[:20]!r}"
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
    for book, entry in zip(numbers_of_books(entries), entries, strict=True):
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


def numbers_of_books(entries: Sequence[Entry]) -> list[int]:
    """A number for each entry, the same for those of one book."""
    first: dict[tuple[str, ...], int] = {}
    pairs = [
        (at, first.setdefault(common, at))
        for at, entry in enumerate(entries)
        for common in _in_common(entry)
    ]
    ends = np.array(pairs, np.int64).reshape(-1, 2).T
    numbers: list[int] = least_connected(len(entries), ends[0], ends[1]).tolist()
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
