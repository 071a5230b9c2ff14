"""Series, volumes, sets and parts: which book comes next, and what a set holds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.bibliography.people import first_authors
from readalike.bibliography.titles import (
    NOTHING,
    TitleStatements,
    bare_title,
    series_key,
    title_key,
    title_statements,
    titles_in,
)
from readalike.bibliography.works import works_of
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.numerics.masks import BatchMask, marks

LISTED = 2
"""Titles of other books that a title must name to be a list of them; one beside a slash."""


@dataclass(frozen=True)
class SeriesMembership:
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


UNBOUND = SeriesMembership(-1, (), None, None, 0, -1, (), False)


def series_memberships(
    titles: Sequence[str],
    told: Sequence[TitleStatements],
    works: Sequence[int],
    authors: Sequence[int],
) -> tuple[list[SeriesMembership], tuple[str, ...]]:
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
    found: list[SeriesMembership] = []
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
        found.append(SeriesMembership(of, numbers, first, last, part, whole, holds, is_set))
    return found, names


def _ends(said: TitleStatements, numbers: list[int]) -> tuple[float | None, float | None]:
    """The first and the last volume, in whole numbers or not."""
    spans = said.spans or tuple((number, number) for number in numbers)
    if not spans:
        return None, None
    return min(low for low, _ in spans), max(high for _, high in spans)


def _of_these(
    books: Sequence[int], told: Sequence[TitleStatements], series: Sequence[int]
) -> tuple[int, list[int]]:
    """The one series and the volumes of several books; none where they have no series in common."""
    of = {series[book] for book in books}
    if len(of) > 1 or -1 in of:
        return -1, []
    return of.pop(), sorted({number for book in books for number in told[book].numbers})


def _series(
    told: Sequence[TitleStatements], works: Sequence[int], authors: Sequence[int]
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
    titles: Sequence[str], told: Sequence[TitleStatements], authors: Sequence[int]
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


def _lists(title: str, said: TitleStatements) -> bool:
    return said.parcel or "/" in title or (":" in title and (";" in title or "," in title))


def _whole(
    book: int,
    told: Sequence[TitleStatements],
    authors: Sequence[int],
    near: dict[tuple[int, str], int],
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


def _spans_of_all(
    told: Sequence[TitleStatements], series: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """The lowest and the highest volume of each series that is a book of its own."""
    numbers: dict[int, list[int]] = defaultdict(list)
    for said, of in zip(told, series, strict=True):
        if of >= 0 and len(said.numbers) == 1:
            numbers[of] += said.numbers
    return {of: (min(each), max(each)) for of, each in numbers.items()}


Bools = npt.NDArray[np.bool_]
F64 = npt.NDArray[np.float64]


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
        needs: What must be read for the book to be known; books x units, int32. A unit is a
            volume of a series, a part of one, or a work of no series.
        gives: What is known to whoever read the book: `needs`, and the parts of a volume, and a
            volume that it is a part of; books x units, int32.
        ranks: Where each book stands in its series, by its first whole number from 1 on, NaN of
            none; shape (n,), float64.
    """

    names: tuple[str, ...]
    series: npt.NDArray[np.int32]
    first: F64
    last: F64
    is_set: Bools
    is_part: Bools
    stands_in: Bools
    works: npt.NDArray[np.int32]
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
        whole = np.logical_and.reduceat(is_read, np.flatnonzero(np.diff(place, prepend=-1)))
        further_rows, further = self._with_editions(needing_rows[whole], needing[whole])
        rows, books = np.concatenate([rows, further_rows]), np.concatenate([books, further])
        return BatchMask.at(rows, books, n)

    def not_next(self, known: BatchMask) -> BatchMask:
        """Books that each reader cannot go on with: in each series all but the next one.

        The next one is the lowest volume, in whole numbers from 1 on, that is in the catalogue and
        not known; a set is where its first volume is. What has no such number (a prequel, a
        novella, a companion) waits until all are known, and so does a set of which a part is.
        With a book of no series a reader may always go on; with a known one never.

        Args:
            known: As `known` has it.
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

    def _waiting(
        self, rows: npt.NDArray[np.int64], series: npt.NDArray[np.integer[Any]], known: BatchMask
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.integer[Any]], Bools]:
        """The books of some series, the row that each series is asked for, and what is not next."""
        pair, books = _entries(self._members, series)
        rows, n = rows[pair], len(self.series)
        is_known = _among(rows * n + books, np.sort(known.rows * n + known.items))
        ranks = self.ranks[books]
        unread = np.where(self._leads[books] & ~is_known, ranks, np.inf)
        lowest = np.minimum.reduceat(unread, np.flatnonzero(np.diff(pair, prepend=-1)))[pair]
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

    def _with_editions(
        self, rows: npt.NDArray[np.int64], books: npt.NDArray[np.integer[Any]]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.integer[Any]]]:
        """All editions of some books, beside the row of each."""
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
        """The books of each work."""
        return _grouped(self.works)

    @cached_property
    def _members(self) -> sp.csr_array:
        """The books of each series."""
        return _grouped(self.series)

    @cached_property
    def _needed_by(self) -> sp.csr_array:
        """The books that need each unit."""
        return sp.csr_array(self.needs.T)


def volumes_of(catalogue: Catalogue) -> Volumes:
    """Series, volumes, sets and parts of the books, by columns and by titles."""
    columns = (catalogue.titles, catalogue.series, catalogue.volumes)
    told = [title_statements(*row) for row in zip(*columns, strict=True)]
    works, authors = works_of(catalogue), first_authors(catalogue.authors).tolist()
    bound, names = series_memberships(catalogue.titles, told, works.tolist(), authors)
    own = {(b.series, b.numbers[0]) for b in bound if _is_volume(b)}
    undivided = {(b.series, b.numbers[0]) for b in bound if _is_volume(b) and not b.part}
    stands_in = [
        b.series >= 0
        and bool(b.numbers)
        and (b.is_set or (b.part > 0 and b.whole < 0))
        and (b.series, b.numbers[0]) not in (own if b.is_set else undivided)
        for b in bound
    ]
    needs, gives = _units(bound, works.tolist())
    return Volumes(
        names=names,
        series=np.array([b.series for b in bound], np.int32),
        first=np.array([np.nan if b.first is None else b.first for b in bound], np.float64),
        last=np.array([np.nan if b.last is None else b.last for b in bound], np.float64),
        is_set=np.array([b.is_set for b in bound], np.bool_),
        is_part=np.array([b.part > 0 for b in bound], np.bool_),
        stands_in=np.array(stands_in, np.bool_),
        works=works,
        needs=needs,
        gives=gives,
        ranks=np.array(list(map(_rank, bound, stands_in)), np.float64),
    )


def _is_volume(bound: SeriesMembership) -> bool:
    """Whether a book is a volume of a series, by itself or in part."""
    return bound.series >= 0 and len(bound.numbers) == 1 and not bound.is_set


def _rank(bound: SeriesMembership, stands_in: bool) -> float:
    """Where a book stands in its series: volume 3 at 3, its parts at 3, 3.01, 3.02; NaN unknown."""
    if bound.series < 0 or not bound.numbers:
        return np.nan
    return bound.numbers[0] + (bound.part - 1) / 100 * (bound.part > 0 and stands_in)


def _units(
    bound: Sequence[SeriesMembership], works: Sequence[int]
) -> tuple[sp.csr_array, sp.csr_array]:
    """`needs` and `gives` of `Volumes`; the works are the first units."""
    numbers: dict[tuple[int, ...], int] = {}
    n_works = max(works, default=-1) + 1

    def unit(*key: int) -> int:
        return n_works + numbers.setdefault(key, len(numbers))

    parts: dict[int, list[int]] = defaultdict(list)
    needs: list[list[int]] = [[work] for work in works]
    gives: list[list[int]] = [[] for _ in works]
    for book, b in enumerate(bound):
        if b.part and _is_volume(b):
            whole = works[b.whole] if b.whole >= 0 and not _is_volume(bound[b.whole]) else None
            volume = unit(b.series, b.numbers[0]) if whole is None else whole
            needs[book] = [unit(b.series, b.numbers[0], b.part)]
            gives[book] = [volume]
            parts[volume] += needs[book]
        elif b.series >= 0 and b.numbers:
            needs[book] = [unit(b.series, number) for number in b.numbers]
    for book, b in enumerate(bound):
        if b.holds:
            numbered = needs[book] if b.numbers else []
            needs[book] = numbered + [one for held in b.holds for one in needs[held]]
    for book, own in enumerate(needs):
        gives[book] = sorted({*own, *gives[book], *(p for one in own for p in parts.get(one, ()))})
    width = n_works + len(numbers)
    return _rows([sorted(set(row)) for row in needs], width), _rows(gives, width)


def _rows(columns: Sequence[Sequence[int]], width: int) -> sp.csr_array:
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in columns])]).astype(np.int64)
    indices = np.array([column for row in columns for column in row], np.int64)
    return sp.csr_array((np.ones(len(indices), np.int32), indices, indptr), (len(columns), width))


def _grouped(numbers: npt.NDArray[np.int32]) -> sp.csr_array:
    """The places of each number from 0 on, in order; -1 is none."""
    places = np.flatnonzero(numbers >= 0)
    shape = int(numbers.max(initial=-1)) + 1, len(numbers)
    return sp.csr_array((np.ones(len(places), np.bool_), (numbers[places], places)), shape)


def _among(keys: npt.NDArray[np.int64], known: npt.NDArray[np.int64]) -> Bools:
    """Whether each key is one of some, which are in order."""
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    found: Bools = known[places] == keys if len(known) else np.zeros(len(keys), np.bool_)
    return found


def _entries(
    matrix: sp.csr_array, rows: npt.NDArray[np.integer[Any]]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.integer[Any]]]:
    """The columns of some rows of a matrix, and for each the place in `rows` that it is of."""
    starts, counts = matrix.indptr[rows], np.diff(matrix.indptr)[rows]
    places = np.repeat(np.arange(len(rows)), counts)
    before = np.cumsum(counts) - counts
    return places, matrix.indices[np.arange(len(places)) + (starts - before)[places]]


Books = npt.NDArray[np.integer[Any]]


def one_history(books: Books, n_books: int) -> Histories:
    """The history of one reader, who read some of so many books."""
    return Histories.of_rows([(books.tolist(), [np.nan] * len(books))], n_books)


@dataclass(frozen=True, eq=False)
class VolumeWords:
    """What `Volumes` found of the books, told to a reader.

    Attributes:
        catalogue: The books.
        volumes: What they are in their series.
    """

    catalogue: Catalogue
    volumes: Volumes

    def why_known(self, read: Books, book: int) -> str:
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

    def why_later(self, read: Books, book: int) -> str:
        """Which volume comes before a book that is no entry for whoever read these."""
        volumes = self.volumes
        known = volumes.known(one_history(read, len(self.catalogue)))
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
        return f"*{bare_title(self.catalogue.titles[book]) or self.catalogue.books.ids[book]}*"
