"""What goodbooks-10k consists of, and whether files are it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import IO

KAGGLE = "https://www.kaggle.com"
CHUNK = 1 << 18


class NotThisDataSet(Exception):  # noqa: N818 - reads as the sentence it is caught for
    """The files are not those of the data set; the message says why."""


@dataclass(frozen=True)
class TableFile:
    """One file as it was read: its size, lines after the header, SHA-256 and header line."""

    name: str
    bytes: int
    rows: int
    sha256: str
    header: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """A data set of Kaggle, by the name that people type and the handle that it has there.

    `rows` has by file the fewest and the most lines after the header that are believable; other
    files of the archive are left there. `editions` has by edition and file how the header line
    begins. Beyond so many bytes an archive is not it, and a file in it not one of its tables.
    """

    name: str
    handle: str
    rows: Mapping[str, tuple[int, int]]
    editions: Mapping[str, Mapping[str, str]]
    largest_archive: int = 200_000_000
    largest_table: int = 300_000_000

    @property
    def page(self) -> str:
        """Where people find it in a browser."""
        return f"{KAGGLE}/datasets/{self.handle}"

    def edition(self, files: Iterable[TableFile]) -> str:
        """Which edition the files are; NotThisDataSet where one is missing or another's."""
        by_name = {file.name: file for file in files}
        for name, (fewest, most) in self.rows.items():
            if (file := by_name.get(name)) is None:
                raise NotThisDataSet(f"{name} is missing")
            starts = tuple(dict.fromkeys(headers[name] for headers in self.editions.values()))
            if not file.header.startswith(starts):
                wanted = " or ".join(map(repr, starts))
                raise NotThisDataSet(f"{name} must begin with {wanted}, got {file.header[:60]!r}")
            if not fewest <= file.rows <= most:
                raise NotThisDataSet(
                    f"{name} must have {fewest:,} to {most:,} rows, got {file.rows:,}"
                )
        for edition, headers in self.editions.items():
            if all(by_name[name].header.startswith(start) for name, start in headers.items()):
                return edition
        raise NotThisDataSet("its tables are of two editions, whose ids do not fit each other")


def read_table(
    name: str,
    source: IO[bytes],
    target: IO[bytes] | None = None,
    tell: Callable[[int], None] = lambda read: None,
) -> TableFile:
    """Reads a table to its end and copies it where a target is given; `tell` gets chunk sizes."""
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


_BOTH = {
    "tags.csv": "tag_id,tag_name",
    "book_tags.csv": "goodreads_book_id,tag_id,count",
    "to_read.csv": "user_id,book_id",
}
# Kaggle's edition and the author's on GitHub have the same file names, but another meaning of
# books.book_id, so the two must not be mixed; the bounds of rows hold for either.
GOODBOOKS_10K = DataSet(
    name="goodbooks-10k",
    handle="zygmunt/goodbooks-10k",
    rows={
        "ratings.csv": (900_000, 7_000_000),
        "books.csv": (9_000, 11_000),
        "tags.csv": (30_000, 40_000),
        "book_tags.csv": (900_000, 1_100_000),
        "to_read.csv": (800_000, 1_000_000),
    },
    editions={
        "kaggle": {
            "ratings.csv": "book_id,user_id,rating",
            "books.csv": "id,book_id,best_book_id,work_id,",
            **_BOTH,
        },
        "github": {
            "ratings.csv": "user_id,book_id,rating",
            "books.csv": "book_id,goodreads_book_id,best_book_id,work_id,",
            **_BOTH,
        },
    },
)

DATA_SETS: Mapping[str, DataSet] = {GOODBOOKS_10K.name: GOODBOOKS_10K}
