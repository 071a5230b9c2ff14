"""The tutorial notebook's own split, so that its figures can be put beside others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import RatingRows, Ratings, kept, notebook_split
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.questions import RankingQueries, RatingQueries, Task

Indices = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class NotebookSplit(Protocol):
    """Raw rows held out at random: forecasts of stars, and ranking for known readers.

    Rows are drawn without regard to time, so a reader's later ratings help to find earlier
    ones, and a pair that stands twice may be on both sides. It answers how the notebook
    compares, not how good recommendations are: that is `NewReaders`.

    Attributes:
        test_share: Share of the rows held out.
        seed: The `random_state` of the notebook's `train_test_split`.
    """

    name: ClassVar[str] = "notebook-split"

    test_share: float = 0.2
    seed: int = 42

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return (
            f"The notebook's split: {self.test_share:.0%} of the raw rows are held out at random "
            f"(seed {self.seed}, the rows that scikit-learn's train_test_split chooses). Every "
            "model learns from the others; of a pair that repeats, the first row counts. For "
            "ranking, right is a held-out book that the reader liked and that is not among the "
            "reader's training rows; all books but those are ranked, and every reader with a "
            "right answer counts, one without any training row too. Stars are forecast for every "
            "held-out row as it stands, repeats included: rmse and mae as forecast, like the "
            "notebook's own figure, rmse_clipped and mae_clipped moved into the scale. Equal "
            "scores are listed in an order drawn by the seed. The split is random, so that the "
            "future leaks into training."
        )

    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None) -> Task:
        """Splits the raw rows and merges each side.

        Raises:
            InputError: There are no raw rows, only merged ratings.
        """
        if rows is None:
            raise InputError(
                "the notebook's split is one of raw rows, got ratings that were merged already; "
                "give the data set as it was read"
            )
        table = _by_reader_id(rows, ratings)
        train, test = (
            np.sort(part) for part in notebook_split(len(table), self.test_share, self.seed)
        )
        learnt, learnt_merge = _part(table, train).merged("first")
        held, held_merge = _part(table, test).merged("first")
        trained = np.flatnonzero(learnt.histories.lengths)
        users = np.full(len(table.user_ids), -1)
        users[trained] = np.arange(len(trained))

        seen, tested = (h.rows * h.n_items + h.items for h in (learnt.histories, held.histories))
        fresh = ~np.isin(tested, seen)
        liked = kept(held.histories, fresh & (held.histories.stars >= ratings.scale.liked_from))
        asked = np.flatnonzero(liked.lengths)
        questions = RankingQueries(
            tuple(table.user_ids.ids[user] for user in asked),
            users[asked],
            learnt.histories.take(asked),
            liked.take(asked),
            None,
            {
                "no held-out row": int((held.histories.lengths == 0).sum()),
                "no liked new book held out": int(
                    ((held.histories.lengths > 0) & (liked.lengths == 0)).sum()
                ),
            },
            {
                "readers without a training row": int((users[asked] < 0).sum()),
                "repeated training rows": learnt_merge.rows - learnt_merge.pairs,
                "repeated test rows": held_merge.rows - held_merge.pairs,
                "test pairs that are in training": int((~fresh).sum()),
            },
        )
        stars = _star_questions(_part(table, test), users, learnt.histories)
        return Task(learnt.take(trained), catalogue, (questions,), stars)


def _by_reader_id(rows: RatingRows, ratings: Ratings) -> RatingRows:
    """The rows with readers numbered in the order of their ids, and books as in the ratings."""
    order = sorted(range(len(rows.user_ids)), key=rows.user_ids.ids.__getitem__)
    number = np.empty(len(order), np.int32)
    number[order] = np.arange(len(order))
    items = ratings.items.indices(rows.item_ids.ids)[rows.items]
    if items.min(initial=0) < 0:
        raise InputError("the ratings must be made of the raw rows, got a row of another book")
    names = Vocabulary(tuple(rows.user_ids.ids[user] for user in order))
    return RatingRows(number[rows.users], items, rows.stars, names, ratings.items, ratings.scale)


def _part(rows: RatingRows, entries: Indices) -> RatingRows:
    return replace(
        rows, users=rows.users[entries], items=rows.items[entries], stars=rows.stars[entries]
    )


def _star_questions(rows: RatingRows, users: Indices, histories: Histories) -> RatingQueries:
    starred = np.flatnonzero(~np.isnan(rows.stars))
    starred = starred[np.argsort(rows.users[starred], kind="stable")]
    readers, row = np.unique(rows.users[starred], return_inverse=True)
    return RatingQueries(
        tuple(rows.user_ids.ids[user] for user in readers),
        users[readers],
        histories.take(readers),
        row,
        rows.items[starred],
        rows.stars[starred],
    )
