"""Finds an entry by title and author."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from readalike.libraries.asked import (
    Asked,
    another_volume,
    first_author,
    misspelt,
    same_author,
)
from readalike.libraries.index import Index
from readalike.libraries.titles import OTHER_WORK

DOUBTFUL = 85.0
"""Titles of the author's that are as alike as this (`ratio`) are worth a question."""
TELLING = 4
"""A title of so many words is rarely two books': by another author it is worth a question."""
SHORTEST = 3
"""Letters that a title before its subtitle must have."""

_VOLUME = re.compile(r"\s*\d+$")


@dataclass(frozen=True)
class Named:
    """The books that have an entry's title and author.

    Attributes:
        how: How they were found; empty where they are only worth a question.
        books: Indices of the books, the best first.
        why: What is not certain; empty where it is one work for certain.
    """

    how: str
    books: tuple[int, ...]
    why: str = ""

    @property
    def sure(self) -> bool:
        """Whether it is one work, by enough."""
        return bool(self.how and not self.why)


def named(asked: Asked, index: Index) -> Named:
    """The first of these that finds something.

    1. The same full title by the same author.
    2. "Series: Title" on one side and the title in that series on the other.
    3. The same title before the subtitle, by the same author, if that is one work, the subtitle is
       missing on one side or nearly the same, and speaks neither of several books nor of a part;
       and if the short title is no series' name.
    4. The same title but for slips of the pen, among the author's books.
    5. Not certain, only to be asked: the same title by somebody else or by nobody known, and
       titles of the author's that are much alike.
    """
    if not asked.title.full:
        return Named("", (), "it has no title")
    for look in (_by_full_title, _by_series_and_title, _by_short_title, _by_slips):
        found = look(asked, index)
        if found is not None:
            return found
    return _worth_a_question(asked, index)


def _by_full_title(asked: Asked, index: Index) -> Named | None:
    books = index.by_title.get(asked.title.full, ())
    return _one_work("title and author", _theirs(asked, index, books), asked, index)


def _by_series_and_title(asked: Asked, index: Index) -> Named | None:
    title = asked.title
    found = [
        b for b in index.by_title.get(title.rest, ()) if _is_series(title.short, index.series[b])
    ]
    found += [
        b for b in index.behind_series.get(title.full, ()) if asked.series in ("", index.series[b])
    ]
    return _one_work("series, title and author", _theirs(asked, index, found), asked, index)


def _is_series(text: str, series: str) -> bool:
    """Whether a text is a series or the beginning of its name, as `Percy Jackson 1` is."""
    name = _VOLUME.sub("", text)
    return bool(name) and f"{series} ".startswith(f"{name} ")


def _by_short_title(asked: Asked, index: Index) -> Named | None:
    title, how = asked.title, "short title and author"
    found = [*index.by_short_title.get(title.short, ())]
    if title.rest:
        found += index.by_title.get(title.short, ())
    books = _theirs(asked, index, found)
    several = _begins_several(title.short, index)
    alike = [
        b for b in books if not several and _same_subtitle(title.rest, index.titles[b].rest, index)
    ]
    one = _one_work(how, alike or books, asked, index)
    if one is None or alike:
        return one
    # a part or volume that is left aside says too that the short title is not one book's
    works = {int(index.works[b]) for b in found if same_author(asked, index, b)}
    why = one.why or _several(len(works)) or _why_not(asked, index, one.books[0])
    return replace(one, why=why)


def _why_not(asked: Asked, index: Index, book: int) -> str:
    """Why a book with the same short title may be another one; empty where nothing says so."""
    title, other = asked.title, index.titles[book]
    if title.rest and other.rest:
        return "the subtitle is another one"
    if title.other_work or other.other_work:
        return "the subtitle speaks of several books, of a part, or of a book about it"
    of_series = other.rest and _is_series(title.short, index.series[book])
    if of_series or _begins_several(title.short, index):
        return "what stands before the subtitle is the name of a series, or begins other titles too"
    if len(title.short) < SHORTEST:
        return "what stands before the subtitle is too short"
    if _theirs(asked, index, index.by_title.get(title.rest, ())):
        return "the subtitle is the title of another book by the same author"
    return ""


