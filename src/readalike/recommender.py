"""Ids in, books out: the translator between a model of indices and its readers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Book, Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.search import find
from readalike.data.vocabulary import as_id
from readalike.data.works import with_editions, works_of
from readalike.errors import SettingError, UnknownReader
from readalike.models import ItemScores, Ranker
from readalike.models.protocols import KnowsUsers, Scores, Shares
from readalike.numerics.topn import tie_order, top_n
from readalike.recommendations import Reason, Recommendation, Recommendations, Source

History = Mapping[Any, float | None] | Iterable[Any]
"""Stars by book id (None: read without stars), or ids alone, or pairs of both."""

BATCH = 512


@dataclass(frozen=True, eq=False)
class Recommender:
    """A model with what turns its indices into books.

    Attributes:
        model: Scores histories.
        catalogue: The books, in the order of the model's items.
        scale: The scale that histories must be on.
        popularity: What a reader of whom nothing is known is answered, and what
            decides between equal scores.
        readers: Training histories by reader id, where the model folder keeps them.
        seed: Decides between books of equal score and equal popularity.
    """

    model: Ranker
    catalogue: Catalogue
    scale: RatingScale
    popularity: ItemScores
    readers: Ratings | None = None
    seed: int = 0

    @cached_property
    def _ties(self) -> npt.NDArray[np.int64]:
        """Items in the order in which equal scores are listed; never the order of ids."""
        drawn = tie_order(len(self.catalogue), self.seed)
        return drawn[np.argsort(-self.popularity.scores[drawn], kind="stable")]

    @cached_property
    def _works(self) -> npt.NDArray[np.int32]:
        return works_of(self.catalogue)

    @cached_property
    def _several(self) -> npt.NDArray[np.int64]:
        """Books that have other editions in the catalogue."""
        return np.flatnonzero(np.bincount(self._works)[self._works] > 1)

    def recommend(
        self,
        history: History | None = None,
        n: int = 10,
        *,
        reader: object | None = None,
        exclude: Iterable[object] = (),
    ) -> Recommendations:
        """The next books for a reader.

        Args:
            history: What was read: stars by book id, or ids alone.
            n: How many books, at least 1.
            reader: Id of a reader of the training table, instead of a history.
            exclude: Ids of books that are not wanted.

        Returns:
            n books that are neither read nor excluded, in no edition of the same work, best
            first, or fewer with the reason in `note`. Where no book of the history is known, the
            most popular ones. Books that a reader means to read, but has not, may be among them.

        Raises:
            SettingError: n below 1, or neither or both of history and reader given.
            InputError: Stars outside the scale.
            UnknownReader: No history of this reader is stored.
        """
        if (history is None) == (reader is None):
            raise SettingError("give either a history or a reader, one of the two")
        user = None if reader is None else self._user(reader)
        row, ignored = self._row(history or {}) if user is None else (self._stored(user), [])
        unwanted, unknown = self._indices(exclude)
        leave = with_editions(self._works, np.concatenate([row.items, unwanted]))
        left_aside = (*ignored, *unknown)
        if len(row.items) == 0:
            scores = self.popularity.score(row)[0]
            note = _why_popular(ignored)
            asked = _Asked(self.popularity, row, scores, leave, "popular", left_aside, note)
        elif user is not None and isinstance(self.model, KnowsUsers):
            scores = self.model.score_users(np.array([user]))[0]
            asked = _Asked(None, row, scores, leave, "personal", left_aside)
        else:
            scores = self.model.score(row)[0]
            asked = _Asked(self.model, row, scores, leave, "personal", left_aside)
        return self._list(asked, n)

    def similar(self, book: object, n: int = 10) -> Recommendations:
        """Books like one book.

        Args:
            book: Id or title.
            n: How many books, at least 1.

        Raises:
            UnknownBook: No book of the catalogue answers to it.
            AmbiguousBook: Several do.
        """
        index = find(self.catalogue, as_id(book))
        row = Histories.of_rows([([], [])], len(self.catalogue))
        leave = with_editions(self._works, np.array([index]))
        scores = self.model.similar(index)
        if isinstance(self.model, ItemScores):
            means = self.model.score_means
            asked = _Asked(None, row, scores, leave, "popular", note=_NO_LIKENESS, means=means)
        else:
            asked = _Asked(None, row, scores, leave, "similar", means="how like it the book is")
        return self._list(asked, n)

    def recommend_all(self, n: int = 10) -> Iterator[tuple[npt.NDArray[np.int32], Scores]]:
        """The lists of all stored readers, a batch of rows at a time, in stored order.

        Yields:
            Item indices and scores, shape (batch, n or all books); -1 and -inf where a list is
            shorter.
        """
        if self.readers is None:
            raise UnknownReader("all", _WITHOUT_HISTORIES)
        _at_least_one(n)
        for start in range(0, len(self.readers.users), BATCH):
            histories = self.readers.histories.slice(start, start + BATCH)
            users = np.arange(start, start + len(histories))
            scores = (
                self.model.score_users(users)
                if isinstance(self.model, KnowsUsers)
                else self.model.score(histories)
            )
            nothing = histories.lengths == 0
            scores[nothing] = self.popularity.scores
            scores[histories.rows, histories.items] = -np.inf
            self._leave_editions(histories, scores)
            yield top_n(scores, min(n, self.model.n_items), self._ties)

    def _leave_editions(self, histories: Histories, scores: Scores) -> None:
        """Sets the scores of other editions of what each reader has read to -inf."""
        read = np.zeros((len(histories), int(self._works.max(initial=-1)) + 1), np.bool_)
        read[histories.rows, self._works[histories.items]] = True
        rows, places = np.nonzero(read[:, self._works[self._several]])
        scores[rows, self._several[places]] = -np.inf

    def _list(self, asked: _Asked, n: int) -> Recommendations:
        _at_least_one(n)
        scores = asked.scores.copy()
        scores[asked.leave] = -np.inf
        found, best = top_n(scores[None, :], min(n, len(scores)), self._ties)
        items = found[0][found[0] >= 0]
        note = asked.note
        if len(items) < n:
            left = f"asked for {n} books, but only {len(items)} are neither read nor excluded"
            note = f"{note}; {left}" if note else left
        shares = _shares(asked, items, best[0, : len(items)])
        read = [self.catalogue.book(item) for item in asked.row.items.tolist()]
        books = tuple(
            Recommendation(
                place + 1,
                self.catalogue.book(item),
                float(best[0, place]),
                float(shares.base[place]),
                _reasons(read, shares.by_book[place], float(shares.base[place])),
            )
            for place, item in enumerate(items.tolist())
        )
        means = asked.means or (asked.model or self.model).score_means
        return Recommendations(books, asked.ignored, asked.source, means, note)

    def _row(self, history: History) -> tuple[Histories, list[str]]:
        """One row of the books that are known, and the ids that are not."""
        stars: dict[int, float] = {}
        ignored: list[str] = []
        pairs = history.items() if isinstance(history, Mapping) else map(_pair, history)
        for book, given in pairs:
            index = self.catalogue.books.index(book)
            if index is None:
                ignored.append(as_id(book))
            else:
                stars[index] = self._stars(given)
        return Histories.of_rows(
            [(list(stars), list(stars.values()))], len(self.catalogue)
        ), ignored

    def _stars(self, given: float | None) -> float:
        if given is None or math.isnan(given) or (given == 0 and self.scale.lowest > 0):
            return math.nan
        return self.scale.check(float(given))

    def _indices(self, books: Iterable[object]) -> tuple[npt.NDArray[np.int64], list[str]]:
        known: list[int] = []
        unknown: list[str] = []
        for book in books:
            index = self.catalogue.books.index(book)
            if index is None:
                unknown.append(as_id(book))
            else:
                known.append(index)
        return np.array(known, dtype=np.int64), unknown

    def _user(self, reader: object) -> int:
        if self.readers is None:
            raise UnknownReader(as_id(reader), _WITHOUT_HISTORIES)
        user = self.readers.users.index(reader)
        if user is None:
            raise UnknownReader(as_id(reader))
        return user

    def _stored(self, user: int) -> Histories:
        assert self.readers is not None
        return self.readers.histories.take([user])


@dataclass(frozen=True, eq=False)
class _Asked:
    """One question, scored: all that a list is made of.

    Attributes:
        model: What explains the scores; None where they come from a table of readers.
        row: The history.
        scores: Of all items.
        leave: Items that must not be listed.
        source: Where the list comes from.
        ignored: Ids that no book answers to.
        note: What the reader should know.
        means: What the scores are, where they are not the model's own.
    """

    model: Ranker | None
    row: Histories
    scores: npt.NDArray[np.float32]
    leave: npt.NDArray[np.integer[Any]]
    source: Source
    ignored: tuple[str, ...] = ()
    note: str = ""
    means: str = ""


def _shares(asked: _Asked, items: npt.NDArray[np.int32], scores: npt.NDArray[np.float32]) -> Shares:
    """The parts of the scores; all base where no book of the history can be named."""
    if asked.model is None:
        return Shares(scores.astype(np.float64), np.zeros((len(items), len(asked.row.items))))
    return asked.model.explain(asked.row, items)


def _reasons(read: list[Book], amounts: npt.NDArray[np.float64], base: float) -> tuple[Reason, ...]:
    size = abs(float(amounts.sum()) + base) or 1.0
    order = np.argsort(-amounts, kind="stable").tolist()
    parts = amounts.tolist()
    return tuple(Reason(read[i], parts[i], parts[i] / size) for i in order if parts[i] != 0)


_NO_LIKENESS = "this model knows no likeness of books, so these are its best for anybody"
_WITHOUT_HISTORIES = "this model folder was saved without histories"


def _pair(entry: object) -> tuple[object, float | None]:
    if isinstance(entry, tuple | list):
        book, stars = entry
        return book, stars
    return entry, None


def _why_popular(ignored: list[str]) -> str:
    if ignored:
        return "none of the books given is in the catalogue, so these are the most popular ones"
    return "nothing is known of this reader yet, so these are the most popular ones"


def _at_least_one(n: int) -> None:
    if n < 1:
        raise SettingError(f"n must be a whole number, at least 1, got {n}")
