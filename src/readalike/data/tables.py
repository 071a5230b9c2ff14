"""Tables from files and from memory, all through duckdb, every cell as text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from readalike.data.textfile import TextFile, open_text
from readalike.errors import InputError

if TYPE_CHECKING:
    import duckdb

MAX_LINE = 1 << 24


@dataclass(frozen=True)
class Table:
    """A table that was opened but not read.

    Attributes:
        label: Its path, or what it is called in messages.
        stem: Lower-case file name without its ending.
        first: Names of the columns; in a text file the first line, which may be data.
        named: Whether `first` is known to be names.
        text: The text file, where it is one.
        casts: SQL of each column as text, for `relation`.
        relation: What to select from, where it is no text file.
    """

    label: str
    stem: str
    first: tuple[str, ...]
    named: bool
    text: TextFile | None = None
    relation: str = ""
    casts: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is unusual about it, in words."""
        return self.text.notes if self.text else ()


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

    def open(self, source: Any, label: str, separator: str | None = None) -> Table:
        """Opens a path, or a pandas, polars or Arrow table, or a dict of columns."""
        if isinstance(source, str | Path):
            return self._open_file(Path(source), separator)
        return self._open_object(source, label)

    def _open_file(self, path: Path, separator: str | None) -> Table:
        if path.is_dir():
            raise InputError("must be a file, got a folder", file=path)
        if not path.exists():
            raise InputError("there is no such file", file=path)
        try:
            with path.open("rb") as stream:
                magic = stream.read(4)
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", file=path) from error
        if magic == b"PAR1":
            scan = f"read_parquet('{sql_text(path)}')"
            return self._described(scan, str(path), path.name.lower())
        if magic == b"PK\x03\x04":
            raise InputError("must be a table, got a zip file; unpack it first", file=path)
        text = open_text(path, self.scratch, separator)
        return Table(str(path), path.name.lower(), text.first, False, text)

    def _open_object(self, source: Any, label: str) -> Table:
        import duckdb

        name = self.name("given")
        if not hasattr(source, "__arrow_c_stream__") and hasattr(source, "collect"):
            source = source.collect()
        if isinstance(source, Mapping):
            source = {str(name): np.asarray(column) for name, column in source.items()}
        elif hasattr(source, "__arrow_c_stream__") and not _is_pandas(source):
            source = _Stream(source)
        elif not _is_pandas(source):
            raise InputError(
                "a source must be a path or a table of pandas, polars or Arrow, "
                f"got {type(source).__name__}"
            )
        try:
            self.connection.register(f"{name}_source", source)
            # a stream can be read once only
            self.connection.execute(f"CREATE TEMP TABLE {name} AS FROM {name}_source")
            self.connection.unregister(f"{name}_source")
        except (duckdb.Error, ImportError) as error:
            raise InputError(f"cannot be read: {_first_line(error)}", file=label) from error
        return self._described(name, label, label)

    def _described(self, relation: str, label: str, stem: str) -> Table:
        import duckdb

        try:
            described = self.connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        except duckdb.Error as error:
            raise InputError(f"cannot be read: {_first_line(error)}", file=label) from error
        names = tuple(str(row[0]) for row in described)
        casts = tuple(_as_text(str(row[0]), str(row[1])) for row in described)
        return Table(label, stem, names, True, None, relation, casts)


class _Stream:
    """Any Arrow stream and nothing else of it, so that duckdb needs no pyarrow to read it."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._source.__arrow_c_stream__(requested_schema)


def _is_pandas(source: object) -> bool:
    return type(source).__module__.partition(".")[0] == "pandas"


@contextmanager
def workbench() -> Iterator[Workbench]:
    """A workbench that is cleared away afterwards."""
    import duckdb

    with (
        tempfile.TemporaryDirectory(prefix="readalike-") as scratch,
        duckdb.connect() as connection,
    ):
        connection.execute("SET enable_progress_bar = false")
        yield Workbench(connection, Path(scratch))


def _as_text(name: str, type_: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    if type_ in ("FLOAT", "DOUBLE") or type_.startswith("DECIMAL"):
        # a float id of 1e15 and more may have lost digits already; it is left as printed
        return (
            f"CASE WHEN {column} = floor({column}) AND abs({column}) < 1e15 "
            f"THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
        )
    return f"{column}::VARCHAR"


def sql_text(value: object) -> str:
    """A value as the inside of an SQL text."""
    return str(value).replace("'", "''")


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
