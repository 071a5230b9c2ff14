"""What a printed title says: title and subtitle, the series behind it, volumes, parts, sets."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import NamedTuple

from readalike.bibliography.folding import fold

LONGEST = 1000
"""So many letters at most are a title; in what is longer neither series nor volume is looked for.

The patterns take time that grows faster than the text.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _numbered(words: str, first: int = 1) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split(), first)}


ARTICLES = _words("the a an")
OTHER_WORK = _words(
    """
    boxed box boxset trilogy omnibus compendium bundle volumes vol part parts graphic manga comic
    companion summary sparknotes cliffsnotes workbook coloring colouring screenplay sampler excerpt
    abridged preview
    """
)
"""A subtitle with one of these words speaks of several books, of a part, or of a book about it."""
EDITION = _words(
    """
    edition editions anniversary paperback hardcover hardback ebook kindle audiobook audio audible
    cd unabridged reprint reissue reissued illustrated annotated classics classic penguin vintage
    puffin signet bantam everyman wordsworth tie movie mti uncut revised deluxe novel roman
    """
)
"""A remark with one of these words speaks of the printing, not of the book ..."""
NO_EDITION = OTHER_WORK | {"guide", "notes", "script", "art", "making"}
"""... unless it has one of these too: `(Official Movie Companion)`."""
KINDS = {"duology": 2, "trilogy": 3, "quartet": 4, "tetralogy": 4, "quintet": 5, "pentalogy": 5}
"""How many volumes a series of this kind has."""
NO_NAME = frozenset((*KINDS, "series", "saga", "cycle", "sequence", "chronicles", "novels"))
"""Words that one title has behind the name of its series and another has not."""
MOST = 200
"""No set binds more volumes than this; what is said to hold more is believed in its first."""
DIGITS = 8
"""So many digits at most have volumes; a longer number is an ISBN or a slip."""

_UNITS = _numbered(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen",
    first=0,
)
_TENS = _numbered("twenty thirty forty fifty sixty seventy eighty ninety", first=2)
_SAME = {
    "volume": "vol", "pt": "part",
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
}  # fmt: skip
"""Ways of writing one thing; the Roman numerals i, v and x are words too."""
_REWRITTEN = frozenset((*_UNITS, *_TENS, *_SAME))
_VOLUME_NAMES = (
    {word: number for word, number in _UNITS.items() if 1 <= number <= 12}
    | _numbered("first second third fourth")
    | _numbered("i ii iii iv v vi vii viii ix x xi xii")
)
_SORTED = re.compile(r",\s*(the|a|an)\s*$", re.IGNORECASE)


def title_key(text: str) -> str:
    """The words of a title as they are compared.

    Case, accents, signs and an article in front (or behind a comma) do not count; `&` is "and";
    numbers are digits however they are written, so that "Nineteen Eighty-Four" is "1984".
    """
    words = fold(_SORTED.sub("", text.replace("&", " and "))).split()
    if len(words) > 1 and words[0] in ARTICLES:
        del words[0]
    plain = _REWRITTEN.isdisjoint(words) and not any(word[0] == "0" for word in words)
    return " ".join(words if plain else _in_digits(words))


def series_key(name: str) -> str:
    """What names of one series have in common: as `title_key`, without "Trilogy" behind it."""
    words = title_key(name).split()
    while len(words) > 1 and words[-1] in NO_NAME:
        words.pop()
    return " ".join(words)


def _in_digits(words: list[str]) -> Iterable[str]:
    """Number words as digits: 84 for "eighty four", 1984 for "nineteen eighty four"."""
    at = 0
    while at < len(words):
        value, used = _below_hundred(words, at)
        if not used:
            word = _SAME.get(words[at], words[at])
            yield word.lstrip("0") or "0" if word.isdigit() else word
            at += 1
            continue
        more, further = _below_hundred(words, at + used)
        if value >= 10 and more >= 10:
            value, used = 100 * value + more, used + further
        elif words[at + used : at + used + 1] == ["hundred"]:
            value, used = 100 * value, used + 1
        yield str(value)
        at += used


