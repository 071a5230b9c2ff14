"""The one door for text from outside: its encoding, line ends, separator, quotes, records and JSON.

`read_text` takes a small file into memory and divides it here. `open_text` looks at a table of any
size and leaves it to duckdb, in a plain copy where it is not plain already.
"""

from __future__ import annotations

import codecs
import contextlib
import functools
import gzip
import html
import io
import json
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from readalike.errors import InputError
from readalike.files import most_unpacked, open_file, read_file, reason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SEPARATORS = ("::", "\t", ";", ",", "|", " ")
BROKEN = (
    "a quote in it is not closed or not doubled, so that its cells cannot be told apart; close it, "
    "or double it where it is part of the text"
)
BLOCK = 1 << 22
SAMPLE = 1 << 16
SAMPLE_LINES = 200
LONGEST_LINE = 1 << 24
"""Letters of a line; duckdb is given the same limit in bytes."""
LONGEST_NAME = 1000
"""Letters of a cell of the first line, which may be data."""
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"

_UTF8 = "utf-8-sig"
_LEADING_BYTES = bytes(range(0xC0, 0x100))
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_ESCAPED_QUOTE = re.compile(r'\\"(?!\s*($|[;,\t|]))', re.MULTILINE)
_BACKSLASH = re.compile(r'\\(["\\])')
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_HALF_LETTER = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\[^u])"  # whole, or no letter
    r"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
"""Letters beyond U+FFFF are written in two halves; one alone is none, and nothing can write it."""


