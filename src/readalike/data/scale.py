"""The scale that stars are given on, found from the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.cells import number
from readalike.errors import InputError, SettingError

Stars = npt.NDArray[np.floating[Any]]

STEPS = (1.0, 0.5, 0.25, 0.1)
TOPS = (5.0, 10.0, 20.0, 100.0)
FURTHEST = 1e6
"""No scale reaches further from 0; what lies beyond is no number of stars."""
OUTSIDE = 0.25
"""A scale ends where fewer than this share of the ratings lies beyond it.

On real ten-point scales more than half of the ratings are above 5; a single 6 among
five-star ratings is a slip of the pen.
"""

LOW_SHARE = 0.95
"""So large a share of the ratings below a third of the top makes a scale doubtful."""


@dataclass(frozen=True)
class RatingScale:
    """Lowest and highest star and the step between two neighbours; 0 where any number occurs."""

    lowest: float
    highest: float
    step: float

    @classmethod
    def of(cls, stars: Stars, highest: float | None = None) -> RatingScale:
        """Finds the scale of the given stars; NaN and what lies beyond all scales are left aside.

        The top is `highest` where that is known, else 5, 10, 20 or 100: the first that fewer than
        a quarter of the ratings exceed (a small sample need not hold the best rating), else the
        largest value.
        The step is the largest of 1, 1/2, 1/4 and 1/10 that all ratings inside are
        multiples of, and the bottom is one step, or the lowest value below that.
        Negative ratings belong to the scale only where they are a quarter of all.
        """
        given = stars[np.abs(stars) <= FURTHEST].astype(np.float64)
        if given.size == 0:
            return cls(1.0, highest or 5.0, 1.0)
        if highest is None:
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


@dataclass(frozen=True)
class FoundScale:
    """The scale of a column of ratings.

    Attributes:
        scale: The scale.
        how: Where it is known from, in words.
        doubt: What speaks against it, in words; "" where nothing does.
    """

    scale: RatingScale
    how: str
    doubt: str = ""

    @classmethod
    def of(cls, stars: Stars, *, highest: float | None = None, notation: str = "") -> FoundScale:
        """The scale that is found from the stars; of `highest` where the notation says that."""
        scale = RatingScale.of(stars, highest)
        given = stars[~np.isnan(stars)]
        if not given.size:
            return cls(scale, "no rating is given")
        most = f"{given.size:,} {'rating' if given.size == 1 else 'ratings'}"
        how = f"found from {most}, the highest {given.max():g}"
        if highest is not None:
            how = f"read off how they are written: {notation}"
        return cls(scale, how, doubt_of(stars, scale))

    @classmethod
    def said(cls, scale: RatingScale, stars: Stars) -> FoundScale:
        """The scale that a person named, whatever the stars are."""
        return cls(scale, "as was said", doubt_of(stars, scale))

    def __str__(self) -> str:
        return f"stars are from {self.scale} ({self.how})"


def scale_rule(given: str | tuple[float, float]) -> Callable[[Stars], RatingScale]:
    """What makes a scale of given ends, as in "1..10", with the step of the stars that stand there.

    Raises:
        SettingError: They are no two ends of a scale.
    """
    parts = given.split("..") if isinstance(given, str) else given
    ends = [end for part in parts if (end := number(str(part))) is not None]
    if not (len(parts) == len(ends) == 2 and -FURTHEST <= ends[0] < ends[1] <= FURTHEST):
        raise SettingError(
            "scale must be like 1..10, lowest and highest rating, neither further from 0 than "
            f"{FURTHEST:,.0f}, got {given!r}"
        )
    low, high = ends

    def with_step(stars: Stars) -> RatingScale:
        inside = stars[(stars >= low) & (stars <= high) & (stars != 0)]
        return RatingScale(low, high, RatingScale.of(inside - min(low, 0)).step)

    return with_step


def doubt_of(stars: Stars, scale: RatingScale) -> str:
    """A question where a scale is not plausible: nearly all stars are below a third of its top."""
    given = stars[~np.isnan(stars)]
    if not given.size or scale.lowest < 0:
        return ""
    low = int((given < scale.highest / 3).sum())
    if low < LOW_SHARE * given.size:
        return ""
    return (
        f"is the scale right? {low:,} of {given.size:,} ratings are below a third of "
        f"{scale.highest:g}; if they are of another scale, name it with --scale LOW..HIGH"
    )
