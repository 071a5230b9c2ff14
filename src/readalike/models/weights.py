"""How much each book of a history counts."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.stored import StoredSettings
from readalike.numerics.arrays import F32, I64


@dataclass(frozen=True)
class StarWeights:
    """Weight of a book with r stars: max(1 + slope (r - centre), floor); 1 without stars.

    A book liked more than usual counts more, and one that was disliked counts against
    its neighbours. `floor` is at most 0 wherever `slope` is above 0, so a book with the
    lowest rating never speaks for its neighbours. `centre` is the mean of the training stars.
    """

    centre: float = 0.0
    slope: float = 0.0
    floor: float = 0.0

    @classmethod
    def around_mean(cls, ratings: Ratings, slope: float, floor: float = -0.5) -> Self:
        """Weights around the mean of the training stars.

        Where the worst rating would still speak for a book's neighbours, since the slope is
        small or the mean low, the slope is made so steep that it does not. Where all stars are
        the worst rating, as in a column of ones that means "read", stars make no difference. The
        slope is that for a quarter of the scale's width: for one star on 1 to 5.
        """
        above = ratings.mean - ratings.scale.lowest
        if slope == 0 or above <= 0:
            return cls(ratings.mean, 0.0, floor)
        silent = (1.0 + 1e-6) / above  # a little more, so that rounding leaves nothing above 0
        return cls(ratings.mean, max(slope * 4.0 / ratings.scale.width, silent), floor)

    @classmethod
    def of_settings(cls, settings: StoredSettings) -> Self:
        """The weights again, of their fields by name."""
        return cls(*(settings.number(field.name) for field in fields(cls)))

    def of(self, histories: Histories) -> F32:
        """The weight of each entry; shape (nnz,), float32."""
        weights = 1.0 + np.float32(self.slope) * (histories.stars - np.float32(self.centre))
        weights = np.maximum(weights, np.float32(self.floor))
        return np.where(np.isnan(histories.stars), np.float32(1), weights).astype(np.float32)


def effective_lengths(histories: Histories, weights: F32) -> I64:
    """How many books of each row speak for others: those of positive weight; shape (n,).

    A disliked book does not make a history longer, so that adding one can only take
    from the scores of its neighbours.
    """
    return np.bincount(histories.rows[weights > 0], minlength=len(histories))
