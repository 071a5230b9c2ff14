"""Columns of text as integer codes, so that a million cells make a few thousand strings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.errors import InputError
from readalike.tables import sql
from readalike.tables.text import LONGEST_LINE
from readalike.tables.workbench import Table, Workbench, refusals_told

SWALLOWED = 10_000
"""So many letters of a line duckdb tells; lines that a quote swallows beyond are not counted."""

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Coded:
    """One column: cell r holds the text `texts[codes[r]]`.

    Attributes:
        codes: Shape (rows,), int64.
        texts: Distinct texts of the column.
    """

    codes: Codes
    texts: list[str]

    def mapped(self, meaning: Callable[[str], Any], dtype: Any) -> npt.NDArray[Any]:
        """What each cell means; asked once for each distinct text."""
        table = np.empty(len(self.texts), dtype)
        table[:] = [meaning(text) for text in self.texts]
        return table[self.codes]

    def text(self, row: int) -> str:
        """The text of one cell."""
        return self.texts[int(self.codes[row])]


@dataclass(frozen=True)
class RejectedCells:
    """A line of a text file that is no row.

    Attributes:
        line: Physical line.
        start: First byte in the plain file.
        reason: Why.
        text: The line.
        lines: How many rows it stands for: its lines where a quote is not closed, else 1.
    """

    line: int
    start: int
    reason: str
    text: str
    lines: int


@dataclass(frozen=True, eq=False)
class Columns:
    """Some columns of a table, read.

    Attributes:
        rows: Number of rows.
        coded: Columns asked for as codes.
        texts: Columns asked for as texts.
        times: The column asked for as times, masked where a cell is none; shape (rows,), int64.
        rejected: Lines that are no rows.
    """

    rows: int
    coded: dict[str, Coded]
    texts: dict[str, list[str]]
    times: npt.NDArray[np.int64] | None
    rejected: list[RejectedCells]


def read_columns(
    bench: Workbench,
    table: Table,
    header: bool,
    coded: Mapping[str, int] | None = None,
    texts: Mapping[str, int] | None = None,
    time: int | None = None,
) -> Columns:
    """Reads columns by position, in the order of the file.

    Args:
        bench: Where to read.
        table: The table.
        header: Whether the first line of a text file is names.
        coded: Position of each column wanted as codes, by role.
        texts: Position of each column wanted as texts, by role.
        time: Position of a column wanted as times: numbers, or dates as seconds.

    Raises:
        InputError: It is damaged, or its cells hold more than a file of its size may.
    """
    with refusals_told(table.label, table.file):
        return _columns(bench, table, header, coded or {}, texts or {}, time)


def _columns(
    bench: Workbench,
    table: Table,
    header: bool,
    coded: Mapping[str, int],
    texts: Mapping[str, int],
    time: int | None,
) -> Columns:
    wanted = {**coded, **texts} | ({} if time is None else {"time": time})
    name = bench.name("cells")
    rejects = bench.name("rejects")
    scan = _scan(table, header, rejects) if table.text else table.relation
    cells = {
        role: f"coalesce({table.casts[at] if table.casts else f'c{at}'}, '')"
        for role, at in wanted.items()
    }
    if table.most is not None:
        _refuse_more(bench, table, cells.values(), table.most)
    chosen = ", ".join(f"{cell} AS {sql.name(role)}" for role, cell in cells.items())
    bench.connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {chosen} FROM {scan}")
    rows = int(_rows(bench, f"SELECT count(*) FROM {name}")[0][0])
    columns = {role: _codes(bench, name, role) for role in coded}
    read = {
        role: [row[0] for row in _rows(bench, f"SELECT {sql.name(role)} FROM {name}")]
        for role in texts
    }
    times = None if time is None else _times(bench, name)
    rejected = _rejected(bench, table, rejects) if table.text else []
    bench.connection.execute(f"DROP TABLE {name}")
    return Columns(rows, columns, read, times, rejected)


def _refuse_more(bench: Workbench, table: Table, cells: Iterable[str], most: int) -> None:
    """Refuses cells that are longer together than the file may unpack to.

    Of a text that many cells share, the file says the length once.
    """
    length = " + ".join(f"coalesce(sum(strlen({cell})), 0)" for cell in cells)
    found = int(_rows(bench, f"SELECT {length} FROM {table.relation}")[0][0])
    if found > most:
        why = f"must unpack to at most {most:,} bytes, and its cells have {found:,}"
        raise InputError(why, file=table.label)


def _rows(bench: Workbench, query: str) -> list[tuple[Any, ...]]:
    return bench.connection.execute(query).fetchall()


def _codes(bench: Workbench, name: str, role: str) -> Coded:
    kind = bench.name("texts")
    connection = bench.connection
    column = sql.name(role)
    connection.execute(f"CREATE TYPE {kind} AS ENUM (SELECT DISTINCT {column} FROM {name})")
    texts = connection.execute(f"SELECT unnest(enum_range(NULL::{kind}))").fetchall()
    cells = connection.execute(f"SELECT enum_code({column}::{kind}) AS code FROM {name}")
    codes = np.asarray(cells.fetchnumpy()["code"]).astype(np.int64)
    return Coded(codes, [text[0] for text in texts])


def _times(bench: Workbench, name: str) -> npt.NDArray[np.int64]:
    cells = bench.connection.execute(
        "SELECT coalesce(try_cast(trim(time) AS BIGINT), "
        "try_cast(try_cast(time AS DOUBLE) AS BIGINT), "
        f"epoch(try_cast(time AS TIMESTAMP))::BIGINT) AS time FROM {name}"
    )
    times: Any = cells.fetchnumpy()["time"]
    return np.ma.asarray(times, np.int64)


def _scan(table: Table, header: bool, rejects: str) -> str:
    text = table.text
    assert text is not None
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(text.first)))
    quote = "'\"'" if text.quoted else "''"
    return (
        f"read_csv({sql.source(text.plain)}, hive_partitioning = false, compression = 'none', "
        f"auto_detect = false, columns = {{{columns}}}, "
        f"header = {str(header).lower()}, skip = {text.blank}, "
        f"delim = {sql.text(text.separator)}, quote = {quote}, escape = {quote}, "
        f"max_line_size = {LONGEST_LINE}, store_rejects = true, "
        f"rejects_table = '{rejects}', rejects_scan = '{rejects}_scan')"
    )


def _rejected(bench: Workbench, table: Table, rejects: str) -> list[RejectedCells]:
    found = bench.connection.execute(
        f"SELECT line, min(line_byte_position), min(error_type), any_value(csv_line), "
        f"min(error_message) FROM {rejects} GROUP BY line ORDER BY line"
    ).fetchall()
    if not found:
        return []
    assert table.text is not None
    content = table.text.plain.read_bytes()
    told: list[RejectedCells] = []
    physical, counted = 1, 0
    for _, position, kind, line, message in found:
        start = int(position) - 1
        # with CRLF, and after blank lines, duckdb points before the beginning
        while content[start : start + 1] in (b"\r", b"\n"):
            start += 1
        text = str(line).strip("\r\n")
        physical += content.count(b"\n", counted, start)
        counted = start
        broken = kind == "UNQUOTED VALUE"
        if broken and len(str(line)) >= SWALLOWED:
            raise InputError(
                "a quote opens here and does not close within the next lines, so that they are "
                "no rows; close it, or double it where it is part of the text",
                file=table.label,
                line=physical,
            )
        told.append(
            RejectedCells(
                physical,
                start,
                _reason(str(kind), str(message)),
                text,
                1 + text.count("\n") if broken else 1,
            )
        )
    return told


def _reason(kind: str, message: str) -> str:
    counts = re.findall(r"\d+", message)
    if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS") and len(counts) == 2:
        return f"{counts[1]} columns instead of {counts[0]}"
    if kind == "UNQUOTED VALUE":
        return "a quote is not closed"
    return f"{kind.lower()}: {message.splitlines()[0]}"
