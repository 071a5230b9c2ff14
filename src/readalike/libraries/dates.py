"""Days out of cells: as exports write them and as spreadsheets rewrite them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![-/.\d])(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")


def latest(cells: Iterable[str], day_first: bool | None) -> date | None:
    """The last day that stands in some cells; None where there is none that can be read.

    Args:
        cells: Such as `2023/06/07`, `2021/01/02-2021/01/20, 2023/05/23`, `[2007-05-08]`,
            `6/20/2017`.
        day_first: Whether the day goes before the month where the year stands last; such dates
            are not read where it is None.
    """
    days = [day for cell in cells for day in _days(cell, day_first)]
    return max(days, default=None)


def day_goes_first(cells: Iterable[str]) -> bool | None:
    """Whether dates with the year at the end have the day first; None where it cannot be told.

    A number above 12 is no month. 6/7/2017 alone may be in June or in July.
    """
    pairs = [(int(m[1]), int(m[3])) for cell in cells for m in _YEAR_LAST.finditer(cell)]
    day_first = any(one > 12 for one, _ in pairs)
    month_first = any(other > 12 for _, other in pairs)
    return None if day_first == month_first else day_first


def _days(cell: str, day_first: bool | None) -> Iterator[date]:
    for year, _, month, day in _YEAR_FIRST.findall(cell):
        yield from _day(year, month, day)
    if day_first is not None:
        for one, _, other, year in _YEAR_LAST.findall(cell):
            day, month = (one, other) if day_first else (other, one)
            yield from _day(year, month, day)


def _day(year: str, month: str, day: str) -> Iterator[date]:
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:  # the 31st of June, or the year 0: no day is made up
        return
