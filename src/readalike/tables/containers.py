"""What a packed file, a workbook or lines of JSON hold: one table, as plain text.

Workbooks and JSON become CSV whose line k is their row k; zip archives must hold one table.
"""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO

from readalike.errors import InputError
from readalike.files import MOST_WHOLE, most_unpacked

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
REFUSED = {
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls); save it as .xlsx or CSV",
    b"%PDF": "a PDF; export the table as CSV",
    b"SQLite format 3": "a database of SQLite; export the table as CSV",
    b"Rar!": "a rar archive; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
    b"BZh": "a bzip2 file; unpack it first",
    b"\xfd7zXZ": "an xz file; unpack it first",
    b"\x28\xb5\x2f\xfd": "a zstd file; unpack it first",
}
"""What files begin with that hold no table that can be read, and what to do."""
_TABLES = (".csv", ".tsv", ".txt", ".dat", ".data", ".item", ".json", ".jsonl", ".ndjson", ".xlsx")
_NO_TABLE = re.compile(r"(?i)(^|/)(\.|__MACOSX/|readme|licen[cs]e|copying|changelog)")
DAMAGES = (
    zipfile.BadZipFile, EOFError, zlib.error, OSError, ValueError, KeyError, RuntimeError,
    struct.error,
)  # fmt: skip
"""What zipfile raises where an archive is damaged."""
MOST_CELLS = 50_000_000
"""Cells of a workbook, empty ones too."""
KEYS_OF = 1_000
"""So many objects of JSON say what columns there are."""
_BREAK = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")


def refuse_others(head: bytes, path: object, wanted: str) -> None:
    """Says what a file is that begins so and holds no table, and what to do.

    Raises:
        InputError: It is such a file.
    """
    for magic, what in REFUSED.items():
        if head.startswith(magic):
            raise InputError(f"{wanted}, got {what}", file=str(path))


@dataclass(frozen=True)
class Unpacked:
    """One table out of a container, and what else is there, in words."""

    content: bytes
    notes: tuple[str, ...] = ()


def unpacked(content: bytes, path: object, wanted: str) -> Unpacked:
    """The table of a container that was read whole; other content as it is.

    Raises:
        InputError: It is damaged, holds no table or several, or more than it may.
    """
    refuse_others(content, path, wanted)
    if content.startswith(GZIP):
        with gzip_damages(path):
            reader = io.BufferedReader(Gunzipped(io.BytesIO(content), len(content), path))
            return Unpacked(reader.read())
    if content.startswith(ZIP):
        return table_of_zip(io.BytesIO(content), len(content), path, wanted)
    return Unpacked(content)


class Gunzipped(io.RawIOBase):
    """What a gzip file of a size holds, as far as that may be."""

    def __init__(self, file: BinaryIO, size: int, path: object) -> None:
        self._file, self._size, self._path = gzip.GzipFile(fileobj=file), size, path

    def readable(self) -> bool:
        """Whether it can be read, which it always can."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Unpacks into a buffer; InputError where the file holds more than it may."""
        count, most = self._file.readinto(buffer), most_unpacked(self._size)
        if self._file.tell() > most:
            raise _too_much(most, self._size, self._path)
        return count


@contextmanager
def gzip_damages(path: object) -> Iterator[None]:
    """Says in words that a gzip file is damaged."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"must be a whole gzip file, and is damaged or cut off ({error}); copy it again",
            file=str(path),
        ) from error


def _too_much(most: int, size: int, path: object) -> InputError:
    return InputError(
        f"must unpack to at most {most:,} bytes, as it has {size:,}, and holds more; unpack it "
        "first if that is right",
        file=str(path),
    )


def table_of_zip(file: BinaryIO, size: int, path: object, wanted: str) -> Unpacked:
    """The table of an open zip archive or workbook of a size.

    Raises:
        InputError: As for `unpacked`.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if sum(info.file_size for info in members) > most_unpacked(size):
                raise _too_much(most_unpacked(size), size, path)
            names = {info.filename for info in members}
            if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
                return _of_workbook(file, path)
            if "mimetype" in names:
                kind = archive.read("mimetype")[:80].decode("ascii", "replace")
                what = "an e-book" if "epub" in kind else "a document of OpenOffice (.ods)"
                raise InputError(f"{wanted}, got {what}; save the table as CSV", file=str(path))
            return _only_table(archive, members, path, wanted)
    except DAMAGES as error:
        raise InputError(
            f"must be a whole zip file, and is damaged or cut off ({error}); copy it again, or "
            "unpack it first",
            file=str(path),
        ) from error


def _only_table(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], path: object, wanted: str
) -> Unpacked:
    def is_table(info: zipfile.ZipInfo) -> bool:
        name = info.filename
        return name.casefold().endswith(_TABLES) and _NO_TABLE.search(name) is None

    tables = [info for info in members if is_table(info)]
    if len(tables) != 1:
        shown = ", ".join(info.filename for info in (tables or members)[:8]) or "nothing"
        raise InputError(
            f"{wanted}, or a zip file of one table, got a zip file with {shown}; unpack it first "
            "and name one of them",
            file=str(path),
        )
    (table,) = tables
    if table.flag_bits & 1:
        raise InputError(
            f"{wanted}, got a zip file with a password; unpack it first", file=str(path)
        )
    found = archive.read(table)
    others = [info.filename for info in members if info is not table]
    notes = [f"read out of the zip file: {table.filename}"]
    if others:
        notes.append(f"not used of the zip file: {', '.join(others)[:200]}")
    if found.startswith(ZIP):
        inner = table_of_zip(io.BytesIO(found), len(found), path, wanted)
        return Unpacked(inner.content, (*notes, *inner.notes))
    return Unpacked(found, tuple(notes))


