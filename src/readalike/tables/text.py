"""The text of a table: its encoding, line ends, separator and quotes, as duckdb likes it."""

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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, TextIO, cast

import numpy as np

from readalike.errors import InputError
from readalike.files import most_unpacked, open_file, read_file, reason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


@dataclass(frozen=True)
class Record:
    """The cells of a table between two ends of lines outside quotes.

    Attributes:
        cells: Its cells, without their quotes.
        lines: How many lines it takes.
        regular: Whether each quote that opens is closed, before a separator or the end of a line.
    """

    cells: list[str]
    lines: int
    regular: bool


def record_at(lines: Sequence[str], start: int, separator: str) -> Record:
    """The record that begins in a line, divided as the csv module does it; blank, it has no cell.

    Args:
        lines: Physical lines without their ends.
        start: The line.
        separator: What stands between two cells.
    """
    if len(separator) == 1:
        rest = (f"{lines[at]}\n" for at in range(start, len(lines)))
        reader = csv.reader(rest, delimiter=separator, strict=True)
        # it is much faster, and reads what is regular and of usual length
        with contextlib.suppress(csv.Error):
            return Record(next(reader), reader.line_num, True)
    return _divided(lines, start, separator)


def _divided(lines: Sequence[str], start: int, separator: str) -> Record:
    """The same, whatever its quotes and the length of its cells."""
    if not lines[start]:
        return Record([], 1, True)
    cells: list[str] = []
    at, place, regular = start, 0, True
    while True:
        text = ""
        if lines[at].startswith('"', place):
            text, at, place = _quoted(lines, at, place + 1)
            if at == len(lines):
                return Record([*cells, text], at - start, False)
            behind = lines[at][place : place + len(separator)]
            regular = regular and behind in ("", separator)
        end = lines[at].find(separator, place)
        if end < 0:
            return Record([*cells, text + lines[at][place:]], at + 1 - start, regular)
        cells.append(text + lines[at][place:end])
        place = end + len(separator)


def _quoted(lines: Sequence[str], at: int, place: int) -> tuple[str, int, int]:
    """Text up to the closing quote, and the line and place behind it; past all lines without one.

    Args:
        lines: The lines.
        at: Line of the first letter.
        place: Its place in the line.
    """
    parts: list[str] = []
    while at < len(lines):
        end = lines[at].find('"', place)
        if end < 0:
            parts.append(lines[at][place:])
            at, place = at + 1, 0
            parts.append("\n" if at < len(lines) else "")
        elif lines[at].startswith('"', end + 1):
            parts.append(lines[at][place : end + 1])
            place = end + 2
        else:
            parts.append(lines[at][place:end])
            return "".join(parts), at, end + 1
    return "".join(parts), at, place


SEPARATORS = ("::", "\t", ";", ",", "|", " ")
BLOCK = 1 << 22
SAMPLE_LINES = 200

