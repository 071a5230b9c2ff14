"""The one door for text from outside: its encoding, line ends, separator, quotes and records.

`read_text` takes a small file into memory and divides it here. `open_text` looks at a table of any
size and leaves it to duckdb, in a plain copy where it is not plain already.
"""

from __future__ import annotations

import codecs
import contextlib
import functools
import html
import io
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from readalike.errors import InputError
from readalike.files import open_file, read_file, reason
from readalike.tables.code_pages import ENOUGH, code_page_of, known_codec, mended
from readalike.tables.containers import (
    GZIP,
    ZIP,
    Gunzipped,
    gzip_damages,
    is_table_of_json,
    refuse_others,
    rows_of_json,
    table_of_zip,
    unpacked,
)

if TYPE_CHECKING:
    pass

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
_UTF8 = "utf-8-sig"
_LEADING_BYTES = bytes(range(0xC0, 0x100))
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_ESCAPED_QUOTE = re.compile(r'\\"(?!\s*($|[;,\t|]))', re.MULTILINE)
_BACKSLASH = re.compile(r'\\(["\\])')
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")
_MAYBE_TWICE = re.compile(
    rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|\xe2\x80[\x90-\xbf]|\xe2\x82\xac|\xe2\x84\xa2|"
    rb"\xc5[\x92-\xbe]|\xc6\x92|\xcb[\x86\x9c])"
)
"""Bytes of UTF-8 that was read as cp1252 and written as UTF-8 again."""
_SAYS_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
"""A first line that a spreadsheet writes for another."""
_HALF_LETTER = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\[^u])"  # whole, or no letter
    r"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
"""Letters beyond U+FFFF are written in two halves; one alone is none, and nothing can write it."""


