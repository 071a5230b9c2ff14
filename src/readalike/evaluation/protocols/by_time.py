"""What was rated up to a moment is learnt from, what came later is asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.errors import InputError
from readalike.evaluation.protocols import Protocol, refuse_no_share
from readalike.evaluation.questions import Task
from readalike.evaluation.splits import canonical, divided, pair_times


@dataclass(frozen=True)
class ByTime(Protocol):
    """One moment for all readers: nothing that came later is learnt from.

    Nothing is drawn: rows in any order give the same figures, bit by bit, and other names of
    readers and books give the same up to the order of equal scores.

    Attributes:
        quantile: The moment: this share of the pairs was rated up to it.
    """

    name: ClassVar[str] = "by-time"

    quantile: float = 0.9

    def __post_init__(self) -> None:
        refuse_no_share("quantile", self.quantile)

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return (
            f"By time: one moment for all readers, by which {self.quantile:.0%} of the pairs of a "
            "reader and a book had been rated. Every model learns from the pairs up to the "
            "moment; a pair with rows on both sides of it is left out. Right is a later book "
            "that the reader liked; all books but the reader's training rows are ranked, those "
            "that nobody had rated by then too, and a reader who came later is asked with an "
            "empty history. Readers with no right answer are counted and left out of the means. "
            "Stars are forecast for every later pair that has them. It answers how a model fares "
            "that is trained once and used from then on, with nothing of the future in it. It "
            "cannot tell how figures move from one moment to another, nor how a model fares that "
            "is trained again as readers go on. Equal scores are listed in an order drawn by the "
            "seed of the evaluation."
        )

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Divides the pairs at the moment.

        Raises:
            InputError: The rows have no times, or one side of the moment is empty.
        """
        pairs = canonical(ratings)
        times = pair_times(pairs, rows)
        if times is None:
            raise InputError(
                "a split by time must have a time for every row, got a table without times (or "
                "ratings whose rows were not kept); use held-out, or leave-last where the rows "
                "stand in the order of reading"
            )
        place = math.ceil(self.quantile * len(pairs) - 1e-9) - 1
        moment = int(np.sort(times.first)[max(place, 0)])
        learnt, held = times.last <= moment, times.first > moment
        if not held.any():
            raise InputError(
                f"some pairs must be later than the moment {moment}, got none of {len(pairs)}; "
                f"use a quantile below {self.quantile:g}"
            )
        return divided(
            pairs,
            catalogue,
            learnt,
            learnt,
            held,
            {
                "no book after the moment": len(pairs.users)
                - len(np.unique(pairs.histories.rows[held]))
            },
            {
                "time of the moment": moment,
                "pairs on both sides of the moment": int((~learnt & ~held).sum()),
            },
        )