def _below_hundred(words: list[str], at: int) -> tuple[int, int]:
    """The number that begins at a word, and how many words it takes; none where it is no number."""
    word, behind = (*words[at : at + 2], "", "")[:2]
    if word in _TENS:
        ones = _UNITS.get(behind, 0)
        return (10 * _TENS[word] + ones, 2) if 0 < ones < 10 else (10 * _TENS[word], 1)
    return (_UNITS[word], 1) if word in _UNITS else (0, 0)


_SERIES = re.compile(
    r"\((?P<series>[^()]*(?:\([^()]*\)[^()]*)*?),?\s+"
    r"(?:#|[Bb]ooks?\s+|[Vv]ol(?:\.|ume)?\s+)"
    r"(?P<volume>\d+(?:\.\d+)?(?:\s*[-–&,]\s*#?\d+(?:\.\d+)?)*)"
    r"[^()]*\)\s*$"
)
_YEAR = re.compile(r"\s*\((?P<year>\d{4})\)\s*$")
_REMARK = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_PARTED = re.compile(r"\s*:\s+|\s+[-–]+\s+|\s*—\s*|;\s+")
_PART = re.compile(r"\bp(?:ar)?t\.?\s+(\w+)", re.IGNORECASE)
_LAST_NUMBER = re.compile(r"\d+$")
_PRINTED_REMARK = re.compile(r"\((?P<name>[^()]+)\)\s*$")
_BETWEEN = re.compile(r"\s*[/;,&]\s*|\s+and\s+")


@dataclass(frozen=True)
class Title:
    """A printed title, taken apart; each part is looked for when it is first asked for."""

    printed: str

    @cached_property
    def _series_behind(self) -> re.Match[str] | None:
        """The series behind it; of several ("(Discworld, #4; Death, #1)") the first."""
        text = self.printed
        if not text.endswith(")") or len(text) > LONGEST:
            return None
        head, several, _ = text.partition(";")
        return _SERIES.search(f"{head})" if several and "#" in head else text)

    @property
    def series(self) -> str:
        """The series behind it: "The Raven Cycle" of "The Raven King (The Raven Cycle, #4)"."""
        found = self._series_behind
        return found["series"].strip(" ,:") if found else ""

    @property
    def volume(self) -> str:
        """The volumes there, as text: "4", "0.5", "1-3"."""
        found = self._series_behind
        if found is None:
            return ""
        return re.sub(r"\s*([,&])\s*#?", r"\1", re.sub(r"\s*[–-]\s*#?", "-", found["volume"]))

    @property
    def bare(self) -> str:
        """The title without the series behind it."""
        found = self._series_behind
        if found is None or not found.start() or not self.series:
            return self.printed
        return self.printed[: found.start()].rstrip()

    @property
    def year(self) -> int | None:
        """The year behind a MovieLens title, as in "Toy Story (1995)"."""
        found = _YEAR.search(self.printed)
        return int(found["year"]) if found else None

    @property
    def without_year(self) -> str:
        """The title without that year."""
        return _YEAR.sub("", self.printed)

    @cached_property
    def folded(self) -> str:
        """The title without the series behind it, as `fold` writes it."""
        return fold(self.bare)

    @cached_property
    def part(self) -> str:
        """Which part of a divided volume it is: "1" of "(Harry Potter, #5, Part 1)"."""
        behind = self.printed[len(self.bare) : LONGEST]
        found = _PART.search(behind) if behind else None
        return title_key(found[1]) if found else ""

    @cached_property
    def _keys(self) -> tuple[str, str, str]:
        bare = _without_remarks(self.bare[:LONGEST])
        found = _PARTED.search(bare, 1)
        short, rest = (bare[: found.start()], bare[found.end() :]) if found else (bare, "")
        if not rest.strip() or _of_the_printing(rest):
            key = title_key(short if rest.strip() else bare)
            return key, key, ""
        return title_key(bare), title_key(short), title_key(rest)

    @property
    def full(self) -> str:
        """Key of all of it but the series behind it and remarks on the printing."""
        return self._keys[0]

    @property
    def short(self) -> str:
        """Key of what stands before the first colon or dash; `full` where there is none."""
        return self._keys[1]

    @property
    def rest(self) -> str:
        """Key of what stands behind that; empty where there is none."""
        return self._keys[2]

    @property
    def other_work(self) -> bool:
        """Whether the subtitle speaks of several books, a part, or a book about it."""
        return bool(OTHER_WORK.intersection(self.rest.split()) or _LAST_NUMBER.search(self.rest))

    @property
    def listed(self) -> list[str]:
        """Keys of the titles that it may be a list of: "Emma / Persuasion"."""
        pieces = _BETWEEN.split(_PRINTED_REMARK.sub("", self.bare).rpartition(": ")[2])
        return [title_key(piece) for piece in pieces] if len(pieces) > 1 else []


