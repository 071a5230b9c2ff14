"""Columns to Parquet and back, through duckdb."""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

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
    table = {name: _array(values) for name, values in columns.items()}
    chosen = ", ".join(f'"{name}"::{types[name]} AS "{name}"' for name in columns)
    with duckdb.connect() as connection:
        connection.register("columns_given", table)
        try:
            connection.execute(
                f"COPY (SELECT {chosen} FROM columns_given) TO '{quoted(path)}' "
                "(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
            )
        except duckdb.IOException as error:
            raise OSError(errno.EIO, str(error).splitlines()[0]) from error


def read_parquet(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Reads all columns in the stored order; numbers with NULL come back masked."""
    with duckdb.connect() as connection:
        connection.execute(f"SELECT * FROM read_parquet('{quoted(path)}')")
        columns: dict[str, Any] = dict(connection.fetchnumpy().items())
        return columns


def _array(values: npt.NDArray[Any] | Sequence[Any]) -> npt.NDArray[Any]:
    if isinstance(values, np.ndarray):
        return values
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def quoted(path: Path) -> str:
    """A path as the inside of an SQL text."""
    return str(path).replace("'", "''")
