"""A share of the ratings held out at random, repeated rows merged before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.evaluation.protocols import Protocol, refuse_below, refuse_no_share
from readalike.evaluation.questions import Task
from readalike.evaluation.splits import canonical, divided, held_count, pairs_by_book


@dataclass(frozen=True)
class HeldOut(Protocol):
    """Pairs of reader and book held out at random: forecasts of stars, and ranking.

    Pairs are drawn in the order of the book's id, then the reader's: rows in any order give
    the same figures, bit by bit. Other names draw other pairs unless they sort alike; figures
    then move as they do with another seed.

    Attributes:
        test_share: Share of the pairs held out.
        seed: Draws them: the first of `numpy.random.default_rng(seed).permutation`.
    """

    name: ClassVar[str] = "held-out"

    test_share: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_no_share("test_share", self.test_share)
        refuse_below("seed", self.seed, 0)

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return (
            f"Held out: of all pairs of a reader and a book, each once, {self.test_share:.0%} are "
            f"drawn at random (seed {self.seed}) and every model learns from the others. A pair "
            "that stands in several rows was merged before by the rule used when reading, the "
            "first row unless said otherwise, so that no rating is on both sides; figures that "
            "were published for the last row of a pair need that rule when reading. Right is a "
            "held-out book that the reader liked; all books but the reader's training rows are "
            "ranked, and readers with no right answer are counted and left out of the means. "
            "Stars are forecast for every held-out pair that has them. It answers how well gaps "
            "in known histories are filled. It cannot answer what comes next or how a new reader "
            "fares: the draw knows no time, so that later ratings help to find earlier ones. "
            "Equal scores are listed in an order drawn by the seed of the evaluation."
        )

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Draws the pairs.

        Raises:
            InputError: Too few pairs, or no held-out book was liked.
        """
        pairs = canonical(ratings)
        order = pairs_by_book(pairs)
        count = held_count(len(pairs), self.test_share, "ratings")
        drawn = np.random.default_rng(self.seed).permutation(len(pairs))[:count]
        held = np.zeros(len(pairs), np.bool_)
        held[order[drawn]] = True
        nothing = len(pairs.users) - len(np.unique(pairs.histories.rows[held]))
        return divided(pairs, catalogue, ~held, ~held, held, {"no held-out book": nothing}, {})
