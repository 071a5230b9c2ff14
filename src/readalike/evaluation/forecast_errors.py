"""How far forecast stars are from those that readers gave."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from readalike.data.histories import Histories
from readalike.data.scale import RatingScale
from readalike.errors import ModelError
from readalike.evaluation.metrics import Readers, summed_by_reader
from readalike.evaluation.questions import RatingQueries
from readalike.models.interface import KnowsPairs, RatingPredictor, StarPredictor
from readalike.numerics.arrays import F32, F64, Floats, Indices
from readalike.numerics.intervals import Interval, ratio_intervals

READERS = 10_000
"""Readers asked together."""
LEVELS = (0.5, 0.8, 0.95)
"""Of the intervals whose share of the ratings is measured."""
LEAST = 1e-9
"""Least probability that a rating is counted with."""
PARTS = 40
"""Parts of the scale in which forecasts are compared with stars."""

OF_NUMBERS = {
    "rmse": "squared_error",
    "rmse_clipped": "squared_error_clipped",
    "mae": "absolute_error",
    "mae_clipped": "absolute_error_clipped",
}
OF_CHANCES = (
    "negative_log_likelihood",
    *(f"interval_coverage_{100 * level:.0f}" for level in LEVELS),
)
MEASURES: Mapping[str, str] = OF_NUMBERS | {name: name for name in OF_CHANCES}
"""What is measured of forecasts, and what of each it is the mean, or the root of the mean.

`rmse` and `mae` are of the forecasts as they are, `rmse_clipped` and `mae_clipped` of the forecasts
moved into the scale. The others are of a model that says how likely each star is:
`negative_log_likelihood` is the mean of -log of the probability of the stars that were given, and
`interval_coverage_50`, `_80` and `_95` are the shares of them that lie in the intervals of 50, 80
and 95 %.
"""


def star_forecasts(
    model: RatingPredictor, queries: RatingQueries, progress: Callable[[int, int], None]
) -> F64:
    """Asks a model for stars.

    A reader who is in a model's own table is looked up there; of all others, and where the model
    says how likely each star is, it is told the history, which may be empty. It gives the mean of
    each pair, which is judged by the squared error, and the median, which is judged by the absolute
    one; then, of a model that says how likely each star is, -log of the probability of the stars
    that were given, and what of them lies in the intervals of `LEVELS`; shape (pairs, 2 or 6).
    """
    found = np.empty((len(queries.stars), 2 + len(OF_CHANCES) * isinstance(model, StarPredictor)))
    known = np.zeros(len(queries.readers), np.bool_)
    if isinstance(model, KnowsPairs) and not isinstance(model, StarPredictor):
        known = queries.users >= 0
        pairs = known[queries.rows]
        users, items = queries.users[queries.rows[pairs]], queries.items[pairs]
        found[pairs] = model.predict(users, items)[:, None]
    others = np.flatnonzero(~known)
    for start in range(0, len(others), READERS):
        readers = others[start : start + READERS]
        pairs = np.isin(queries.rows, readers)
        rows = np.searchsorted(readers, queries.rows[pairs])
        histories = queries.histories.take(readers)
        found[pairs] = _forecasts(
            model, histories, rows, queries.items[pairs], queries.stars[pairs]
        )
        progress(start + len(readers), len(others))
    return found


def _forecasts(
    model: RatingPredictor, histories: Histories, rows: Indices, items: Indices, stars: F32
) -> Floats:
    if not isinstance(model, StarPredictor):
        return model.forecast(histories, rows, items)[:, None]
    found = model.distribution(histories, rows, items)
    losses = -np.log(np.maximum(found.of(stars), LEAST))
    inside = [found.coverage(stars, level) for level in LEVELS]
    return np.column_stack([found.mean, found.median, losses, *inside])


@dataclass(frozen=True, eq=False, kw_only=True)
class StarErrors:
    """Errors of one model, summed by reader."""

    readers: Readers
    rows: F64  # forecasts of each reader; (readers,)
    sums: F64  # what `MEASURES` are made of, the first four or all; (readers, 4 or 8)
    without: int = 0  # rows for which the model forecasts no finite number, left out
    calibration: F64 | None = None
    """For each part of the scale the forecasts in it, their sum, and the sum of the stars that were
    given; shape (parts, 3)."""

    def of(self, measure: str) -> F64:
        """Each reader's sum of what a measure is made of; shape (readers,)."""
        at = list(MEASURES).index(measure)
        if at >= self.sums.shape[1]:
            raise ModelError(f"{measure} needs a predictor that says how likely each star is")
        return self.sums[:, at]

    def estimates(self, seed: int) -> dict[str, Interval]:
        """All of `MEASURES` that there are, over all rows, with intervals over readers."""
        found = dict(zip(MEASURES, ratio_intervals(self.sums, self.rows, seed), strict=False))
        roots = {name: Interval(*map(math.sqrt, found[name])) for name in ("rmse", "rmse_clipped")}
        return found | roots

    def steps(self) -> list[dict[str, float | int]]:
        """Stars given by stars forecast, of parts of the scale with a hundredth of the rows."""
        if self.calibration is None:
            return []
        found: list[F64] = []
        least = max(self.rows.sum() / 100, 1)
        waiting = np.zeros(3)
        for part in self.calibration:
            waiting = waiting + part
            if waiting[0] >= least:
                found.append(waiting)
                waiting = np.zeros(3)
        if waiting[0] and found:
            found[-1] = found[-1] + waiting
        return [
            {"forecast": forecast / rows, "stars": given / rows, "rows": int(rows)}
            for rows, forecast, given in found
        ]


def star_errors(forecasts: F64, queries: RatingQueries, scale: RatingScale) -> StarErrors:
    """Errors of forecasts, summed by reader; a pair whose mean is no number is left out."""
    finite = np.isfinite(forecasts[:, 0])
    if not finite.any():
        raise ModelError("a forecast must be a number of stars, got none that is")
    mean, median, *chances = np.ascontiguousarray(forecasts[finite].T)
    rows, stars = queries.rows[finite], queries.stars[finite].astype(np.float64)
    squared = [(each - stars) ** 2 for each in (mean, scale.clip(mean))]
    absolute = [np.abs(each - stars) for each in (median, scale.clip(median))]
    columns = [*squared, *absolute, *chances]
    at = np.clip((mean - scale.lowest) / (scale.width or 1.0) * PARTS, 0, PARTS - 1).astype(int)
    parts = [np.bincount(at, each, PARTS) for each in (np.ones(len(mean)), mean, stars)]
    n = len(queries.readers)
    return StarErrors(
        readers=queries.readers,
        rows=np.bincount(rows, minlength=n).astype(np.float64),
        sums=np.column_stack([np.bincount(rows, column, n) for column in columns]),
        without=int((~finite).sum()),
        calibration=np.column_stack(parts),
    )


def added(parts: Sequence[StarErrors]) -> StarErrors:
    """The errors of at least one part of a protocol, added up reader by reader.

    Only what is known of every part is known of all.
    """
    columns = 1 + min(part.sums.shape[1] for part in parts)
    tables = [np.column_stack([part.rows, part.sums])[:, :columns] for part in parts]
    readers = [part.readers for part in parts]
    everybody, sums, _ = summed_by_reader(list(zip(readers, tables, strict=True)))
    steps = [part.calibration for part in parts if part.calibration is not None]
    return StarErrors(
        readers=everybody,
        rows=sums[:, 0],
        sums=np.ascontiguousarray(sums[:, 1:]),
        without=sum(part.without for part in parts),
        calibration=np.sum(steps, axis=0) if len(steps) == len(parts) else None,
    )
