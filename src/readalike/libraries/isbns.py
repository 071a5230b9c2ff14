"""ISBN out of cells that spreadsheets and exports have dressed up."""

from __future__ import annotations

import re

from readalike.data.cells import trimmed_id
from readalike.data.isbn import padded, to_isbn13

SHORTEST = 7
"""Digits that are left of an ISBN-10 where a spreadsheet took the zeros of 000 away."""

_FORMULA = re.compile(r'="?([^"]*)"?')
_AS_NUMBER = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_DIVIDED = re.compile(r"[,;|]")
_NOT_ANOTHER_COMMA = re.compile(r"\d,\d+E\+?\d+", re.IGNORECASE)


def isbn_texts(cell: str) -> tuple[str, ...]:
    """The numbers of a cell as they stand there, without `="..."` and `[...]`."""
    cell = unwrapped(cell)
    if _NOT_ANOTHER_COMMA.fullmatch(cell):
        return (cell,)
    parts = (unwrapped(part) for part in _DIVIDED.split(cell))
    return tuple(part for part in parts if part)


def unwrapped(cell: str) -> str:
    """A cell without the formula or brackets that keep a spreadsheet from making it a number."""
    cell = cell.strip()
    found = _FORMULA.fullmatch(cell)
    text = found[1] if found else cell
    return text.strip(" \t[]\"'")


def is_damaged(text: str) -> bool:
    """Whether a spreadsheet has made a number of it, so that digits are lost: 9.78006E+12."""
    return _AS_NUMBER.fullmatch(text) is not None


def valid_isbn13(text: str) -> str | None:
    """The ISBN-13 of a number whose check digit is right, zeros in front put back; else None."""
    text = trimmed_id(text)
    if len(text) < SHORTEST:
        return None
    return to_isbn13(text) or to_isbn13(padded(text))
