"""Which book of a catalogue each entry of a library is: rather none than a wrong one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.people import Person, is_same, person_of
from readalike.bibliography.titles import OTHER_WORK, Title, title_key
from readalike.libraries.corrections import Correction, by_row, corrected
from readalike.libraries.entry import Entry, Library
from readalike.libraries.matches import (
    CONFIDENCE,
    HALF_AGREED,
    NOT_FIRST_AUTHOR,
    UNCHECKED,
    Match,
    Matches,
    Unknown,
)
from readalike.tables.account import counted

NEARLY = 90.0
"""Titles that are as alike as this (rapidfuzz's `ratio`, of 100) agree, beside an id."""
DOUBTFUL = 85.0
"""Titles of the author's that are as alike as this (`ratio`) are worth a question."""
SLIPS = 2
"""So many words of a title may be misspelt."""
LONG_WORD = 10
"""A word of so many letters may differ in two of them, a shorter one in one ..."""
SHORT_WORD = 4
"""... and one that is shorter than this in none."""
LONE_WORD = 9
"""A title of one word must have so many letters to be taken for misspelt."""
TELLING = 4
"""A title of so many words is rarely two books': by another author it is worth a question."""
SHORTEST = 3
"""Letters that a title before its subtitle must have."""
CANDIDATES = 5
"""So many books are offered where it is not certain which one is meant."""
CHECKED = 5
"""From so many Goodreads ids on that can be checked, a majority that is wrong counts."""

_TRAILING = re.compile(r"\.0+$")
_VOLUME = re.compile(r"\s*\d+$")
_OPEN_LIBRARY = re.compile(r"OL\d+[WM]")
_NO_TITLE = "what stands before the subtitle is the name of a series, or begins other titles too"

_SERIES_TOO = "the original title of a book, and the name of a series"


def match(
    library: Library,
    index: BookIndex,
    corrections: Iterable[Correction] = (),
    unknown: Unknown = "ignore",
) -> Matches:
    """Finds each entry in the catalogue.

    First counts what the reader has corrected. Then what an id or an ISBN says, if title or author
    bear it out and the other does not name another book; then title and author (`_Lookup.by_title`
    has the rules). What is contradictory is ambiguous, never chosen. The order of rows does not
    matter.
    """
    decided = by_row(corrections, index.catalogue)
    decisions = [corrected(entry, decided) for entry in library.entries]
    lookups = [_Lookup(entry, index) for entry in library.entries]
    claims = [lookup.claims() for lookup in lookups]
    notes = []
    idle = len(decided) - sum(decision is not None for decision in decisions)
    if idle > 0:
        notes.append(f"{counted(idle, 'correction')} of entries that are not in this file")
    ids = [claim for of_entry in claims for claim in of_entry if claim.how == "goodreads id"]
    checked = [c.support for c in ids if c.title is not None and c.author is not None]
    wrong = checked.count(0)
    if len(checked) >= CHECKED and 2 * wrong > len(checked):
        notes.append(
            f"its Goodreads ids are not believed: {wrong:,} of the {len(checked):,} that can be "
            "checked are of books with another title and author"
        )
        claims = [[c for c in each if c.how != "goodreads id" or c.support == 2] for each in claims]
    each = tuple(
        decision or lookup.match(of_entry)
        for decision, lookup, of_entry in zip(decisions, lookups, claims, strict=True)
    )
    books = Counter(found.book_id for found in each if found.book_id is not None)
    several = sum(count > 1 for count in books.values())
    if several:
        notes.append(
            f"{counted(several, 'book')} of the catalogue, each behind more than one entry: "
            "editions that are entries of their own, or a mistake"
        )
    return Matches(library, index.catalogue, each, tuple(notes), unknown)


@dataclass(frozen=True)
class _Claim:
    """A book that an id or ISBN says an entry is; whether title and author agree, if known."""

    how: str
    book: int
    title: bool | None
    author: bool | None

    @property
    def support(self) -> int:
        return (self.title is True) + (self.author is True)

    @property
    def unchecked(self) -> bool:
        return self.title is None and self.author is None


@dataclass(frozen=True)
class _Named:
    """The books that have an entry's title and author, best first; `why` that is not certain."""

    how: str
    books: tuple[int, ...]
    why: str = ""


@dataclass(frozen=True, eq=False)
class _Lookup:
    """One entry beside a catalogue."""

    entry: Entry
    index: BookIndex

    @cached_property
    def title(self) -> Title:
        return Title(self.entry.title)

    @cached_property
    def people(self) -> tuple[Person, ...]:
        return tuple(person for name in self.entry.authors if (person := person_of(name)))

    @cached_property
    def series(self) -> str:
        return title_key(self.entry.series) or title_key(self.title.series)

    @cached_property
    def volume(self) -> str:
        return _plain(self.entry.volume or self.title.volume)

    def same_author(self, book: int) -> bool | None:
        """Whether the first author of one of them is an author of the other.

        None where one of them names nobody. A translator or illustrator in common is not enough.
        """
        people = self.index.people[book]
        if not self.people or not people:
            return None
        first = self.people[0]
        return self.first_author(book) or any(is_same(first, other) for other in people[1:])

    def first_author(self, book: int) -> bool:
        """Whether the first author of the book is among the authors of the entry."""
        people = self.index.people[book]
        return bool(people) and any(is_same(one, people[0]) for one in self.people)

    def another_volume(self, book: int) -> bool:
        """Whether they are other volumes of one series, or one is a part of the other.

        A title without its series may be of any part.
        """
        other_part = self.title.part != self.index.titles[book].part
        if other_part and (self.title.part or self.title.series):
            return True
        volume, series = _plain(self.index.catalogue.volumes[book]), self.index.series[book]
        if not (self.volume and volume and self.series and series):
            return False
        related = f" {self.series} " in f" {series} " or f" {series} " in f" {self.series} "
        return related and self.volume != volume

    def same_title(self, book: int) -> bool | None:
        """Whether the titles agree well enough to bear out an id; None where one has no title."""
        title, other = self.title, self.index.titles[book]
        if not title.full or not other.full:
            return None
        if self.another_volume(book):
            return False
        if {title.full, title.short} & {other.full, other.short}:
            return True
        if title.rest == other.full or other.rest == title.full:
            return True
        if book in self.index.by_other_title.get(title.full, ()):
            return True
        from rapidfuzz import fuzz

        alike = fuzz.ratio(title.full, other.full) >= NEARLY
        return alike or misspelt(title.full, other.full, self.index)

    def claims(self) -> list[_Claim]:
        """All that the ids and ISBN of the entry say, the surest kind first.

        An id that the file does not say the giver of may be the catalogue's or Goodreads'; the
        title must agree, since small numbers are ids of some book everywhere. (goodbooks-10k has
        both, and its own is called `book_id` in one layout, where Goodreads' is in the other.)
        """
        found: dict[tuple[str, int], _Claim] = {}
        for how, book, guessed in self._said():
            claim = _Claim(how, book, self.same_title(book), self.same_author(book))
            if not guessed or claim.title or claim.unchecked:
                found.setdefault((how, book), claim)
        return list(found.values())

    def _said(self) -> Iterator[tuple[str, int, bool]]:
        """Kind, book, and whether the kind is a guess."""
        index, ids = self.index, self.entry.ids
        books = index.catalogue.books
        guess = ids.get("book", "")
        for book in index.by_goodreads_id.get(ids.get("goodreads", ""), ()):
            yield "goodreads id", book, False
        for book in index.by_work_id.get(ids.get("work", ""), ()):
            yield "work id", book, False
        for kind in ("openlibrary", "openlibrary edition"):
            outside = ids.get(kind, "").rpartition("/")[2]
            if _OPEN_LIBRARY.fullmatch(outside):
                known = books.index(outside)
                by_work = index.by_work_id.get(outside, ())
                for book in [*([] if known is None else [known]), *by_work]:
                    yield "open library id", book, False
        for isbn in self.entry.isbn13:
            for book in index.by_isbn.get(isbn, ()):
                yield "isbn", book, False
        known = books.index(guess) if guess else None
        if known is not None:
            yield "catalogue id", known, True
        if self.entry.title or self.entry.authors:
            for book in index.by_goodreads_id.get(guess, ()):
                yield "goodreads id", book, True

    def match(self, claims: Sequence[_Claim]) -> Match:
        """What the entry is, by what its ids say and by title and author."""
        by_title, index = self.by_title(), self.index
        borne_out = [claim for claim in claims if claim.support or claim.unchecked]
        strongest = max((claim.support for claim in borne_out), default=0)
        best = [claim for claim in borne_out if claim.support == strongest]
        if len({int(index.works[claim.book]) for claim in best}) > 1:
            why = f"{_listed(best)} say different books"
            return _ambiguous([claim.book for claim in best], index, why)
        if best:
            return _by_claim(best[0], by_title, index)
        if by_title.how and not by_title.why:
            book = by_title.books[0]
            confidence = CONFIDENCE[by_title.how]
            confidence -= 0.0 if self.first_author(book) else NOT_FIRST_AUTHOR
            why = f"{_listed(claims)} says another book, which has neither title nor author"
            return _matched(book, index, by_title.how, confidence, why if claims else "")
        if claims:
            why = f"{_listed(claims)} says a book with another title and author"
            return _ambiguous([*(claim.book for claim in claims), *by_title.books], index, why)
        if by_title.books:
            return _ambiguous(by_title.books, index, by_title.why)
        if not self.entry.title:
            why = "it has no title, and its ids and ISBN are not in the catalogue"
            return Match("unmatched", why=why)
        return Match("unmatched", why=by_title.why)

    def by_title(self) -> _Named:
        """The first of these that finds something.

        1. The same full title by the same author.
        2. "Series: Title" on one side and the title in that series on the other.
        3. The original title of a book, or another one that it has, by the same author; if that
           is no series' name.
        4. The same title before the subtitle, by the same author, if that is one work, the subtitle
           is missing on one side or nearly the same, and speaks neither of several books nor of a
           part; and if the short title is no series' name.
        5. The same title but for slips of the pen, among the author's books.
        6. Not certain, only worth a question: the same title by somebody else or by nobody known,
           and titles of the author's that are much alike.
        """
        title, index = self.title, self.index
        if not title.full:
            return _Named("", (), "it has no title")
        same = index.by_title.get(title.full, [])
        behind, before = index.by_title.get(title.rest, ()), index.behind_series.get(title.full, ())
        of_series = [b for b in behind if _begins(title.short, index.series[b])]
        of_series += [b for b in before if self.series in ("", index.series[b])]
        return (
            self._one_work("title and author", self._theirs(same))
            or self._one_work("series, title and author", self._theirs(of_series))
            or self._by_other_title()
            or self._by_short_title()
            or self._one_work("title nearly and author", self._misspelt())
            or self._worth_a_question(same or index.by_other_title.get(title.full, []))
        )

    def _by_other_title(self) -> _Named | None:
        text, index = self.title.full, self.index
        found = self._theirs(index.by_other_title.get(text, ()))
        one = self._one_work("original title and author", found)
        if one is not None and text in index.by_series:
            return replace(one, why=one.why or _SERIES_TOO)
        return one

    def _misspelt(self) -> list[int]:
        text, index = self.title.full, self.index
        books = self._theirs(self._of_the_authors())
        return [b for b in books if misspelt(text, index.titles[b].full, index)]

    def _by_short_title(self) -> _Named | None:
        title, index = self.title, self.index
        found = [*index.by_short_title.get(title.short, ())]
        if title.rest:
            found += index.by_title.get(title.short, ())
        books = self._theirs(found)
        alike = [
            b
            for b in books
            if not _begins_several(title.short, index)
            and _same_subtitle(title.rest, index.titles[b].rest, index)
        ]
        one = self._one_work("short title and author", alike or books)
        if one is None or alike:
            return one
        # a part or volume that is left aside says too that the short title is not one book's
        works = {int(index.works[b]) for b in found if self.same_author(b)}
        why = one.why or _several(len(works)) or self._why_not(one.books[0])
        return replace(one, why=why)

    def _why_not(self, book: int) -> str:
        """Why a book with the same short title may be another one; empty where nothing says so."""
        title, other, index = self.title, self.index.titles[book], self.index
        if title.rest and other.rest:
            return "the subtitle is another one"
        if title.other_work or other.other_work:
            return "the subtitle speaks of several books, of a part, or of a book about it"
        of_series = other.rest and _begins(title.short, index.series[book])
        if of_series or _begins_several(title.short, index):
            return _NO_TITLE
        if len(title.short) < SHORTEST:
            return "what stands before the subtitle is too short"
        if self._theirs(index.by_title.get(title.rest, ())):
            return "the subtitle is the title of another book by the same author"
        return ""

    def _worth_a_question(self, same: Sequence[int]) -> _Named:
        unsigned = tuple(b for b in same if self.same_author(b) is None)
        if unsigned:
            return _Named("", unsigned, "no author is named to tell it by")
        theirs = tuple(b for b in same if self.same_author(b))
        if theirs:
            return _Named("", theirs, "the catalogue has another volume or part of it")
        others = " / ".join(dict.fromkeys(self.index.catalogue.authors[b] for b in same))
        if same and len(self.title.full.split()) >= TELLING:
            return _Named("", tuple(same), f"the title is there, but by {others}")
        alike = self._alike()
        if alike:
            return _Named("", alike, "only titles of the same author that are like it")
        if same:
            return _Named("", (), f"the title is there only by {others}")
        return _Named("", (), "the catalogue has no such title")

    def _alike(self) -> tuple[int, ...]:
        from rapidfuzz import fuzz

        text, titles = self.title.full, self.index.titles
        ratios = [
            (-fuzz.ratio(text, titles[b].full, score_cutoff=DOUBTFUL), b)
            for b in self._of_the_authors()
            if self.same_author(b)
        ]
        return tuple(b for ratio, b in sorted(ratios) if ratio)

    def _of_the_authors(self) -> Sequence[int]:
        """Books by authors whose last name is a word of one of the names."""
        words = {word for person in self.people for word in person.words}
        return sorted({b for word in words for b in self.index.by_last_name.get(word, ())})

    def _theirs(self, books: Iterable[int]) -> list[int]:
        """The books by an author of the entry that are not another volume."""
        return [b for b in books if self.same_author(b) and not self.another_volume(b)]

    def _one_work(self, how: str, books: Sequence[int]) -> _Named | None:
        """The best edition of the one work that books are; several works are not certain.

        Books whose first author is named go first: a retelling names the author of what is retold
        too.
        """
        if not books:
            return None
        chosen = [b for b in books if self.first_author(b)] or books
        best = self.index.best_known(chosen)[0]
        ordered = (best, *(b for b in sorted(set(chosen)) if b != best))
        return _Named(how, ordered, _several(len({int(self.index.works[b]) for b in chosen})))


def misspelt(text: str, right: str, index: BookIndex) -> bool:
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


def _is_slip(word: str, right: str, index: BookIndex) -> bool:
    shorter = min(len(word), len(right))
    if shorter < SHORT_WORD or word[0] != right[0] or word in index.title_words:
        return False
    if any(letter.isdigit() for letter in word + right):
        return False
    from rapidfuzz.distance import OSA

    allowed = 2 if shorter >= LONG_WORD else 1
    return OSA.distance(word, right, score_cutoff=allowed) <= allowed


def _plain(volume: str) -> str:
    """A volume's number without blanks, a needless fraction and other dashes."""
    return _TRAILING.sub("", re.sub(r"\s*[-–—]\s*", "-", volume).strip(" #"))


def _begins(text: str, series: str) -> bool:
    """Whether a text is a series or the beginning of its name, as `Percy Jackson 1` is."""
    name = _VOLUME.sub("", text)
    return bool(name) and f"{series} ".startswith(f"{name} ")


def _begins_several(short: str, index: BookIndex) -> bool:
    """Whether a short title is a series, or begins titles of several works, whoever wrote them."""
    begun = {int(index.works[b]) for b in index.by_short_title.get(short, ())}
    return short in index.by_series or len(begun) > 1


def _same_subtitle(one: str, other: str, index: BookIndex) -> bool:
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


def _several(works: int) -> str:
    """What to say of several works; nothing of one."""
    return f"{works} books of the catalogue answer to it" if works > 1 else ""


def _by_claim(claim: _Claim, by_title: _Named, index: BookIndex) -> Match:
    """What an id says, unless title and author say another book as well as they can."""
    works = index.works
    other = [b for b in by_title.books if works[b] != works[claim.book]]
    contradicted = by_title.how and by_title.books and len(other) == len(by_title.books)
    if claim.support < 2 and contradicted:
        why = f"{claim.how} says one book, title and author another"
        return _ambiguous([claim.book, *other], index, why)
    confidence, why = CONFIDENCE[claim.how], ""
    if claim.unchecked:
        confidence -= UNCHECKED
        why = "there is no title or author to check it by"
    elif claim.support == 1 and claim.title is not None and claim.author is not None:
        confidence -= HALF_AGREED
        why = "the author is another one" if claim.title else "the title is another one"
    return _matched(claim.book, index, claim.how, confidence, why)


def _matched(book: int, index: BookIndex, how: str, confidence: float, why: str) -> Match:
    outside = index.catalogue.books.ids[book]
    return Match("matched", outside, how, round(confidence, 2), why=why)


def _ambiguous(books: Iterable[int], index: BookIndex, why: str) -> Match:
    ids = index.catalogue.books.ids
    chosen = tuple(ids[book] for book in dict.fromkeys(books))
    return Match("ambiguous", candidates=chosen[:CANDIDATES], why=why)


def _listed(claims: Iterable[_Claim]) -> str:
    return " and ".join(dict.fromkeys(f"its {claim.how}" for claim in claims))
