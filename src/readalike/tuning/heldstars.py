"""Which ratings of the training table forecasts are judged on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.evaluation.protocols import HeldOut, Protocol
from readalike.evaluation.questions import Task

SHARE = 0.1
MOST = 100_000
"""Enough to tell settings apart by a thousandth; more would only make each trial slower."""


@dataclass(frozen=True)
class HeldOutStars(Protocol):
    """Pairs of reader and book held out at random, to forecast their stars and nothing else.

    Attributes:
        pairs: Draws them.
    """

    name: ClassVar[str] = HeldOut.name

    pairs: HeldOut

    def describe(self) -> str:
        """What is done, in one paragraph."""
        share = f"{100 * self.pairs.test_share:.3g}%"
        return (
            f"Held out: of all pairs of a reader and a book, each once, {share} are drawn at "
            f"random (seed {self.pairs.seed}), and every trial learns from the others. Stars are "
            "forecast for every drawn pair that has them; of its reader the rater is told the "
            "pairs that were not drawn. It answers how well gaps in known histories are filled. It "
            "cannot answer how a reader fares of whom little is known: who rated much is drawn "
            "more often."
        )

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Draws the pairs.

        Raises:
            InputError: Too few pairs.
        """
        return self.pairs.prepare(ratings, catalogue, rows)


def share_of(ratings: int) -> float:
    """The share of so many ratings that is held out."""
    return SHARE if ratings * SHARE <= MOST else MOST / ratings
