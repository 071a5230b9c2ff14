"""What every rater begins with, and what it ends with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.splitting import kept
from readalike.models.readembedding import ReadEmbedding
from readalike.models.readerspread import ReaderSpread
from readalike.models.starfactors import StarFactors
from readalike.raters.calibration import (
    by_book,
    calibrated,
    kept_aside,
    levels_of,
    reader_spread,
    sides,
    starred,
)
from readalike.raters.samples import Samples

if TYPE_CHECKING:
    from readalike.numerics.gibbs import Rated

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table of ratings, some of them kept aside.

    Attributes:
        read: All that readers read, with stars or without.
        rated: The ratings.
        aside: Those that nothing but the cut-points is learnt from; shape of the ratings.
        shown: The others.
        spread: How widely readers' stars are spread.
        levels: The stars that can be given.
        mean: The mean of all ratings.
    """

    read: Histories
    rated: Histories
    aside: Marks
    shown: Histories
    spread: ReaderSpread
    levels: npt.NDArray[np.float64]
    mean: float

    @classmethod
    def of(cls, ratings: Ratings, seed: int, power: float) -> Self:
        """Draws the ratings that are kept aside.

        Args:
            ratings: What to learn from.
            seed: Of the draw.
            power: How much more the ratings of readers who rate evenly weigh.
        """
        read = by_book(ratings.histories)
        rated = starred(read)
        aside = kept_aside(len(rated.items), seed)
        shown = kept(rated, ~aside)
        spread = reader_spread(shown, ratings.mean, power)
        return cls(read, rated, aside, shown, spread, levels_of(ratings.scale), ratings.mean)

    def sides(self) -> tuple[Rated, Rated]:
        """The ratings by reader and by book, those kept aside with a weight of 0."""
        return sides(self.rated, self.mean, self.aside, self.spread)

    def model(self, samples: Samples, described: Marks, embedding: ReadEmbedding) -> StarFactors:
        """The model that samples of the ratings shown make, with cut-points on the others.

        Args:
            samples: What was learnt.
            described: Books that they know something of without ratings; shape (n_items,).
            embedding: What readers are like by what they read.
        """
        found = samples.model(self.shown, described, embedding, self.spread, self.levels, self.mean)
        from readalike.numerics.rows import one_blas_thread

        with one_blas_thread():  # so that the sums do not depend on the number of threads
            return replace(found, cuts=calibrated(found, self.read, self.rated, self.aside))
