"""From a table of books to a catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from readalike.bibliography.author_column import authors_of_column
from readalike.bibliography.isbn import is_damaged, padded, to_isbn13
from readalike.bibliography.other_titles import other_titles
from readalike.bibliography.titles import Title
from readalike.bibliography.years import year_of
from readalike.data.catalogue import Catalogue
from readalike.data.cells import clean_text, number, people, trimmed_id, whole
from readalike.data.scale import TOPS
from readalike.data.vocabulary import Vocabulary
from readalike.numerics.arrays import F64
from readalike.tables.account import ReadReportBuilder
from readalike.tables.cell_lists import is_list, items_of
from readalike.tables.layouts import TABLE, LaidOutTable, Layout, key
from readalike.tables.tag_table import tags_of_cells
from readalike.tables.workbench import Workbench

T = TypeVar("T")

ID_ENDINGS = ("id", "isbn", "asin")
LONGEST_CODE = 35
"""Letters of the longest code of a language that RFC 5646 asks programs to take."""
NUMBERED = 0.5
"""So much of a column of ids must be like 5907.The_Hobbit for its numbers to be Goodreads'."""
_NUMBERED = re.compile(r"(\d{1,10})(?:[-.][^\W\d].*)?", re.DOTALL)
STARS = tuple(f"stars_{n}" for n in range(1, 6))


@dataclass(frozen=True, eq=False)
class BookTable:
    """The books of one table, in the order of the file, and other columns that look like ids."""

    books: Catalogue
    id_column: str
    other_ids: Mapping[str, frozenset[str]]

    @property
    def ids(self) -> tuple[str, ...]:
        """Outside ids, each once."""
        return self.books.books.ids


def read_books(bench: Workbench, source: LaidOutTable, account: ReadReportBuilder) -> BookTable:
    """Reads a table of books; of rows with the same id the first counts."""
    table, layout = source.table, source.layout
    others = {
        f"other {at}": at
        for at, name in enumerate(table.first)
        if layout.header and key(name).endswith(ID_ENDINGS) and at != layout.columns["item"]
    }
    flags = layout.flags or {}
    columns = bench.read(source, texts={**layout.columns, **others, **flags})
    ids = [layout.item_id(trimmed_id(cell)) for cell in columns.texts["item"]]
    blank = np.array([not outside for outside in ids], bool)
    first: dict[str, int] = {}
    twice = np.array([first.setdefault(each, row) < row for row, each in enumerate(ids)], bool)
    unusable = {"no book id": blank, "the book id stands in an earlier row": twice & ~blank}
    example = ids[int((twice & ~blank).argmax())] if ids else ""
    notes = _note_on_damaged(columns.texts) if layout.format == TABLE else []
    account.take(columns, unusable, {"the book id stands in an earlier row": example}, notes=notes)
    kept = np.flatnonzero(~(blank | twice)).tolist()
    cells = {role: [column[row] for row in kept] for role, column in columns.texts.items()}
    if "goodreads_id" not in cells:
        cells["goodreads_id"] = _numbers_in_front([ids[row] for row in kept])
    tags = cells.get("tags")
    if flags:
        marked = zip(*(cells[tag] for tag in flags), strict=True)
        tags = [
            "|".join(t for t, cell in zip(flags, row, strict=True) if whole(cell)) for row in marked
        ]
    return BookTable(
        Catalogue.of(
            Vocabulary(tuple(ids[row] for row in kept)),
            **_columns(cells, layout, len(kept)),
            tags=None if tags is None else tags_of_cells(tags),
        ),
        table.first[layout.columns["item"]] if layout.header else "column 1",
        {table.first[at]: frozenset(map(trimmed_id, cells[name])) for name, at in others.items()},
    )


def _note_on_damaged(texts: Mapping[str, list[str]]) -> list[str]:
    """How many ISBN a spreadsheet made numbers of: the books must be found by other things."""
    cells = (cell.strip() for role in ("isbn", "isbn13") for cell in texts.get(role, []))
    lost = sum(map(is_damaged, cells))
    if not lost:
        return []
    return [f"{lost:,} ISBN that a spreadsheet made a number of, such as 9.78006E+12, are lost"]


def _columns(cells: Mapping[str, list[str]], layout: Layout, n: int) -> dict[str, object]:
    """Columns of the catalogue by name; shape (n,) each."""

    def column(role: str, meaning: Callable[[str], T]) -> tuple[T, ...]:
        return tuple(map(meaning, cells.get(role, [""] * n)))

    titles = column("title", lambda cell: Title(clean_text(cell)))
    years = (
        tuple(year_of(str(t.year or "")) for t in titles)
        if layout.year_in_title
        else column("year", year_of)
    )
    originals, others = column("original_title", str), column("other_titles", items_of)
    authors = cells.get("authors", [""] * n)
    short, long = column("isbn", lambda cell: to_isbn13(padded(cell))), column("isbn13", to_isbn13)
    codes, series = column("language", str.strip), column("series", clean_text)
    volumes = column("volume", lambda cell: trimmed_id(clean_text(cell)))
    counts: dict[str, object] = {
        field: _numbers(cells[role], meaning)
        for role, field, meaning in (("count", "counts", people), ("mean", "means", _mean))
        if role in cells
    }
    if all(role in cells for role in STARS):
        each = np.array([_numbers(cells[role], people) for role in STARS])
        total = each.sum(axis=0)
        unknown = np.full(n, np.nan)
        counts["liked"] = np.divide(each[3:].sum(axis=0), total, out=unknown, where=total > 0)
    return counts | {
        "titles": tuple(t.without_year if layout.year_in_title else t.printed for t in titles),
        "authors": authors_of_column(authors, lambda c: items_of(c) if is_list(c) else None),
        "other_titles": tuple(
            other_titles(title.printed, (original, *more))
            for title, original, more in zip(titles, originals, others, strict=True)
        ),
        "years": years,
        # longer text is neither a code of a language nor its name
        "languages": tuple(code if len(code) <= LONGEST_CODE else "" for code in codes),
        "isbn13": tuple(one or other or "" for one, other in zip(short, long, strict=True)),
        "series": tuple(s or title.series for s, title in zip(series, titles, strict=True)),
        "volumes": tuple(v or title.volume for v, title in zip(volumes, titles, strict=True)),
        "work_ids": column("work_id", trimmed_id),
        "goodreads_ids": column("goodreads_id", trimmed_id),
    }


def _numbers_in_front(ids: list[str]) -> list[str]:
    """Goodreads ids where ids are its addresses, `54493401-project-hail-mary`; else empty text."""
    found = [_NUMBERED.fullmatch(outside) for outside in ids]
    addressed = sum(each is not None and each[1] != each[0] for each in found)
    if not all(found) or addressed <= NUMBERED * len(ids):
        return [""] * len(ids)
    return [each[1] for each in found if each is not None]


def _mean(cell: str) -> float | None:
    """The mean stars in a cell; None of what lies beyond every scale."""
    value = number(cell)
    return value if value is not None and abs(value) <= max(TOPS) else None


def _numbers(cells: list[str], meaning: Callable[[str], float | None]) -> F64:
    return np.array(list(map(meaning, cells)), np.float64)  # NaN where it is None
