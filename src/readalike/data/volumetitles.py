"""What a title says of the series, the volumes and the parts that a book is."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

from readalike.data.letters import fold
from readalike.data.titles import LONGEST, bare_title

Spans = tuple[tuple[float, float], ...]
"""Numbers of volumes, each from one to another; (2, 2) is the second."""

MOST = 200
"""No set binds more volumes than this; what is said to hold more is believed in its first."""
DIGITS = 8
"""So many digits at most have volumes; a longer number is an ISBN or a slip."""
KINDS = {"duology": 2, "trilogy": 3, "quartet": 4, "tetralogy": 4, "quintet": 5, "pentalogy": 5}
"""How many volumes a series of this kind has."""
NO_NAME = frozenset((*KINDS, "series", "saga", "cycle", "sequence", "chronicles", "novels"))
"""Words that one title has behind the name of its series and another has not."""

_NAMED = {
    word: number
    for names in (
        "one two three four five six seven eight nine ten eleven twelve",
        "first second third fourth",
        "i ii iii iv v vi vii viii ix x xi xii",
    )
    for number, word in enumerate(names.split(), 1)
}
_NUMBER = rf"(?:\d{{1,3}}(?:\.\d+)?|{'|'.join(sorted(_NAMED, key=len, reverse=True))})(?!\w)"
_BREAK = r"(?:\s*[,:(–]\s*|\s+-\s+)"
_CUE = re.compile(
    r"[#/;(]|\b(?:vol|volumes?|books?|bks?|part|box|boxed|boxset|omnibus|compendium|bundle|set|"
    rf"complete|collected|collection|series|{'|'.join(KINDS)})\b",
    re.IGNORECASE,
)
"""Titles without one of these say nothing."""
_MORE = re.compile(r"\b(?:part|box|boxed|boxset|omnibus|compendium|bundle|set)\b", re.IGNORECASE)
"""Titles without one of these say nothing beside their columns."""
_RANGE = re.compile(r"(\d+(?:\.\d+)?)(?:\s*[-–]\s*#?\s*(\d+(?:\.\d+)?))?")
_LETTER = re.compile(r"[^\W\d_]")
_MARK = re.compile(r",?\s*#")
_LOOSE = re.compile(r"\((?P<name>[^()#]*?)[,:]?\s*#\s*(?P<volume>\d[^();]*)[^()]*\)\s*$")
_NUMBERED = re.compile(
    rf"^(?P<name>.+?)(?:(?:{_BREAK}|\s+)vol(?:\.|umes?)?|{_BREAK}(?:books?|bks?\.?)|,?\s+(?=#))"
    rf"\s*#?(?P<volume>{_NUMBER}(?:\s*[-–]\s*\d+)?)(?=\W*$|\s*[-:,)–\]]|\s+(?:of|de)\s)",
    re.IGNORECASE,
)
_PART = re.compile(
    rf"^(?P<name>.+?)(?:{_BREAK}|\s+)(?:part\s+#?(?P<part>{_NUMBER})"
    r"|(?P<ordinal>first|second|third)\s+part(?!\w))",
    re.IGNORECASE,
)
_PART_BEFORE = re.compile(r"\s+part$", re.IGNORECASE)
_PART_BEHIND = re.compile(rf"\bpart\s+#?(?P<part>{_NUMBER})", re.IGNORECASE)
_PARCEL = re.compile(
    r"\b(?:box(?:ed)?[- ]?set|box(?=: .*\d-\d)|omnibus|compendium|bundle"
    r"|[\w-]+[- ](?:book|copy|volume) (?:box(?:ed)? )?set)\b(?P<number>\s*#?\d+)?",
    re.IGNORECASE,
)
_KIND = re.compile(
    rf"^(?:the )?(?P<name>[^:]+):?\s+(?:a )?(?P<kind>{'|'.join(KINDS)})(?=$|[:,(]| in \w+ parts)",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"^the (?:complete|collected|entire) (?P<name>[^:(]+)"
    r"|^(?P<before>.+?):?\s+(?:the )?(?:(?:complete )?(?:collection|series)|complete edition)"
    r"(?=$|[:(])",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\((?P<name>[^()]+)\)\s*$")
_BETWEEN = re.compile(r"\s*[/;,&]\s*|\s+and\s+")


@dataclass(frozen=True)
class Told:
    """What a title and its columns say of one book.

    Attributes:
        name: The series; empty where none is named.
        spans: The volumes; empty where no number is given.
        sure: Whether this is a series even if no other book of its author bears it out.
        parcel: Whether the book says that it binds several.
        every: Whether these are all volumes of its series, if that is one.
        part: Which part of a divided volume it is; 0 of none.
        whole: Title of the volume that it is a part of only if there is such a book.
    """

    name: str = ""
    spans: Spans = ()
    sure: bool = True
    parcel: bool = False
    every: bool = False
    part: int = 0
    whole: str = ""

    @cached_property
    def numbers(self) -> list[int]:
        """The whole numbers of its volumes, from 1 on, in order."""
        wholes = chain.from_iterable(map(_wholes, self.spans))
        found = sorted(set(islice(wholes, MOST + 1)))
        return found if len(found) <= MOST else found[:1]


NOTHING = Told()


def told_by(title: str, series: str, volume: str) -> Told:
    """What is said of a book; series and volume, where they are given, go before the title."""
    if len(title) > LONGEST:
        title = ""
    if series:
        return _by_columns(title, series, volume)
    if not _CUE.search(title):
        return NOTHING
    if found := _LOOSE.search(title):
        return Told(found["name"].strip(), spans_of(found["volume"]))
    if found := _PARCEL.search(title):
        name = title[: found.start()].strip(" ,:(-")
        spans = _spans_behind(title)
        every = not spans and not found["number"]
        return Told(_of_all(name) or name, spans, sure=False, parcel=True, every=every)
    if (found := _PART.search(title)) and "/" not in title:
        part = number_of(found["part"] or found["ordinal"])
        name = found["name"]
        return Told(name, part=part, whole=name)
    if found := _NUMBERED.search(title):
        if name := _of_all(found["name"]):
            return Told(name, sure=False, parcel=True)
        return Told(found["name"], spans_of(found["volume"]))
    if found := _KIND.search(title):
        spans = ((1.0, float(KINDS[found["kind"].lower()])),)
        return Told(found["name"], spans, sure=False, parcel=True)
    if name := _of_all(title):
        return Told(name, sure=False, every=True)
    remark = _REMARK.search(title)
    return Told(remark["name"], sure=False) if remark else NOTHING


def _by_columns(title: str, series: str, volume: str) -> Told:
    mark = _MARK.search(series)
    name = _PART_BEFORE.sub("", series[: mark.start()] if mark else series)
    if not fold(name):
        return NOTHING
    spans = spans_of(_first_numbers(series[mark.start() :], volume) if mark else volume)
    if not _MORE.search(title):
        return Told(name, spans)
    bare = bare_title(title)
    if behind := _PART_BEHIND.search(title[len(bare) :]):
        return Told(name, spans, part=number_of(behind["part"]))
    if (found := _PART.search(bare)) and "/" not in bare:
        part = number_of(found["part"] or found["ordinal"])
        return Told(name, spans, part=part, whole=found["name"])
    parcel = not spans and bool(_PARCEL.search(bare))
    return Told(name, spans, parcel=parcel, every=parcel)


def _first_numbers(rest: str, volume: str) -> str:
    """The volumes of the first series in "Dark-Hunter #5, Were-Hunter #1", divided behind #."""
    other = _LETTER.search(rest)
    return rest[: other.start()] if other else f"{rest}, {volume}"


