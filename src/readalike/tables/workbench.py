"""Tables from files and from memory, all through duckdb, every cell as text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from readalike.errors import InputError
from readalike.files import is_folder, open_file, reason
from readalike.tables import sql
from readalike.tables.scratch import held_folder
from readalike.tables.text import TextFile, open_text

if TYPE_CHECKING:
    import duckdb


PARQUET, ZIP = b"PAR1", b"PK\x03\x04"


@dataclass(frozen=True)
class Table:
    """A table that was opened but not read.

    Attributes:
        label: Its path, or what it is called in messages.
        stem: Lower-case file name without its ending.
        first: Names of the columns; in a text file the first line, which may be data.
        named: Whether `first` is known to be names.
        text: The text file, where it is one.
        relation: What to select from, where it is no text file.
        casts: SQL of each column as text, for `relation`.
        most: Bytes that its cells may have together, of a Parquet file.
    """

    label: str
    stem: str
    first: tuple[str, ...]
    named: bool
    text: TextFile | None = None
    relation: str = ""
    casts: tuple[str, ...] = ()
    most: int | None = None

    @property
    def file(self) -> Path:
        """What the database reads: the file or its plain copy."""
        return self.text.plain if self.text else Path(self.label)

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
        with open_file(path) as stream:
            magic = stream.read(len(ZIP))
        if magic == PARQUET:
            return self._open_parquet(path)
        if magic == ZIP:
            raise InputError("must be a table, got a zip file; unpack it first", file=path)
        text = open_text(path, self.scratch, separator)
        return Table(str(path), path.name.lower(), text.first, False, text)

    def _open_parquet(self, path: Path) -> Table:
        with refusals_told(str(path), path):
            most = sql.refuse_bomb(self.connection, path)
        return self._described(sql.parquet(path), str(path), path.name.lower(), most)

    def _open_object(self, source: Any, label: str) -> Table:
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
        with refusals_told(label, Path(label)):
            self.connection.register(f"{name}_source", source)
            # a stream can be read once only
            self.connection.execute(f"CREATE TEMP TABLE {name} AS FROM {name}_source")
            self.connection.unregister(f"{name}_source")
        return self._described(name, label, label)

    def _described(self, relation: str, label: str, stem: str, most: int | None = None) -> Table:
        with refusals_told(label, Path(label)):
            described = self.connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
        names = tuple(str(row[0]) for row in described)
        casts = tuple(_as_text(str(row[0]), str(row[1])) for row in described)
        return Table(label, stem, names, True, None, relation, casts, most)


class _Stream:
    """Any Arrow stream and nothing else of it, so that duckdb needs no pyarrow to read it."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._source.__arrow_c_stream__(requested_schema)


def _is_pandas(source: object) -> bool:
    return type(source).__module__.partition(".")[0] == "pandas"


@contextmanager
def workbench(*sources: object) -> Iterator[Workbench]:
    """A workbench that is cleared away afterwards.

    Args:
        sources: What is to be read at it; of files and folders, no others can be.

    Raises:
        InputError: There is no such file, or no room for what is made of it.
    """
    folders = {folder for source in sources for folder in _folders(source)}
    with ExitStack() as stack:
        try:
            scratch = stack.enter_context(held_folder(Path(tempfile.gettempdir())))
        except OSError as error:
            why = f"a folder for temporary files is needed ({reason(error)})"
            raise InputError(f"{why}; name one with the variable TMPDIR") from error
        yield Workbench(stack.enter_context(sql.connect(folders, scratch)), scratch)


def _folders(source: object) -> Iterator[Path]:
    """The folders in which files of a source are read."""
    if not isinstance(source, str | Path):
        return
    path = Path(source)
    if is_folder(path):
        for file in files_of(path):
            yield from sql.folders_of(file)
    else:
        open_file(path).close()  # what is no file is told of before anything is made ready
        yield from sql.folders_of(path)


def files_of(folder: Path) -> list[Path]:
    """Everything in a folder that is neither hidden nor a folder, by name.

    Raises:
        InputError: It cannot be looked into.
    """
    try:
        found = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        return [path for path in found if not path.is_dir()]
    except OSError as error:
        raise InputError(f"cannot be read: {reason(error)}", file=folder) from error


@contextmanager
def refusals_told(label: str, file: Path) -> Iterator[None]:
    """Tells in one line what the database says of a table that it cannot read.

    Args:
        label: What the table is called in messages.
        file: What the database reads.

    Raises:
        InputError: It cannot read it.
    """
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
