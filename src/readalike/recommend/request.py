"""What is asked for: a reader's history in the indices of a model, and what the list must be."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from readalike.bibliography.book_index import BookIndex
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import as_id
from readalike.errors import SettingError, UnknownReader
from readalike.libraries.entry import stars_on
from readalike.libraries.matches import Matches, Unknown
from readalike.numerics.arrays import I64
from readalike.recommend.dials import Dials, PlacedDials
from readalike.recommend.rules import BOOK_SENSE, Rules


@dataclass(frozen=True, eq=False, kw_only=True)
class Constraints:
    """What the list must be, in the indices of a model.

    Attributes:
        excluded: Books that are not wanted.
        among: The only books that may be listed, such as a pile or the stock of a shop; None for
            all.
        at_least: Only books that this reader would give so many stars or more ...
        sure: ... with this probability.
        rules: What somebody who knows books would not list.
        dials: How known, how new, more and less of what, moods.
        unknown: Ids of excluded books and of `among` that no book answers to.
    """

    excluded: I64
    among: I64 | None = None
    at_least: float | None = None
    sure: float = 0.8
    rules: Rules
    dials: PlacedDials
    unknown: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        index: BookIndex,
        *,
        exclude: Iterable[object] = (),
        among: Iterable[object] | None = None,
        at_least: float | None = None,
        sure: float = 0.8,
        rules: Rules | None = None,
        dials: Dials | None = None,
    ) -> Self:
        """The constraints that a caller gives in ids, and dials in ids or titles.

        Raises:
            SettingError: `sure` is no probability.
            UnknownBook: A dial names a book that is not in the catalogue.
            AmbiguousBook: Several have the title that it names.
        """
        if not 0 <= sure <= 1:
            raise SettingError(f"sure must be a probability from 0 to 1, got {sure:g}")
        excluded, unknown = indices_of(exclude, index.catalogue)
        only, foreign = (None, []) if among is None else indices_of(among, index.catalogue)
        return cls(
            excluded=excluded,
            among=only,
            at_least=at_least,
            sure=sure,
            rules=rules or EDITIONS,
            dials=(dials or Dials()).placed(index),
            unknown=(*unknown, *foreign),
        )


History = Mapping[Any, float | None] | Iterable[Any]
"""Stars by book id (None: read without stars), or ids alone, or pairs of both."""

EDITIONS = Rules()
WITHOUT_HISTORIES = "this model folder was saved without histories"


@dataclass(frozen=True, eq=False)
class ResolvedHistory:
    """What is known of a reader.

    Attributes:
        user: Index of a reader of the training table; None of another.
        row: The history, one row.
        ignored: Ids in it that no book answers to.
        unlisted: Ids of books that are no history, and not to be listed: those that the reader
            began and gave up, and of a library perhaps those of unknown status.
        rules: What is left out of this reader's lists, unless the caller says otherwise.
    """

    user: int | None
    row: Histories
    ignored: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    rules: Rules = EDITIONS


def resolve_history(
    history: History | Matches | None,
    reader: object | None,
    catalogue: Catalogue,
    scale: RatingScale,
    readers: Ratings | None,
) -> ResolvedHistory:
    """A history, that of a stored reader, or that of a reader's own library.

    Args:
        history: What was read; of a library what its shelves say.
        reader: Id of a reader of the training table, instead of a history.
        catalogue: The books.
        scale: That of the stars.
        readers: The stored histories, where there are some.

    Raises:
        SettingError: Neither or both of history and reader given.
        InputError: Stars outside the scale.
        UnknownReader: No history of this reader is stored.
    """
    if (history is None) == (reader is None):
        raise SettingError("give either a history or a reader, one of the two")
    if isinstance(history, Matches):
        shelves = shelves_of(history, scale)
        row, ignored = row_of(shelves.read, catalogue, scale)
        return ResolvedHistory(
            None, row, tuple(ignored), unlisted_of(shelves, history.unknown), BOOK_SENSE
        )
    if reader is None:
        row, ignored = row_of(history or {}, catalogue, scale)
        return ResolvedHistory(None, row, tuple(ignored))
    if readers is None:
        raise UnknownReader(as_id(reader), WITHOUT_HISTORIES)
    user = readers.users.index(reader)
    if user is None:
        raise UnknownReader(as_id(reader))
    return ResolvedHistory(user, readers.histories.take([user]))


@dataclass(frozen=True)
class Shelves:
    """The matched books of a library, each on one shelf.

    `read` has stars on the model's scale by book id, None of a book without an opinion; books being
    read are among them, and books that were given up with a low rating. Those given up without one
    are no likes, and not to be listed. `pile` are books to be read, in the order of the file. Of
    `unknown` nothing says whether they were read: they are no history.
    """

    read: Mapping[str, float | None]
    given_up: tuple[str, ...]
    pile: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def shelves_of(matches: Matches, scale: RatingScale) -> Shelves:
    """Sorts the matched entries onto the shelves, their stars on the scale of the model.

    A book in several entries is read if one of them says so, with the first opinion among them.
    Stars are given to what was read; a book of unknown status without stars is what the matches
    take it for.
    """
    read: dict[str, float | None] = {}
    given_up: dict[str, None] = {}
    pile: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for entry, found in matches.pairs():
        book, opinion = found.book_id, entry.opinion
        if book is None:
            continue
        if entry.status is None and opinion is None and matches.unknown != "history":
            unknown[book] = None
        elif entry.status == "to-read":
            pile[book] = None
        elif entry.status == "unfinished" and opinion is None:
            given_up[book] = None
        else:
            stars = None
            if opinion is not None and entry.scale is not None:
                stars = stars_on(opinion, entry.scale, scale)
            if read.get(book) is None:
                read[book] = stars
    return Shelves(
        read,
        tuple(book for book in given_up if book not in read),
        tuple(book for book in pile if book not in read and book not in given_up),
        tuple(book for book in unknown if not any(book in of for of in (read, given_up, pile))),
    )


def unlisted_of(shelves: Shelves, unknown: Unknown) -> tuple[str, ...]:
    """The books of a library that are no history and not to be listed."""
    return (*shelves.given_up, *(shelves.unknown if unknown == "read" else ()))


def row_of(
    history: History, catalogue: Catalogue, scale: RatingScale
) -> tuple[Histories, list[str]]:
    """One row of the books that are known, and the ids that are not.

    Raises:
        InputError: Stars outside the scale.
    """
    stars: dict[int, float] = {}
    ignored: list[str] = []
    pairs = history.items() if isinstance(history, Mapping) else map(_pair, history)
    for book, given in pairs:
        index = catalogue.books.index(book)
        if index is None:
            ignored.append(as_id(book))
        else:
            stars[index] = _stars(given, scale)
    return Histories.of_rows([(list(stars), list(stars.values()))], len(catalogue)), ignored


def indices_of(books: Iterable[object], catalogue: Catalogue) -> tuple[I64, list[str]]:
    """The indices of the books that are known, and the ids that are not."""
    known: list[int] = []
    unknown: list[str] = []
    for book in books:
        index = catalogue.books.index(book)
        if index is None:
            unknown.append(as_id(book))
        else:
            known.append(index)
    return np.array(known, dtype=np.int64), unknown


def _stars(given: float | None, scale: RatingScale) -> float:
    if given is None or math.isnan(given) or (given == 0 and scale.lowest > 0):
        return math.nan
    return scale.check(float(given))


def _pair(entry: object) -> tuple[object, float | None]:
    if isinstance(entry, tuple | list):
        book, stars = entry
        return book, stars
    return entry, None