# Encoding


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a file are to be read; lines are plain where all end by LF or by CRLF.

    `note` says how the encoding is known, where it is not UTF-8, and `named` whether a person said
    it; `twice` is whether letters may have been encoded twice, and `quotes` whether there are
    double quotes at all.
    """

    codec: str
    damaged: int = 0
    plain_lines: bool = False
    ampersands: bool = True
    note: str = ""
    twice: bool = False
    quotes: bool = True
    named: bool = False

    @property
    def errors(self) -> str:
        """What becomes of bytes that are none: an error only where a person named the encoding."""
        return "strict" if self.named else "replace"

    @property
    def notes(self) -> tuple[str, ...]:
        """What is unusual about it, in words."""
        notes = [self.note] if self.note else []
        if self.damaged:
            notes.append(f"{self.damaged:,} bytes that are no UTF-8 are shown as \ufffd")
        return tuple(notes)


def encoding_of(stream: BinaryIO, file: Path, named: str | None = None) -> Encoding:
    """Reads a file once and says how it is encoded.

    UTF-16 is known by its mark or by its zero bytes; else it is UTF-8 where all of it is, unless
    fewer characters are valid UTF-8 than are not: then the code page whose words are words.

    Args:
        stream: What is in the file.
        file: The file, for errors.
        named: The encoding that a person says it has.

    Raises:
        InputError: The file is binary.
        SettingError: The named encoding is none.
    """
    if named is not None:
        named = known_codec(named)
    head = stream.read(BLOCK)
    utf16 = _utf16(head)
    if named is not None and (utf16 or codecs.lookup(named).name.startswith(("utf-16", "utf-32"))):
        return Encoding(named, note=f"read as {named}, as was said", named=True)
    if utf16 is not None:
        return Encoding(utf16, note=f"read as {utf16}")
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    lf = cr = crlf = damaged = leading = 0
    ampersands, last, quotes, twice = False, b"", False, False
    looked_at = bytearray()
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
        quotes = quotes or b'"' in block
        if decoder.getstate()[0] or not block.isascii():
            damaged += len(block) - len(decoder.decode(block).encode())
            leading += len(block) - len(block.translate(None, _LEADING_BYTES))
            twice = twice or _MAYBE_TWICE.search(block) is not None
            if len(looked_at) < ENOUGH:
                telling = (line for line in block.splitlines(True) if not line.isascii())
                looked_at += b"".join(telling)[:ENOUGH]
    plain_lines = cr == 0 or cr == crlf == lf
    if named is not None:
        note = f"read as {named}, as was said"
        return Encoding(named, 0, plain_lines, ampersands, note, quotes=quotes, named=True)
    if damaged and leading <= 2 * damaged:
        whole = bytes(looked_at)
        if len(whole) >= ENOUGH:  # a letter of several bytes may have been cut
            whole = whole[: whole.rfind(b"\n") + 1] or whole
        found = code_page_of(whole)
        return Encoding(found.codec, 0, plain_lines, ampersands, found.note, quotes=quotes)
    return Encoding(_UTF8, damaged, plain_lines, ampersands, "", twice, quotes)


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
    """A file that was read whole: from its first line that is not blank on, lines ending by LF.

    `twice` is whether letters may have been encoded twice.
    """

    path: Path
    content: str
    first: int
    notes: tuple[str, ...]
    twice: bool = False

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
        head = _divisible(self.head, separator)
        return tuple(cell.strip() for cell in _record(head, 0, separator)[0])

    def rows(self, separator: str, start: int = 1, *, ragged: bool = False) -> Iterator[Row]:
        """The rows behind the first line, as wide as that; with it where `start` is 0."""
        content = self.content.partition("\n")[2] if start else self.content
        content = _divisible(content, separator)
        width = len(self.names(separator))
        return rows_of(content, separator, width, self.first + start, ragged=ragged)


def read_text(path: Path, wanted: str, encoding: str | None = None) -> Text:
    """Reads a file whole: text in any usual encoding, a workbook, plain or packed.

    Args:
        path: The file.
        wanted: What it must be, for errors.
        encoding: The one that a person says it has; found where none is given.

    Raises:
        InputError: It is empty, binary, damaged, or no text in the encoding that was named.
        SettingError: There is no such encoding.
    """
    found = unpacked(read_file(path, wanted=wanted), path, wanted)
    known = encoding_of(io.BytesIO(found.content), path, encoding)
    try:
        text = found.content.decode(known.codec, known.errors).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        line = 1 + found.content.count(b"\n", 0, error.start)
        raise _no_such_text(path, known.codec, error, line) from error
    notes = [*found.notes, *known.notes]
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    blank = next((at for at, line in enumerate(lines) if line.strip()), None)
    if blank is None:
        raise InputError(f"{wanted}, got an empty file", file=path)
    if _SAYS_SEPARATOR.fullmatch(lines[blank]) and any(map(str.strip, lines[blank + 1 :])):
        blank = next(at for at, line in enumerate(lines) if at > blank and line.strip())
    lines = lines[blank:]
    if _are_quoted_whole([line for line in lines if line.strip()][:SAMPLE_LINES]):
        lines = list(map(_opened, lines))
        notes.append(QUOTED_WHOLE)
    return Text(path, "\n".join(lines), blank + 1, tuple(notes), known.twice)


def with_whole_letters(text: Text) -> Text:
    """The text with letters that were encoded twice as they were."""
    if not text.twice:
        return text
    content, count = mended(text.content)
    return replace(text, content=content, notes=(*text.notes, *_said_of_mended(count)))


def table_of_json(text: Text) -> Text | None:
    """The rows of a text of JSON as CSV; None where it holds no rows, but something else."""
    if not is_table_of_json(text.content):
        return None
    lines = rows_of_json(without_halves(text.content).splitlines(keepends=True))
    try:
        content = "".join(lines).rstrip("\n")
    except InputError as error:
        raise InputError(error.why, file=text.path, line=error.line) from error
    return Text(text.path, content, text.first - 1, text.notes)


def _no_such_text(
    path: Path, codec: str, error: UnicodeDecodeError, line: int, where: str = ""
) -> InputError:
    return InputError(
        f"must be text in {codec}, as --encoding says, got bytes that are none "
        f"({error.object[error.start : error.start + 4]!r}){where}; leave --encoding away to have "
        "it found",
        file=path,
        line=line,
    )


def _said_of_mended(count: int) -> list[str]:
    if not count:
        return []
    return [f"{count:,} letters that were encoded twice, as in JosÃ© for José, were mended"]


QUOTED_WHOLE = "each line was one cell in quotes; it is read again inside of them"


def _are_quoted_whole(lines: Sequence[str]) -> bool:
    """Whether a spreadsheet put each whole line in quotes, as one cell; the first must be so."""
    if not lines or not _WHOLE.fullmatch(lines[0]):
        return False
    if not any(sign in _opened(lines[0]) for sign in SEPARATORS[1:-1]):
        return False
    # a line without a separator and without quotes needs none around it
    return sum(_WHOLE.fullmatch(line) is not None for line in lines) >= 0.8 * len(lines)


_WHOLE = re.compile(r'"(?:[^"]|"")*"[;,\t]*\s*')


def _opened(line: str) -> str:
    end = "\n" if line.endswith("\n") else ""
    if not _WHOLE.fullmatch(line):
        return line
    return line.strip().rstrip(";,\t")[1:-1].replace('""', '"') + end


def _divisible(text: str, separator: str) -> str:
    """Text whose entities hold no separator: `&amp;` would divide a line at `;`."""
    if separator != ";" or "&" not in text:
        return text
    quote = '""' if '"' in text else '"'
    return _ENTITY.sub(lambda found: _decoded(found).replace('"', quote), text)


def without_halves(text: str) -> str:
    r"""The same JSON, of the same length, with \ufffd for each half of a letter that is alone."""
    return _HALF_LETTER.sub(lambda found: found[1] or r"\ufffd", text)


# A table of any size, for duckdb


@dataclass(frozen=True, kw_only=True)
class TextFile:
    """A file that was looked at: how it is written, and what is unusual about it.

    `plain` is what duckdb reads: the file itself, or a copy in plain form with the same lines, of
    which the first `blank` are no rows; line k of it is line k - `before` of the file. `quoted` is
    whether cells may stand in double quotes.
    """

    path: Path
    plain: Path
    separator: str
    quoted: bool
    blank: int
    first: tuple[str, ...]
    notes: tuple[str, ...]
    before: int = 0

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


def open_text(
    path: Path, scratch: Path, separator: str | None = None, encoding: str | None = None
) -> TextFile:
    """Looks at how a file is written, plain or packed, and makes a copy where it is not plain.

    Args:
        path: The file.
        scratch: A folder for copies.
        separator: What divides the columns, where a person says it.
        encoding: What the text is written in, where a person says it.

    Raises:
        InputError: It is no table.
        SettingError: There is no such encoding.
    """
    wanted = "must be a table such as CSV or Parquet"
    plain, notes = path, tuple[str, ...]()
    with open_file(path) as file:
        head = file.read(LONGEST_MAGIC)
        refuse_others(head, path, wanted)
        if head.startswith(ZIP):
            inner = table_of_zip(file, os.fstat(file.fileno()).st_size, path, wanted)
            plain, notes = _written(scratch, path, inner.content), inner.notes
    try:
        found = _looked_at(plain, scratch, separator, encoding, notes)
    except InputError as error:  # those of a copy are those of the file that it was made of
        raise InputError(error.why, file=path, line=error.line, column=error.column) from error
    return replace(found, path=path)


LONGEST_MAGIC = 16
"""Bytes at the beginning that tell what a file is."""


def _written(scratch: Path, path: Path, content: bytes) -> Path:
    try:
        with tempfile.NamedTemporaryFile("wb", dir=scratch, suffix=".txt", delete=False) as copy:
            copy.write(content)
    except OSError as error:
        raise _no_copy(path, scratch, error) from error
    return Path(copy.name)


def _looked_at(
    path: Path,
    scratch: Path,
    separator: str | None,
    codec: str | None,
    head: tuple[str, ...],
) -> TextFile:
    with _unpacked(path) as stream:
        encoding, packed = encoding_of(stream, path, codec), isinstance(stream.raw, Gunzipped)
    sample, size = [], 0
    for line in _lines(path, encoding):
        sample.append(line)
        size += len(line)
        if size > SAMPLE:
            break
    blank = next((at for at, line in enumerate(sample) if line.strip()), len(sample))
    named = [line for line in sample if line.strip()]
    if not named:
        raise InputError("must hold a table, got an empty file", file=path)
    if named[0].lstrip()[0] in "[{":
        if not is_table_of_json("".join(named)):
            why = "must be a table such as CSV, Parquet or JSON lines, got JSON of something else"
            raise InputError(why, file=path, line=1)
        return _of_json(path, scratch, encoding, head)
    says = _SAYS_SEPARATOR.fullmatch(named[0].strip("\n"))
    if says and len(named) > 1:
        separator = separator or says[1]
        named = named[1:]
        blank = next(at for at, line in enumerate(sample) if at > blank and line.strip())
    opened = []
    if _are_quoted_whole([line.strip("\n") for line in named][:SAMPLE_LINES]):
        opened, head = [_opened], (*head, QUOTED_WHOLE)
        named = list(map(_opened, named))
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
    if not quoted and len(found) == 1 and encoding.quotes and size > SAMPLE:
        quoted = _quoted_later(_lines(path, encoding), found)
    mending = _Mending()
    repairs: list[Callable[[str], str]] = [mending] if encoding.twice else []
    if quoted and _ESCAPED_QUOTE.search(text):  # as Book-Crossing does
        repairs.append(_with_doubled_quotes)
    if encoding.ampersands and not quoted and found == ";":
        repairs.append(_without_entities)
    if found == " ":
        repairs.append(_with_single_blanks)
    plain = path
    as_it_is = encoding.codec == _UTF8 and not encoding.damaged and encoding.plain_lines
    if packed or opened or repairs or not as_it_is:
        plain = _copied(path, scratch, encoding, [*opened, *repairs])
    count = mending.count
    first = "".join(_repaired(named, repairs))
    cells = _record(first, 0, found)[0] if quoted else first.partition("\n")[0].split(found)
    if any(len(cell) > LONGEST_NAME for cell in cells):
        why = f"must be a table, got a cell of over {LONGEST_NAME:,} letters"
        raise InputError(why, file=path, line=1)
    return TextFile(
        path=path,
        plain=plain,
        separator=found,
        quoted=quoted,
        blank=blank,
        first=tuple(cell.strip() for cell in cells),
        notes=(*head, *encoding.notes, *_said_of_mended(count)),
    )


class _Mending:
    """Mends lines whose letters were encoded twice, and counts these letters."""

    count = 0

    def __call__(self, line: str) -> str:
        found, count = mended(line)
        self.count += count
        return found


def _quoted_later(lines: Iterable[str], separator: str) -> bool:
    """Whether cells stand in quotes somewhere in a long file: all of its quotes close in a line."""
    s = re.escape(separator)
    cell = re.compile(rf'(?:^|{s}) ?"(?:[^"]|"")*"(?=\s*(?:{s}|$))')
    found = False
    for line in lines:
        if '"' in line:
            if line.count('"') % 2:
                return False
            found = found or cell.search(line) is not None
    return found


def _of_json(path: Path, scratch: Path, encoding: Encoding, head: tuple[str, ...]) -> TextFile:
    """Rows of JSON as a copy in CSV; line k of it is line k - 1 of the JSON."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=scratch, suffix=".csv", encoding="utf-8", newline="\n", delete=False
        ) as copy:
            copy.writelines(rows_of_json(map(without_halves, _lines(path, encoding))))
    except OSError as error:
        raise _no_copy(path, scratch, error) from error
    plain = Path(copy.name)
    with plain.open(encoding="utf-8") as lines:
        cells = _record(lines.readline(), 0, ",")[0]
    return TextFile(
        path=path,
        plain=plain,
        separator=",",
        quoted=True,
        blank=0,
        first=tuple(cell.strip() for cell in cells),
        notes=(*head, *encoding.notes),
        before=1,
    )


