"""Series, volumes, sets and parts: which book comes next, and what a set holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from readalike.bibliography.people import Codes
from readalike.bibliography.titles import (
    NO_STATEMENT,
    SeriesStatement,
    Title,
    series_key,
    series_statement,
    title_key,
)
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.numerics.arrays import F64, I32, I64, Bools, Indices
from readalike.numerics.masks import BatchMask, marks

LISTED = 2
"""Titles of other books that a title must name to be a list of them; one beside a slash."""


class SeriesMembership(NamedTuple):
    """One book among the others.

    `numbers` are its volumes in whole numbers from 1 on, in order; `first` and `last` are in whole
    numbers or not, NaN where none is known. `part` is which part of a divided volume it is, 0 of
    none; `whole` the undivided book, where there is one of another title. `holds` are other books
    that are bound in it, where its title names them. -1 is no series, and no book.
    """

    series: int
    numbers: Sequence[int]
    first: float
    last: float
    part: int = 0
    whole: int = -1
    holds: Sequence[int] = ()
    is_set: bool = False

    @property
    def is_volume(self) -> bool:
        """Whether it is one volume of a series, by itself or in part."""
        return self.series >= 0 and len(self.numbers) == 1 and not self.is_set

    @property
    def volume(self) -> tuple[int, int]:
        """The series and its first volume."""
        return self.series, self.numbers[0]


@dataclass(frozen=True, eq=False)
class StatedSeries:
    """What the titles and columns of a catalogue's books say of series, each beside the others."""

    titles: Sequence[Title]
    statements: Sequence[SeriesStatement]
    works: Sequence[int]
    authors: Sequence[int]

    def members(self) -> dict[int, SeriesMembership]:
        """Each book of a series, set or part, by index."""
        found: dict[int, SeriesMembership] = {}
        for book, said in enumerate(self.statements):
            if said is NO_STATEMENT and not self._lists(book):
                continue
            if len(said.numbers) == len(said.spans) == 1 and not (said.part or said.binds):
                found[book] = SeriesMembership(self.series[book], said.numbers, *said.spans[0])
            else:
                found[book] = self._member(book, said)
        return found

    def _member(self, book: int, said: SeriesStatement) -> SeriesMembership:
        of, numbers, spans = self.series[book], said.numbers, self._spans
        whole = self._whole(book, said) if said.whole else -1
        if whole >= 0 and self.statements[whole].numbers:
            of, numbers = self.series[whole], self.statements[whole].numbers
        elif said.part and not numbers:
            numbers = (said.part,)
        elif said.every and of in spans and spans[of][0] < spans[of][1]:
            numbers = tuple(range(spans[of][0], spans[of][1] + 1))
        holds = self._contained(book) if not said.part and len(said.numbers) != 1 else []
        if holds and of not in spans:
            of, numbers = self._of_these(holds)
        binds = said.binds or holds or len(numbers) > 1 or (said.every and of in spans)
        part = said.part if whole >= 0 or not said.whole else 0
        ends = said.spans or tuple((number, number) for number in numbers)
        if len(numbers) > 1 or part:
            ends = ((numbers[0], numbers[-1]),)
        first = min((low for low, _ in ends), default=np.nan)
        last = max((high for _, high in ends), default=np.nan)
        is_set = bool(binds and not said.part)
        return SeriesMembership(
            of, numbers, first, last, part=part, whole=whole, holds=holds, is_set=is_set
        )

    @property
    def series(self) -> list[int]:
        """The series of each book, -1 of none."""
        return self._series[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each series, as one of its books writes it."""
        return tuple(self._series[1])

    @cached_property
    def _series(self) -> tuple[list[int], list[str]]:
        """Series of the books, and names of the series.

        Books of one name and first author are one series. So are those of several authors, unless
        two works by different authors claim one volume: "The 39 Clues" has seven authors, and two
        series are called "The Immortals". A name that is not sure counts if this author has such a
        series; the words in front of it may be praise, as in "The Great Dune Trilogy".
        """
        authors, works = self.authors, self.works
        key_of = {name: series_key(name) for name in {said.name for said in self.statements}}
        named = [
            (book, key, said)
            for book, said in enumerate(self.statements)
            if (key := key_of[said.name])
        ]
        claims: dict[tuple[str, int], tuple[int, int]] = {}
        divided: set[str] = set()
        for book, key, said in named:
            for number in said.numbers if said.sure else ():
                author, work = claims.setdefault((key, number), (authors[book], works[book]))
                if author != authors[book] and work != works[book]:
                    divided.add(key)
        found = [-1] * len(self.statements)
        names: list[str] = []
        numbers: dict[tuple[str, int], int] = {}
        members: dict[tuple[str, int], int] = {}

        def enter(book: int, key: str, said: SeriesStatement) -> None:
            of = key, authors[book] if key in divided else -1
            if numbers.setdefault(of, len(names)) == len(names):
                names.append(said.name.strip(" ,:-"))
            found[book] = members.setdefault((key, authors[book]), numbers[of])

        for book, key, said in named:
            if said.sure:
                enter(book, key, said)
        for book, key, said in named:
            if said.sure:
                continue
            words = key.split() if said.binds or said.every else [key]
            tails = ((" ".join(words[at:]), authors[book]) for at in range(len(words)))
            found[book] = next((members[tail] for tail in tails if tail in members), -1)
            if found[book] < 0 and said.spans:
                enter(book, key, said)
        return found, names

    @cached_property
    def _spans(self) -> dict[int, tuple[int, int]]:
        """The lowest and the highest volume of each series that is a book of its own."""
        numbers: dict[int, list[int]] = defaultdict(list)
        for said, of in zip(self.statements, self.series, strict=True):
            if of >= 0 and len(said.numbers) == 1:
                numbers[of] += said.numbers
        return {of: (min(each), max(each)) for of, each in numbers.items()}

    def _lists(self, book: int) -> bool:
        text = self.titles[book].printed
        listed = "/" in text or (":" in text and (";" in text or "," in text))
        return self.statements[book].binds or listed

    @cached_property
    def _by_author(self) -> dict[tuple[int, str], int]:
        """The books of all authors of whom one perhaps binds or divides others, by title."""
        books = Counter(self.authors)
        wanted = {
            author
            for book, author in enumerate(self.authors)
            if author >= 0 and books[author] > 1
            if self.statements[book].whole or self._lists(book)
        }
        found: dict[tuple[int, str], int] = {}
        for book, author in enumerate(self.authors):
            if author in wanted:
                found.setdefault((author, title_key(self.titles[book].bare)), book)
        return found

    def _whole(self, book: int, said: SeriesStatement) -> int:
        """The volume that a book is a part of, by its title; -1 where there is none."""
        own = tuple(int(low) for low, _ in said.spans[:1])
        for title in (said.whole, said.whole.rpartition(":")[2]):
            whole = self._by_author.get((self.authors[book], title_key(title)), book)
            if whole != book and (not own or own == self.statements[whole].numbers[:1]):
                return whole
        return -1

    def _contained(self, book: int) -> list[int]:
        """Books of the same author that a title is a list of."""
        title, author = self.titles[book], self.authors[book]
        found = {self._by_author.get((author, key), book) for key in title.listed} - {book}
        return sorted(found) if len(found) >= (1 if "/" in title.printed else LISTED) else []

    def _of_these(self, books: Sequence[int]) -> tuple[int, tuple[int, ...]]:
        """The series that several books have in common, and their volumes; none without one."""
        of = {self.series[book] for book in books}
        if len(of) > 1 or -1 in of:
            return -1, ()
        numbers = {number for book in books for number in self.statements[book].numbers}
        return of.pop(), tuple(sorted(numbers))


@dataclass(frozen=True, eq=False)
class Volumes:
    """What every book is in its series; position i is book i of the catalogue.

    Attributes:
        names: The series, as one of its books writes it.
        series: Which series the book is of, -1 of none; shape (n,), int32.
        first: Number of its first volume, NaN where none is known; shape (n,), float64.
        last: Number of its last volume; that of the first where it is one; shape (n,), float64.
        is_set: Whether it binds several books that are books of their own; shape (n,).
        is_part: Whether it is a part of a volume that was divided; shape (n,).
        stands_in: Whether it is a set or part that the catalogue has no other book for: a set
            without the first of its volumes, a part without the whole; shape (n,).
        works: Number of the work of each book; shape (n,), int32.
        needs: What must be read for the book to be known; books x units, int32. A unit is a volume
            of a series, a part of one, or a work of no series.
        gives: What is known to whoever read the book: `needs`, and the parts of a volume, and a
            volume that it is a part of; books x units, int32.
        ranks: Where each book stands in its series, by its first whole number from 1 on, NaN of
            none; shape (n,), float64.
    """

    names: tuple[str, ...]
    series: I32
    first: F64
    last: F64
    is_set: Bools
    is_part: Bools
    stands_in: Bools
    works: I32
    needs: sp.csr_array
    gives: sp.csr_array
    ranks: F64

    def known(self, histories: Histories) -> BatchMask:
        """Books that hold nothing new for each reader.

        The read ones, their other editions, what a set of them holds, and a set of which they are
        all. Who read a part of a volume knows the volume, but not its other parts.
        """
        n, n_units = self.gives.shape
        rows, books = self._with_editions(histories.rows, histories.items)
        place, units = _entries(self.gives, books)
        read = np.sort(rows[place] * n_units + units)
        place, needing = _entries(self._needed_by, read % n_units)
        needing_rows = (read // n_units)[place]
        place, units = _entries(self.needs, needing)
        is_read = _among(needing_rows[place] * n_units + units, read)
        whole = np.logical_and.reduceat(is_read, _firsts(place))
        further_rows, further = self._with_editions(needing_rows[whole], needing[whole])
        rows, books = np.concatenate([rows, further_rows]), np.concatenate([books, further])
        return BatchMask.at(rows, books, n)

    def not_next(self, known: BatchMask) -> BatchMask:
        """Books that each reader cannot go on with: in each series all but the next one.

        The next one is the lowest volume, in whole numbers from 1 on, that is in the catalogue and
        not known; a set is where its first volume is. What has no such number (a prequel, a
        novella, a companion) waits until all are known, and so does a set of which a part is. With
        a book of no series a reader may always go on; with a known one never.
        """
        n_series, of = len(self.names), self.series[known.items]
        begun = np.unique((known.rows * n_series + of)[of >= 0])
        rows, books, waits = self._waiting(*np.divmod(begun, n_series), known)
        alone = of < 0
        return BatchMask(
            self._not_first,
            np.concatenate([rows, known.rows[alone]]),
            np.concatenate([books, known.items[alone]]),
            np.concatenate([waits, alone[alone]]),
        )

    def _waiting(self, rows: I64, series: Indices, known: BatchMask) -> tuple[I64, Indices, Bools]:
        """The books of some series, the row that each series is asked for, and what is not next."""
        pair, books = _entries(self._members, series)
        rows, n = rows[pair], len(self.series)
        is_known = _among(rows * n + books, np.sort(known.rows * n + known.items))
        ranks = self.ranks[books]
        unread = np.where(self._leads[books] & ~is_known, ranks, np.inf)
        lowest = np.minimum.reduceat(unread, _firsts(pair))[pair]
        other_part = self.is_part[books] & ~self.stands_in[books] & (ranks <= lowest)
        is_next = np.isinf(lowest) | (ranks == lowest) | other_part
        return rows, books, is_known | ~is_next

    @cached_property
    def _not_first(self) -> Bools:
        """What is not next for whoever read nothing; shape (n,)."""
        series, nothing = np.unique(self.series[self.series >= 0]), np.zeros(0, np.int64)
        known = BatchMask.at(nothing, nothing, len(self.series))
        _, books, waits = self._waiting(np.zeros(len(series), np.int64), series, known)
        return marks(books[waits], len(self.series))

    def _with_editions(self, rows: I64, books: Indices) -> tuple[I64, Indices]:
        place, editions = _entries(self._editions, self.works[books])
        return rows[place], editions

    @cached_property
    def needless(self) -> Bools:
        """Sets and parts of which the catalogue has the volumes; shape (n,)."""
        several: Bools = self.is_set | self.is_part
        return several & ~self.stands_in

    @cached_property
    def _leads(self) -> Bools:
        """What the next volume is found among: no needless set or part."""
        leads: Bools = ~np.isnan(self.ranks) & ~self.needless
        return leads

    @cached_property
    def _editions(self) -> sp.csr_array:
        return _grouped(self.works)

    @cached_property
    def _members(self) -> sp.csr_array:
        return _grouped(self.series)

    @cached_property
    def _needed_by(self) -> sp.csr_array:
        return sp.csr_array(self.needs.T)


def volumes_of(
    catalogue: Catalogue, titles: Sequence[Title], works: I32, authors: Codes
) -> Volumes:
    """Series, volumes, sets and parts of the books, by columns and by titles."""
    columns = zip(titles, catalogue.series, catalogue.volumes, strict=True)
    statements = [series_statement(*row) for row in columns]
    stated = StatedSeries(titles, statements, works.tolist(), authors.tolist())
    members = stated.members()
    volumes = [member for member in members.values() if member.is_volume]
    own = {member.volume for member in volumes}
    undivided = {member.volume for member in volumes if not member.part}
    n = len(catalogue)
    series, is_set, is_part, stands_in = np.full(n, -1, np.int32), *np.zeros((3, n), np.bool_)
    first, last, ranks = np.full((3, n), np.nan)
    for book, member in members.items():
        series[book], is_set[book], is_part[book] = member.series, member.is_set, member.part > 0
        first[book], last[book] = member.first, member.last
        if member.series < 0 or not member.numbers:
            continue
        if member.is_set or (member.part and member.whole < 0):
            stands_in[book] = member.volume not in (own if member.is_set else undivided)
        # volume 3 at 3, its parts that stand in for it at 3, 3.01, 3.02
        further = (member.part - 1) / 100 if member.part and stands_in[book] else 0
        ranks[book] = member.numbers[0] + further
    needs, gives = _units(members, works)
    return Volumes(
        names=stated.names,
        series=series,
        first=first,
        last=last,
        is_set=is_set,
        is_part=is_part,
        stands_in=stands_in,
        works=works,
        needs=needs,
        gives=gives,
        ranks=ranks,
    )


def _units(
    members: Mapping[int, SeriesMembership], works: I32
) -> tuple[sp.csr_array, sp.csr_array]:
    """`needs` and `gives` of `Volumes`; the works are the first units."""
    numbers: dict[tuple[int, ...], int] = {}
    n_works = int(works.max(initial=-1)) + 1

    def unit(*key: int) -> int:
        return n_works + numbers.setdefault(key, len(numbers))

    def of(book: int) -> set[int]:
        return needs.get(book, {int(works[book])})

    parts: dict[int, set[int]] = defaultdict(set)
    needs: dict[int, set[int]] = {}
    wholes: dict[int, int] = {}
    for book, member in members.items():
        if member.part and member.is_volume:
            whole = members.get(member.whole)
            undivided = member.whole >= 0 and not (whole and whole.is_volume)
            wholes[book] = int(works[member.whole]) if undivided else unit(*member.volume)
            needs[book] = {unit(*member.volume, member.part)}
            parts[wholes[book]] |= needs[book]
        elif member.series >= 0 and member.numbers:
            needs[book] = {unit(member.series, number) for number in member.numbers}
    for book, member in members.items():
        if member.holds:
            numbered = of(book) if member.numbers else set()
            needs[book] = numbered.union(*map(of, member.holds))
    gives: dict[int, set[int]] = {}
    for book in {*needs, *np.flatnonzero(np.isin(works, list(parts))).tolist()}:
        gives[book] = own = of(book)
        if book in wholes or not parts.keys().isdisjoint(own):
            undivided_book = {wholes[book]} if book in wholes else set()
            gives[book] = own.union(undivided_book, *(parts[one] for one in own if one in parts))
    width = n_works + len(numbers)
    return _rows(needs, works, width), _rows(gives, works, width)


def _rows(columns: Mapping[int, Collection[int]], works: I32, width: int) -> sp.csr_array:
    """A row of ones for each book: at some columns, else at its work."""
    books = sorted(columns)
    lengths = np.ones(len(works), np.int64)
    lengths[books] = [len(columns[book]) for book in books]
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    indices = np.repeat(works, lengths)
    indices[np.repeat(marks(np.array(books, np.int64), len(works)), lengths)] = [
        column for book in books for column in sorted(columns[book])
    ]
    return sp.csr_array((np.ones(len(indices), np.int32), indices, indptr), (len(works), width))


def _grouped(numbers: I32) -> sp.csr_array:
    """The places of each number from 0 on, in order; -1 is none."""
    places = np.flatnonzero(numbers >= 0)
    shape = int(numbers.max(initial=-1)) + 1, len(numbers)
    return sp.csr_array((np.ones(len(places), np.bool_), (numbers[places], places)), shape)


def _among(keys: I64, known: I64) -> Bools:
    """Whether each key is one of some, which are in order."""
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    found: Bools = known[places] == keys if len(known) else np.zeros(len(keys), np.bool_)
    return found


def _entries(matrix: sp.csr_array, rows: Indices) -> tuple[I64, Indices]:
    """The columns of some rows of a matrix, and for each the place in `rows` that it is of."""
    # not by `entries_of`: places are needed anyway, and each list asks five times
    starts = matrix.indptr[rows]
    counts = matrix.indptr[rows + 1] - starts
    places = np.arange(len(rows)).repeat(counts)
    before = counts.cumsum() - counts
    return places, matrix.indices[np.arange(len(places)) + (starts - before)[places]]


def _firsts(numbers: I64) -> I64:
    """Where each run of equal numbers begins."""
    begins = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=begins[1:])
    return np.flatnonzero(begins)


@dataclass(frozen=True, eq=False)
class VolumeWords:
    """Why a reader is not shown a book, in words, by what `Volumes` found of the books."""

    catalogue: Catalogue
    volumes: Volumes

    def why_known(self, read: Indices, book: int) -> str:
        """Why a book holds nothing new for whoever read these, of which it is none."""
        volumes, each = self.volumes, np.asarray(read, np.int64)
        same = each[volumes.works[each] == volumes.works[book]]
        if len(same):
            return f"another edition of {self._title(same[0])}, which you read"
        if volumes.is_set[book]:
            return "a set, all of which you read"
        editions = np.flatnonzero(volumes.works == volumes.works[book])
        wanted = volumes.needs[editions].sum(axis=0)
        other = int(each[np.argmax(volumes.gives[each] @ wanted)])
        if volumes.is_set[other]:
            return f"bound in {self._title(other)}, which you read"
        if volumes.is_part[book]:
            return f"a part of {self._title(other)}, which you read"
        if volumes.is_part[other]:
            return f"you read a part of it, {self._title(other)}"
        return f"the same volume as {self._title(other)}, which you read"

    def why_set(self, book: int) -> str:
        """What a set binds, or that it is a part."""
        if self.volumes.is_part[book]:
            return "a part of a volume that was divided"
        series = self.volumes.series[book]
        of = f" of the series *{self.volumes.names[series]}*" if series >= 0 else ""
        return f"a set of several books{of}"

    def why_later(self, read: Indices, book: int) -> str:
        """Which volume comes before a book that is no entry for whoever read these."""
        volumes = self.volumes
        history = read.tolist(), [np.nan] * len(read)
        known = volumes.known(Histories.of_rows([history], len(self.catalogue)))
        if book in known.items:
            return self.why_known(read, book)
        of, first, last = volumes.series[book], volumes.first[book], volumes.last[book]
        numbers = f"volume {first:g}" if first == last else f"volumes {first:g} to {last:g}"
        which = "" if np.isnan(first) else f"{numbers} "
        following = np.flatnonzero(~volumes.not_next(known).dense(1)[0] & (volumes.series == of))
        following = following[np.argsort(volumes.is_set[following], kind="stable")]
        comes = f"volume {volumes.first[following[0]]:g}, {self._title(following[0])}, comes first"
        return f"{which}of the series *{volumes.names[of]}*: {comes}"

    def _title(self, book: int) -> str:
        return f"*{Title(self.catalogue.titles[book]).bare or self.catalogue.books.ids[book]}*"
