"""One trial: fit with some settings, ask the held-out readers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from readalike.algorithms import algorithm_of
from readalike.algorithms.settings import Progress, Value
from readalike.data.load import Dataset
from readalike.errors import ReadalikeError
from readalike.evaluation import Measure, Result, evaluate
from readalike.evaluation.by_reader import mean_by_reader
from readalike.tuning.trials import Trial
from readalike.tuning.validation import Prepared


@dataclass(frozen=True, eq=False)
class Attempt:
    """Fits and measures; what all trials of a search have in common.

    Attributes:
        dataset: What was read.
        algorithm: Name of the algorithm.
        asked: The held-out readers and their books.
        measure: What is to be as high as it can.
        seed: Draws the order of equal scores.
    """

    dataset: Dataset
    algorithm: str
    asked: Prepared
    measure: Measure
    seed: int

    def trial(self, number: int, tried: Mapping[str, Value], progress: Progress) -> Trial:
        """One trial; where settings fail it says why.

        Args:
            number: Place in the search; 0 is the trial of the defaults.
            tried: The searched settings by name.
            progress: Told how far the fit is.

        Raises:
            ReadalikeError: The defaults fail: this algorithm cannot work on this data.
        """
        started = time.perf_counter()
        values, failure = np.empty(0), ""
        try:
            report = evaluate(
                self.dataset,
                {self.algorithm: algorithm_of(self.algorithm, tried)},
                self.asked,
                measures=[self.measure],
                seed=self.seed,
                progress=progress,
            )
            values = reader_values(report.results, self.measure)
        except ReadalikeError as error:
            if number == 0:
                raise
            failure = str(error)
        return Trial(number, tried, values, time.perf_counter() - started, failure)


def reader_values(results: Sequence[Result], measure: Measure) -> npt.NDArray[np.float64]:
    """A reader's mean over the results in which the reader was asked, readers by id."""
    found = [(result.readers, result.column(measure)[:, None]) for result in results]
    return mean_by_reader(found)[1][:, 0]
