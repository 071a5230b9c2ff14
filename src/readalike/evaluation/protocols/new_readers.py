"""Readers the model has never seen give their first books; which do they read next?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import RatingRows, Ratings, kept, split_given
from readalike.errors import InputError, SettingError
from readalike.evaluation.protocols import Protocol, refuse_below
from readalike.evaluation.questions import RankingQueries, Task
from readalike.evaluation.splits import canonical, drawn_order, readers_by_id, refuse_order_of_ids


@dataclass(frozen=True, eq=False)
class NewReaders(Protocol):
    """The honest test of a recommender: complete histories of readers kept out of training.

    Training rows in any order give the same figures, bit by bit. By the order of reading, the
    order of each new reader's rows is the data; in a drawn order it does not matter either.

    Attributes:
        readers: Their ratings, each row in the order of reading. A table of its own: books
            are matched by id.
        given: How many of the first books the model is told; each is asked on its own.
        seed: Draws an order of each reader's books instead, where the table has not that of
            reading; the first 5 books drawn are among the first 20.
    """

    name: ClassVar[str] = "new-readers"

    readers: Ratings
    given: tuple[int, ...] = (5, 20, 50)
    seed: int | None = None

    def __post_init__(self) -> None:
        if not self.given or min(self.given) < 0 or len(set(self.given)) < len(self.given):
            raise SettingError(
                f"given must be different whole numbers, at least 0, got {self.given}"
            )
        if self.seed is not None:
            refuse_below("seed", self.seed, 0)

    def describe(self) -> str:
        """What is done, in one paragraph."""
        lengths = ", ".join(map(str, self.given))
        order, later, limits = (
            (
                "in the order of reading",
                "later",
                "what a stranger reads next. It cannot answer how stars are forecast",
            )
            if self.seed is None
            else (
                f"in an order drawn at random (seed {self.seed})",
                "other",
                "what else a stranger has read, the books told being a fair sample: an easier "
                "question than by the order of reading, since books read right before and after "
                "those told are among the answers, so that the figures of the two must not be "
                "compared. It cannot answer what comes next, nor how stars are forecast",
            )
        )
        return (
            f"New readers: every model learns from the ratings of everybody but "
            f"{len(self.readers.users)} readers, and once for all. Of each of them it is told the "
            f"first {lengths} books, {order}, and ranks all other books of the "
            f"catalogue. Right are the {later} books that the reader rated "
            f"{self.readers.scale.liked_from:g} or higher; one that training does not know counts "
            "as not found. Readers with no right answer are counted and left out of the means. "
            f"It answers {limits}. Equal scores are listed in an order drawn by the seed."
        )

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Leaves the readers out of training, by id, and asks for their later books.

        Raises:
            InputError: Another scale, none of the readers' books is in training, or the rows
                are sorted by book and so not in the order of reading.
        """
        if self.readers.scale.highest != ratings.scale.highest:
            raise InputError(
                f"the new readers' stars must be on the scale of training, {ratings.scale}, "
                f"got {self.readers.scale}"
            )
        if not np.any(ratings.items.indices(self.readers.items.ids) >= 0):
            raise InputError(
                "the new readers' books must have the ids of training, got no book in common, "
                f"such as {self.readers.items.ids[:1]} and {ratings.items.ids[:1]}"
            )
        asked = self._in_order()
        names = asked.users.ids
        histories = self._in_training_indices(ratings, asked.histories)
        return Task(
            canonical(ratings.without_users(set(names))),
            catalogue,
            tuple(self._questions(names, histories, len(ratings.items), h) for h in self.given),
        )

    def _in_order(self) -> Ratings:
        """The readers by id, each one's books in the order in which they are told."""
        if self.seed is None:
            refuse_order_of_ids(
                self.readers.histories,
                self.readers.items,
                "give a seed, which draws the books that are told",
            )
            return readers_by_id(self.readers)
        asked = canonical(self.readers)
        drawn = drawn_order(asked.histories, np.random.default_rng(self.seed))
        return Ratings(drawn, asked.users, asked.items, asked.scale)

    def _in_training_indices(self, ratings: Ratings, histories: Histories) -> Histories:
        """Books that training does not know get the indices after its last."""
        index = ratings.items.indices(self.readers.items.ids).astype(np.int64)
        unknown = index < 0
        index[unknown] = len(ratings.items) + np.arange(unknown.sum())
        return Histories(
            histories.indptr,
            index[histories.items].astype(np.int32),
            histories.stars,
            len(ratings.items) + int(unknown.sum()),
        )

    def _questions(
        self, names: tuple[str, ...], histories: Histories, n_items: int, h: int
    ) -> RankingQueries:
        given, later = split_given(histories, h)
        relevant = kept(later, later.stars >= self.readers.scale.liked_from)
        asked = np.flatnonzero(relevant.lengths)
        told = given.take(asked)
        known = told.items < n_items
        right = relevant.take(asked)
        return RankingQueries(
            tuple(names[row] for row in asked),
            np.full(len(asked), -1),
            replace(kept(told, known), n_items=n_items),
            right,
            h,
            {
                f"no more than {h} books": int((later.lengths == 0).sum()),
                f"no liked book after the first {h}": int(
                    ((later.lengths > 0) & (relevant.lengths == 0)).sum()
                ),
            },
            {
                "given books unknown to training": int((~known).sum()),
                "right answers unknown to training": int((right.items >= n_items).sum()),
            },
        )
