"""Ids in, books out: the translator between a model of indices and its readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.search import find, search
from readalike.bibliography.works import Editions, of_these_works, with_editions
from readalike.data.catalogue import Book, Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import as_id
from readalike.errors import ModelError, SettingError, UnknownBook, UnknownReader
from readalike.models import ItemItem, ItemScores, Ranker
from readalike.models.interface import KnowsUsers, Scores
from readalike.numerics.arrays import I32, I64, Bools
from readalike.numerics.masks import BatchMask, marks
from readalike.numerics.topn import tie_order
from readalike.progress import Progress, silent
from readalike.recommend.batch import ManyRecommendations, batches, best_of
from readalike.recommend.candidates import EDITION, Candidates, left_out
from readalike.recommend.card import Card
from readalike.recommend.dials import Dials, Known
from readalike.recommend.explanation import Explanation, explain
from readalike.recommend.group import GroupRecommendations, recommend_group
from readalike.recommend.listing import (
    ListContext,
    ScoredRequest,
    list_recommendations,
    require_positive,
    speaks_for,
)
from readalike.recommend.request import (
    WITHOUT_HISTORIES,
    Constraints,
    History,
    ResolvedHistory,
    indices_of,
    resolve_history,
)
from readalike.recommend.results import Forecast, Forecaster, Recommendations, Source
from readalike.recommend.rules import Exclusion, Rulebook, Rules

if TYPE_CHECKING:  # whoever has no library waits for none of it
    from readalike.libraries.corrections import Correction
    from readalike.libraries.entry import Library
    from readalike.libraries.matches import Matches, Unknown


@dataclass(frozen=True, eq=False, kw_only=True)
class Recommender:
    """A model with what turns its indices into books.

    Attributes:
        model: Scores histories.
        catalogue: The books, in the order of the model's items.
        scale: The scale that histories must be on.
        popularity: What a reader of whom nothing is known is answered, and what
            decides between equal scores.
        readers: Training histories by reader id, where the model folder keeps them.
        forecaster: Forecasts stars, where the model folder has a rating predictor.
        seed: Decides between books of equal score and equal popularity.
        card: What was learnt of what, as `readalike.fit` and `readalike.load` know.
    """

    model: Ranker
    catalogue: Catalogue
    scale: RatingScale
    popularity: ItemScores
    readers: Ratings | None = None
    forecaster: Forecaster | None = None
    seed: int = 0
    card: Card | None = None

    def recommend(
        self,
        history: History | Matches | None = None,
        n: int = 10,
        *,
        reader: object | None = None,
        exclude: Iterable[object] = (),
        among: Iterable[object] | None = None,
        at_least: float | None = None,
        sure: float = 0.8,
        rules: Rules | None = None,
        dials: Dials | None = None,
        forecasts: bool = True,
        reasons: int | None = None,
    ) -> Recommendations:
        """The next books for a reader.

        Args:
            history: What was read: stars by book id, ids alone, or a matched library. Of a library
                what was given up is excluded too.
            n: How many books, at least 1.
            reader: Id of a reader of the training table, instead of a history.
            exclude: Ids of books that are not wanted.
            among: Ids of the only books that may be listed; None for all.
            at_least: Only books that this reader would give so many stars or more ...
            sure: ... with this probability.
            rules: What somebody who knows books would not list; by default only other editions
                of what was read (`readalike.recommend.rules.BOOK_SENSE` has more).
            dials: How known, how new, more and less of what, moods; by default none is turned.
            forecasts: Whether stars are forecast, where the model can.
            reasons: How many reasons each book has at most, the strongest; None for all, 0 for
                none, which is faster.

        Returns:
            n books that are neither read nor excluded, best first, or fewer with the reason in
            `note`. Where no book of the history is known, the most popular ones. Books that a
            reader means to read, but has not, may be among them.

        Raises:
            SettingError: n below 1, reasons below 0, not one of history and reader, or `sure` no
                probability.
            ModelError: `at_least` is given to a model without forecasts of stars.
            InputError: Stars outside the scale.
            UnknownReader: No history of this reader is stored.
        """
        require_positive(n)
        if reasons is not None and reasons < 0:
            raise SettingError(f"reasons must be a whole number, at least 0, got {reasons}")
        who = self._resolved(history, reader)
        constraints = Constraints.of(
            self.index,
            exclude=(*exclude, *who.unlisted),
            among=among,
            at_least=at_least,
            sure=sure,
            rules=rules or who.rules,
            dials=dials,
        )
        request = self._scored(who, constraints)
        return list_recommendations(request, n, self._context, forecasts=forecasts, reasons=reasons)

    def explain(
        self,
        book: object,
        history: History | Matches | None = None,
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
            history: As in `recommend`.
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
        require_positive(n)
        item = find(self.index, as_id(book))
        who = self._resolved(history, reader)
        constraints = Constraints.of(
            self.index,
            exclude=(*exclude, *who.unlisted),
            among=among,
            rules=rules or who.rules,
            dials=dials,
        )
        request = self._scored(who, constraints)
        return explain(request, item, n, self._context, self.rulebook)

    def recommend_group(
        self,
        histories: Mapping[str, History | Matches],
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
        require_positive(n)
        members = {name: self._resolved(each, None) for name, each in histories.items()}
        unlisted = (book for who in members.values() for book in who.unlisted)
        constraints = Constraints.of(
            self.index, exclude=(*exclude, *unlisted), among=among, rules=rules
        )
        requests = {name: self._scored(who, constraints) for name, who in members.items()}
        return recommend_group(requests, n, self._context)

    def recommend_many(
        self,
        readers: Iterable[object] | None = None,
        n: int = 10,
        *,
        rules: Rules | None = None,
        progress: Progress = silent,
    ) -> ManyRecommendations:
        """The lists of many stored readers, by the rules of `recommend`.

        Args:
            readers: Their ids; None for all, in stored order.
            n: How many books each, at least 1.
            rules: As in `recommend`.
            progress: Called with how many lists are done.

        Raises:
            SettingError: n below 1.
            UnknownReader: No history of a reader is stored.
        """
        require_positive(n)
        users, ids = self._users(readers)
        constraints = Constraints.of(self.index, rules=rules)
        items = np.empty((len(users), min(n, len(self.catalogue))), np.int32)
        scores = np.empty(items.shape, np.float32)
        personal = np.empty(items.shape, np.bool_)
        for rows in batches(len(users)):
            found = self._lists(users[rows], n, constraints)
            items[rows], scores[rows], personal[rows] = found
            progress("ranking", min(rows.stop, len(users)), len(users))
        return ManyRecommendations(ids, items, scores, self.catalogue, n, personal)

    def similar(self, book: object, n: int = 10) -> Recommendations:
        """Books like one book.

        Args:
            book: Id or title.
            n: How many books, at least 1.

        Raises:
            SettingError: n below 1.
            UnknownBook: No book of the catalogue answers to it.
            AmbiguousBook: Several do.
        """
        require_positive(n)
        item = find(self.index, as_id(book))
        scores = self.model.similar(item)
        same = of_these_works(self.rulebook.works, marks(np.array([item]), len(self.catalogue)))
        left = [Exclusion(EDITION, BatchMask.everywhere(same))]
        alike = self.model.compares_items
        if alike:
            left.append(Exclusion(UNLIKE, BatchMask.everywhere(scores <= 0)))
        request = ScoredRequest(
            model=None,
            row=Histories.of_rows([([], [])], len(self.catalogue)),
            scores=scores,
            candidates=Candidates.of(scores[None, :].copy(), left, self._editions),
            source="similar" if alike else "popular",
            means="how like it the book is" if alike else self.model.score_means,
            note="" if alike else _NO_LIKENESS,
            constraints=Constraints.of(self.index),
        )
        return list_recommendations(request, n, self._context, forecasts=False)

    def search(self, text: str, n: int = 10) -> tuple[Book, ...]:
        """The books that answer to a text, best first: by id, ISBN, title or author.

        Args:
            text: What a reader types.
            n: How many books at most.
        """
        return tuple(self.catalogue.book(item) for item in search(self.index, text, n))

    def find(self, book: object) -> Book:
        """The one book that an id, an ISBN, a title or `title / author` names.

        Raises:
            UnknownBook: No book of the catalogue answers to it.
            AmbiguousBook: Several do.
        """
        return self.catalogue.book(find(self.index, as_id(book)))

    def match(
        self,
        library: Library,
        corrections: Sequence[Correction] = (),
        *,
        unknown: Unknown = "ignore",
    ) -> Matches:
        """Which books of the catalogue a reader's own library has.

        Args:
            library: As `readalike.read_library` reads it.
            corrections: What the reader decided by hand, before everything else.
            unknown: What becomes of a book without stars of which nothing says whether it was read:
                `ignore`, it may be listed; `read`, it is not listed; `history`, it counts as read.
        """
        from readalike.libraries.matching import match

        return match(library, self.index, corrections, unknown)

    def forecast(
        self,
        books: Iterable[object],
        history: History | Matches | None = None,
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
        row = self._resolved(history, reader).row
        known, unknown = indices_of(books, self.catalogue)
        if unknown:
            raise UnknownBook(unknown[0])
        return self._require_forecaster().forecasts(row, known)

    def avoid(
        self,
        history: History | Matches | None = None,
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
        row = self._resolved(history, reader).row
        known = with_editions(self.rulebook.works, row.items)
        ties = self._context.ties
        popular = ties[~np.isin(ties, known)][:among]
        forecaster = self._require_forecaster()
        lowest = np.argsort(forecaster.distribution(row, popular).mean, kind="stable")
        return forecaster.forecasts(row, popular[lowest[:n]])

    def save(self, folder: Path | str, *, histories: bool = True) -> Path:
        """Writes a model folder, as `readalike.save` does.

        Args:
            folder: The folder; made where it is missing.
            histories: Whether the training histories go into it.

        Raises:
            ModelError: The folder cannot be used, or nobody knows what the model was learnt of.
        """
        from readalike.model_folder import store

        return store.save(self, folder, histories=histories)

    @cached_property
    def rulebook(self) -> Rulebook:
        """What rules look up of the books."""
        return Rulebook(self.catalogue)

    @property
    def index(self) -> BookIndex:
        """The books by what people call them."""
        return self.rulebook.index

    @cached_property
    def _context(self) -> ListContext:
        drawn = tie_order(len(self.catalogue), self.seed)
        return ListContext(
            catalogue=self.catalogue,
            ties=drawn[np.argsort(-self.popularity.scores[drawn], kind="stable")],
            known=Known(self.index, self.popularity.scores, self.model.similar),
            first_authors=self.rulebook.first_authors,
            forecaster=self.forecaster,
        )

    @cached_property
    def _editions(self) -> Editions:
        return Editions.of(self.rulebook.works, self._context.ties)

    def _resolved(self, history: History | Matches | None, reader: object) -> ResolvedHistory:
        return resolve_history(history, reader, self.catalogue, self.scale, self.readers)

    def _scored(self, reader: ResolvedHistory, constraints: Constraints) -> ScoredRequest:
        """The request of one reader: scores, and what may be listed."""
        explains: Ranker | None = self.model
        source: Source = "personal"
        note = ""
        nobodys: Scores | None = None
        if len(reader.row.items) == 0:
            explains, source, note = self.popularity, "popular", _why_popular(reader)
            scores = self.popularity.score(reader.row)
        elif reader.user is not None and isinstance(self.model, KnowsUsers):
            explains, scores = None, self.model.score_users(np.array([reader.user]))
        else:
            nobodys, scores = self._nobodys, self.model.score(reader.row)
            if np.array_equal(scores[0], nobodys):
                source, note = "popular", _why_unmoved(self.model)
                if not isinstance(self.model, ItemScores):
                    explains, scores = self.popularity, self.popularity.score(reader.row)
        return ScoredRequest(
            model=explains,
            row=reader.row,
            scores=scores[0],
            candidates=self._candidates(scores.copy(), reader.row, constraints),
            source=source,
            means=(explains or self.model).score_means,
            ignored=(*reader.ignored, *constraints.unknown),
            note=note,
            constraints=constraints,
            nobodys=nobodys,
        )

    @cached_property
    def _nobodys(self) -> Scores:
        """The scores for somebody who has read nothing; shape (n_items,)."""
        if isinstance(self.model, ItemItem):  # a sum over no books
            return np.zeros(len(self.catalogue), np.float32)
        nothing = Histories.of_rows([([], [])], len(self.catalogue))
        scores: Scores = self.model.score(nothing)[0]
        return scores

    def _lists(self, users: I64, n: int, constraints: Constraints) -> tuple[I32, Scores, Bools]:
        """The n best books of each of a batch of stored readers, and which are personal."""
        assert self.readers is not None
        histories = self.readers.histories.take(users)
        strangers = histories.lengths == 0
        if isinstance(self.model, KnowsUsers):
            scores = self.model.score_users(users)
        else:
            scores = self.model.score(histories)
            if not isinstance(self.model, ItemScores):
                strangers |= (scores == self._nobodys).all(axis=1)
        scores[strangers] = self.popularity.scores
        candidates = self._candidates(scores, histories, constraints)
        items, best = best_of(candidates, n, self._context, constraints.rules.by_author)
        personal = np.broadcast_to(~strangers[:, None], items.shape) & (items >= 0)
        if not isinstance(self.model, KnowsUsers):
            personal &= speaks_for(best, self._nobodys, items)
        return items, best, personal

    def _candidates(
        self, scores: Scores, histories: Histories, constraints: Constraints
    ) -> Candidates:
        forecaster = None if constraints.at_least is None else self._require_forecaster()
        left = left_out(histories, constraints, self.rulebook, forecaster)
        return Candidates.of(scores, left, self._editions if constraints.rules.editions else None)

    def _users(self, readers: Iterable[object] | None) -> tuple[I64, tuple[str, ...]]:
        """Rows and ids of stored readers; of all where none are named."""
        if self.readers is None:
            raise UnknownReader("all", WITHOUT_HISTORIES)
        stored = self.readers.users
        if readers is None:
            return np.arange(len(stored)), tuple(stored.ids)
        ids = tuple(map(as_id, readers))
        rows = [stored.index(reader) for reader in ids]
        for reader, row in zip(ids, rows, strict=True):
            if row is None:
                raise UnknownReader(reader)
        return np.array(rows, np.int64), ids

    def _require_forecaster(self) -> Forecaster:
        if self.forecaster is None:
            raise ModelError(
                "this model forecasts no stars; train it again with a predictor, as train does "
                "unless told --predictor none"
            )
        return self.forecaster


def _why_popular(reader: ResolvedHistory) -> str:
    if reader.ignored:
        return "none of the books given is in the catalogue, so these are the most popular ones"
    return "nothing is known of this reader yet, so these are the most popular ones"


def _why_unmoved(model: Ranker) -> str:
    if isinstance(model, ItemScores):
        return f"this model has one order for everybody, by {model.score_means}"
    return (
        "what was read says nothing to this model (nobody read it in training, or the model learns "
        "from stars and there are none), so these are the most popular ones"
    )


UNLIKE = "unlike"
"""What leaves a book out of those like another."""
_NO_LIKENESS = "this model knows no likeness of books, so these are its best for anybody"
