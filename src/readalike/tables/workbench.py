"""Tables from files and from memory, opened and read through duckdb, every cell as text."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from readalike.errors import InputError
from readalike.files import is_folder, open_file, reason
from readalike.numerics.arrays import I64
from readalike.tables import sql
from readalike.tables.scratch import held_folder
from readalike.tables.text import LONGEST_LINE, TextFile, open_text

if TYPE_CHECKING:
    import duckdb

    from readalike.tables.layouts import LaidOutTable

PARQUET = b"PAR1"
ENDLESS_QUOTE = (
    "a quote opens here and does not close within the next lines, so that they are no rows; close "
    "it, or double it where it is part of the text"
)
LONGEST_LOOK = 40
"""Letters of a cell that are enough to see what it is."""
LONGEST_REJECTED = 10_000
"""Letters that duckdb gives of a rejected line; lines that a quote swallows beyond are unknown."""

_BLANK_LINE = re.compile(rb"\A\r?\n|\n\r?\n")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table that was opened but not read: the text file, or what to select from and cast to text.

    `label` is its path, or what it is called in messages; `first` are the names of the columns, or
    in a text file the first line, which may be data; `most` is how many bytes the cells of a
    Parquet file may have together.
    """

    label: str
    first: tuple[str, ...]
    text: TextFile | None = None
    relation: str = ""
    casts: tuple[str, ...] = ()
    most: int | None = None

    @property
    def stem(self) -> str:
        """Its name in small letters, without folders."""
        return Path(self.label).name.lower()

    @property
    def file(self) -> Path:
        """What the database reads: the file or its plain copy."""
        return self.text.plain if self.text else Path(self.label)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is unusual about it, in words."""
        return self.text.notes if self.text else ()


@dataclass(frozen=True, eq=False)
class Coded:
    """One column: cell r holds the text `texts[codes[r]]`; shape of codes (rows,), int64."""

    codes: I64
    texts: list[str]

    def mapped(self, meaning: Callable[[str], Any], dtype: Any) -> npt.NDArray[Any]:
        """What each cell means; asked once for each distinct text."""
        table = np.empty(len(self.texts), dtype)
        table[:] = [meaning(text) for text in self.texts]
        return table[self.codes]


@dataclass(frozen=True)
class RejectedLine:
    """A physical line of a text file that is no row, or as many rows as a quote is open for."""

    line: int
    reason: str
    text: str
    rows: int


@dataclass(frozen=True, eq=False)
class Columns:
    """Some columns of a table, by role: those of few distinct texts `coded`, others as texts.

    Times are masked where a cell is none; shape (rows,), int64.
    """

    source: LaidOutTable
    rows: int
    coded: dict[str, Coded]
    texts: dict[str, list[str]]
    times: I64 | None
    rejected: list[RejectedLine]

    def lines(self, rows: Iterable[int]) -> dict[int, int]:
        """Physical line of some rows; in a table that is no text file rows are counted from 1.

        duckdb numbers only what it rejects, and rows in quotes may take several lines, so the file
        is read record by record, as far as the last of the rows, which are numbered from 0.
        """
        wanted, text = set(rows), self.source.table.text
        if text is None or not wanted:
            return {row: row + 1 for row in wanted}
        header, content = int(self.source.layout.header), text.plain.read_bytes()
        header -= text.before
        rejected = {each.line + text.before for each in self.rejected}
        if not rejected and not text.quoted and not _BLANK_LINE.search(content):
            return {row: row + 1 + header for row in wanted}
        records = islice(text.records(content), header + text.before, None)
        kept = (lines[0] for lines in records if rejected.isdisjoint(lines))
        firsts = islice(kept, max(wanted) + 1)
        return {row: line - text.before for row, line in enumerate(firsts) if row in wanted}


@dataclass
class Workbench:
    """A duckdb connection and a folder for the time of one reading."""

    connection: duckdb.DuckDBPyConnection
    scratch: Path
    _count: int = field(default=0)

    def name(self, stem: str) -> str:
        """A table name that is not taken."""
        self._count += 1
        return f"{stem}_{self._count}"

    def open(
        self, source: Any, label: str, separator: str | None = None, encoding: str | None = None
    ) -> Table:
        """Opens a path, or a pandas, polars or Arrow table, or a dict of columns."""
        if not isinstance(source, str | Path):
            return self._open_object(source, label)
        path = Path(source)
        label = str(path)
        with open_file(path) as stream:
            magic = stream.read(len(PARQUET))
        if magic != PARQUET:
            text = open_text(path, self.scratch, separator, encoding)
            return Table(label=label, first=text.first, text=text)
        with database_refusals(label, path):
            most = sql.refuse_bomb(self.connection, path)
        return self._described(sql.parquet(path), label, most)

    def _open_object(self, source: Any, label: str) -> Table:
        name = self.name("given")
        if not hasattr(source, "__arrow_c_stream__") and hasattr(source, "collect"):
            source = source.collect()
        pandas = type(source).__module__.partition(".")[0] == "pandas"
        if isinstance(source, Mapping):
            source = {str(name): np.asarray(column) for name, column in source.items()}
        elif hasattr(source, "__arrow_c_stream__") and not pandas:
            # a stream and nothing else of it, so that duckdb needs no pyarrow to read it
            source = SimpleNamespace(__arrow_c_stream__=source.__arrow_c_stream__)
        elif not pandas:
            raise InputError(
                "a source must be a path or a table of pandas, polars or Arrow, "
                f"got {type(source).__name__}"
            )
        with database_refusals(label, Path(label)):
            self.connection.register(f"{name}_source", source)
            # a stream can be read once only
            self.connection.execute(f"CREATE TEMP TABLE {name} AS FROM {name}_source")
            self.connection.unregister(f"{name}_source")
        return self._described(name, label)

    def _described(self, relation: str, label: str, most: int | None = None) -> Table:
        with database_refusals(label, Path(label)):
            described = self.connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        return Table(
            label=label,
            first=tuple(name for name, *_ in described),
            relation=relation,
            casts=tuple(_as_text(name, str(type_)) for name, type_, *_ in described),
            most=most,
        )

    def read(
        self,
        source: LaidOutTable,
        *,
        coded: Mapping[str, int] | None = None,
        texts: Mapping[str, int] | None = None,
        time: int | None = None,
    ) -> Columns:
        """Reads columns by position, in the order of the file; those of few texts are `coded`.

        A column of times has numbers, or dates, which become seconds.
        """
        table, execute = source.table, self.connection.execute
        cells, rejects, relation = self.name("cells"), self.name("rejects"), table.relation
        if table.text:
            relation = _scan(table.text, source.layout.header, rejects)
        coded, texts = coded or {}, texts or {}
        wanted = {**coded, **texts} | ({} if time is None else {"time": time})
        text = {
            role: f"coalesce({table.casts[at] if table.casts else f'c{at}'}, '')"
            for role, at in wanted.items()
        }
        chosen = ", ".join(f"{cell} AS {sql.name(role)}" for role, cell in text.items())
        with database_refusals(table.label, table.file):
            if table.most is not None:
                # of a text that many cells share, a Parquet file gives the length once
                length = " + ".join(f"coalesce(sum(strlen({cell})), 0)" for cell in text.values())
                ((size,),) = execute(f"SELECT {length} FROM {relation}").fetchall()
                if size > table.most:
                    most = f"must unpack to at most {table.most:,} bytes"
                    raise InputError(f"{most}, and its cells have {size:,}", file=table.label)
            execute(f"CREATE TEMP TABLE {cells} AS SELECT {chosen} FROM {relation}")
            ((rows,),) = execute(f"SELECT count(*) FROM {cells}").fetchall()
            columns = Columns(
                source=source,
                rows=rows,
                coded={role: self._codes(cells, role) for role in coded},
                texts={
                    role: self._column(f"SELECT {sql.name(role)} FROM {cells}") for role in texts
                },
                times=None if time is None else self._times(cells),
                rejected=self._rejected(table.text, rejects) if table.text else [],
            )
            execute(f"DROP TABLE {cells}")
        return columns

    def sample(self, source: LaidOutTable, rows: int) -> list[tuple[str, ...]]:
        """The cells of the first rows, no longer than a number of a book is."""
        table = source.table
        relation = table.relation
        if table.text:
            relation = _scan(table.text, source.layout.header, self.name("rejects"))
        cells = (
            f"left(coalesce({table.casts[at] if table.casts else f'c{at}'}, ''), {LONGEST_LOOK})"
            for at in range(len(table.first))
        )
        with database_refusals(table.label, table.file):
            query = f"SELECT {', '.join(cells)} FROM {relation} LIMIT {rows}"
            return self.connection.execute(query).fetchall()

    def _column(self, query: str) -> list[str]:
        return [text for (text,) in self.connection.execute(query).fetchall()]

    def _codes(self, cells: str, role: str) -> Coded:
        kind, execute, column = self.name("texts"), self.connection.execute, sql.name(role)
        execute(f"CREATE TYPE {kind} AS ENUM (SELECT DISTINCT {column} FROM {cells})")
        codes = execute(f"SELECT enum_code({column}::{kind}) AS code FROM {cells}").fetchnumpy()
        texts = self._column(f"SELECT unnest(enum_range(NULL::{kind}))")
        return Coded(np.asarray(codes["code"]).astype(np.int64), texts)

    def _times(self, cells: str) -> I64:
        times: Any = self.connection.execute(
            "SELECT coalesce(try_cast(trim(time) AS BIGINT), "
            "try_cast(try_cast(time AS DOUBLE) AS BIGINT), "
            f"epoch(try_cast(time AS TIMESTAMP))::BIGINT) AS time FROM {cells}"
        ).fetchnumpy()["time"]
        return np.ma.asarray(times, np.int64)

    def _rejected(self, text: TextFile, rejects: str) -> list[RejectedLine]:
        rows = self.connection.execute(
            f"SELECT min(line_byte_position), min(error_type), any_value(csv_line), "
            f"min(error_message) FROM {rejects} GROUP BY line ORDER BY line"
        ).fetchall()
        content = text.plain.read_bytes() if rows else b""
        rejected: list[RejectedLine] = []
        line, counted = 1, 0
        for position, *texts in rows:
            start, (kind, csv_line, message) = position - 1, map(str, texts)
            # with CRLF, and after blank lines, duckdb points before the beginning
            while content[start : start + 1] in (b"\r", b"\n"):
                start += 1
            line, counted = line + content.count(b"\n", counted, start), start
            shown, reason, lines = csv_line.strip("\r\n"), f"{kind.lower()}: {message}", 1
            counts = re.findall(r"\d+", message)
            if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS") and len(counts) == 2:
                reason = f"{counts[1]} columns instead of {counts[0]}"
            elif kind == "UNQUOTED VALUE":
                if len(csv_line) >= LONGEST_REJECTED:
                    raise InputError(ENDLESS_QUOTE, file=text.path, line=line)
                reason, lines = "a quote is not closed", 1 + shown.count("\n")
            rejected.append(
                RejectedLine(line - text.before, reason.partition("\n")[0], shown, lines)
            )
        return rejected


def _scan(text: TextFile, header: bool, rejects: str) -> str:
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


@contextmanager
def workbench(*sources: object) -> Iterator[Workbench]:
    """A workbench, cleared away afterwards, at which only these sources can be read."""
    folders: set[Path] = set()
    for path in (Path(source) for source in sources if isinstance(source, str | Path)):
        if is_folder(path):
            folders = folders.union(*map(sql.folders_of, files_of(path)))
        else:
            open_file(path).close()  # what is no file is refused before anything is made ready
            folders |= sql.folders_of(path)
    with ExitStack() as stack:
        try:
            scratch = stack.enter_context(held_folder(Path(tempfile.gettempdir())))
        except OSError as error:
            why = f"a folder for temporary files is needed ({reason(error)})"
            raise InputError(f"{why}; name one with the variable TMPDIR") from error
        yield Workbench(stack.enter_context(sql.connect(folders, scratch)), scratch)


def files_of(folder: Path) -> list[Path]:
    """Everything in a folder that is neither hidden nor a folder, by name."""
    try:
        found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        return [path for path in found if not path.is_dir()]
    except OSError as error:
        raise InputError(f"cannot be read: {reason(error)}", file=folder) from error


@contextmanager
def database_refusals(label: str, file: Path) -> Iterator[None]:
    """Says in one line, by the label of a table, why the database cannot read its file."""
    import duckdb

    try:
        yield
    except (duckdb.Error, ImportError) as error:
        why = sql.reason(error, file, label) or type(error).__name__
        raise InputError(f"cannot be read: {why}", file=label) from error


def _as_text(name: str, type_: str) -> str:
    column = sql.name(name)
    if type_ in ("FLOAT", "DOUBLE") or type_.startswith("DECIMAL"):
        # a float id of 1e15 and more may have lost digits already; it is left as printed
        return (
            f"CASE WHEN {column} = floor({column}) AND abs({column}) < 1e15 "
            f"THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
        )
    return f"{column}::VARCHAR"