def _of_workbook(file: BinaryIO, path: object) -> Unpacked:
    """The first sheet of a workbook that holds a table; the others are named."""
    import openpyxl

    file.seek(0)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        text, used, others = "", "", []
        for sheet in book.worksheets:
            rows = sheet.iter_rows(values_only=True)
            if used:
                others.append(sheet.title)
                continue
            found = _csv_of_rows(rows, path)
            if found.strip():
                text, used = found, sheet.title
    except InputError:
        raise
    except Exception as error:  # of damaged XML openpyxl raises whatever comes
        raise InputError(
            f"must be a whole workbook, and is damaged ({type(error).__name__}: {error}); open it "
            "in a spreadsheet and save it again, or as CSV",
            file=str(path),
        ) from error
    if not used:
        why = "every sheet of it is empty" if book.worksheets else "its sheet is missing"
        raise InputError(
            f"must be a workbook with a table, but {why}; open it in a spreadsheet and save it "
            "again, or as CSV",
            file=str(path),
        )
    notes = [f"read from the sheet {used!r}"]
    if others:
        notes.append(f"not used: the other sheets {', '.join(map(repr, others))[:200]}")
    return Unpacked(text.encode(), tuple(notes))


def _csv_of_rows(rows: Iterable[tuple[Any, ...]], path: object) -> str:
    """Rows of cells as CSV, a line a row, without the empty columns at the end."""
    out, cells = io.StringIO(), 0
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        cells += len(row)
        if cells > MOST_CELLS:
            raise InputError(
                f"must have at most {MOST_CELLS:,} cells in a sheet; save it as CSV", file=str(path)
            )
        texts = [_cell(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        writer.writerow(texts)
    return out.getvalue()


def _cell(value: Any) -> str:
    """A cell of a workbook as text: whole numbers without a fraction, days without an hour."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return str(value.date()) if value.time() == datetime.time() else value.isoformat(" ")
    return _BREAK.sub(" ", str(value))


# JSON


def is_table_of_json(text: str) -> bool:
    """Whether JSON is rows: an array of objects of common names, or objects one behind the other.

    An object whose values are all objects is LibraryThing's, and one of numbers is a history.
    """
    start = text.lstrip()
    try:
        first, end = _DECODER.raw_decode(start)
    except (json.JSONDecodeError, RecursionError):  # the beginning of a long file, or damaged
        line = start.partition("\n")[0]
        if line.startswith("{"):
            row = _object_of(line)
            return bool(row) and not all(isinstance(value, dict) for value in (row or {}).values())
        return start.startswith("[") and start[1:].lstrip().startswith("{")
    if isinstance(first, list):
        rows = [row for row in first[:KEYS_OF] if isinstance(row, dict) and row]
        named = all(not rows[0].keys().isdisjoint(row) for row in rows)
        return bool(rows) and len(rows) == len(first[:KEYS_OF]) and named
    if not isinstance(first, dict) or not first:
        return False
    if all(isinstance(value, dict) for value in first.values()):
        return False
    return start[end:].lstrip().startswith("{") or any(
        isinstance(value, str) and not _NUMBER.fullmatch(value) for value in first.values()
    )


_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?|")


def json_decoder(pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> json.JSONDecoder:
    """Reads JSON and leaves numbers as text; an object is what `pairs` makes of it, or a dict.

    Python does not read whole numbers of more than 4,300 digits, and reads 1e999 as infinity.
    """
    return json.JSONDecoder(
        object_pairs_hook=pairs, parse_int=str, parse_float=str, parse_constant=str
    )


_DECODER = json_decoder()


def _object_of(line: str) -> dict[str, Any] | None:
    try:
        found = _DECODER.decode(line)
    except (json.JSONDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def rows_of_json(lines: Iterable[str]) -> Iterator[str]:
    """Lines of JSON, or an array of objects, as lines of CSV, the names of columns first.

    Line k + 1 is line k of the JSON, or object k of an array. What is no object becomes a line of
    one cell, which no table has, so that it is counted as such. Names that come after the first
    1,000 objects are written into a last column, `more`, as JSON.
    """
    head: list[tuple[str, dict[str, Any] | None]] = []
    source = iter(_objects(lines))
    head += islice(source, KEYS_OF)
    names = dict.fromkeys(name for _, row in head if row for name in row)
    yield _csv_line([*names, "more"])
    for given, row in chain(head, source):
        if row is None:
            yield _csv_line([f"no JSON object: {given.strip()[:200]}"]) if given.strip() else "\n"
            continue
        more = {name: value for name, value in row.items() if name not in names}
        cells = [_json_cell(row.get(name)) for name in names]
        yield _csv_line([*cells, json.dumps(more, ensure_ascii=False) if more else ""])


def _objects(lines: Iterable[str]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Each line with its object; where the text is an array, each object of that."""
    stream = iter(lines)
    first = next((line for line in stream if line.strip()), "")
    if first.lstrip().startswith("{"):
        yield first, _object_of(first)
        for line in stream:
            yield line, _object_of(line)
        return
    parts, size = [first], 0
    for line in stream:
        parts.append(line)
        size += len(line)
        if size > MOST_WHOLE:
            why = f"must be JSON lines where it has over {MOST_WHOLE:,} letters, got one array"
            raise InputError(why)
    text = "".join(parts)
    try:
        rows = _DECODER.decode(text)
    except (json.JSONDecodeError, RecursionError) as error:
        at = getattr(error, "lineno", 1)
        raise InputError(f"must be JSON, got an error: {error}", line=at) from error
    for row in rows:
        yield str(row), row if isinstance(row, dict) else None


def _json_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list):
        value = json.dumps(value, ensure_ascii=False)
    return _BREAK.sub(" ", str(value))


def _csv_line(cells: list[str]) -> str:
    return ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells) + "\n"
