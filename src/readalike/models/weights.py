"""How much each book of a history counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.data.ratings import Ratings


@dataclass(frozen=True)
class StarWeights:
    """Weight of a book with r stars: max(1 + slope (r - centre), floor); 1 without stars.

    A book liked more than usual counts more, and one that was disliked counts against
    its neighbours. `floor` is at most 0 wherever `slope` is above 0, so a book with the
    lowest rating never speaks for its neighbours.

    Attributes:
        centre: The rating that counts 1: the mean of the training stars.
        slope: Change of weight a star.
        floor: The least weight.
    """

    centre: float = 0.0
    slope: float = 0.0
    floor: float = 0.0

    @classmethod
    def around_mean(cls, ratings: Ratings, slope: float, floor: float = -0.5) -> Self:
        """Weights around the mean of the training stars.

        Where the mean is so low that the worst rating would still speak for a book's
        neighbours, the centre is moved up until it does not.

        Args:
            ratings: Whose mean and scale.
            slope: Change of weight for a quarter of the scale's width: one star on 1 to 5.
            floor: The least weight.
        """
        width = ratings.scale.width or 4.0
        slope *= 4.0 / width
        silent = ratings.scale.lowest + 1.0 / slope if slope > 0 else ratings.mean
        return cls(max(ratings.mean, silent), slope, floor)

    def of(self, histories: Histories) -> npt.NDArray[np.float32]:
        """The weight of each entry; shape (nnz,), float32."""
        weights = 1.0 + np.float32(self.slope) * (histories.stars - np.float32(self.centre))
        weights = np.maximum(weights, np.float32(self.floor))
        return np.where(np.isnan(histories.stars), np.float32(1), weights).astype(np.float32)


def effective_lengths(
    histories: Histories, weights: npt.NDArray[np.float32]
) -> npt.NDArray[np.int64]:
    """How many books of each row speak for others: those of positive weight; shape (n,).

    A disliked book does not make a history longer, so that adding one can only take
    from the scores of its neighbours.
    """
    return np.bincount(histories.rows[weights > 0], minlength=len(histories))