_ESCAPED_QUOTE = re.compile(r'\\"(?!\s*($|[;,\t|]))', re.MULTILINE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_ENTITY = re.compile(rb"&(#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")


@dataclass(frozen=True)
class Bytes:
    """What a look at every byte of a file says.

    Attributes:
        encoding: Name of a Python codec.
        marked: Whether the file begins with a byte order mark.
        damaged: Bytes that the encoding has no character for.
        clean_lines: Whether all lines end in the same way, by LF or CRLF.
        quotes: Whether there is any double quote.
        entities: Whether there is anything like `&amp;`.
    """

    encoding: str
    marked: bool
    damaged: int
    clean_lines: bool
    quotes: bool
    entities: bool


def look(stream: BinaryIO, name: str) -> Bytes:
    """Reads a file once and says how it is encoded.

    UTF-16 is known by its mark or by its zero bytes; else UTF-8 where all of it is, else
    cp1252 (which holds all of Latin-1's letters), unless more characters are valid UTF-8 than
    are not.

    Raises:
        InputError: It is binary.
    """
    head = stream.read(BLOCK)
    encoding = _utf16(head)
    if encoding is not None:
        return Bytes(encoding, head[:2] in (b"\xff\xfe", b"\xfe\xff"), 0, False, True, True)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    valid, lf, cr, crlf, quotes, entities, last = True, 0, 0, 0, False, False, b""
    wide = damaged = line = 0
    block = head
    while block:
        zero = block.find(b"\0")
        if zero >= 0:
            line += 1 + block.count(b"\n", 0, zero)
            raise InputError(
                "must be a text table, got a zero byte; this is a binary or damaged file",
                file=name,
                line=line,
            )
        line += block.count(b"\n")
        lf += block.count(b"\n")
        cr += block.count(b"\r")
        crlf += block.count(b"\r\n") + (last == b"\r" and block.startswith(b"\n"))
        last = block[-1:]
        quotes = quotes or b'"' in block
        entities = entities or (b"&" in block and _ENTITY.search(block) is not None)
        if not block.isascii():
            if valid:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    valid = False
            bad = block.decode("utf-8", "replace").count("\ufffd")
            damaged += bad
            wide += int((np.frombuffer(block, np.uint8) >= 0xC0).sum()) - bad if bad else 0
        elif valid and decoder.getstate()[0]:
            valid = False
        block = stream.read(BLOCK)
    marked = head.startswith(codecs.BOM_UTF8)
    clean = cr == 0 or (cr == crlf == lf)
    if (valid and not decoder.getstate()[0]) or wide > damaged:
        return Bytes("utf-8", marked, 0 if valid else damaged, clean, quotes, entities)
    return Bytes("cp1252", False, 0, clean, quotes, entities)


def _utf16(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:1000]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * len(sample) and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 * len(sample) and odd == 0 else None


def escaped_by_backslash(sample: str) -> bool:
    r"""Whether a quote inside quotes is written \" as Book-Crossing does."""
    return _ESCAPED_QUOTE.search(sample) is not None


def is_quoted(sample: str, separator: str) -> bool:
    """Whether some cell begins with a quote; other quotes are part of the text."""
    if len(separator) > 1:
        return False
    return re.search(rf'(^|{re.escape(separator)}) ?"', sample, re.MULTILINE) is not None


def separator_of(lines: Sequence[str], quotes: bool) -> str | None:
    """The separator that divides most lines into as many cells as the first line.

    Among equals the order of `SEPARATORS` decides; a blank divides only where it divides every
    line alike. None where no separator divides the first line.
    """
    if quotes:
        text = _QUOTED.sub("x", "\n".join(lines).replace('\\"', ""))
        lines = [line for line in text.split("\n") if line.strip()]
    best, best_share = None, 0.0
    for candidate in SEPARATORS:
        counts = [line.strip(" ").count(candidate) for line in lines[:SAMPLE_LINES]]
        if not counts or counts[0] == 0:
            continue
        share = sum(count == counts[0] for count in counts) / len(counts)
        if share > best_share and (candidate != " " or share == 1.0):
            best, best_share = candidate, share
    return best


GZIP = b"\x1f\x8b"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
LONGEST_LINE = 1 << 24
"""Letters of a line; duckdb is told the same of its bytes."""
LONGEST_NAME = 1000
"""Letters of a cell of the first line, which may be data."""
LONG_CELL = f"must be a table, got a cell of over {LONGEST_NAME:,} letters"
SAMPLE = 1 << 16
CODECS = {"utf-8": "utf-8-sig"}
_LEADING_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
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
            line = _LEADING_ENTITY.sub(_decoded, line)
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


WANTED = (
    "must be an export of Goodreads, StoryGraph, LibraryThing, BookWyrm, Hardcover, Calibre, Open "
    "Library, Openreads or Inventaire, or a CSV with columns such as title, author, isbn, rating "
    "and shelf"
)
MOST = 256 << 20
"""Bytes of an export."""
PACKED = {b"PK\x03\x04": "a zip file", b"\x1f\x8b": "a gzip file"}


@dataclass(frozen=True)
class Text:
    """What a file says.

    Attributes:
        path: The file.
        lines: Physical lines without their ends, whichever these are.
        notes: What is unusual about it, in words.
    """

    path: Path
    lines: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def is_json(self) -> bool:
        """Whether it begins as JSON does."""
        first = next((line.lstrip() for line in self.lines if line.strip()), "")
        return first[:1] in ("{", "[")


def read_text(path: Path, wanted: str = WANTED) -> Text:
    """Reads a file: UTF-8 with a mark or without, UTF-16, or cp1252.

    Args:
        path: The file.
        wanted: What it must be, for the error.

    Raises:
        InputError: It is missing, empty, too large, packed or binary.
    """
    content = read_file(path, MOST, wanted)
    for magic, what in PACKED.items():
        if content.startswith(magic):
            raise InputError(f"{wanted}, got {what}; unpack it first", file=path)
    found = look(io.BytesIO(content), str(path))
    text = content.decode(CODECS.get(found.encoding, found.encoding), "replace")
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(f"{wanted}, got an empty file", file=path)
    notes = [] if found.encoding == "utf-8" else [f"read as {found.encoding}"]
    if found.damaged:
        notes.append(f"{found.damaged:,} bytes that are no UTF-8 are shown as \ufffd")
    return Text(path, tuple(text.split("\n")), tuple(notes))
