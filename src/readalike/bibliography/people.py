"""Names of people: out of a cell, whether two are one person's, and as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from readalike.bibliography.folding import fold, fold_case
from readalike.bibliography.transliteration import in_latin, is_cyrillic
from readalike.data.cells import clean_text

_ROLE = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_WORK = "narrat|translat|illustrat|transl\\b|trans\\b|illus"
_BETWEEN_COMMAS = re.compile(r"(?:[(\[][^()\[\]]{0,80}[)\]]|[^,])+")
_ROLE_BEHIND = re.compile(rf"\s+[-–—:]\s*((?:{_WORK}|read by|editor|author)\w*)\s*$", re.IGNORECASE)
_MARK = re.compile(r"[)\]:–—-]")
_ROLE_IN_FRONT = re.compile(rf"\s*(?:(?:{_WORK})\w*|read)\s+by\b|(?:{_WORK})\w*\s*:", re.IGNORECASE)
_AUTHORS = re.compile(r"author|writ|creator|pseudonym|pen ?name|text", re.IGNORECASE)

_SUFFIX = re.compile(r"(jr|sr|ii|iii|iv|ph\.? ?d|m\.? ?d|esq)\.?", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*[;|&]\s*|\s+and\s+")
_ONE_NAME = re.compile(r"[^\s,&()]+(?: [^\s,&()]+)*")


def divided_by_commas(cell: str) -> tuple[str, ...]:
    """`Neil Gaiman, Terry Pratchett`, as in a catalogue; who only translated or drew is left aside.

    A suffix belongs to the name before it: `Martin Luther King, Jr.` is one person.
    """
    if _ONE_NAME.fullmatch(cell):
        return (cell,)
    names: list[str] = []
    for part in _BETWEEN_COMMAS.findall(cell):
        name = clean_text(part)
        if names and _SUFFIX.fullmatch(name):
            names[-1] += f" {name}"
        else:
            names.append(name)
    return authors_only(names)


def divided_by_ampersands(cell: str) -> tuple[str, ...]:
    """`Neil Gaiman & Terry Pratchett`; a comma inside a name is written |."""
    return authors_only(_turned(part.replace("|", ",")) for part in cell.split("&"))


def last_names_first(cell: str) -> tuple[str, ...]:
    """`Gaiman, Neil|Pratchett, Terry`, turned round."""
    return authors_only(_turned(part) for part in re.split(r"[|;]", cell))


def written_anyhow(cell: str) -> tuple[str, ...]:
    """Names as somebody types them: divided by ; & | or "and", else by commas.

    `Herbert, Frank` is one person: one comma behind one word.
    """
    parts = [part for part in _SEVERAL.split(cell) if part.strip()]
    if len(parts) > 1:
        return authors_only(map(_turned, parts))
    last, comma, first = cell.partition(",")
    if comma and "," not in first and " " not in last.strip():
        return authors_only([_turned(cell)])
    return divided_by_commas(cell)


def authors_only(names: Iterable[str]) -> tuple[str, ...]:
    """Names without roles, each once; those in another role than the author's are left aside."""
    found: dict[str, None] = {}
    for text in names:
        name = clean_text(text)
        if _ROLE_IN_FRONT.match(name):
            continue
        roles = []
        while _MARK.search(name) and (role := _ROLE.search(name) or _ROLE_BEHIND.search(name)):
            roles.append(role[1])
            name = name[: role.start()]
        name = name.strip(" ,")
        if name and all(map(_AUTHORS.search, roles)):
            found[name] = None
    return tuple(found)


def _turned(name: str) -> str:
    """`King, Martin Luther, Jr.` as `Martin Luther King Jr.`."""
    last, *rest = (part.strip() for part in name.split(","))
    if not rest or not last:
        return name
    if _SUFFIX.fullmatch(rest[0]):
        return f"{last} {rest[0]}"
    return " ".join([rest[0], last, *filter(_SUFFIX.fullmatch, rest[1:])])


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
    """A name taken apart: its words by the alphabet, initials one by one; `first` is no initial.

    Cyrillic is written in Latin letters.
    """

    words: tuple[str, ...]
    last: str
    first: str
    initials: str


def person_of(name: str) -> Person | None:
    """Takes a name apart; None for nobody, such as `Anonymous`."""
    words = fold(in_latin(name)).split()
    if " ".join(words) in NOBODY:
        return None
    while len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    given = [letter for word in words[:-1] for letter in _initials(word)]
    # in another script a first name is often another one (Лев is Leo), but for its initial
    spelt = bool(given) and len(given[0]) > 1 and not is_cyrillic(name)
    first = given[0] if spelt else ""
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
    from rapidfuzz import fuzz

    a, b = " ".join(one.words), " ".join(other.words)
    return min(len(a), len(b)) >= LONG and fuzz.ratio(a, b) >= ALIKE


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


def _initials(word: str) -> list[str]:
    return list(word) if len(word) <= 3 and not VOWELS.intersection(word) else [word]


Codes = npt.NDArray[np.int64]


def codes(names: Sequence[str]) -> Codes:
    """A number for each name, whatever its case and blanks; -1 of an empty one."""
    folded = {name: fold_case(name) for name in set(names)}
    number = {name: at for at, name in enumerate(sorted({*folded.values()} - {""}))}
    return np.array([number.get(folded[name], -1) for name in names], np.int64)


def names_of(cells: Sequence[str]) -> list[tuple[str, ...]]:
    """The authors of each book of a catalogue, the first one first."""
    divided = {cell: divided_by_commas(cell) for cell in set(cells)}
    return [divided[cell] for cell in cells]


def first_authors(cells: Sequence[str]) -> Codes:
    """A number for the first author of each book of a catalogue; -1 where none is known."""
    return codes([names[0] if names else "" for names in names_of(cells)])


def shared_codes(found: Codes, fewest: int) -> Codes:
    """The codes that so many books share, numbered anew from 0; -1 of all other books."""
    shared = np.bincount(found[found >= 0], minlength=1) >= fewest
    numbers = np.append(np.where(shared, np.cumsum(shared) - 1, -1), -1)  # the last is that of -1
    return np.asarray(numbers[found], np.int64)
