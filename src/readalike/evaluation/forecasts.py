"""How far forecast stars are from those that readers gave."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from readalike.data.scale import RatingScale
from readalike.errors import ModelError
from readalike.evaluation.questions import StarQuestions
from readalike.evaluation.ranking import batch_size, checked
from readalike.models.protocols import Rater
from readalike.numerics.intervals import Interval, ratio_intervals

Indices = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]


@runtime_checkable
class KnowsPairs(Protocol):
    """A rater with a table of the users that it was trained on."""

    def predict(self, users: Indices, items: Indices) -> npt.NDArray[np.float32]:
        """Stars of pairs of a training user and an item; shape (pairs,)."""


@dataclass(frozen=True, eq=False)
class StarErrors:
    """Errors of one model, summed by reader.

    Attributes:
        readers: Outside ids.
        rows: Forecasts of each reader; shape (readers,).
        squared: Squared errors as forecast, and with forecasts moved into the scale; (readers, 2).
        absolute: The same of absolute errors; shape (readers, 2).
        without: Rows for which the model forecasts no finite number, left out.
    """

    readers: tuple[str, ...]
    rows: npt.NDArray[np.float64]
    squared: npt.NDArray[np.float64]
    absolute: npt.NDArray[np.float64]
    without: int

    def estimates(self, seed: int) -> dict[str, Interval]:
        """RMSE and MAE over all rows, with intervals over readers.

        `rmse` and `mae` are of the forecasts as they are, `rmse_clipped` and `mae_clipped`
        of the forecasts moved into the scale.
        """
        sums = np.column_stack([self.squared, self.absolute])
        squared, squared_clipped, *absolute = ratio_intervals(sums, self.rows, seed)
        roots = [Interval(*map(math.sqrt, square)) for square in (squared, squared_clipped)]
        names = ("rmse", "rmse_clipped", "mae", "mae_clipped")
        return dict(zip(names, [*roots, *absolute], strict=True))


def star_errors(
    model: object, asked: StarQuestions, scale: RatingScale, progress: Callable[[int, int], None]
) -> StarErrors | None:
    """Compares forecasts with stars; None of a model that forecasts none.

    A reader who is in a model's own table is looked up there; of all others the model is told
    the history, which may be empty.

    Raises:
        ModelError: Not a single forecast is a number.
    """
    if not isinstance(model, Rater):
        return None
    forecasts = np.empty(len(asked.stars), np.float32)
    known = (asked.users >= 0) & isinstance(model, KnowsPairs)
    if isinstance(model, KnowsPairs):
        looked_up = known[asked.rows]
        users = asked.users[asked.rows[looked_up]]
        forecasts[looked_up] = model.predict(users, asked.items[looked_up])
    told = np.flatnonzero(~known)
    step = batch_size(asked.histories.n_items)
    for start in range(0, len(told), step):
        readers = told[start : start + step]
        histories = asked.histories.take(readers)
        stars = checked(model.forecast(histories), histories)
        entries = np.flatnonzero(np.isin(asked.rows, readers))
        row = np.searchsorted(readers, asked.rows[entries])
        forecasts[entries] = stars[row, asked.items[entries]]
        progress(start + len(readers), len(told))
    return _summed(forecasts, asked, scale)


def _summed(forecasts: Floats, asked: StarQuestions, scale: RatingScale) -> StarErrors:
    finite = np.isfinite(forecasts)
    if not finite.any():
        raise ModelError("a forecast must be a number of stars, got none that is")
    rows, stars = asked.rows[finite], asked.stars[finite].astype(np.float64)
    plain = forecasts[finite].astype(np.float64)
    errors = [plain - stars, scale.clip(plain) - stars]
    n = len(asked.readers)
    return StarErrors(
        asked.readers,
        np.bincount(rows, minlength=n).astype(np.float64),
        np.column_stack([np.bincount(rows, error * error, n) for error in errors]),
        np.column_stack([np.bincount(rows, np.abs(error), n) for error in errors]),
        int((~finite).sum()),
    )
