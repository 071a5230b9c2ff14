"""What a title says: series and volume, parts and sets, and whether two titles are of one book."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, islice

from readalike.bibliography.folding import fold

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


ARTICLES = frozenset(("the", "a", "an"))
OTHER_WORK = frozenset(
    [
        "boxed",
        "box",
        "boxset",
        "trilogy",
        "omnibus",
        "compendium",
        "bundle",
        "volumes",
        "vol",
        "part",
        "parts",
        "graphic",
        "manga",
        "comic",
        "companion",
        "summary",
        "sparknotes",
        "cliffsnotes",
        "workbook",
        "coloring",
        "colouring",
        "screenplay",
        "sampler",
        "excerpt",
        "abridged",
        "preview",
    ]
)
"""A subtitle with one of these words speaks of several books, of a part, or of a book about it."""
EDITION = frozenset(
    [
        "edition",
        "editions",
        "anniversary",
        "paperback",
        "hardcover",
        "hardback",
        "ebook",
        "kindle",
        "audiobook",
        "audio",
        "audible",
        "cd",
        "unabridged",
        "reprint",
        "reissue",
        "reissued",
        "illustrated",
        "annotated",
        "classics",
        "classic",
        "penguin",
        "vintage",
        "puffin",
        "signet",
        "bantam",
        "everyman",
        "wordsworth",
        "tie",
        "movie",
        "mti",
        "uncut",
        "revised",
        "deluxe",
        "novel",
        "roman",
    ]
)
"""A remark with one of these words speaks of the printing, not of the book ..."""
NO_EDITION = OTHER_WORK | {"guide", "notes", "script", "art", "making"}
"""... unless it has one of these too: `(Official Movie Companion)`."""
UNITS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    word: 10 * number
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
SAME = {
    "volume": "vol", "pt": "part",
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9",
}  # fmt: skip
"""Ways of writing one thing; the Roman numerals i, v and x are words too."""

_SIGNS = re.compile(r"['`]")
_WORD = re.compile(r"[a-z0-9]+")
_SORTED = re.compile(r",\s*(the|a|an)\s*$", re.IGNORECASE)
_REMARK = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_PARTED = re.compile(r"\s*:\s+|\s+[-–]+\s+|\s*—\s*|;\s+")
_PART = re.compile(r"\bp(?:ar)?t\.?\s+(\w+)", re.IGNORECASE)
_LAST_NUMBER = re.compile(r"\d+$")


@dataclass(frozen=True)
class Title:
    """A title taken apart; every text is folded as `key` does it.

    Attributes:
        full: All of it but the series behind it and remarks on the printing.
        short: What stands before the first colon or dash; `full` where there is none.
        rest: What stands behind that; empty where there is none.
        series: The series behind it, as in `(The Raven Cycle, #4)`.
        volume: The number there.
        part: Which part of a divided volume it is, as in `(Harry Potter, #5, Part 1)`.
    """

    full: str
    short: str
    rest: str
    series: str
    volume: str
    part: str

    @property
    def other_work(self) -> bool:
        """Whether the subtitle speaks of several books, a part, or a book about it."""
        return bool(OTHER_WORK.intersection(self.rest.split()) or _LAST_NUMBER.search(self.rest))


@lru_cache(maxsize=1 << 15)
def title_of(title: str) -> Title:
    """Takes a title apart; of one that is longer than any its beginning."""
    title = title[:LONGEST]
    series, volume = series_of(title)
    bare = bare_title(title) if series else title
    part = _PART.search(title[len(bare) :]) if series else None
    bare = _without_remarks(bare)
    short, rest = _halves(bare)
    if rest and _of_the_printing(rest):
        bare, rest = short, ""
    return Title(
        key(bare), key(short), key(rest), key(series), volume, key(part[1]) if part else ""
    )


@lru_cache(maxsize=1 << 16)
def key(text: str) -> str:
    """Words of a title as they are compared.

    Case, accents, signs and an article in front (or behind a comma) do not count; `&` is "and";
    numbers are digits however they are written, so that "Nineteen Eighty-Four" is "1984".
    """
    words = words_of(_SORTED.sub("", text.replace("&", " and ")))
    if len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    return " ".join(_in_digits(words))


def words_of(text: str) -> list[str]:
    """The words of `fold`, found faster where all letters are plain."""
    if text.isascii():
        return _WORD.findall(_SIGNS.sub("", text.lower()))
    return fold(text).split()


def _without_remarks(title: str) -> str:
    while (found := _REMARK.search(title)) and found.start() > 0:
        words = set(words_of(found[1]))
        if not words & EDITION or words & NO_EDITION:
            break
        title = title[: found.start()]
    return title


def _of_the_printing(rest: str) -> bool:
    """Whether a subtitle says no more than `A Novel` or `50th Anniversary Edition`."""
    words = [word for word in words_of(rest) if word not in ARTICLES]
    return not EDITION.isdisjoint(words) and all(w in EDITION or w[0].isdigit() for w in words)


def _halves(title: str) -> tuple[str, str]:
    found = _PARTED.search(title, 1)
    if found is None or not title[found.end() :].strip():
        return title, ""
    return title[: found.start()], title[found.end() :]


def _in_digits(words: list[str]) -> list[str]:
    """Number words as digits: 84 for "eighty four", 1984 for "nineteen eighty four"."""
    found: list[str] = []
    at = 0
    while at < len(words):
        value, used = _below_hundred(words, at)
        if not used:
            word = SAME.get(words[at], words[at])
            found.append(word.lstrip("0") or "0" if word.isdigit() else word)
            at += 1
            continue
        more, further = _below_hundred(words, at + used)
        if value >= 10 and more >= 10:
            value, used = 100 * value + more, used + further
        elif words[at + used : at + used + 1] == ["hundred"]:
            value, used = 100 * value, used + 1
        found.append(str(value))
        at += used
    return found


def _below_hundred(words: list[str], at: int) -> tuple[int, int]:
    """The number that begins at a word, and how many words it takes; none where it is no number."""
    word = words[at] if at < len(words) else ""
    if word in UNITS:
        return UNITS[word], 1
    if word not in TENS:
        return 0, 0
    unit = UNITS.get(words[at + 1], 0) if at + 1 < len(words) else 0
    return (TENS[word] + unit, 2) if 0 < unit < 10 else (TENS[word], 1)


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
_PRINTED_REMARK = re.compile(r"\((?P<name>[^()]+)\)\s*$")
_BETWEEN = re.compile(r"\s*[/;,&]\s*|\s+and\s+")


@dataclass(frozen=True)
class TitleStatements:
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


NOTHING = TitleStatements()


def title_statements(title: str, series: str, volume: str) -> TitleStatements:
    """What is said of a book; series and volume, where they are given, go before the title."""
    if len(title) > LONGEST:
        title = ""
    if series:
        return _by_columns(title, series, volume)
    if not _CUE.search(title):
        return NOTHING
    if found := _LOOSE.search(title):
        return TitleStatements(found["name"].strip(), spans_of(found["volume"]))
    if found := _PARCEL.search(title):
        name = title[: found.start()].strip(" ,:(-")
        spans = _spans_behind(title)
        every = not spans and not found["number"]
        return TitleStatements(_of_all(name) or name, spans, sure=False, parcel=True, every=every)
    if (found := _PART_OF.search(title)) and "/" not in title:
        part = number_of(found["part"] or found["ordinal"])
        name = found["name"]
        return TitleStatements(name, part=part, whole=name)
    if found := _NUMBERED.search(title):
        if name := _of_all(found["name"]):
            return TitleStatements(name, sure=False, parcel=True)
        return TitleStatements(found["name"], spans_of(found["volume"]))
    if found := _KIND.search(title):
        spans = ((1.0, float(KINDS[found["kind"].lower()])),)
        return TitleStatements(found["name"], spans, sure=False, parcel=True)
    if name := _of_all(title):
        return TitleStatements(name, sure=False, every=True)
    remark = _PRINTED_REMARK.search(title)
    return TitleStatements(remark["name"], sure=False) if remark else NOTHING


def _by_columns(title: str, series: str, volume: str) -> TitleStatements:
    mark = _MARK.search(series)
    name = _PART_BEFORE.sub("", series[: mark.start()] if mark else series)
    if not fold(name):
        return NOTHING
    spans = spans_of(_first_numbers(series[mark.start() :], volume) if mark else volume)
    if not _MORE.search(title):
        return TitleStatements(name, spans)
    bare = bare_title(title)
    if behind := _PART_BEHIND.search(title[len(bare) :]):
        return TitleStatements(name, spans, part=number_of(behind["part"]))
    if (found := _PART_OF.search(bare)) and "/" not in bare:
        part = number_of(found["part"] or found["ordinal"])
        return TitleStatements(name, spans, part=part, whole=found["name"])
    parcel = not spans and bool(_PARCEL.search(bare))
    return TitleStatements(name, spans, parcel=parcel, every=parcel)


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
    listed = _PRINTED_REMARK.sub("", bare_title(title)).rpartition(": ")[2]
    pieces = _BETWEEN.split(listed)
    return [title_key(piece) for piece in pieces] if len(pieces) > 1 else []


def _wholes(span: tuple[float, float]) -> range:
    return range(max(1, math.ceil(span[0])), math.floor(span[1]) + 1)
