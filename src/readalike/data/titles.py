"""Series and volume out of a title as printed."""

from __future__ import annotations

import re

_SERIES = re.compile(
    r"\((?P<series>[^()]*(?:\([^()]*\)[^()]*)*?),?\s+"
    r"(?:#|[Bb]ooks?\s+|[Vv]ol(?:\.|ume)?\s+)"
    r"(?P<volume>\d+(?:\.\d+)?(?:\s*[-–&,]\s*#?\d+(?:\.\d+)?)*)"
    r"[^()]*\)\s*$"
)
LONGEST = 1000
"""So many letters at most are a title; in what is longer neither series nor volume is looked for.

The patterns take time that grows faster than the text.
"""
_YEAR = re.compile(r"\s*\((?P<year>\d{4})\)\s*$")


def series_of(title: str) -> tuple[str, str]:
    """Series and volume of "The Raven King (The Raven Cycle, #4)"; empty where there is none.

    Of several series ("(Discworld, #4; Death, #1)") the first is taken.
    """
    if not title.endswith(")") or len(title) > LONGEST:
        return "", ""
    found = _SERIES.search(_first_series(title))
    if found is None:
        return "", ""
    volume = re.sub(r"\s*[–-]\s*#?", "-", found["volume"])
    return found["series"].strip(" ,:"), re.sub(r"\s*([,&])\s*#?", r"\1", volume)


def bare_title(title: str) -> str:
    """The title without the series behind it."""
    opening = title.rfind("(")
    if opening > 0 and series_of(title)[0]:
        return title[:opening].rstrip()
    return title


def year_of(title: str) -> int | None:
    """The year behind a MovieLens title, as in "Toy Story (1995)"."""
    found = _YEAR.search(title)
    return int(found["year"]) if found else None


def without_year(title: str) -> str:
    """A MovieLens title without its year."""
    return _YEAR.sub("", title)


def _first_series(title: str) -> str:
    head, separator, _ = title.partition(";")
    return f"{head})" if separator and "#" in head and title.endswith(")") else title
