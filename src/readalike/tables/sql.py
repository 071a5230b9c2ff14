"""The database that reads and writes tables: nothing is open to it but the folders it is given."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from readalike.errors import InputError
from readalike.files import most_unpacked

if TYPE_CHECKING:
    import duckdb


CLOSED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
}
_PATTERN = "*?["


def connect(folders: Iterable[Path], scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory that reads and writes files in some folders and nowhere else.

    No extension is installed or loaded, no address is opened, and no setting can be changed.
    Without a scratch folder nothing is written that does not fit into memory.
    """
    import duckdb

    kept = [_said(folder) for folder in (*folders, *([scratch] if scratch else []))]
    # what is looked at is the pattern first, and then the file that answers to it
    allowed = {form for each in kept for form in (f"{each}/", f"{_literal(each)}/")}
    connection = duckdb.connect(config=dict(CLOSED))
    settings = (
        f"temp_directory = {text(scratch.absolute() if scratch else '')}",
        "enable_progress_bar = false",
        f"allowed_directories = [{', '.join(map(text, sorted(allowed)))}]",
        "enable_external_access = false",
        "lock_configuration = true",
    )
    connection.execute(";".join(f"SET {setting}" for setting in settings))
    return connection


def folders_of(path: Path) -> set[Path]:
    """The folders of a file: where its name is, and where the file is that a link leads to."""
    real = Path(os.path.realpath(path))  # Path.resolve fails where links lead in a circle
    return {path.absolute().parent, real.parent}


def text(value: object) -> str:
    """A value as text in SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def name(column: str) -> str:
    """The name of a column in SQL."""
    return '"' + column.replace('"', '""') + '"'


def source(path: Path) -> str:
    """The name of one file to be read, in SQL: what looks like a pattern is part of the name."""
    where = _said(path)
    if "\\" in where and _literal(where) != where and path.anchor == "/":
        raise InputError(
            "cannot be read: a path with a backslash and one of * ? [ cannot be said in SQL; "
            "rename it",
            file=path,
        )
    return text(_literal(where))


def parquet(path: Path) -> str:
    """A Parquet file as a table in SQL; names of folders are no columns."""
    return f"read_parquet({source(path)}, hive_partitioning = false)"


def refuse_bomb(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Refuses a Parquet file that says it unpacks to too much; gives how many bytes it may be."""
    packed = path.stat().st_size
    most = most_unpacked(packed)
    # a column of one value has no size; a cell counts as a byte at least
    ((unpacked,),) = connection.execute(
        "SELECT coalesce(sum(greatest(total_uncompressed_size, row_group_num_rows, num_values)), 0)"
        f" FROM parquet_metadata({source(path)})"
    ).fetchall()
    if unpacked > most:
        raise InputError(
            f"must unpack to at most {most:,} bytes, as it has {packed:,}, and says that it "
            f"unpacks to {unpacked:,}",
            file=path,
        )
    return most


def reason(error: Exception, path: Path, shown: object) -> str:
    """What the database says of a file, in one line, with `shown` in place of its path."""
    name = str(shown).replace("\n", " ")
    return str(error).replace(_literal(str(path.absolute())), name).partition("\n")[0]


def _said(path: Path) -> str:
    """The whole path; SQL is UTF-8, and a path may be any bytes."""
    where = str(path.absolute())
    try:
        where.encode()
    except UnicodeEncodeError as error:
        why = "cannot be read: a path that is not UTF-8 cannot be said in SQL; rename it"
        raise InputError(why, file=path) from error
    return where


def _literal(path: str) -> str:
    """A path as a pattern that nothing else answers to."""
    return "".join(f"[{sign}]" if sign in _PATTERN else sign for sign in path)
