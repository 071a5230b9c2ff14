"""LibraryThing's JSON, read book by book, so that a damaged place costs what stands behind it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from readalike.data.jsontext import decoder_of, without_halves
from readalike.errors import InputError
from readalike.libraries.entry import Rejected
from readalike.libraries.sheet import Sheet, SheetRow
from readalike.libraries.sources.librarything import JSON_MARKS, SOURCE, cells_of
from readalike.libraries.text import WANTED, Text

_NAME = re.compile(r'\s*+,?\s*+("(?:[^"\\]|\\.)*")\s*:\s*')
_BETWEEN = re.compile(r"\s*\}?\s*,?\s*\{?\s*")
_DECODER = decoder_of()


def sheet_of_json(text: Text) -> Sheet:
    """Divides an object of books into rows; several objects may stand one behind the other.

    Raises:
        InputError: It is JSON of something else.
    """
    rows: list[SheetRow] = []
    broken: list[Rejected] = []
    for number, (line, book) in enumerate(_books(without_halves("\n".join(text.lines))), 1):
        if isinstance(book, str):
            broken.append(Rejected(line, book))
        elif any(name in book for name in JSON_MARKS):
            rows.append(SheetRow(number, line, SOURCE.prepare(cells_of(book))))
        else:
            broken.append(Rejected(line, "no book: it has neither books_id nor title"))
    if not rows:
        raise InputError(f"{WANTED}, got JSON of something else", file=text.path, line=1)
    return Sheet(SOURCE, tuple(rows), tuple(broken))


def _books(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Line and content of each book, or what is wrong there; after that nothing can be read."""
    opening = re.match(r"\s*\{", text)
    at, line, counted = opening.end() if opening else len(text), 1, 0
    while at < len(text):
        name = _NAME.match(text, at)
        if name is None:
            between = _BETWEEN.match(text, at)
            behind = between.end() if between else at
            if behind == len(text):
                return
            name = _NAME.match(text, behind) if behind > at else None
        begin = name.start(1) if name else at
        line, counted = line + text.count("\n", counted, begin), begin
        if name is None:
            yield line, f"no JSON from here on: {text[at : at + 40].strip()!r}"
            return
        try:
            book, at = _DECODER.raw_decode(text, name.end())
        except (json.JSONDecodeError, RecursionError) as error:
            why = error.msg if isinstance(error, json.JSONDecodeError) else "too many levels"
            yield line, f"no JSON from here on: {why}"
            return
        yield line, book if isinstance(book, dict) else "no book: it is no object of names"
