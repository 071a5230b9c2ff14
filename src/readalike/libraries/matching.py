"""Which book of a catalogue each entry of a library is: rather none than a wrong one."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from readalike.bibliography.isbn import to_isbn13
from readalike.bibliography.people import Person, divided_by_commas, is_same, person_of
from readalike.bibliography.titles import OTHER_WORK, Title, key, title_of
from readalike.bibliography.works import works_of
from readalike.data.catalogue import Catalogue
from readalike.libraries.corrections import Correction, by_row, corrected
from readalike.libraries.entry import Entry, Library
from readalike.libraries.matches import (
    CONFIDENCE,
    HALF_AGREED,
    NOT_FIRST_AUTHOR,
    UNCHECKED,
    Match,
    Matches,
)
from readalike.tables.account import counted

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
class EntryTitle:
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


def entry_title(entry: Entry) -> EntryTitle:
    """The words of an entry."""
    title = title_of(entry.title)
    people = tuple(person for name in entry.authors if (person := person_of(name)))
    return EntryTitle(
        title, people, key(entry.series) or title.series, _plain(entry.volume or title.volume)
    )


def same_author(asked: EntryTitle, index: Index, book: int) -> bool | None:
    """Whether the first author of one of them is an author of the other.

    None where one of them names nobody. A translator or illustrator in common is not enough.
    """
    people = index.people[book]
    if not asked.people or not people:
        return None
    return first_author(asked, index, book) or any(
        is_same(asked.people[0], other) for other in people[1:]
    )


def first_author(asked: EntryTitle, index: Index, book: int) -> bool:
    """Whether the first author of the book is among the authors of the entry."""
    people = index.people[book]
    return bool(people) and any(is_same(one, people[0]) for one in asked.people)


def another_volume(asked: EntryTitle, index: Index, book: int) -> bool:
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


def same_title(asked: EntryTitle, index: Index, book: int) -> bool | None:
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


Places = Mapping[str, list[int]]
"""Indices of books by a text that they have in common."""


@dataclass(frozen=True, eq=False)
class Index:
    """A catalogue and its look-up tables, each made when it is first asked for.

    Attributes:
        catalogue: The books.
    """

    catalogue: Catalogue

    @cached_property
    def works(self) -> npt.NDArray[np.int32]:
        """The number of the work of each book; shape (n_books,)."""
        return works_of(self.catalogue)

    @cached_property
    def titles(self) -> tuple[Title, ...]:
        """The title of each book, taken apart."""
        return tuple(map(title_of, self.catalogue.titles))

    @cached_property
    def people(self) -> tuple[tuple[Person, ...], ...]:
        """The authors of each book, taken apart; empty where it has none."""
        return tuple(
            tuple(person for name in divided_by_commas(names) if (person := person_of(name)))
            for names in self.catalogue.authors
        )

    @cached_property
    def series(self) -> tuple[str, ...]:
        """The series of each book, folded as titles are; empty where it has none."""
        return tuple(map(key, self.catalogue.series))

    @cached_property
    def known_series(self) -> frozenset[str]:
        """All series."""
        return frozenset(self.series) - {""}

    @cached_property
    def by_goodreads(self) -> Places:
        """Books by Goodreads id."""
        return _places(enumerate(self.catalogue.goodreads_ids))

    @cached_property
    def by_work(self) -> Places:
        """Books by work id."""
        return _places(enumerate(self.catalogue.work_ids))

    @cached_property
    def by_isbn(self) -> Places:
        """Books by ISBN-13, their own or that of an id that is an ISBN."""
        ids = (to_isbn13(o) or "" if len(o) >= 10 else "" for o in self.catalogue.books)
        return _places([*enumerate(self.catalogue.isbn13), *enumerate(ids)])

    @cached_property
    def by_title(self) -> Places:
        """Books by full title."""
        return _places((at, title.full) for at, title in enumerate(self.titles))

    @cached_property
    def by_short_title(self) -> Places:
        """Books with a subtitle by what stands before it."""
        return _places((at, title.short) for at, title in enumerate(self.titles) if title.rest)

    @cached_property
    def behind_series(self) -> Places:
        """Books called "Series: Title" by what stands behind the series."""
        return _places(
            (at, title.rest)
            for at, title in enumerate(self.titles)
            if title.rest and title.short == self.series[at]
        )

    @cached_property
    def by_last_name(self) -> Places:
        """Books by the last name of each author."""
        return _places(
            (at, person.last) for at, people in enumerate(self.people) for person in people
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of all titles: what is one of them is no slip of the pen."""
        return frozenset(word for title in self.titles for word in title.full.split())

    def edition(self, books: Iterable[int]) -> int:
        """Of several editions the one that most people rated, among equals the first."""
        counts = self.catalogue.counts

        def fewest(book: int) -> tuple[float, int]:
            count = float(counts[book])
            return (1.0 if math.isnan(count) else -count), book

        return min(books, key=fewest)


