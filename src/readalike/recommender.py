"""Ids in, books out: the translator between a model of indices and its readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from readalike.asked import Asked, at_least_one, listed
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.search import find
from readalike.data.vocabulary import as_id
from readalike.data.works import with_editions, works_of
from readalike.errors import ModelError, SettingError, UnknownBook, UnknownReader
from readalike.forecasts import Forecast, Forecaster
from readalike.models import ItemScores, Ranker
from readalike.models.protocols import KnowsUsers, Scores
from readalike.numerics.topn import tie_order, top_n
from readalike.recommendations import Recommendations
from readalike.told import History, indices_of, row_of

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
        forecaster: Forecasts stars, where the model folder has a rater.
        seed: Decides between books of equal score and equal popularity.
    """

    model: Ranker
    catalogue: Catalogue
    scale: RatingScale
    popularity: ItemScores
    readers: Ratings | None = None
    forecaster: Forecaster | None = None
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
        at_least: float | None = None,
        sure: float = 0.8,
    ) -> Recommendations:
        """The next books for a reader.

        Args:
            history: What was read: stars by book id, or ids alone.
            n: How many books, at least 1.
            reader: Id of a reader of the training table, instead of a history.
            exclude: Ids of books that are not wanted.
            at_least: Only books that this reader would give so many stars or more ...
            sure: ... with this probability.

        Returns:
            n books that are neither read nor excluded, in no edition of the same work, best
            first, or fewer with the reason in `note`. Where no book of the history is known, the
            most popular ones. Books that a reader means to read, but has not, may be among them.

        Raises:
            SettingError: n below 1, neither or both of history and reader given, or `sure` no
                probability.
            ModelError: `at_least` is asked of a model without forecasts of stars.
            InputError: Stars outside the scale.
            UnknownReader: No history of this reader is stored.
        """
        user, row, ignored = self._told(history, reader)
        unwanted, unknown = indices_of(exclude, self.catalogue)
        leave = with_editions(self._works, np.concatenate([row.items, unwanted]))
        left_aside, means = (*ignored, *unknown), self.model.score_means
        if len(row.items) == 0:
            scores = self.popularity.score(row)[0]
            note = _why_popular(ignored)
            asked = Asked(
                self.popularity, row, scores, leave, "popular", self.popularity.score_means,
                left_aside, note,
            )  # fmt: skip
        elif user is not None and isinstance(self.model, KnowsUsers):
            scores = self.model.score_users(np.array([user]))[0]
            asked = Asked(None, row, scores, leave, "personal", means, left_aside)
        else:
            scores = self.model.score(row)[0]
            asked = Asked(self.model, row, scores, leave, "personal", means, left_aside)
        if at_least is not None:
            asked = self._likely(asked, at_least, sure)
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
            asked = Asked(None, row, scores, leave, "popular", means, note=_NO_LIKENESS)
        else:
            asked = Asked(None, row, scores, leave, "similar", "how like it the book is")
        return listed(asked, n, self._ties, self.catalogue)

    def forecast(
        self,
        books: Iterable[object],
        history: History | None = None,
        *,
        reader: object | None = None,
    ) -> tuple[Forecast, ...]:
        """How many stars a reader would give to books, in the order asked.

        The same for a reader of the training table and one who just arrived: the history counts.
        A book that was rated is forecast as if it had not been.

        Args:
            books: Ids.
            history: What was read: stars by book id, or ids alone; empty of a stranger.
            reader: Id of a reader of the training table, instead of a history.

        Raises:
            SettingError: Neither or both of history and reader given.
            UnknownBook: No book has this id.
            UnknownReader: No history of this reader is stored.
            InputError: Stars outside the scale.
            ModelError: The model forecasts no stars.
        """
        _, row, _ = self._told(history, reader)
        known, unknown = indices_of(books, self.catalogue)
        if unknown:
            raise UnknownBook(unknown[0])
        return self._rater().forecasts(row, known)

    def avoid(
        self,
        history: History | None = None,
        n: int = 10,
        *,
        reader: object | None = None,
        among: int = 500,
    ) -> tuple[Forecast, ...]:
        """Popular books that a reader would likely rate low, the lowest first.

        Args:
            history: What was read: stars by book id, or ids alone.
            n: How many books, at least 1.
            reader: Id of a reader of the training table, instead of a history.
            among: How many of the most popular books are looked at.

        Raises:
            SettingError: n below 1, or neither or both of history and reader given.
            UnknownReader: No history of this reader is stored.
            InputError: Stars outside the scale.
            ModelError: The model forecasts no stars.
        """
        at_least_one(n)
        _, row, _ = self._told(history, reader)
        known = with_editions(self._works, row.items)
        popular = self._ties[~np.isin(self._ties, known)][:among]
        rater = self._rater()
        lowest = np.argsort(rater.distribution(row, popular).mean, kind="stable")
        return rater.forecasts(row, popular[lowest[:n]])

    def recommend_all(self, n: int = 10) -> Iterator[tuple[npt.NDArray[np.int32], Scores]]:
        """The lists of all stored readers, a batch of rows at a time, in stored order.

        Yields:
            Item indices and scores, shape (batch, n or all books); -1 and -inf where a list is
            shorter.
        """
        if self.readers is None:
            raise UnknownReader("all", _WITHOUT_HISTORIES)
        at_least_one(n)
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

    def _list(self, asked: Asked, n: int) -> Recommendations:
        return listed(asked, n, self._ties, self.catalogue, self.forecaster)

    def _likely(self, asked: Asked, stars: float, sure: float) -> Asked:
        """The same question, asking only for books that would get so many stars."""
        if not 0 <= sure <= 1:
            raise SettingError(f"sure must be a probability from 0 to 1, got {sure:g}")
        self.scale.check(stars)
        every = np.arange(len(asked.scores))
        chances = self._rater().distribution(asked.row, every).at_least(stars)
        leave = np.concatenate([asked.leave, np.flatnonzero(chances < sure)])
        wanted = f" and would get {stars:g} stars or more with {sure:.0%} probability"
        return replace(asked, leave=leave, wanted=wanted)

    def _rater(self) -> Forecaster:
        if self.forecaster is None:
            raise ModelError(
                "this model forecasts no stars; train it again with a rater, as train does unless "
                "told --rater none"
            )
        return self.forecaster

    def _told(
        self, history: History | None, reader: object | None
    ) -> tuple[int | None, Histories, list[str]]:
        """Index of a stored reader, the history, and ids in it that are not known."""
        if (history is None) == (reader is None):
            raise SettingError("give either a history or a reader, one of the two")
        if reader is None:
            return None, *row_of(history or {}, self.catalogue, self.scale)
        user = self._user(reader)
        return user, self._stored(user), []

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


_NO_LIKENESS = "this model knows no likeness of books, so these are its best for anybody"
_WITHOUT_HISTORIES = "this model folder was saved without histories"


def _why_popular(ignored: list[str]) -> str:
    if ignored:
        return "none of the books given is in the catalogue, so these are the most popular ones"
    return "nothing is known of this reader yet, so these are the most popular ones"
