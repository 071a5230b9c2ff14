"""The text of an export, however it is encoded."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from readalike.data.dialect import look
from readalike.data.textfile import CODECS
from readalike.errors import InputError
from readalike.files import read_file

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