_CACHE: WeakKeyDictionary[Catalogue, Index] = WeakKeyDictionary()


def index_of(catalogue: Catalogue) -> Index:
    """The index of a catalogue, made once for as long as the catalogue is there."""
    found = _CACHE.get(catalogue)
    if found is None:
        # of the same columns, but not the key itself, which would otherwise live for ever
        found = _CACHE[catalogue] = Index(replace(catalogue))
    return found


def _places(pairs: Iterable[tuple[int, str]]) -> Places:
    found: dict[str, dict[int, None]] = {}
    for at, text in pairs:
        if text:
            found.setdefault(text, {})[at] = None
    return {text: list(books) for text, books in found.items()}


_OPEN_LIBRARY = re.compile(r"OL\d+[WM]")


@dataclass(frozen=True)
class Claim:
    """A book that an id or ISBN says an entry is.

    Attributes:
        how: What says so.
        book: Index of the book.
        title: Whether the titles agree; None where one is missing.
        author: Whether the authors agree; None where one is missing.
    """

    how: str
    book: int
    title: bool | None
    author: bool | None

    @property
    def support(self) -> int:
        """How many of title and authors agree: 0 to 2."""
        return (self.title is True) + (self.author is True)

    @property
    def unchecked(self) -> bool:
        """Whether there is neither a title nor an author to check it by."""
        return self.title is None and self.author is None


def claims_of(entry: Entry, asked: EntryTitle, index: Index) -> list[Claim]:
    """All that the ids and ISBN of an entry say, the surest kind first.

    An id that the file does not say the giver of may be the catalogue's or Goodreads'; the title
    must agree, since small numbers are ids of some book everywhere. (goodbooks-10k has both, and
    its own is called `book_id` in one layout, where Goodreads' is in the other.)
    """
    found: dict[tuple[str, int], Claim] = {}
    for how, book, guessed in _said(entry, index):
        title = same_title(asked, index, book)
        author = same_author(asked, index, book)
        if guessed and not title and not (title is None and author is None):
            continue
        found.setdefault((how, book), Claim(how, book, title, author))
    return list(found.values())


def _said(entry: Entry, index: Index) -> Iterator[tuple[str, int, bool]]:
    """Kind, book, and whether the kind is a guess."""
    books = index.catalogue.books
    guess = entry.ids.get("book", "")
    for book in index.by_goodreads.get(entry.ids.get("goodreads", ""), ()):
        yield "goodreads id", book, False
    for book in index.by_work.get(entry.ids.get("work", ""), ()):
        yield "work id", book, False
    for kind in ("openlibrary", "openlibrary edition"):
        outside = entry.ids.get(kind, "").rpartition("/")[2]
        if _OPEN_LIBRARY.fullmatch(outside):
            known = books.index(outside)
            for book in [*([] if known is None else [known]), *index.by_work.get(outside, ())]:
                yield "open library id", book, False
    for isbn in entry.isbn13:
        for book in index.by_isbn.get(isbn, ()):
            yield "isbn", book, False
    known = books.index(guess) if guess else None
    if known is not None:
        yield "catalogue id", known, True
    if entry.title or entry.authors:
        for book in index.by_goodreads.get(guess, ()):
            yield "goodreads id", book, True


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


