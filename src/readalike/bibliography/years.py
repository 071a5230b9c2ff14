"""The year in a cell that says when a book came out."""

from __future__ import annotations

import datetime
import re

from readalike.data.cells import clean_text, whole

EARLIEST = -4000
"""Nothing was written down before."""

_BEFORE = re.compile(
    r"\b(\d{1,4})\s*b\.?\s*c\.?(?:\s*e\.?)?(?![a-z])|\bb\.?\s*c\.?(?:\s*e\.?)?\s*(\d{1,4})(?!\d)",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\b(?:a\.?d\.?\s*(\d{1,4})|(\d{1,4})\s*(?:a\.?d\.?|c\.?e\.?))(?![a-z])", re.I)
_FOUR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_SHORT = re.compile(
    r"(?:[^\W\d]+\.?|\d{1,2}(?:st|nd|rd|th)?)[\s/.,-]+\d{1,2}(?:st|nd|rd|th)?[\s/.,'’-]+(\d{2})"
)
_BY_DAYS = re.compile(r"(\d{4})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_ABOUT = re.compile(r"(?:c|ca|circa|about|approx)\b\.?\s*(-?\d{1,4})", re.IGNORECASE)


def year_of(cell: str, latest: int | None = None) -> int | None:
    """The year of publication, negative before 1 AD; None where a cell says none that can be.

    A cell is a year, a date in any order, or a year with a word: "05/04/21", "May 4th 2021",
    "c. 1850", "750 BC". A year of two digits is the latest one that is not still to come.
    """
    last = datetime.date.today().year + 1 if latest is None else latest
    year = _said(clean_text(cell), last)
    # 0, a year still to come and one before anything was written are unknown
    return year if year and EARLIEST <= year <= last else None


def _said(text: str, latest: int) -> int | None:
    year = whole(text)
    if year is not None:
        days = _BY_DAYS.fullmatch(text)
        return int(days[1]) if days else year
    if found := _BEFORE.search(text):
        return -int(found[1] or found[2])
    if found := _AFTER.search(text):
        return int(found[1] or found[2])
    if years := _FOUR.findall(text):
        return int(years[0])
    if found := _SHORT.fullmatch(text):
        century = latest - latest % 100
        year = century + int(found[1])
        return year if year <= latest else year - 100
    if found := _ABOUT.fullmatch(text):
        return int(found[1])
    return None
