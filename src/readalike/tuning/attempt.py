"""One trial: fit with some settings, ask for what was held out."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from readalike.algorithms.settings import Settings, Value
from readalike.errors import ReadalikeError
from readalike.evaluation import evaluate
from readalike.progress import Progress
from readalike.tables.dataset import Dataset
from readalike.tuning.aim import Aim
from readalike.tuning.trials import Trial
from readalike.tuning.validation import Prepared


@dataclass(frozen=True, eq=False)
class Attempt:
    """Fits and measures; what all trials of a search have in common.

    Attributes:
        dataset: What was read.
        settings: Whose settings are searched.
        asked: What was held out.
        aim: What is to be as high, or as low, as it can.
        seed: Draws the order of equal scores.
    """

    dataset: Dataset
    settings: type[Settings[Any]]
    asked: Prepared
    aim: Aim
    seed: int

    def trial(self, number: int, tried: Mapping[str, Value], progress: Progress) -> Trial:
        """One trial; where settings fail it says why.

        Args:
            number: Place in the search; 0 is the trial of the defaults.
            tried: The searched settings by name.
            progress: Told how far the fit is.

        Raises:
            ReadalikeError: The defaults fail: this cannot work on this data.
        """
        started = time.perf_counter()
        value, values, failure = math.nan, np.empty(0), ""
        try:
            report = evaluate(
                self.dataset,
                {self.settings.name: self.settings.of(tried)},
                self.asked,
                measures=self.aim.measures,
                seed=self.seed,
                progress=progress,
            )
            values = self.aim.values(report.results)
            value = self.aim.value(values)
        except ReadalikeError as error:
            if number == 0:
                raise
            failure = str(error)
        return Trial(number, tried, value, values, time.perf_counter() - started, failure)
