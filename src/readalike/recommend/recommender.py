"""Ids in, books out: the translator between a model of indices and its readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.search import find
from readalike.bibliography.works import Editions, of_these_works, with_editions
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import as_id
from readalike.errors import ModelError, UnknownBook, UnknownReader
from readalike.models import ItemScores, Ranker
from readalike.models.interface import Scores
from readalike.numerics.masks import marks
from readalike.numerics.topn import tie_order
from readalike.recommend.batch import BatchRecommender
from readalike.recommend.dials import Dials, Known
from readalike.recommend.explanation import Explanation, explain
from readalike.recommend.group import GroupRecommendations, recommend_group
from readalike.recommend.listing import (
    ListContext,
    ScoredRequest,
    lesser_editions,
    list_recommendations,
    require_positive,
    score_request,
)
from readalike.recommend.request import (
    WITHOUT_HISTORIES,
    Constraints,
    History,
    ResolvedHistory,
    indices_of,
    resolve_history,
)
from readalike.recommend.results import Forecast, Forecaster, Recommendations
from readalike.recommend.rules import Rulebook, Rules


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
    def rulebook(self) -> Rulebook:
        """What rules look up of the books."""
        return Rulebook(self.catalogue)

    @property
    def index(self) -> BookIndex:
        """The books by what people call them."""
        return self.rulebook.index

    @cached_property
    def _stock(self) -> ListContext:
        drawn = tie_order(len(self.catalogue), self.seed)
        ties = drawn[np.argsort(-self.popularity.scores[drawn], kind="stable")]
        known = Known(self.index, self.popularity.scores, self.model.similar)
        authors, editions = self.rulebook.first_authors, Editions.of(self.rulebook.works, ties)
        return ListContext(self.catalogue, ties, known, authors, editions, self.forecaster)

    def recommend(
        self,
        history: History | None = None,
        n: int = 10,
        *,
        reader: object | None = None,
        exclude: Iterable[object] = (),
        among: Iterable[object] | None = None,
        at_least: float | None = None,
        sure: float = 0.8,
        rules: Rules | None = None,
        dials: Dials | None = None,
    ) -> Recommendations:
        """The next books for a reader.

        Args:
            history: What was read: stars by book id, or ids alone.
            n: How many books, at least 1.
            reader: Id of a reader of the training table, instead of a history.
            exclude: Ids of books that are not wanted.
            among: Ids of the only books that may be listed; None for all.
            at_least: Only books that this reader would give so many stars or more ...
            sure: ... with this probability.
            rules: What somebody who knows books would not list; by default only other editions
                of what was read (`readalike.recommend.rules.BOOK_SENSE` has more).
            dials: How known, how new, more and less of what, moods; by default none is turned.

        Returns:
            n books that are neither read nor excluded, best first, or fewer with the reason in
            `note`. Where no book of the history is known, the most popular ones. Books that a
            reader means to read, but has not, may be among them.

        Raises:
            SettingError: n below 1, not one of history and reader, or `sure` no probability.
            ModelError: `at_least` is asked of a model without forecasts of stars.
            InputError: Stars outside the scale.
            UnknownReader: No history of this reader is stored.
        """
        wishes = Constraints(exclude, among, at_least, sure, rules or Rules(), dials or Dials())
        asked = self._asked(history, reader, wishes)
        return list_recommendations(asked, n, self._stock)

    def why(
        self,
        book: object,
        history: History | None = None,
        n: int = 10,
        *,
        reader: object | None = None,
        exclude: Iterable[object] = (),
        among: Iterable[object] | None = None,
        rules: Rules | None = None,
        dials: Dials | None = None,
    ) -> Explanation:
        """Why a book is in the list of a reader, or is not, and what it hangs on.

        Args:
            book: Id or title.
            history: What was read: stars by book id, or ids alone.
            n: Length of the list.
            reader: Id of a reader of the training table, instead of a history.
            exclude: Ids of books that are not wanted.
            among: Ids of the only books that may be listed; None for all.
            rules: As in `recommend`.
            dials: As in `recommend`.

        Raises:
            UnknownBook: No book of the catalogue answers to it.
            AmbiguousBook: Several do.
            SettingError: n below 1, or neither or both of history and reader given.
            InputError: Stars outside the scale.
            UnknownReader: No history of this reader is stored.
        """
        item = find(self.index, as_id(book))
        wishes = Constraints(exclude, among, rules=rules or Rules(), dials=dials or Dials())
        asked = self._asked(history, reader, wishes)
        ruled = self.rulebook.why(wishes.rules, asked.row.items, item)
        return explain(asked, item, n, self._stock, ruled)

    def together(
        self,
        histories: Mapping[str, History],
        n: int = 10,
        *,
        exclude: Iterable[object] = (),
        among: Iterable[object] | None = None,
        rules: Rules | None = None,
    ) -> GroupRecommendations:
        """The next books for several readers, such as a couple or a book club.

        Args:
            histories: What each has read, by name; of two readers or more.
            n: How many books, at least 1.
            exclude: Ids of books that are not wanted.
            among: Ids of the only books that may be listed; None for all.
            rules: As in `recommend`; what they leave out for one is left out.

        Raises:
            SettingError: n below 1, or fewer than two readers.
            InputError: Stars outside the scale.
        """
        only = None if among is None else tuple(among)
        wishes = Constraints(tuple(exclude), only, rules=rules or Rules())
        asked = {name: self._asked(told, None, wishes) for name, told in histories.items()}
        return recommend_group(asked, n, self._stock)

    def similar(self, book: object, n: int = 10) -> Recommendations:
        """Books like one book.

        Args:
            book: Id or title.
            n: How many books, at least 1.

        Raises:
            UnknownBook: No book of the catalogue answers to it.
            AmbiguousBook: Several do.
        """
        index = find(self.index, as_id(book))
        row = Histories.of_rows([([], [])], len(self.catalogue))
        scores = self.model.similar(index)
        same = of_these_works(self.rulebook.works, marks(np.array([index]), len(self.catalogue)))
        left = {"edition": same | lesser_editions({"": same}, scores, self._stock.editions)}
        if isinstance(self.model, ItemScores):
            means = self.model.score_means
            asked = ScoredRequest(None, row, scores, left, "popular", means, note=_NO_LIKENESS)
        else:
            asked = ScoredRequest(None, row, scores, left, "similar", "how like it the book is")
        return list_recommendations(asked, n, replace(self._stock, forecaster=None))

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
        row = self._told(history, reader).row
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
        require_positive(n)
        row = self._told(history, reader).row
        known = with_editions(self.rulebook.works, row.items)
        ties = self._stock.ties
        popular = ties[~np.isin(ties, known)][:among]
        rater = self._rater()
        lowest = np.argsort(rater.distribution(row, popular).mean, kind="stable")
        return rater.forecasts(row, popular[lowest[:n]])

    def recommend_all(
        self, n: int = 10, rules: Rules | None = None
    ) -> Iterator[tuple[npt.NDArray[np.int32], Scores]]:
        """The lists of all stored readers, a batch of rows at a time, in stored order.

        Yields:
            Item indices and scores, shape (batch, n or all books); -1 and -inf where a list is
            shorter.
        """
        if self.readers is None:
            raise UnknownReader("all", WITHOUT_HISTORIES)
        require_positive(n)
        everybody = BatchRecommender(
            self.model, self.popularity, self.rulebook, self._stock.editions, rules or Rules(),
            self._stock.ties,
        )  # fmt: skip
        yield from everybody.lists(self.readers.histories, n)

    def _told(self, history: History | None, reader: object) -> ResolvedHistory:
        return resolve_history(history, reader, self.catalogue, self.scale, self.readers)

    def _asked(
        self, history: History | None, reader: object | None, wishes: Constraints
    ) -> ScoredRequest:
        told = self._told(history, reader)
        rater = None if wishes.at_least is None else self._rater()
        return score_request(
            told, wishes, self.model, self.popularity, self.rulebook, self._stock.editions, rater
        )

    def _rater(self) -> Forecaster:
        if self.forecaster is None:
            raise ModelError(
                "this model forecasts no stars; train it again with a rater, as train does unless "
                "told --rater none"
            )
        return self.forecaster


_NO_LIKENESS = "this model knows no likeness of books, so these are its best for anybody"