# Encoding


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a file are to be read; lines are plain where all end by LF or by CRLF."""

    codec: str
    damaged: int = 0
    plain_lines: bool = False
    ampersands: bool = True

    @property
    def notes(self) -> tuple[str, ...]:
        """What is unusual about it, in words."""
        notes = [] if self.codec == _UTF8 else [f"read as {self.codec}"]
        if self.damaged:
            notes.append(f"{self.damaged:,} bytes that are no UTF-8 are shown as \ufffd")
        return tuple(notes)


def encoding_of(stream: BinaryIO, file: Path) -> Encoding:
    """Reads a file once and says how it is encoded; InputError where it is binary.

    UTF-16 is known by its mark or by its zero bytes; else UTF-8 where all of it is, else cp1252
    (which holds all of Latin-1's letters), unless more characters are valid UTF-8 than are not.
    """
    head = stream.read(BLOCK)
    utf16 = _utf16(head)
    if utf16 is not None:
        return Encoding(utf16)
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    lf = cr = crlf = damaged = leading = 0
    ampersands, last = False, b""
    for block in chain([head], iter(lambda: stream.read(BLOCK), b"")):
        zero = block.find(b"\0")
        if zero >= 0:
            raise InputError(
                "must be a text table, got a zero byte; this is a binary or damaged file",
                file=file,
                line=1 + lf + block.count(b"\n", 0, zero),
            )
        lf += block.count(b"\n")
        cr += block.count(b"\r")
        crlf += block.count(b"\r\n") + (last == b"\r" and block.startswith(b"\n"))
        last = block[-1:]
        ampersands = ampersands or b"&" in block
        if decoder.getstate()[0] or not block.isascii():
            damaged += len(block) - len(decoder.decode(block).encode())
            leading += len(block) - len(block.translate(None, _LEADING_BYTES))
    plain_lines = cr == 0 or cr == crlf == lf
    if damaged and leading <= 2 * damaged:
        return Encoding("cp1252", 0, plain_lines, ampersands)
    return Encoding(_UTF8, damaged, plain_lines, ampersands)


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


# Separator, quotes and records


def separator_of(lines: Sequence[str]) -> str | None:
    """The separator that divides most lines into as many cells as the first line.

    Among equals the order of `SEPARATORS` decides; a blank divides only where it divides every
    line alike. None where no separator divides the first line. No line is blank.
    """
    text = "\n".join(lines)
    if '"' in text:
        text = _QUOTED.sub("x", text.replace('\\"', ""))
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


Row = tuple[int, tuple[str, ...] | None]
"""The physical line that a row begins in, and its cells; None where a broken quote mixes them."""


def rows_of(
    text: str, separator: str, width: int, first: int = 1, *, ragged: bool = False
) -> Iterator[Row]:
    """The rows of a text whose lines end by LF; blank lines are none.

    A cell in quotes may take several lines. Where a quote is broken it would swallow the rows
    behind it. So quotes must close before a separator, and a row of several lines must have `width`
    cells, unless rows may be `ragged`; otherwise its first line is taken alone, and the next is
    looked at as the beginning of a row. `first` is the number of the first line.
    """
    at, line = 0, first
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text) + 1
        behind = end
        if text[at:end].strip():
            cells, behind, regular = _record(text, at, separator)
            if regular and (ragged or behind == end or len(cells) == width):
                yield line, cells
            else:
                behind, alone = end, text[at : end - 1]
                lenient = _record(alone, 0, separator)[0]
                split = tuple(cell.strip('"') for cell in alone.split(separator))
                yield line, next((cells for cells in (lenient, split) if len(cells) == width), None)
        line += text.count("\n", at, behind)
        at = behind


def _record(text: str, at: int, separator: str) -> tuple[tuple[str, ...], int, bool]:
    """A record as the csv module divides it: its cells, the place behind it, and if it is regular.

    It is regular where each quote that opens is closed before a separator or the end of a line.
    """
    cells, regular = [], True
    for found in _cell(separator).finditer(text, at):
        quoted, closing, rest, end = found.groups()
        if quoted is None:
            cells.append(rest)
        else:
            cells.append(quoted.replace('""', '"') + rest)
            regular = regular and bool(closing) and not rest
        if end != separator:
            at = found.end() + (not end)
            break
    return tuple(cells), at, regular


@functools.cache
def _cell(separator: str) -> re.Pattern[str]:
    """A cell: text in quotes, the quote that closes it, what stands behind, and the cell's end."""
    s = re.escape(separator)
    plain = rf"[^{s}\n]*+" if len(separator) == 1 else rf"(?:(?!{s})[^\n])*+"
    return re.compile(rf'(?:"([^"]*+(?:""[^"]*+)*+)("|\Z))?({plain})({s}|\n|\Z)')


# A small file, read whole


@dataclass(frozen=True)
class Text:
    """A file that was read whole: from its first line that is not blank on, lines ending by LF."""

    path: Path
    content: str
    first: int
    notes: tuple[str, ...]

    @property
    def is_json(self) -> bool:
        """Whether it begins as JSON does."""
        return self.content.lstrip()[0] in "{["

    @property
    def head(self) -> str:
        """The first line."""
        return self.content.partition("\n")[0]

    def names(self, separator: str) -> tuple[str, ...]:
        """The cells of the first line without blanks around them, whatever its quotes."""
        return tuple(cell.strip() for cell in _record(self.head, 0, separator)[0])

    def rows(self, separator: str, start: int = 1, *, ragged: bool = False) -> Iterator[Row]:
        """The rows behind the first line, as wide as that; with it where `start` is 0."""
        content = self.content.partition("\n")[2] if start else self.content
        width = len(self.names(separator))
        return rows_of(content, separator, width, self.first + start, ragged=ragged)


def read_text(path: Path, wanted: str) -> Text:
    """Reads a file, neither packed nor binary: UTF-8 with a mark or without, UTF-16, or cp1252."""
    content = read_file(path, wanted=wanted)
    for magic, what in ((ZIP, "a zip file"), (GZIP, "a gzip file")):
        if content.startswith(magic):
            raise InputError(f"{wanted}, got {what}; unpack it first", file=path)
    encoding = encoding_of(io.BytesIO(content), path)
    text = content.decode(encoding.codec, "replace").lstrip("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blank = next((at for at, line in enumerate(lines) if line.strip()), None)
    if blank is None:
        raise InputError(f"{wanted}, got an empty file", file=path)
    return Text(path, "\n".join(lines[blank:]), blank + 1, encoding.notes)


def json_decoder(pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> json.JSONDecoder:
    """Reads JSON and leaves numbers as text; an object is what `pairs` makes of it, or a dict.

    Python does not read whole numbers of more than 4,300 digits, and reads 1e999 as infinity.
    """
    return json.JSONDecoder(
        object_pairs_hook=pairs, parse_int=str, parse_float=str, parse_constant=str
    )


def without_halves(text: str) -> str:
    r"""The same JSON, of the same length, with \ufffd for each half of a letter that is alone."""
    return _HALF_LETTER.sub(lambda found: found[1] or r"\ufffd", text)


# A table of any size, for duckdb


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """A file that was looked at: how it is written, and what is unusual about it.

    `plain` is what duckdb reads: the file itself, or a copy in plain form with the same lines, of
    which the first `blank` are blank. `quoted` is whether cells may stand in double quotes.
    """

    path: Path
    plain: Path
    separator: str
    quoted: bool
    blank: int
    first: tuple[str, ...]
    notes: tuple[str, ...]

    def records(self, content: bytes) -> Iterator[range]:
        """The physical lines of each record of the plain file, divided as duckdb does it."""
        record = "[^\n]*"
        if self.quoted:
            s = re.escape(self.separator)
            cell = rf'(?: *"(?:[^"]|"")*"[^{s}\n]*|[^{s}\n]*)'
            record = f"{cell}(?:{s}{cell})*"
        line = 1
        for found in re.finditer(rf"{record}(?:\n|\Z)".encode(), content):
            behind = line + found[0].count(b"\n")
            if found[0].strip(b"\r\n"):
                yield range(line, max(behind, line + 1))
            line = behind


def open_text(path: Path, scratch: Path, separator: str | None = None) -> TextFile:
    """Looks at how a file is written, plain or gzip, and makes a copy where it is not plain."""
    with _unpacked(path) as stream:
        encoding, packed = encoding_of(stream, path), isinstance(stream.raw, _Unpacked)
    sample, size = [], 0
    for line in _lines(path, encoding.codec):
        sample.append(line)
        size += len(line)
        if size > SAMPLE:
            break
    named = [line for line in sample if line.strip()]
    if not named:
        raise InputError("must hold a table, got an empty file", file=path)
    if named[0].lstrip()[0] in "[{":
        raise InputError("must be a table such as CSV or Parquet, got JSON", file=path, line=1)
    found = separator or separator_of([line.rstrip("\n") for line in named])
    if found is None:
        shown = repr(named[0].rstrip("\n")[:60])
        raise InputError(
            f"must have at least a column of readers and one of books, got one column ({shown}); "
            "name what divides the columns with --separator",
            file=path,
            line=1,
        )
    text = "".join(named)
    quoted = len(found) == 1 and bool(re.search(rf'(?m)(?:^|{re.escape(found)}) ?"', text))
    repairs: list[Callable[[str], str]] = []
    if quoted and _ESCAPED_QUOTE.search(text):  # as Book-Crossing does
        repairs.append(_with_doubled_quotes)
    if encoding.ampersands and not quoted and found == ";":
        repairs.append(_without_entities)
    if found == " ":
        repairs.append(_with_single_blanks)
    plain = path
    if packed or repairs or encoding.codec != _UTF8 or encoding.damaged or not encoding.plain_lines:
        plain = _copied(path, scratch, encoding.codec, repairs)
    head = "".join(_repaired(named, repairs))
    cells = _record(head, 0, found)[0] if quoted else head.partition("\n")[0].split(found)
    if any(len(cell) > LONGEST_NAME for cell in cells):
        why = f"must be a table, got a cell of over {LONGEST_NAME:,} letters"
        raise InputError(why, file=path, line=1)
    return TextFile(
        path=path,
        plain=plain,
        separator=found,
        quoted=quoted,
        blank=sample.index(named[0]),
        first=tuple(cell.strip() for cell in cells),
        notes=encoding.notes,
    )


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, as far as that may be."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path = gzip.GzipFile(fileobj=file), path
        self._size = os.fstat(file.fileno()).st_size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        count, most = self._file.readinto(buffer), most_unpacked(self._size)
        if self._file.tell() > most:
            raise InputError(
                f"must unpack to at most {most:,} bytes, as it has {self._size:,}, and holds more; "
                "unpack it first if that is right",
                file=self._path,
            )
        return count


@contextlib.contextmanager
def _unpacked(path: Path) -> Iterator[io.BufferedReader]:
    with open_file(path) as file:
        packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        try:
            yield io.BufferedReader(_Unpacked(file, path)) if packed else file
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(
                f"must be a whole gzip file, and is damaged or cut off ({error}); copy it again",
                file=path,
            ) from error
        except OSError as error:
            raise InputError(f"cannot be read: {reason(error)}", file=path) from error


def _lines(path: Path, codec: str) -> Iterator[str]:
    """Line by line, each with LF, none of them endless."""
    with _unpacked(path) as stream, io.TextIOWrapper(stream, codec, "replace") as text:
        number = 0
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith("\n"):
                why = f"must be a table, got a line of over {LONGEST_LINE:,} letters"
                raise InputError(why, file=path, line=number)
            yield line


def _copied(path: Path, scratch: Path, codec: str, repairs: Sequence[Callable[[str], str]]) -> Path:
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=scratch, suffix=".txt", encoding="utf-8", newline="\n", delete=False
        ) as copy:
            copy.writelines(_repaired(_lines(path, codec), repairs))
    except OSError as error:
        raise InputError(
            f"is read from a plain copy, which cannot be made in {scratch.parent} "
            f"({reason(error)}); name another folder with the variable TMPDIR",
            file=path,
        ) from error
    return Path(copy.name)


def _repaired(lines: Iterable[str], repairs: Iterable[Callable[[str], str]]) -> Iterable[str]:
    for repair in repairs:
        lines = map(repair, lines)
    return lines


def _with_doubled_quotes(line: str) -> str:
    return _BACKSLASH.sub(lambda found: '""' if found[1] == '"' else "\\", line)


def _without_entities(line: str) -> str:
    return _ENTITY.sub(_decoded, line)


def _decoded(entity: re.Match[str]) -> str:
    text = html.unescape(entity[0])
    return entity[0] if text in ";\r\n" else text


def _with_single_blanks(line: str) -> str:
    return " ".join(line.split()) + "\n"