def named(asked: EntryTitle, index: Index) -> Named:
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


def _by_full_title(asked: EntryTitle, index: Index) -> Named | None:
    books = index.by_title.get(asked.title.full, ())
    return _one_work("title and author", _theirs(asked, index, books), asked, index)


def _by_series_and_title(asked: EntryTitle, index: Index) -> Named | None:
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


def _by_short_title(asked: EntryTitle, index: Index) -> Named | None:
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


def _why_not(asked: EntryTitle, index: Index, book: int) -> str:
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


def _by_slips(asked: EntryTitle, index: Index) -> Named | None:
    right = [
        b
        for b in _theirs(asked, index, _of_the_authors(asked, index))
        if misspelt(asked.title.full, index.titles[b].full, index)
    ]
    return _one_work("title nearly and author", right, asked, index)


def _worth_a_question(asked: EntryTitle, index: Index) -> Named:
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


def _alike(asked: EntryTitle, index: Index) -> tuple[int, ...]:
    from rapidfuzz import fuzz

    text = asked.title.full
    ratios = [
        (fuzz.ratio(text, index.titles[b].full, score_cutoff=DOUBTFUL), b)
        for b in _of_the_authors(asked, index)
        if same_author(asked, index, b)
    ]
    return tuple(b for ratio, b in sorted(ratios, key=lambda r: (-r[0], r[1])) if ratio)


def _of_the_authors(asked: EntryTitle, index: Index) -> Sequence[int]:
    """Books by authors whose last name is a word of one of the names."""
    words = dict.fromkeys(word for person in asked.people for word in person.words)
    return sorted({book for word in words for book in index.by_last_name.get(word, ())})


def _theirs(asked: EntryTitle, index: Index, books: Iterable[int]) -> list[int]:
    """The books by an author of the entry that are not another volume."""
    return [
        b for b in books if same_author(asked, index, b) and not another_volume(asked, index, b)
    ]


def _one_work(how: str, books: Sequence[int], asked: EntryTitle, index: Index) -> Named | None:
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


CANDIDATES = 5
"""So many books are offered where it is not certain which one is meant."""
CHECKED = 5
"""From so many Goodreads ids on that can be checked, a majority that is wrong counts."""


def match(
    library: Library, catalogue: Catalogue, corrections: Iterable[Correction] = ()
) -> Matches:
    """Finds each entry in the catalogue.

    First counts what the reader has corrected. Then what an id or an ISBN says, if title or author
    bear it out and the other does not name another book; then title and author (`named` has the
    rules). What is contradictory is ambiguous, never chosen. The order of rows does not matter.

    Args:
        library: What was read.
        catalogue: The books of a model.
        corrections: What the reader decided by hand.

    Raises:
        InputError: A correction names a book that the catalogue does not have.
    """
    index = index_of(catalogue)
    decided = by_row(corrections, catalogue)
    decisions = [corrected(entry, decided) for entry in library.entries]
    asked = [entry_title(entry) for entry in library.entries]
    said = [
        claims_of(entry, words, index) for entry, words in zip(library.entries, asked, strict=True)
    ]
    notes = []
    idle = len(decided) - sum(decision is not None for decision in decisions)
    if idle > 0:
        notes.append(f"{counted(idle, 'correction')} of entries that are not in this file")
    wrong, checked = _wrong_ids(said)
    if checked >= CHECKED and 2 * wrong > checked:
        notes.append(
            f"its Goodreads ids are not believed: {wrong:,} of the {checked:,} that can be checked "
            "are of books with another title and author"
        )
        said = [[c for c in each if c.how != "goodreads id" or c.support == 2] for each in said]
    each = tuple(
        decision or _match(entry, words, claims, index)
        for decision, entry, words, claims in zip(
            decisions, library.entries, asked, said, strict=True
        )
    )
    return Matches(library, catalogue, each, (*notes, *_repeated(each)))