def _without_remarks(title: str) -> str:
    while (found := _REMARK.search(title)) and found.start() > 0:
        words = set(fold(found[1]).split())
        if not words & EDITION or words & NO_EDITION:
            break
        title = title[: found.start()]
    return title


def _of_the_printing(rest: str) -> bool:
    """Whether a subtitle says no more than `A Novel` or `50th Anniversary Edition`."""
    words = [word for word in fold(rest).split() if word not in ARTICLES]
    return not EDITION.isdisjoint(words) and all(w in EDITION or w[0].isdigit() for w in words)


Spans = tuple[tuple[float, float], ...]
"""Numbers of volumes, each from one to another; (2, 2) is the second."""

_NUMBER = rf"(?:\d{{1,3}}(?:\.\d+)?|{'|'.join(sorted(_VOLUME_NAMES, key=len, reverse=True))})(?!\w)"
_BREAK = r"(?:\s*[,:(–]\s*|\s+-\s+)"
_MORE = _words("part box boxed boxset omnibus compendium bundle set")
"""Titles without one of these say nothing beside their columns."""
_CUES = _MORE.union(
    _words("vol volume volumes book books bk bks complete collected collection series # / ; ("),
    KINDS,
)
"""Titles without one of these say nothing."""
_WORD_OR_SIGN = re.compile(r"\w+|[#/;(]")
_RANGE = re.compile(r"(\d+(?:\.\d+)?)(?:\s*[-–]\s*#?\s*(\d+(?:\.\d+)?))?")
_LETTER = re.compile(r"[^\W\d_]")
_MARK = re.compile(r",?\s*#")
_LOOSE = re.compile(r"\((?P<name>[^()#]*?)[,:]?\s*#\s*(?P<volume>\d[^();]*)[^()]*\)\s*$")
_NUMBERED = re.compile(
    rf"^(?P<name>.+?)(?:(?:{_BREAK}|\s+)vol(?:\.|umes?)?|{_BREAK}(?:books?|bks?\.?)|,?\s+(?=#))"
    rf"\s*#?(?P<volume>{_NUMBER}(?:\s*[-–]\s*\d+)?)(?=\W*$|\s*[-:,)–\]]|\s+(?:of|de)\s)",
    re.IGNORECASE,
)
_PART_OF = re.compile(
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
_VOLUMES_BEHIND = re.compile(
    r"\b(?:books?|bks?\.?|vol(?:\.|umes?)?)\s*(\d+\s*[-–]\s*\d+)", re.IGNORECASE
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


class SeriesStatement(NamedTuple):
    """What a title and its columns say of a book's series.

    The name is empty where none is named; `numbers` are the whole numbers among the spans of
    volumes, from 1 on, in order. It is `sure` where this is a series even if no other book of its
    author bears it out; it `binds` several books; it is `every` volume of its series, if that is
    one. `part` is which part of a divided volume it is, 0 of none, and `whole` the title of the
    volume that it is a part of only if there is such a book.
    """

    name: str = ""
    spans: Spans = ()
    numbers: tuple[int, ...] = ()
    sure: bool = True
    binds: bool = False
    every: bool = False
    part: int = 0
    whole: str = ""


NO_STATEMENT = SeriesStatement()


def series_statement(title: Title, series: str, volume: str) -> SeriesStatement:
    """What is said of a book; series and volume, where they are given, go before the title."""
    text = title.printed if len(title.printed) <= LONGEST else ""
    if series:
        return _by_columns(title, text, series, volume)
    if _says_none(text, _CUES):
        return NO_STATEMENT
    if found := _LOOSE.search(text):
        return SeriesStatement(found["name"].strip(), *volumes_in(found["volume"]))
    if found := _PARCEL.search(text):
        name = text[: found.start()].strip(" ,:(-")
        behind = _VOLUMES_BEHIND.search(text)
        volumes = volumes_in(behind[1] if behind else "")
        every = not volumes[0] and not found["number"]
        return SeriesStatement(_of_all(name) or name, *volumes, sure=False, binds=True, every=every)
    if statement := _part_of(text):
        return statement
    if found := _NUMBERED.search(text):
        if name := _of_all(found["name"]):
            return SeriesStatement(name, sure=False, binds=True)
        return SeriesStatement(found["name"], *volumes_in(found["volume"]))
    if found := _KIND.search(text):
        volumes = volumes_in(f"1-{KINDS[found['kind'].lower()]}")
        return SeriesStatement(found["name"], *volumes, sure=False, binds=True)
    if name := _of_all(text):
        return SeriesStatement(name, sure=False, every=True)
    remark = _PRINTED_REMARK.search(text)
    return SeriesStatement(remark["name"], sure=False) if remark else NO_STATEMENT


def _says_none(text: str, words: frozenset[str]) -> bool:
    """Whether a text has none of some words and signs; far faster than a pattern of them all."""
    return words.isdisjoint(_WORD_OR_SIGN.findall(text.casefold()))


def _by_columns(title: Title, text: str, series: str, volume: str) -> SeriesStatement:
    name = series
    if mark := _MARK.search(series) if "#" in series else None:
        name, rest = series[: mark.start()], series[mark.start() :]
        # the volumes of the first series in "Dark-Hunter #5, Were-Hunter #1", divided behind #
        other = _LETTER.search(rest)
        volume = rest[: other.start()] if other else f"{rest}, {volume}"
    name = _PART_BEFORE.sub("", name)
    if not fold(name):
        return NO_STATEMENT
    volumes = volumes_in(volume)
    if _says_none(text, _MORE):
        return SeriesStatement(name, *volumes)
    bare = title.bare if text else ""
    if behind := _PART_BEHIND.search(text[len(bare) :]):
        return SeriesStatement(name, *volumes, part=number_of(behind["part"]))
    if part := _part_of(bare):
        return SeriesStatement(name, *volumes, part=part.part, whole=part.whole)
    binds = not volumes[0] and bool(_PARCEL.search(bare))
    return SeriesStatement(name, *volumes, binds=binds, every=binds)


def _part_of(text: str) -> SeriesStatement | None:
    """What "The Mile, Part 1" or "The Mile, Second Part" says."""
    found = None if "/" in text else _PART_OF.search(text)
    if found is None:
        return None
    part = number_of(found["part"] or found["ordinal"])
    return SeriesStatement(found["name"], part=part, whole=found["name"])


def _of_all(title: str) -> str:
    """The name in "The Complete X" and "X: The Complete Collection"."""
    found = _ALL.search(title)
    return (found["name"] or found["before"]).strip() if found else ""


def volumes_in(text: str) -> tuple[Spans, tuple[int, ...]]:
    """Volumes as they are written, "2", "0.5", "1-3", "1, 2 + 3.5", "Two", "IV": spans, numbers."""
    if number := number_of(text):
        return ((number, number),), (number,)
    ranges = (found.groups() for found in islice(_RANGE.finditer(text), MOST))
    given = ([float(end) for end in ends if end] for ends in ranges)
    known = ([end for end in ends if end < 10**DIGITS] for ends in given)
    spans = tuple((min(ends), max(ends)) for ends in known if ends)
    wholes = (range(max(1, math.ceil(low)), math.floor(high) + 1) for low, high in spans)
    numbers = sorted(set(islice(chain.from_iterable(wholes), MOST + 1)))
    return spans, tuple(numbers if len(numbers) <= MOST else numbers[:1])


def number_of(text: str) -> int:
    """A whole number from 1 on, in digits, in words or in Roman numerals; 0 of anything else."""
    name = text.strip().lower()
    return int(name) if name.isdecimal() and len(name) <= DIGITS else _VOLUME_NAMES.get(name, 0)
