"""What a cell of a table means."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable

WHOLE_FLOAT = re.compile(r"-?\d+\.0+")
_NO_SIGN = re.compile(r"&#\d{100,};?")
DECIMAL = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\ufeff\0"
"""Blanks, line ends and dividers of all scripts, and signs without a width."""
MOST_PEOPLE = 10**10
"""So many people never lived at one time; what counts more counts no people."""


def trimmed_id(cell: str) -> str:
    """An id without blanks around it; a whole number that a table made a float is whole again."""
    cell = cell.strip(BLANKS)
    return cell.partition(".")[0] if "." in cell and WHOLE_FLOAT.fullmatch(cell) else cell


def number(cell: str) -> float | None:
    """The number in a cell, with a decimal point or comma; None where there is none."""
    cell = cell.strip(BLANKS)
    if not DECIMAL.fullmatch(cell):
        return None
    value = float(cell.replace(",", ".")) + 0.0  # -0 is 0
    return value if math.isfinite(value) else None


def whole(cell: str) -> int | None:
    """The whole number in a cell, signed, also when written as 2008.0."""
    value = number(cell)
    return int(value) if value is not None and value == int(value) else None


def people(cell: str) -> int | None:
    """How many people a cell counts; None where it counts none or cannot be right."""
    value = whole(cell)
    return value if value is not None and 0 <= value <= MOST_PEOPLE else None


def unescaped(cell: str) -> str:
    """Text with its entities decoded: `&amp;` is `&`."""
    # a number so long that it is no letter's, and that Python refuses to read
    return html.unescape(_NO_SIGN.sub("\ufffd", cell)) if "&" in cell else cell


def clean_text(cell: str) -> str:
    """Text for display: entities decoded, blanks collapsed."""
    return " ".join(unescaped(cell).split())


def id_order(outside: str) -> tuple[int, int, str]:
    """Sort key of ids: whole numbers by value, then text; the order of rows never matters."""
    digits = outside[1:] if outside.startswith("-") else outside
    if digits.isascii() and digits.isdigit() and len(digits) <= 300:
        return 0, int(outside), outside
    return 1, 0, outside


def sorted_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """Distinct ids in their one order."""
    return tuple(sorted(set(ids), key=id_order))
