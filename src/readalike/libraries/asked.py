"""What an entry says of its title and authors, and how far a book of the catalogue agrees."""

from __future__ import annotations

import re
from dataclasses import dataclass

from readalike.libraries.entry import Entry
from readalike.libraries.index import Index
from readalike.libraries.people import Person, is_same, person_of
from readalike.libraries.titles import Title, key, title_of

NEARLY = 90.0
"""Titles that are as alike as this (rapidfuzz's `ratio`, of 100) agree, beside an id."""
SLIPS = 2
"""So many words of a title may be misspelt."""
LONG_WORD = 10
"""A word of so many letters may differ in two of them, a shorter one in one ..."""
SHORT_WORD = 4
"""... and one that is shorter than this in none."""
LONE_WORD = 9
"""A title of one word must have so many letters to be taken for misspelt."""

_TRAILING = re.compile(r"\.0+$")


@dataclass(frozen=True)
class Asked:
    """The words of an entry.

    Attributes:
        title: Its title, taken apart.
        people: Its authors, taken apart.
        series: The series, folded as titles are.
        volume: The number in the series.
    """

    title: Title
    people: tuple[Person, ...]
    series: str
    volume: str


def asked_of(entry: Entry) -> Asked:
    """The words of an entry."""
    title = title_of(entry.title)
    people = tuple(person for name in entry.authors if (person := person_of(name)))
    return Asked(
        title, people, key(entry.series) or title.series, _plain(entry.volume or title.volume)
    )


def same_author(asked: Asked, index: Index, book: int) -> bool | None:
    """Whether the first author of one of them is an author of the other.

    None where one of them names nobody. A translator or illustrator in common is not enough.
    """
    people = index.people[book]
    if not asked.people or not people:
        return None
    return first_author(asked, index, book) or any(
        is_same(asked.people[0], other) for other in people[1:]
    )


def first_author(asked: Asked, index: Index, book: int) -> bool:
    """Whether the first author of the book is among the authors of the entry."""
    people = index.people[book]
    return bool(people) and any(is_same(one, people[0]) for one in asked.people)


def another_volume(asked: Asked, index: Index, book: int) -> bool:
    """Whether they are other volumes of one series, or one is a part of the other.

    A title without its series may be of any part.
    """
    title = asked.title
    if title.part != index.titles[book].part and (title.part or title.series):
        return True
    volume, series = _plain(index.catalogue.volumes[book]), index.series[book]
    if not (asked.volume and volume and asked.series and series):
        return False
    related = f" {asked.series} " in f" {series} " or f" {series} " in f" {asked.series} "
    return related and asked.volume != volume


def same_title(asked: Asked, index: Index, book: int) -> bool | None:
    """Whether the titles agree well enough to bear out an id; None where one has no title."""
    title, other = asked.title, index.titles[book]
    if not title.full or not other.full:
        return None
    if another_volume(asked, index, book):
        return False
    if {title.full, title.short} & {other.full, other.short}:
        return True
    if title.rest == other.full or other.rest == title.full:
        return True
    from rapidfuzz import fuzz

    return misspelt(title.full, other.full, index) or fuzz.ratio(title.full, other.full) >= NEARLY


def misspelt(text: str, right: str, index: Index) -> bool:
    """Whether a title is another one with slips of the pen.

    Words may run together or apart. Else both have as many words, at most `SLIPS` of them differ,
    each begins with the same letter and differs in a letter or, if long, two; and none of them is
    a word of any title of the catalogue, nor a number: "Fifty Shades Freed" is no slip.
    """
    words, others = text.split(), right.split()
    if text != right and "".join(words) == "".join(others):
        return True
    if len(words) != len(others):
        return False
    slips = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    if not 0 < len(slips) <= SLIPS or (len(words) == 1 and len(text) < LONE_WORD):
        return False
    return all(_is_slip(a, b, index) for a, b in slips)


def _is_slip(word: str, right: str, index: Index) -> bool:
    shorter = min(len(word), len(right))
    if shorter < SHORT_WORD or word[0] != right[0] or word in index.words:
        return False
    if any(letter.isdigit() for letter in word + right):
        return False
    from rapidfuzz.distance import OSA

    allowed = 2 if shorter >= LONG_WORD else 1
    return OSA.distance(word, right, score_cutoff=allowed) <= allowed


def _plain(volume: str) -> str:
    """A volume's number without blanks, a needless fraction and other dashes."""
    return _TRAILING.sub("", re.sub(r"\s*[-–—]\s*", "-", volume).strip(" #"))
