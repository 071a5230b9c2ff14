"""ISBN arithmetic, and ISBN out of cells that spreadsheets and exports have changed."""

from __future__ import annotations

import re
from operator import mul

from readalike.data.cells import trimmed_id

_DASHES = re.compile(r"[\s\-\u2010-\u2015\u2212]")


def compact(text: str) -> str:
    """The number without hyphens and blanks, x in upper case; not checked."""
    return _DASHES.sub("", text).upper()


def check_digit(digits: str) -> str:
    """The last sign of an ISBN, by the nine or twelve digits before it.

    Nine: the sum of digit x weight 10 to 2 is made a multiple of 11, X standing for 10. Twelve: the
    sum of digit x weight 1, 3, 1, 3 ... is made a multiple of 10.
    """
    if len(digits) == 9:
        return "0123456789X"[-sum(map(mul, map(int, digits), range(10, 1, -1))) % 11]
    return str(-sum(map(mul, map(int, digits), (1, 3) * 6)) % 10)


def _valid(text: str) -> str:
    """The number of a valid ISBN in any notation; empty of anything else."""
    number = compact(text)
    digits, length = number[:-1], len(number)
    if not (length == 10 or (length == 13 and number.startswith(("978", "979")))):
        return ""
    if not (number.isascii() and digits.isdigit()) or number[-1] != check_digit(digits):
        return ""
    return number


def to_isbn13(text: str) -> str | None:
    """The ISBN-13 of a valid ISBN in any notation, else None."""
    number = _valid(text)
    if len(number) != 10:
        return number or None
    return f"978{number[:9]}{check_digit(f'978{number[:9]}')}"


def to_isbn10(text: str) -> str | None:
    """The ISBN-10 of a valid ISBN in any notation; None where there is none, as for 979."""
    number = _valid(text)
    if len(number) == 10:
        return number
    return number[3:12] + check_digit(number[3:12]) if number.startswith("978") else None


def padded(text: str) -> str:
    """An ISBN-10 whose leading zeros a spreadsheet took away; other text as it is."""
    number = compact(text)
    return number.zfill(10) if 0 < len(number) < 10 and number[:-1].isdigit() else number


def one_id(text: str) -> str:
    """The ISBN-10 of an ISBN, as in Book-Crossing, else its ISBN-13; other text stays as it is."""
    return to_isbn10(text) or to_isbn13(text) or text


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
