"""Columns to Parquet and back, through duckdb."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data import sql
from readalike.errors import InputError

Columns = Mapping[str, npt.NDArray[Any] | Sequence[Any]]


def write_parquet(path: Path, columns: Columns, types: Mapping[str, str]) -> None:
    """Writes columns of equal length, in order.

    Args:
        path: The file.
        columns: Values by name; None and NaN become NULL.
        types: SQL type of each column.

    Raises:
        OSError: It cannot be written.
    """
    import duckdb

    table = {name: _array(values) for name, values in columns.items()}
    chosen = ", ".join(f"{sql.name(name)}::{types[name]} AS {sql.name(name)}" for name in columns)
    with sql.connect(sql.folders_of(path)) as connection:
        connection.register("columns_given", table)
        try:
            connection.execute(
                f"COPY (SELECT {chosen} FROM columns_given) TO {sql.text(path.absolute())} "
                "(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
            )
        except duckdb.IOException as error:
            raise OSError(errno.EIO, str(error).splitlines()[0]) from error


def read_parquet(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Reads all columns in the stored order; numbers with NULL come back masked.

    Raises:
        InputError: It is no Parquet file, or a damaged one.
    """
    with opened_parquet(path) as ask:
        return ask("SELECT * FROM stored")


Ask = Callable[[str], dict[str, npt.NDArray[Any]]]
"""Answers a query on the file, which is called `stored`, by the columns of the answer."""


@contextmanager
def opened_parquet(path: Path, types: Mapping[str, str] | None = None) -> Iterator[Ask]:
    """Opens a file to be asked.

    Args:
        path: The file.
        types: The columns that it must have, with their SQL types; any where none are given.

    Raises:
        InputError: It is no Parquet file, a damaged one, or one of other columns; while it is
            open too.
    """
    import duckdb

    with sql.connect(sql.folders_of(path)) as connection:

        def ask(query: str) -> dict[str, npt.NDArray[Any]]:
            found: dict[str, Any] = dict(connection.execute(query).fetchnumpy().items())
            return found

        try:
            connection.execute(f"CREATE TEMP VIEW stored AS FROM {sql.parquet(path)}")
            if types is not None:
                _refuse_others(ask, types, path)
            sql.refuse_bomb(connection, path)
            yield ask
        except duckdb.Error as error:
            why = sql.reason(error, path, str(path))
            raise InputError(f"must be a whole Parquet file, got {why}", file=path) from error


def _refuse_others(ask: Ask, types: Mapping[str, str], path: Path) -> None:
    found = ask("SELECT column_name, column_type FROM (DESCRIBE stored)")
    have = dict(zip(found["column_name"].tolist(), found["column_type"].tolist(), strict=True))
    for name, wanted in types.items():
        if have.get(name) != wanted:
            got = have.get(name, "no such column")
            raise InputError(f"must be {wanted}, got {got[:60]}", file=path, column=name)


def _array(values: npt.NDArray[Any] | Sequence[Any]) -> npt.NDArray[Any]:
    if isinstance(values, np.ndarray):
        return values
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
