"""ISBN arithmetic, and ISBN out of cells that spreadsheets and exports have changed."""

from __future__ import annotations

import re
from operator import mul

from readalike.data.cells import trimmed_id

_DASHES = re.compile(r"[\s\-\u2010-\u2015\u2212]")


def compact(text: str) -> str:
    """The number without hyphens and blanks, x in upper case; not checked."""
    return _DASHES.sub("", text).upper()


def check_digit_10(first_nine: str) -> str:
    """Tenth digit: sum of digit x weight 10 to 2, made a multiple of 11; X stands for 10."""
    total = sum(map(mul, map(int, first_nine), range(10, 1, -1)))
    return "0123456789X"[-total % 11]


def check_digit_13(first_twelve: str) -> str:
    """Thirteenth digit: sum of digit x weight 1, 3, 1, 3 ..., made a multiple of 10."""
    total = sum(map(mul, map(int, first_twelve), (1, 3) * 6))
    return str(-total % 10)


def is_isbn10(text: str) -> bool:
    """Whether a compact text is a valid ISBN-10."""
    return (
        len(text) == 10
        and text.isascii()
        and text[:9].isdigit()
        and text[9] == check_digit_10(text[:9])
    )


def is_isbn13(text: str) -> bool:
    """Whether a compact text is a valid ISBN-13."""
    return (
        len(text) == 13
        and text.isascii()
        and text.isdigit()
        and text[:3] in ("978", "979")
        and text[12] == check_digit_13(text[:12])
    )


def to_isbn13(text: str) -> str | None:
    """The ISBN-13 of a valid ISBN in any notation, else None."""
    number = compact(text)
    if is_isbn13(number):
        return number
    if is_isbn10(number):
        return f"978{number[:9]}{check_digit_13(f'978{number[:9]}')}"
    return None


def to_isbn10(text: str) -> str | None:
    """The ISBN-10 of a valid ISBN in any notation; None where there is none, as for 979."""
    number = compact(text)
    if is_isbn10(number):
        return number
    if is_isbn13(number) and number.startswith("978"):
        return number[3:12] + check_digit_10(number[3:12])
    return None


def padded(text: str) -> str:
    """An ISBN-10 whose leading zeros a spreadsheet took away; other text as it is."""
    number = compact(text)
    return number.zfill(10) if 0 < len(number) < 10 and number[:-1].isdigit() else number


def one_id(text: str) -> str:
    """The one id of all notations of an ISBN; text that is no ISBN stays as it is.

    The ISBN-10 is chosen where there is one, as in Book-Crossing.
    """
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
