"""What of a title must agree for two books to be one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from readalike.data.letters import fold
from readalike.data.titles import LONGEST, bare_title, series_of

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