def _match(entry: Entry, asked: EntryTitle, claims: Sequence[Claim], index: Index) -> Match:
    by_name = named(asked, index)
    ids = index.catalogue.books.ids
    borne_out = [claim for claim in claims if claim.support or claim.unchecked]
    strongest = max((claim.support for claim in borne_out), default=0)
    best = [claim for claim in borne_out if claim.support == strongest]
    works = {int(index.works[claim.book]) for claim in best}
    if len(works) > 1:
        return _ambiguous([c.book for c in best], index, f"{_listed(best)} say different books")
    if best:
        return _by_claim(best[0], strongest, by_name, index)
    if by_name.sure:
        book = by_name.books[0]
        confidence = CONFIDENCE[by_name.how]
        confidence -= 0.0 if first_author(asked, index, book) else NOT_FIRST_AUTHOR
        why = f"{_listed(claims)} says another book, which has neither title nor author"
        return Match(
            "matched", ids[book], by_name.how, round(confidence, 2), (), why if claims else ""
        )
    if claims:
        books = [*(claim.book for claim in claims), *by_name.books]
        why = f"{_listed(claims)} says a book with another title and author"
        return _ambiguous(books, index, why)
    if by_name.books:
        return _ambiguous(by_name.books, index, by_name.why)
    why = by_name.why
    if not entry.title:
        why = "it has no title, and its ids and ISBN are not in the catalogue"
    return Match("unmatched", why=why)


def _by_claim(claim: Claim, support: int, by_name: Named, index: Index) -> Match:
    """What an id says, unless title and author say another book as well as they can."""
    works = index.works
    other = [b for b in by_name.books if works[b] != works[claim.book]]
    contradicted = by_name.how and by_name.books and len(other) == len(by_name.books)
    if support < 2 and contradicted:
        why = f"{claim.how} says one book, title and author another"
        return _ambiguous([claim.book, *other], index, why)
    confidence, why = CONFIDENCE[claim.how], ""
    if claim.unchecked:
        confidence -= UNCHECKED
        why = "there is no title or author to check it by"
    elif support == 1 and claim.title is not None and claim.author is not None:
        confidence -= HALF_AGREED
        why = "the author is another one" if claim.title else "the title is another one"
    outside = index.catalogue.books.ids[claim.book]
    return Match("matched", outside, claim.how, round(confidence, 2), (), why)


def _ambiguous(books: Iterable[int], index: Index, why: str) -> Match:
    ids = index.catalogue.books.ids
    chosen = tuple(ids[book] for book in dict.fromkeys(books))
    return Match("ambiguous", candidates=chosen[:CANDIDATES], why=why)


def _listed(claims: Iterable[Claim]) -> str:
    return " and ".join(dict.fromkeys(f"its {claim.how}" for claim in claims))


def _wrong_ids(said: Iterable[Sequence[Claim]]) -> tuple[int, int]:
    """How many Goodreads ids are of books with neither the title nor the author, of how many."""
    ids = [
        claim
        for claims in said
        for claim in claims
        if claim.how == "goodreads id" and claim.title is not None and claim.author is not None
    ]
    return sum(claim.support == 0 for claim in ids), len(ids)


def _repeated(each: Iterable[Match]) -> Iterable[str]:
    counts = Counter(match.book_id for match in each if match.book_id is not None)
    several = sum(count > 1 for count in counts.values())
    if several:
        yield (
            f"{counted(several, 'book')} of the catalogue, each behind more than one entry: "
            "editions that are entries of their own, or a mistake"
        )