def _begins_several(short: str, index: Index) -> bool:
    """Whether a short title is a series, or begins titles of several works, whoever wrote them."""
    begun = {int(index.works[b]) for b in index.by_short_title.get(short, ())}
    return short in index.known_series or len(begun) > 1


def _same_subtitle(one: str, other: str, index: Index) -> bool:
    """Whether the subtitle of an entry is that of a book, some of its words perhaps left out."""
    words, others = one.split(), other.split()
    if not words or not others or _telling(words) != _telling(others):
        return False
    following = iter(others)
    in_order = all(word in following for word in words)
    return (len(words) > 1 and in_order) or misspelt(one, other, index)


def _telling(words: Iterable[str]) -> list[str]:
    """Words that make another book of the same subtitle: numbers, "companion", "part"."""
    return sorted(word for word in words if word.isdigit() or word in OTHER_WORK)


def _by_slips(asked: Asked, index: Index) -> Named | None:
    right = [
        b
        for b in _theirs(asked, index, _of_the_authors(asked, index))
        if misspelt(asked.title.full, index.titles[b].full, index)
    ]
    return _one_work("title nearly and author", right, asked, index)


def _worth_a_question(asked: Asked, index: Index) -> Named:
    text = asked.title.full
    found = index.by_title.get(text, [])
    nobody = [b for b in found if same_author(asked, index, b) is None]
    if nobody:
        return Named("", tuple(nobody), "no author is named to tell it by")
    theirs = [b for b in found if same_author(asked, index, b)]
    if theirs:
        return Named("", tuple(theirs), "the catalogue has another volume or part of it")
    others = " / ".join(dict.fromkeys(index.catalogue.authors[b] for b in found))
    if found and len(text.split()) >= TELLING:
        return Named("", tuple(found), f"the title is there, but by {others}")
    alike = _alike(asked, index)
    if alike:
        return Named("", alike, "only titles of the same author that are like it")
    if found:
        return Named("", (), f"the title is there only by {others}")
    return Named("", (), "the catalogue has no such title")


def _alike(asked: Asked, index: Index) -> tuple[int, ...]:
    from rapidfuzz import fuzz

    text = asked.title.full
    ratios = [
        (fuzz.ratio(text, index.titles[b].full, score_cutoff=DOUBTFUL), b)
        for b in _of_the_authors(asked, index)
        if same_author(asked, index, b)
    ]
    return tuple(b for ratio, b in sorted(ratios, key=lambda r: (-r[0], r[1])) if ratio)


def _of_the_authors(asked: Asked, index: Index) -> Sequence[int]:
    """Books by authors whose last name is a word of one of the names."""
    words = dict.fromkeys(word for person in asked.people for word in person.words)
    return sorted({book for word in words for book in index.by_last_name.get(word, ())})


def _theirs(asked: Asked, index: Index, books: Iterable[int]) -> list[int]:
    """The books by an author of the entry that are not another volume."""
    return [
        b for b in books if same_author(asked, index, b) and not another_volume(asked, index, b)
    ]


def _one_work(how: str, books: Sequence[int], asked: Asked, index: Index) -> Named | None:
    """The best edition of the one work that books are; several works are not certain.

    Books whose first author is named go before those where only another one is: a retelling
    names the author of what is retold too.
    """
    if not books:
        return None
    chosen = [b for b in books if first_author(asked, index, b)] or books
    best = index.edition(chosen)
    ordered = (best, *(b for b in sorted(set(chosen)) if b != best))
    return Named(how, ordered, _several(len({int(index.works[b]) for b in chosen})))


def _several(works: int) -> str:
    """What to say of several works; nothing of one."""
    return f"{works} books of the catalogue answer to it" if works > 1 else ""
