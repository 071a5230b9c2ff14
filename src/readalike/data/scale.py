"""The scale that stars are given on, found from the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.errors import InputError

Stars = npt.NDArray[np.floating[Any]]

STEPS = (1.0, 0.5, 0.25, 0.1)
TOPS = (5.0, 10.0, 100.0)
FURTHEST = 1e6
"""No scale reaches further from 0; what lies beyond is no number of stars."""
OUTSIDE = 0.25
"""A scale ends where fewer than this share of the ratings lies beyond it.

On real ten-point scales more than half of the ratings are above 5; a single 6 among
five-star ratings is a slip of the pen.
"""


@dataclass(frozen=True)
class RatingScale:
    """Lowest and highest star and the step between two neighbours; 0 where any number occurs."""

    lowest: float
    highest: float
    step: float

    @classmethod
    def of(cls, stars: Stars) -> RatingScale:
        """Finds the scale of the given stars; NaN and what lies beyond all scales are left aside.

        The top is 5, 10 or 100: the first that fewer than a quarter of the ratings
        exceed (a small sample need not hold the best rating), else the largest value.
        The step is the largest of 1, 1/2, 1/4 and 1/10 that all ratings inside are
        multiples of, and the bottom is one step, or the lowest value below that.
        Negative ratings belong to the scale only where they are a quarter of all.
        """
        given = stars[np.abs(stars) <= FURTHEST].astype(np.float64)
        if given.size == 0:
            return cls(1.0, 5.0, 1.0)
        highest = next((t for t in TOPS if np.mean(given > t) < OUTSIDE), float(given.max()))
        bottom = float(given.min()) if np.mean(given < 0) >= OUTSIDE else 0.0
        inside = np.unique(given[(given >= bottom) & (given <= highest)])
        shares = ((step, inside / step) for step in STEPS)
        fits = (s for s, each in shares if np.allclose(each, np.round(each), rtol=0, atol=1e-6))
        step = next(fits, 0.0)
        low = float(inside[0]) if inside.size else bottom
        return cls(min(low, step) if step else low, highest, step)

    @property
    def width(self) -> float:
        """Distance from the lowest to the highest rating."""
        return self.highest - self.lowest

    @property
    def liked_from(self) -> float:
        """The rating from which a book was liked: 4 of 5, 8 of 10, 80 of 100."""
        floor = min(self.lowest, 0.0)
        return floor + 0.8 * (self.highest - floor)

    def contains(self, stars: Stars) -> npt.NDArray[np.bool_]:
        """Which of the stars lie between lowest and highest; NaN does not."""
        return (stars >= self.lowest) & (stars <= self.highest)

    def clip(self, stars: Stars) -> Stars:
        """Stars moved into the scale, for display only: no order may be made of them."""
        return np.clip(stars, self.lowest, self.highest)

    def check(self, stars: float) -> float:
        """Returns the stars unchanged, or raises `InputError` where no such rating can be."""
        if not self.lowest <= stars <= self.highest:
            raise InputError(f"a rating must be from {self}, got {stars:g}")
        return stars

    def __str__(self) -> str:
        step = f" in steps of {self.step:g}" if self.step else ""
        return f"{self.lowest:g} to {self.highest:g}{step}"
