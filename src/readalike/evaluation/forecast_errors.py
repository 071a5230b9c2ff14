"""How far forecast stars are from those that readers gave."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from readalike.data.scale import RatingScale
from readalike.errors import ModelError
from readalike.evaluation.metrics import by_reader, summed
from readalike.evaluation.questions import RatingQueries
from readalike.models.interface import RatingPredictor, StarPredictor
from readalike.models.stars import StarDistribution
from readalike.numerics.intervals import Interval, ratio_intervals

Indices = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]

READERS = 10_000
"""Readers asked together."""
LEVELS = (0.5, 0.8, 0.95)
"""Of the intervals whose share of the ratings is measured."""
LEAST = 1e-9
"""Least probability that a rating is counted with."""


@runtime_checkable
class KnowsPairs(Protocol):
    """A rater with a table of the users that it was trained on."""

    def predict(self, users: Indices, items: Indices) -> npt.NDArray[np.float32]:
        """Stars of pairs of a training user and an item; shape (pairs,)."""


class StarForecasts(NamedTuple):
    """Forecasts of pairs of a reader and a book.

    Attributes:
        means: What is judged by the squared error; shape (pairs,).
        medians: What is judged by the absolute error; shape (pairs,).
        chances: Of a model that says how likely each star is: -log of the probability of the
            stars that were given, and what of them lies in the intervals of `LEVELS`;
            shape (pairs, 4).
    """

    means: Floats
    medians: Floats
    chances: npt.NDArray[np.float64] | None

    def only(self, pairs: Indices) -> StarForecasts:
        """Those of some pairs, by their positions."""
        chances = None if self.chances is None else self.chances[pairs]
        return StarForecasts(self.means[pairs], self.medians[pairs], chances)


def star_forecasts(
    model: object, asked: RatingQueries, progress: Callable[[int, int], None]
) -> StarForecasts | None:
    """Asks a model for stars; None of a model that forecasts none.

    A reader who is in a model's own table is looked up there; of all others the model is told
    the history, which may be empty.
    """
    if not isinstance(model, RatingPredictor):
        return None
    n = len(asked.stars)
    means, medians = np.empty(n), np.empty(n)
    chances = np.empty((n, 1 + len(LEVELS))) if isinstance(model, StarPredictor) else None
    known = (asked.users >= 0) & isinstance(model, KnowsPairs)
    if isinstance(model, KnowsPairs):
        looked_up = known[asked.rows]
        users = asked.users[asked.rows[looked_up]]
        means[looked_up] = model.predict(users, asked.items[looked_up])
        medians[looked_up] = means[looked_up]
    told = np.flatnonzero(~known)
    for start in range(0, len(told), READERS):
        readers = told[start : start + READERS]
        entries = np.flatnonzero(np.isin(asked.rows, readers))
        row = np.searchsorted(readers, asked.rows[entries])
        pairs = asked.histories.take(readers), row, asked.items[entries]
        if chances is not None and isinstance(model, StarPredictor):
            found = model.distribution(*pairs)
            means[entries], medians[entries] = found.mean, found.median
            chances[entries] = _chances(found, asked.stars[entries])
        else:
            means[entries] = medians[entries] = model.forecast(*pairs)
        progress(start + len(readers), len(told))
    return StarForecasts(means, medians, chances)


def _chances(found: StarDistribution, stars: Floats) -> npt.NDArray[np.float64]:
    surprise = -np.log(np.maximum(found.of(stars), LEAST))
    return np.column_stack([surprise, *(found.held(stars, level) for level in LEVELS)])


PARTS = 40
"""Parts of the scale in which forecasts are compared with stars."""


@dataclass(frozen=True, eq=False)
class StarErrors:
    """Errors of one model, summed by reader.

    Attributes:
        readers: Outside ids.
        rows: Forecasts of each reader; shape (readers,).
        squared: Squared errors as forecast, and with forecasts moved into the scale; (readers, 2).
        absolute: The same of absolute errors; shape (readers, 2). Where the model says how likely
            each star is, of its median.
        without: Rows for which the model forecasts no finite number, left out.
        chances: Of a model that says how likely each star is: -log of the probability of the
            stars that were given, and the shares of them in the intervals of 50, 80 and 95 %;
            shape (readers, 4).
        calibration: For each part of the scale the forecasts in it, their sum, and the sum of
            the stars that were given; shape (parts, 3).
    """

    readers: tuple[str, ...]
    rows: npt.NDArray[np.float64]
    squared: npt.NDArray[np.float64]
    absolute: npt.NDArray[np.float64]
    without: int
    chances: npt.NDArray[np.float64] | None = None
    calibration: npt.NDArray[np.float64] | None = None

    def estimates(self, seed: int) -> dict[str, Interval]:
        """RMSE and MAE over all rows, with intervals over readers.

        `rmse` and `mae` are of the forecasts as they are, `rmse_clipped` and `mae_clipped`
        of the forecasts moved into the scale; `nll` is the mean of -log of the probability of
        the stars that were given, and `held50`, `held80` and `held95` the shares of them that
        lie in the intervals of 50, 80 and 95 %.
        """
        tables = [self.squared, self.absolute, *([] if self.chances is None else [self.chances])]
        squared, squared_clipped, *others = ratio_intervals(np.hstack(tables), self.rows, seed)
        roots = [Interval(*map(math.sqrt, square)) for square in (squared, squared_clipped)]
        names = ("rmse", "rmse_clipped", "mae", "mae_clipped", "nll", *map(held_name, LEVELS))
        return dict(zip(names, [*roots, *others], strict=False))

    def steps(self) -> list[dict[str, float | int]]:
        """Stars given by stars forecast, of parts of the scale with a hundredth of the rows."""
        if self.calibration is None:
            return []
        found: list[npt.NDArray[np.float64]] = []
        least = self.rows.sum() / 100
        waiting = np.zeros(3)
        for part in self.calibration:
            waiting = waiting + part
            if waiting[0] >= max(least, 1):
                found.append(waiting)
                waiting = np.zeros(3)
        if waiting[0] and found:
            found[-1] = found[-1] + waiting
        return [
            {"forecast": told / rows, "stars": given / rows, "rows": int(rows)}
            for rows, told, given in found
        ]


def held_name(level: float) -> str:
    """The name of the share of ratings in intervals of a level."""
    return f"held{level:.0%}".removesuffix("%")


def star_errors(
    model: object, asked: RatingQueries, scale: RatingScale, progress: Callable[[int, int], None]
) -> StarErrors | None:
    """Compares forecasts with stars; None of a model that forecasts none.

    Raises:
        ModelError: Not a single forecast is a number.
    """
    found = star_forecasts(model, asked, progress)
    return None if found is None else summed_errors(*found, asked, scale)


def summed_errors(
    means: Floats,
    medians: Floats,
    chances: npt.NDArray[np.float64] | None,
    asked: RatingQueries,
    scale: RatingScale,
) -> StarErrors:
    """Errors of forecasts, summed by reader; a pair whose mean is no number is left out.

    Args:
        means: What is judged by the squared error; shape (pairs,).
        medians: What is judged by the absolute error; shape (pairs,).
        chances: -log of the probability of the stars that were given, and what lies in the
            intervals; shape (pairs, 4), or none.
        asked: The pairs, and the stars that were given.
        scale: Of the stars.

    Raises:
        ModelError: Not a single forecast is a number.
    """
    finite = np.isfinite(means)
    if not finite.any():
        raise ModelError("a forecast must be a number of stars, got none that is")
    rows, stars = asked.rows[finite], asked.stars[finite].astype(np.float64)
    n = len(asked.readers)

    def of_readers(*columns: Floats) -> npt.NDArray[np.float64]:
        return np.column_stack([np.bincount(rows, column, n) for column in columns])

    mean, median = means[finite], medians[finite]
    at = np.clip((mean - scale.lowest) / (scale.width or 1.0) * PARTS, 0, PARTS - 1).astype(int)
    parts = [np.bincount(at, each, PARTS) for each in (np.ones(len(mean)), mean, stars)]
    return StarErrors(
        asked.readers,
        np.bincount(rows, minlength=n).astype(np.float64),
        of_readers((mean - stars) ** 2, (scale.clip(mean) - stars) ** 2),
        of_readers(np.abs(median - stars), np.abs(scale.clip(median) - stars)),
        int((~finite).sum()),
        None if chances is None else of_readers(*chances[finite].T),
        np.column_stack(parts),
    )


def added(parts: Sequence[StarErrors]) -> StarErrors:
    """The errors of at least one part of a protocol, added up reader by reader."""
    readers, row = by_reader([part.readers for part in parts])
    n = len(readers)
    return StarErrors(
        readers,
        summed([part.rows[:, None] for part in parts], row, n)[:, 0],
        summed([part.squared for part in parts], row, n),
        summed([part.absolute for part in parts], row, n),
        sum(part.without for part in parts),
        _all_or_none([part.chances for part in parts], lambda tables: summed(tables, row, n)),
        _all_or_none([part.calibration for part in parts], lambda tables: np.sum(tables, axis=0)),
    )


def _all_or_none(
    tables: Sequence[npt.NDArray[np.float64] | None],
    made: Callable[[Sequence[npt.NDArray[np.float64]]], npt.NDArray[np.float64]],
) -> npt.NDArray[np.float64] | None:
    """One table of those of all parts; none where a part has none."""
    there = [table for table in tables if table is not None]
    return made(there) if len(there) == len(tables) else None
