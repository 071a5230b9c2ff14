"""How far forecast stars are from those given: what is searched for in the settings of raters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from readalike.errors import InputError, ModelError, SettingError
from readalike.evaluation import Measure, Result
from readalike.evaluation.questions import Task
from readalike.numerics.intervals import Interval, Paired, paired_errors, ratio_intervals
from readalike.tuning.aim import Aim, Floats

KINDS = ("rmse", "mae", "nll")
DEFAULT = "rmse"


@dataclass(frozen=True)
class ForecastError(Aim):
    """The mean over ratings of an error of their forecasts, or the root of it."""

    direction = "minimize"
    asks = "stars"

    kind: str

    @classmethod
    def of(cls, measure: str | Measure) -> ForecastError:
        """The error of a name.

        Raises:
            SettingError: No such error.
        """
        name = str(measure).strip().lower()
        if name not in KINDS:
            raise SettingError(
                f"the measure of a search for a rater must be one of {', '.join(KINDS)}, "
                f"got {str(measure)!r}"
            )
        return cls(name)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """None: a rater makes no lists."""
        return ()

    def questions(self, task: Task) -> Task:
        """Those for stars."""
        if task.star_questions is None:
            raise InputError("a rating with stars must be among those held out, got none")
        return replace(task, questions=())

    def values(self, results: Sequence[Result]) -> Floats:
        """Each reader's sum of errors and number of ratings; shape (readers, 2)."""
        (errors,) = [result.errors for result in results if result.errors]
        if errors.without:  # what is hard to forecast could be left out, and flatter
            raise ModelError(f"no stars are forecast for {errors.without:,} of the ratings")
        return np.column_stack([errors.of(self.kind), errors.rows])

    def value(self, values: Floats) -> float:
        """The mean over ratings, or its root."""
        errors, rows = values.sum(axis=0)
        return self._shown(float(errors / rows))

    def interval(self, values: Floats, seed: int) -> Interval:
        """The same with its interval."""
        (mean,) = ratio_intervals(values[:, :1], values[:, 1], seed)
        return Interval(*map(self._shown, mean))

    def difference(self, first: Floats, second: Floats, seed: int) -> Paired:
        """The difference of both; the lower error wins."""
        return paired_errors(first[:, 0], second[:, 0], first[:, 1], self._shown, seed)

    def _shown(self, mean: float) -> float:
        return math.sqrt(mean) if self.kind == "rmse" else mean

    def __str__(self) -> str:
        return self.kind