def _of_all(title: str) -> str:
    """The name in "The Complete X" and "X: The Complete Collection"."""
    found = _ALL.search(title)
    return (found["name"] or found["before"]).strip() if found else ""


def _spans_behind(title: str) -> Spans:
    """The volumes of "Boxed Set: Books 1-5"."""
    found = re.search(r"\b(?:books?|bks?\.?|vol(?:\.|umes?)?)\s*(\d+\s*[-–]\s*\d+)", title, re.I)
    return spans_of(found[1]) if found else ()


def spans_of(volume: str) -> Spans:
    """Volumes as they are written: "2", "0.5", "1-3", "1, 2 + 3.5", "Two", "IV"."""
    if number := number_of(volume):
        return ((number, number),)
    ranges = (found.groups() for found in islice(_RANGE.finditer(volume), MOST))
    given = ([float(end) for end in ends if end] for ends in ranges)
    known = ([end for end in ends if end < 10**DIGITS] for ends in given)
    return tuple((min(ends), max(ends)) for ends in known if ends)


def number_of(text: str) -> int:
    """A whole number from 1 on, in digits, in words or in Roman numerals; 0 of anything else."""
    name = text.strip().lower()
    return int(name) if name.isdecimal() and len(name) <= DIGITS else _NAMED.get(name, 0)


def series_key(name: str) -> str:
    """What names of one series have in common: no article, no "Trilogy" behind it, no case."""
    words = fold(name).split()
    if len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    while len(words) > 1 and words[-1] in NO_NAME:
        words.pop()
    return " ".join(words)


def title_key(title: str) -> str:
    """What titles of one work have in common: no case, no signs, no article in front."""
    words = fold(title).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words)


def titles_in(title: str) -> list[str]:
    """Titles that a title may be a list of, as `title_key` has them: "Emma / Persuasion"."""
    listed = _REMARK.sub("", bare_title(title)).rpartition(": ")[2]
    pieces = _BETWEEN.split(listed)
    return [title_key(piece) for piece in pieces] if len(pieces) > 1 else []


def _wholes(span: tuple[float, float]) -> range:
    return range(max(1, math.ceil(span[0])), math.floor(span[1]) + 1)