@contextlib.contextmanager
def _unpacked(path: Path) -> Iterator[io.BufferedReader]:
    with open_file(path) as file:
        packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        size = os.fstat(file.fileno()).st_size
        try:
            with gzip_damages(path):
                yield io.BufferedReader(Gunzipped(file, size, path)) if packed else file
        except OSError as error:
            raise InputError(f"cannot be read: {reason(error)}", file=path) from error


def _lines(path: Path, encoding: Encoding) -> Iterator[str]:
    """Line by line, each with LF, none of them endless."""
    with (
        _unpacked(path) as stream,
        io.TextIOWrapper(stream, encoding.codec, encoding.errors) as text,
    ):
        number = 0
        while line := _line_of(text, path, encoding.codec, number):
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith("\n"):
                why = f"must be a table, got a line of over {LONGEST_LINE:,} letters"
                raise InputError(why, file=path, line=number)
            yield line


def _line_of(text: io.TextIOWrapper, path: Path, codec: str, before: int) -> str:
    try:
        return text.readline(LONGEST_LINE)
    except UnicodeDecodeError as error:
        raise _no_such_text(path, codec, error, before + 1, " in the next lines") from error


def _no_copy(path: Path, scratch: Path, error: OSError) -> InputError:
    return InputError(
        f"is read from a plain copy, which cannot be made in {scratch.parent} ({reason(error)}); "
        "name another folder with the variable TMPDIR",
        file=path,
    )


def _copied(
    path: Path, scratch: Path, encoding: Encoding, repairs: Sequence[Callable[[str], str]]
) -> Path:
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=scratch, suffix=".txt", encoding="utf-8", newline="\n", delete=False
        ) as copy:
            copy.writelines(_repaired(_lines(path, encoding), repairs))
    except OSError as error:
        raise _no_copy(path, scratch, error) from error
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
