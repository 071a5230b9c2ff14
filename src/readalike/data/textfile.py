"""A text table as duckdb likes it: UTF-8, one kind of line end, quotes doubled."""

from __future__ import annotations

import codecs
import contextlib
import csv
import errno
import gzip
import html
import io
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, TextIO, cast

from readalike.data.dialect import (
    Bytes,
    escaped_by_backslash,
    is_quoted,
    look,
    separator_of,
)
from readalike.errors import InputError
from readalike.files import most_unpacked, open_file, reason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP = b"\x1f\x8b"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
LONGEST_LINE = 1 << 24
"""Letters of a line; duckdb is told the same of its bytes."""
LONGEST_NAME = 1000
"""Letters of a cell of the first line, which may be data."""
LONG_CELL = f"must be a table, got a cell of over {LONGEST_NAME:,} letters"
SAMPLE = 1 << 16
CODECS = {"utf-8": "utf-8-sig"}
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_BACKSLASH = re.compile(r'\\(["\\])')


@dataclass(frozen=True)
class TextFile:
    """A file that was looked at.

    Attributes:
        path: What the user named.
        plain: What duckdb reads: the file itself, or a copy in plain form with the same lines.
        separator: What stands between two cells.
        quoted: Whether cells may stand in double quotes.
        blank: Number of blank lines at the beginning.
        first: Cells of the first line.
        notes: What is unusual about it, in words.
    """

    path: Path
    plain: Path
    separator: str
    quoted: bool
    blank: int
    first: tuple[str, ...]
    notes: tuple[str, ...]


def open_text(path: Path, scratch: Path, separator: str | None = None) -> TextFile:
    """Finds out how a file is written and makes a plain copy where it is not plain.

    Args:
        path: A file, plain or gzip.
        scratch: Folder for copies.
        separator: What stands between two cells, where it is not to be found out.

    Raises:
        InputError: The file cannot be read, is binary, empty, packed too tightly, or has one column
            only.
    """
    with _opened(path) as stream:
        bytes_ = look(stream, str(path))
    encoding = CODECS.get(bytes_.encoding, bytes_.encoding)
    with _opened(path) as stream:
        sample = _sample(stream, encoding)
    lines = [line for line in sample.split("\n") if line.strip()]
    if not lines:
        raise InputError("must hold a table, got an empty file", file=path)
    if sample.lstrip()[0] in "[{":
        raise InputError("must be a table such as CSV or Parquet, got JSON", file=path, line=1)
    found = separator or separator_of(lines, bytes_.quotes)
    if found is None:
        raise InputError(
            "must have at least a column of readers and one of books, got one column "
            f"({lines[0][:60]!r}); name what divides the columns with --separator",
            file=path,
            line=1,
        )
    quoted = bytes_.quotes and is_quoted(sample, found)
    backslash = quoted and escaped_by_backslash(sample)
    entities = bytes_.entities and not quoted and found == ";"
    odd = bytes_.encoding != "utf-8" or bytes_.damaged or not bytes_.clean_lines
    plain = path
    if odd or backslash or entities or found == " " or _is_gzip(path):
        plain = _copied(path, scratch, encoding, _Repair(backslash, entities, found == " "))
    first = _first_record(plain, path, found, quoted)
    blank = next(at for at, line in enumerate(sample.split("\n")) if line.strip())
    return TextFile(path, plain, found, quoted, blank, first, _notes(bytes_))


def _notes(bytes_: Bytes) -> tuple[str, ...]:
    notes = [] if bytes_.encoding == "utf-8" else [f"read as {bytes_.encoding}"]
    if bytes_.damaged:
        notes.append(f"{bytes_.damaged} bytes that are no UTF-8 are shown as \ufffd")
    return tuple(notes)


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, as far as that may be."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path, self._done = gzip.GzipFile(fileobj=file), path, 0
        self._size = os.fstat(file.fileno()).st_size
        self._most = most_unpacked(self._size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        count = self._file.readinto(buffer)
        self._done += count
        if self._done > self._most:
            raise InputError(
                f"must unpack to at most {self._most:,} bytes, as it has {self._size:,}, and holds "
                "more; unpack it first if that is right",
                file=self._path,
            )
        return count


def _is_gzip(path: Path) -> bool:
    with open_file(path) as stream:
        return stream.read(len(GZIP)) == GZIP


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with open_file(path) as file:
        packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        try:
            yield cast("BinaryIO", io.BufferedReader(_Unpacked(file, path))) if packed else file
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(
                f"must be a whole gzip file, and is damaged or cut off ({error}); copy it again",
                file=path,
            ) from error
        except OSError as error:
            if error.errno in NO_ROOM:  # of a copy, and not of what is read
                raise
            raise InputError(f"cannot be read: {reason(error)}", file=path) from error


def _sample(stream: BinaryIO, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    text = decoder.decode(stream.read(SAMPLE))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    more = stream.read(1)
    # the last line of a sample may be cut in two
    return text.rpartition("\n")[0] if more and "\n" in text else text


@dataclass(frozen=True)
class _Repair:
    backslash: bool
    entities: bool
    blanks: bool

    def __call__(self, line: str) -> str:
        if self.backslash:
            line = _BACKSLASH.sub(lambda m: '""' if m[1] == '"' else "\\", line)
        if self.entities:
            line = _ENTITY.sub(_decoded, line)
        return " ".join(line.split()) + "\n" if self.blanks else line


def _decoded(entity: re.Match[str]) -> str:
    text = html.unescape(entity[0])
    return entity[0] if text in ";\r\n" else text


def _copied(path: Path, scratch: Path, encoding: str, repair: _Repair) -> Path:
    try:
        with (
            _opened(path) as stream,
            io.TextIOWrapper(cast("IO[bytes]", stream), encoding, "replace", newline=None) as text,
            tempfile.NamedTemporaryFile(
                "w", dir=scratch, suffix=".txt", encoding="utf-8", newline="\n", delete=False
            ) as copy,
        ):
            copy.writelines(map(repair, _lines(text, path)))
    except OSError as error:
        raise InputError(
            f"is read from a plain copy, which cannot be made in {scratch.parent} "
            f"({reason(error)}); name another folder with the variable TMPDIR",
            file=path,
        ) from error
    return Path(copy.name)


def _lines(text: TextIO, path: Path) -> Iterator[str]:
    """Line by line, none of them endless."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            why = f"must be a table, got a line of over {LONGEST_LINE:,} letters"
            raise InputError(why, file=path, line=number)
        yield line


def _first_record(plain: Path, path: Path, separator: str, quoted: bool) -> tuple[str, ...]:
    with io.TextIOWrapper(open_file(plain), "utf-8-sig", "replace", newline="") as text:
        lines = (line for line in _lines(text, path) if line.strip())
        try:
            if quoted:
                cells = next(csv.reader(lines, delimiter=separator), [])
            else:
                cells = next(lines, "").rstrip("\r\n").split(separator)
        except csv.Error as error:  # a cell of more letters than the csv module takes
            raise InputError(LONG_CELL, file=path, line=1) from error
    if any(len(cell) > LONGEST_NAME for cell in cells):
        raise InputError(LONG_CELL, file=path, line=1)
    return tuple(cell.strip() for cell in cells)
