"""What a cell of a table means."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable

WHOLE_FLOAT = re.compile(r"-?\d+\.0+")
DECIMAL = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
BLANKS = " \t\r\n\v\f\u00a0\u2007\u202f\ufeff\0"


def trimmed_id(cell: str) -> str:
    """An id without blanks around it; a whole number that a table made a float is whole again."""
    cell = cell.strip(BLANKS)
    return cell.partition(".")[0] if "." in cell and WHOLE_FLOAT.fullmatch(cell) else cell


def number(cell: str) -> float | None:
    """The number in a cell, with a decimal point or comma; None where there is none."""
    cell = cell.strip(BLANKS)
    if not DECIMAL.fullmatch(cell):
        return None
    value = float(cell.replace(",", "."))
    return value if math.isfinite(value) else None


def whole(cell: str) -> int | None:
    """The whole number in a cell, signed, also when written as 2008.0."""
    value = number(cell)
    return int(value) if value is not None and value == int(value) else None


def clean_text(cell: str) -> str:
    """Text for display: entities decoded, blanks collapsed."""
    if "&" in cell:
        cell = html.unescape(cell)
    return " ".join(cell.split())


def id_order(outside: str) -> tuple[int, int, str]:
    """Sort key of ids: whole numbers by value, then text.

    The order depends on nothing but the ids, so that the order of rows never matters.
    """
    digits = outside[1:] if outside.startswith("-") else outside
    if digits.isascii() and digits.isdigit() and len(digits) <= 300:
        return 0, int(outside), outside
    return 1, 0, outside


def sorted_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """Distinct ids in their one order."""
    return tuple(sorted(set(ids), key=id_order))
