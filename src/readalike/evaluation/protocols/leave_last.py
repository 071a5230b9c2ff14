"""The last books of each reader held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import RatingRows, Ratings
from readalike.evaluation.protocols import Protocol, refuse_below
from readalike.evaluation.questions import Task
from readalike.evaluation.splits import (
    arranged,
    canonical,
    divided,
    pair_times,
    readers_by_id,
    refuse_order_of_ids,
)


@dataclass(frozen=True)
class LeaveLast(Protocol):
    """Each reader's last books, by time where rows have times, else in the order of the rows.

    By time, rows in any order give the same figures, bit by bit. Else the order of each
    reader's rows is the data, and only the order of readers does not matter.

    Attributes:
        n: How many books of each reader are held out.
        seed: Draws the order of a reader's books of equal time.
    """

    name: ClassVar[str] = "leave-last"

    n: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_below("n", self.n, 1)
        refuse_below("seed", self.seed, 0)

    def describe(self) -> str:
        """What is done, in one paragraph."""
        books = "last book" if self.n == 1 else f"last {self.n} books"
        return (
            f"Leave last: the {books} of each reader who has more are held out, and every model "
            "learns from all others. Where the rows have times, last is by the first time of "
            f"a pair, equal times in an order drawn by seed {self.seed}; else the rows are taken "
            "to stand in the order of reading. Which of the two it was is told with the numbers "
            'of the result, as "readers in the order of their times" or "... of their rows". '
            "Right is a held-out book that the reader liked; all books but the reader's training "
            "rows are ranked, and readers with no right answer are counted and left out of the "
            "means. Stars are forecast for every held-out pair that has them. It answers what a "
            "known reader picks up next. It cannot answer how a model fares that is used for "
            "long, nor for a new reader: the last books of one reader are older than what "
            "others, who are learnt from, read later. Equal scores are listed in an order drawn "
            "by the seed of the evaluation."
        )

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Holds the last books of each reader out.

        Raises:
            InputError: The rows stand in the order of ids, or nobody has more than n books.
        """
        pairs = canonical(ratings)
        times = pair_times(pairs, rows)
        if times is None:
            pairs = readers_by_id(ratings)
            refuse_order_of_ids(pairs.histories, pairs.items, "use held-out, which needs no order")
            order = "rows"
        else:
            histories = self._by_time(pairs.histories, times.first)
            pairs = Ratings(histories, pairs.users, pairs.items, pairs.scale)
            order = "times"
        lengths = pairs.histories.lengths
        total = np.repeat(lengths, lengths)
        held = (total > self.n) & (pairs.histories.places >= total - self.n)
        short = int((lengths <= self.n).sum())
        return divided(
            pairs,
            catalogue,
            ~held,
            ~held,
            held,
            {f"no more than {self.n} book{'s' if self.n > 1 else ''}": short},
            {f"readers in the order of their {order}": len(pairs.users)},
        )

    def _by_time(self, histories: Histories, times: npt.NDArray[np.int64]) -> Histories:
        """By time; books of equal time in a drawn order, since ids may go by popularity."""
        drawn = np.random.default_rng(self.seed).permutation(len(times))
        by_time = np.lexsort((drawn, times))
        place = np.empty(len(times), np.int64)
        place[by_time] = np.arange(len(times))
        return arranged(histories, place)
