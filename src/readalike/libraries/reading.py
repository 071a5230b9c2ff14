"""Reads a reader's library out of what a program or site exported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from readalike.data.cells import clean_text, trimmed_id
from readalike.data.intake import counted
from readalike.data.scale import RatingScale
from readalike.errors import InputError
from readalike.libraries.dates import day_goes_first, latest
from readalike.libraries.entry import Entry, Library, Rejected
from readalike.libraries.isbns import is_damaged, isbn_texts, valid_isbn13
from readalike.libraries.json_sheet import sheet_of_json
from readalike.libraries.merging import RULE, merged
from readalike.libraries.sheet import Sheet, SheetRow, sheet_of_table
from readalike.libraries.source import Source
from readalike.libraries.stars import scale_of, stars_of, words_on_stars
from readalike.libraries.text import read_text

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
    row: SheetRow, source: Source, scale: RatingScale | None, day_first: bool | None
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
