"""Whether two names are one person's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from readalike.libraries.titles import words_of

ALIKE = 90.0
"""Names that are as alike as this (rapidfuzz's `ratio`, of 100) are the same misspelt ..."""
LONG = 8
"""... where they have so many letters; short names that are alike are other people's."""
FIRST_ALIKE = 85.0
"""First names that are as alike as this are the same, beside the same last name."""

NOBODY = frozenset(
    ("", "anonymous", "anon", "unknown", "unknown author", "various", "various authors", "na")
)
SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "phd", "md", "esq"))
VOWELS = frozenset("aeiouy")


@dataclass(frozen=True)
class Person:
    """A name taken apart.

    Attributes:
        words: Its words, initials one by one, in the order of the alphabet.
        last: The last word.
        first: The first word, where it is no initial.
        initials: First letters of all words before the last.
    """

    words: tuple[str, ...]
    last: str
    first: str
    initials: str


@lru_cache(maxsize=1 << 15)
def person_of(name: str) -> Person | None:
    """Takes a name apart; None for nobody, such as `Anonymous`."""
    words = words_of(name)
    if " ".join(words) in NOBODY:
        return None
    while len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    given = [letter for word in words[:-1] for letter in _initials(word)]
    first = given[0] if given and len(given[0]) > 1 else ""
    whole = tuple(sorted([*given, *_initials(words[-1])]))
    return Person(whole, words[-1], first, "".join(word[0] for word in given))


def is_same(one: Person, other: Person) -> bool:
    """Whether two names are held to be one person's.

    Same words in any order; a name inside a longer one (`Tolkien`, `Gabriel García`); the same
    last name behind first names that agree or are initials of one another; or long names that are
    nearly alike (`Dostoyevsky`).
    """
    if one.words == other.words or _is_inside(one, other) or _is_inside(other, one):
        return True
    if one.last == other.last and _agree(one, other):
        return True
    return _misspelt(one, other)


def _is_inside(short: Person, long: Person) -> bool:
    if not set(short.words) < set(long.words):
        return False
    return short.words == (long.last,) or sum(len(word) > 1 for word in short.words) > 1


def _agree(one: Person, other: Person) -> bool:
    a, b = one.initials, other.initials
    if not a or not b or not (a.startswith(b) or b.startswith(a)):
        return False
    if not one.first or not other.first:
        return True
    short, long = sorted((one.first, other.first), key=len)
    if len(short) > 2 and long.startswith(short):
        return True
    from rapidfuzz import fuzz

    return fuzz.ratio(short, long) >= FIRST_ALIKE


def _misspelt(one: Person, other: Person) -> bool:
    from rapidfuzz import fuzz

    a, b = " ".join(one.words), " ".join(other.words)
    return min(len(a), len(b)) >= LONG and fuzz.ratio(a, b) >= ALIKE


def _initials(word: str) -> list[str]:
    """`jrr` letter by letter; a word as it is."""
    return list(word) if len(word) <= 3 and not VOWELS.intersection(word) else [word]
