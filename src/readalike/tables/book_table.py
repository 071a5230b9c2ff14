"""From a table of books to columns of the catalogue."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from readalike.bibliography.isbn import padded, to_isbn13
from readalike.bibliography.titles import Title
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.cells import clean_text, number, people, trimmed_id, whole
from readalike.data.scale import TOPS
from readalike.data.vocabulary import Vocabulary
from readalike.tables.account import ReadReportBuilder
from readalike.tables.columns import read_columns
from readalike.tables.layouts import Layout, key
from readalike.tables.tag_table import tags_of_cells
from readalike.tables.workbench import Table, Workbench

TEXTS = (
    "titles", "authors", "languages", "isbn13", "series", "volumes", "work_ids", "goodreads_ids",
)  # fmt: skip
ID_ENDINGS = ("id", "isbn", "asin")
LONGEST_CODE = 35
"""Letters of the longest code of a language that RFC 5646 asks programs to take."""
EARLIEST = -4000
"""Nothing was written down before."""


@dataclass(frozen=True, eq=False)
class BookTable:
    """The books of one table, in the order of the file.

    Attributes:
        ids: Outside ids, each once.
        texts: Text columns by name of the catalogue's field.
        years: Years, None where unknown.
        numbers: Number columns by name of the catalogue's field, NaN where unknown.
        tags: Tags in the order of `ids`, where the table has them.
        id_column: Name of the column that the ids are from.
        other_ids: Ids in other columns that look like ids, by name of the column.
    """

    ids: list[str]
    texts: Mapping[str, list[str]]
    years: list[int | None]
    numbers: Mapping[str, npt.NDArray[np.float64]]
    tags: Tags | None
    id_column: str
    other_ids: Mapping[str, frozenset[str]]

    def catalogue(self, books: Vocabulary) -> Catalogue:
        """The catalogue of a vocabulary that holds at least these ids."""
        columns: dict[str, object] = {name: tuple(texts) for name, texts in self.texts.items()}
        own = Catalogue.of(
            Vocabulary(tuple(self.ids)), **columns, **self.numbers, years=tuple(self.years),
            tags=self.tags,
        )  # fmt: skip
        return own.reindexed(books)


def read_books(
    bench: Workbench, table: Table, layout: Layout, account: ReadReportBuilder
) -> BookTable:
    """Reads a table of books; of rows with the same id the first counts."""
    others = {
        f"other {at}": at
        for at, name in enumerate(table.first)
        if layout.header and key(name).endswith(ID_ENDINGS) and at != layout.columns["item"]
    }
    flags = {f"flag {name}": at for name, at in (layout.flags or {}).items()}
    columns = read_columns(bench, table, layout.header, texts={**layout.columns, **others, **flags})
    cells = columns.texts
    ids = [layout.item_id(trimmed_id(cell)) for cell in cells["item"]]
    seen: set[str] = set()
    kept: list[int] = []
    blank: list[int] = []
    twice: list[int] = []
    for row, outside in enumerate(ids):
        (blank if not outside else twice if outside in seen else kept).append(row)
        seen.add(outside)
    account.take(
        table,
        layout,
        columns.rows,
        columns.rejected,
        [
            ("no book id", np.array(blank, np.int64), ""),
            (
                "the book id stands in an earlier row",
                np.array(twice, np.int64),
                ids[twice[0]] if twice else "",
            ),
        ],
    )
    cells = {role: [column[row] for row in kept] for role, column in cells.items()}
    return BookTable(
        [ids[row] for row in kept],
        _texts(cells, layout, len(kept)),
        _years(cells, layout, len(kept)),
        _numbers(cells),
        tags_of_cells(
            cells.get("tags"), {name[5:]: cells[name] for name in flags}, account, table.label
        ),
        table.first[layout.columns["item"]] if layout.header else "column 1",
        {table.first[at]: frozenset(map(trimmed_id, cells[name])) for name, at in others.items()},
    )


def _texts(cells: Mapping[str, list[str]], layout: Layout, n: int) -> dict[str, list[str]]:
    nothing = [""] * n
    titles = [Title(clean_text(title)) for title in cells.get("title", nothing)]
    isbns = zip(cells.get("isbn", nothing), cells.get("isbn13", nothing), strict=True)
    series = [clean_text(s) for s in cells.get("series", nothing)]
    volumes = [trimmed_id(clean_text(v)) for v in cells.get("volume", nothing)]
    return {
        "titles": [t.without_year if layout.year_in_title else t.printed for t in titles],
        "authors": [clean_text(names) for names in cells.get("authors", nothing)],
        "languages": [_language(cell) for cell in cells.get("language", nothing)],
        "isbn13": [to_isbn13(padded(ten)) or to_isbn13(long) or "" for ten, long in isbns],
        "series": [s or title.series for s, title in zip(series, titles, strict=True)],
        "volumes": [v or title.volume for v, title in zip(volumes, titles, strict=True)],
        "work_ids": [trimmed_id(cell) for cell in cells.get("work_id", nothing)],
        "goodreads_ids": [trimmed_id(cell) for cell in cells.get("goodreads_id", nothing)],
    }


def _language(cell: str) -> str:
    """A code of a language, or its name; longer text is neither."""
    code = cell.strip()
    return code if len(code) <= LONGEST_CODE else ""


def _years(cells: Mapping[str, list[str]], layout: Layout, n: int) -> list[int | None]:
    """Years; 0, one that is still to come and one before anything was written are unknown."""
    latest = datetime.date.today().year + 1
    if layout.year_in_title:
        years = [Title(clean_text(title)).year for title in cells["title"]]
    else:
        years = [whole(cell) for cell in cells.get("year", [""] * n)]
    return [year if year and EARLIEST <= year <= latest else None for year in years]


def _numbers(cells: Mapping[str, list[str]]) -> dict[str, npt.NDArray[np.float64]]:
    found = {
        field: _array(cells[role], meaning)
        for role, field, meaning in (("count", "counts", people), ("mean", "means", _mean))
        if role in cells
    }
    stars = [f"stars_{n}" for n in range(1, 6)]
    if all(name in cells for name in stars):
        each = np.array([_array(cells[name], people) for name in stars])
        total = each.sum(axis=0)
        found["liked"] = np.divide(
            each[3:].sum(axis=0), total, out=np.full(len(total), np.nan), where=total > 0
        )
    return found


def _mean(cell: str) -> float | None:
    """The mean stars in a cell; None of what lies beyond every scale."""
    value = number(cell)
    return value if value is not None and abs(value) <= max(TOPS) else None


def _array(cells: list[str], meaning: Callable[[str], float | None]) -> npt.NDArray[np.float64]:
    values = [meaning(cell) for cell in cells]
    return np.array([np.nan if value is None else value for value in values], np.float64)
