"""Reading a table for what it is: its header, how long it is, its checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from readalike.data.download.datasets import DataSet, Table

CHUNK = 1 << 18
SHOWN = 60


class NotThisDataSet(Exception):  # noqa: N818 - reads as the sentence it is caught for
    """The files are not those of the data set; the message says why."""


@dataclass(frozen=True)
class TableFile:
    """One file as it was read.

    Attributes:
        name: File name.
        bytes: Its size.
        rows: Lines after the header.
        sha256: Checksum of its content, in hexadecimal.
        header: Its first line.
    """

    name: str
    bytes: int
    rows: int
    sha256: str
    header: str = field(repr=False)


def read_table(
    name: str,
    source: IO[bytes],
    target: IO[bytes] | None = None,
    tell: Callable[[int], None] = lambda read: None,
) -> TableFile:
    """Reads a table through to its end, on the way copying it where a target is given.

    Args:
        name: The file's name.
        source: Where to read.
        target: Where to write what was read.
        tell: Told how many bytes each chunk had.
    """
    digest = hashlib.sha256()
    size = lines = 0
    header, last = b"", b"\n"
    while chunk := source.read(CHUNK):
        if not size:
            header = chunk.split(b"\n", 1)[0]
        digest.update(chunk)
        size += len(chunk)
        lines += chunk.count(b"\n")
        last = chunk[-1:]
        if target is not None:
            target.write(chunk)
        tell(len(chunk))
    lines += last != b"\n"
    text = header.decode("utf-8-sig", "replace").rstrip("\r").replace('"', "")
    return TableFile(name, size, max(lines - 1, 0), digest.hexdigest(), text)


def layout_of(data_set: DataSet, files: Iterable[TableFile]) -> str:
    """Which edition of the data set the files are.

    Raises:
        NotThisDataSet: A file is missing, begins otherwise, or is too short or long; or the
            files are of two editions.
    """
    by_name = {file.name: file for file in files}
    layouts: set[str] | None = None
    for table in data_set.tables:
        file = by_name.get(table.name)
        if file is None:
            raise NotThisDataSet(f"{table.name} is missing")
        fitting = {
            layout for layout, header in table.headers.items() if file.header.startswith(header)
        }
        if not fitting:
            wanted = " or ".join(repr(header) for header in dict.fromkeys(table.headers.values()))
            raise NotThisDataSet(
                f"{table.name} must begin with {wanted}, got {file.header[:SHOWN]!r}"
            )
        _check_rows(table, file)
        layouts = fitting if layouts is None else layouts & fitting
    if not layouts:
        raise NotThisDataSet("its tables are of two editions, whose ids do not fit each other")
    return min(layouts)


def _check_rows(table: Table, file: TableFile) -> None:
    fewest, most = table.rows
    if not fewest <= file.rows <= most:
        raise NotThisDataSet(
            f"{table.name} must have {fewest:,} to {most:,} rows, got {file.rows:,}"
        )


def read_folder(data_set: DataSet, folder: Path) -> tuple[TableFile, ...]:
    """Reads those of a data set's tables that lie in a folder."""
    files = []
    for name in data_set.names:
        if (folder / name).is_file():
            with (folder / name).open("rb") as stream:
                files.append(read_table(name, stream))
    return tuple(files)
