"""A text table as duckdb likes it: UTF-8, one kind of line end, quotes doubled."""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import html
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from readalike.data.dialect import (
    Bytes,
    escaped_by_backslash,
    is_quoted,
    look,
    separator_of,
)
from readalike.errors import InputError

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
        InputError: The file cannot be read, is binary, empty, or has one column only.
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
    first = _first_record(plain, found, quoted)
    if any(len(cell) > 1000 for cell in first):
        raise InputError("must be a table, got a cell of over 1,000 letters", file=path, line=1)
    blank = next(at for at, line in enumerate(sample.split("\n")) if line.strip())
    return TextFile(path, plain, found, quoted, blank, first, _notes(bytes_))


def _notes(bytes_: Bytes) -> tuple[str, ...]:
    notes = [] if bytes_.encoding == "utf-8" else [f"read as {bytes_.encoding}"]
    if bytes_.damaged:
        notes.append(f"{bytes_.damaged} bytes that are no UTF-8 are shown as \ufffd")
    return tuple(notes)


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
        stream = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if _is_gzip(path) else file
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", file=path) from error
    with file, stream:
        try:
            yield stream
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(
                f"must be a whole gzip file, and is damaged or cut off ({error}); copy it again",
                file=path,
            ) from error


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
    plain = scratch / f"{len(list(scratch.iterdir()))}.txt"
    with (
        _opened(path) as stream,
        io.TextIOWrapper(cast("IO[bytes]", stream), encoding, "replace", newline=None) as text,
        plain.open("w", encoding="utf-8", newline="\n") as copy,
    ):
        copy.writelines(map(repair, text))
    return plain


def _first_record(plain: Path, separator: str, quoted: bool) -> tuple[str, ...]:
    with plain.open(encoding="utf-8-sig", errors="replace", newline="") as text:
        lines: Iterator[str] = (line for line in text if line.strip())
        if quoted:
            cells = next(csv.reader(lines, delimiter=separator), [])
        else:
            cells = next(lines, "").rstrip("\r\n").split(separator)
    return tuple(cell.strip() for cell in cells)
