"""What books of one catalogue say of each other: who shares a series, which book holds which."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from readalike.data.titles import bare_title
from readalike.data.volumetitles import NOTHING, Told, series_key, title_key, titles_in

LISTED = 2
"""Titles of other books that a title must name to be a list of them; one beside a slash."""


@dataclass(frozen=True)
class Binding:
    """One book among the others.

    Attributes:
        series: Which series it is of, -1 of none.
        numbers: Its volumes in whole numbers from 1 on, in order.
        first: Number of its first volume, in whole numbers or not; None where none is known.
        last: Number of its last volume.
        part: Which part of a divided volume it is; 0 of none.
        whole: The undivided book, where there is one of another title; -1 elsewhere.
        holds: Other books that are bound in it, where its title names them.
        is_set: Whether it binds several books.
    """

    series: int
    numbers: Sequence[int]
    first: float | None
    last: float | None
    part: int
    whole: int
    holds: Sequence[int]
    is_set: bool


UNBOUND = Binding(-1, (), None, None, 0, -1, (), False)


def bindings_of(
    titles: Sequence[str], told: Sequence[Told], works: Sequence[int], authors: Sequence[int]
) -> tuple[list[Binding], tuple[str, ...]]:
    """Each book among the others, and the names of the series.

    Args:
        titles: Titles as printed.
        told: What each title and its columns say.
        works: Number of the work of each book.
        authors: Number of its first author, -1 where none is known.
    """
    series, names = _series(told, works, authors)
    near = _same_author(titles, told, authors)
    spans = _spans_of_all(told, series)
    found: list[Binding] = []
    for book, said in enumerate(told):
        if said is NOTHING and not _lists(titles[book], said):
            found.append(UNBOUND)
            continue
        of, numbers = series[book], said.numbers
        whole = _whole(book, told, authors, near)
        if whole >= 0 and told[whole].numbers:
            of, numbers = series[whole], told[whole].numbers
        elif said.part and not numbers:
            numbers = [said.part]
        elif said.every and of in spans and spans[of][0] < spans[of][1]:
            numbers = list(range(spans[of][0], spans[of][1] + 1))
        alone = bool(said.part) or len(said.numbers) == 1
        holds = [] if alone else _held(book, titles, authors, near)
        if holds and of not in spans:
            of, numbers = _of_these(holds, told, series)
        binds = said.parcel or holds or len(numbers) > 1 or (said.every and of in spans)
        part = said.part if whole >= 0 or not said.whole else 0
        first, last = _ends(said, numbers)
        if len(numbers) > 1 or part:
            first, last = numbers[0], numbers[-1]
        is_set = bool(binds and not said.part)
        found.append(Binding(of, numbers, first, last, part, whole, holds, is_set))
    return found, names


def _ends(said: Told, numbers: list[int]) -> tuple[float | None, float | None]:
    """The first and the last volume, in whole numbers or not."""
    spans = said.spans or tuple((number, number) for number in numbers)
    if not spans:
        return None, None
    return min(low for low, _ in spans), max(high for _, high in spans)


def _of_these(
    books: Sequence[int], told: Sequence[Told], series: Sequence[int]
) -> tuple[int, list[int]]:
    """The one series and the volumes of several books; none where they have no series in common."""
    of = {series[book] for book in books}
    if len(of) > 1 or -1 in of:
        return -1, []
    return of.pop(), sorted({number for book in books for number in told[book].numbers})


def _series(
    told: Sequence[Told], works: Sequence[int], authors: Sequence[int]
) -> tuple[list[int], tuple[str, ...]]:
    """The series of each book, -1 of none, and their names.

    Books of one name and first author are one series. So are those of several authors, unless two
    works by different authors claim one volume: "The 39 Clues" has seven authors, and two series
    are called "The Immortals". A name that is not sure counts if this author has such a series;
    the words in front of it may be praise, as in "The Great Dune Trilogy".
    """
    key_of = {name: series_key(name) for name in {said.name for said in told}}
    keys = [key_of[said.name] for said in told]
    claims: dict[tuple[str, int], tuple[int, int]] = {}
    split: set[str] = set()
    for book, said in enumerate(told):
        for number in said.numbers if said.sure and keys[book] else ():
            author, work = claims.setdefault((keys[book], number), (authors[book], works[book]))
            if author != authors[book] and work != works[book]:
                split.add(keys[book])
    numbers: dict[tuple[str, int], int] = {}
    names: list[str] = []
    members: dict[tuple[str, int], int] = {}

    def number_of(book: int) -> int:
        key = keys[book], authors[book] if keys[book] in split else -1
        if numbers.setdefault(key, len(names)) == len(names):
            names.append(told[book].name.strip(" ,:-"))
        return members.setdefault((keys[book], authors[book]), numbers[key])

    found = [number_of(b) if key and told[b].sure else -1 for b, key in enumerate(keys)]
    for book, said in enumerate(told):
        if said.sure or not keys[book]:
            continue
        words = keys[book].split() if said.parcel or said.every else [keys[book]]
        tails = (" ".join(words[at:]) for at in range(len(words)))
        known = (members[tail, authors[book]] for tail in tails if (tail, authors[book]) in members)
        found[book] = next(known, -1)
        if found[book] < 0 and said.spans:
            found[book] = number_of(book)
    return found, tuple(names)


def _same_author(
    titles: Sequence[str], told: Sequence[Told], authors: Sequence[int]
) -> dict[tuple[int, str], int]:
    """The books of all authors of whom one perhaps binds or divides others, by author and title."""
    books = Counter(authors)
    wanted = {
        author
        for author, title, said in zip(authors, titles, told, strict=True)
        if author >= 0 and books[author] > 1 and (said.whole or _lists(title, said))
    }
    found: dict[tuple[int, str], int] = {}
    for book, (author, title) in enumerate(zip(authors, titles, strict=True)):
        if author in wanted:
            found.setdefault((author, title_key(bare_title(title))), book)
    return found


def _lists(title: str, said: Told) -> bool:
    return said.parcel or "/" in title or (":" in title and (";" in title or "," in title))


def _whole(
    book: int, told: Sequence[Told], authors: Sequence[int], near: dict[tuple[int, str], int]
) -> int:
    """The volume that a book is a part of, by its title; -1 where there is none."""
    said = told[book]
    for title in (said.whole, said.whole.rpartition(":")[2]) if said.whole else ():
        whole = near.get((authors[book], title_key(title)), book)
        own = [int(low) for low, _ in said.spans]
        if whole != book and (not own or own[:1] == told[whole].numbers[:1]):
            return whole
    return -1


def _held(
    book: int, titles: Sequence[str], authors: Sequence[int], near: dict[tuple[int, str], int]
) -> list[int]:
    """Books of the same author that a title is a list of."""
    named = [near.get((authors[book], piece), book) for piece in titles_in(titles[book])]
    found = sorted(set(named) - {book})
    return found if len(found) >= (1 if "/" in titles[book] else LISTED) else []


def _spans_of_all(told: Sequence[Told], series: Sequence[int]) -> dict[int, tuple[int, int]]:
    """The lowest and the highest volume of each series that is a book of its own."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for said, of in zip(told, series, strict=True):
        if of >= 0 and len(said.numbers) == 1:
            numbers[of] += said.numbers
    return {of: (min(each), max(each)) for of, each in numbers.items()}
