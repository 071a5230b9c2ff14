"""What came out, reader by reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.errors import SettingError
from readalike.evaluation.forecasts import StarErrors
from readalike.evaluation.measures import Measure
from readalike.evaluation.segments import Segment
from readalike.evaluation.starsegments import StarSegment
from readalike.numerics.intervals import Interval, Paired, mean_intervals, paired


@dataclass(frozen=True, eq=False)
class Result:
    """One algorithm's answers to one set of questions.

    Attributes:
        algorithm: The name it was given.
        settings: Its settings.
        given: How many books of each reader it was told, where the protocol fixes that.
        readers: Outside ids of the readers who count.
        measures: What was measured of each reader's list.
        values: One value a reader and measure; shape (readers, measures).
        left_out: Readers who do not count, by reason.
        told: Other things to know, with their numbers.
        fit_seconds: Time of the fit; the same fit serves every `given`.
        rank_seconds: Time of scoring and listing.
        errors: Errors of the forecasts of stars, where there are any.
        seed: Draws the intervals.
        catalogue: What was measured of all lists together, by name.
        segments: What was measured for the readers of one kind.
        star_segments: What was measured for forecasts of one kind.
    """

    algorithm: str
    settings: Mapping[str, object]
    given: int | None
    readers: tuple[str, ...]
    measures: tuple[Measure, ...]
    values: npt.NDArray[np.float64]
    left_out: Mapping[str, int]
    told: Mapping[str, int]
    fit_seconds: float
    rank_seconds: float
    errors: StarErrors | None = None
    seed: int = 0
    catalogue: Mapping[str, float] = field(default_factory=dict)
    segments: tuple[Segment, ...] = ()
    star_segments: tuple[StarSegment, ...] = ()

    def column(self, measure: Measure | str) -> npt.NDArray[np.float64]:
        """One value a reader; shape (readers,).

        Raises:
            SettingError: It was not measured.
        """
        wanted = measure if isinstance(measure, Measure) else Measure.of(measure)
        if wanted not in self.measures:
            raise SettingError(
                f"{wanted} was not measured: must be one of {', '.join(map(str, self.measures))}"
            )
        return self.values[:, self.measures.index(wanted)]

    @cached_property
    def estimates(self) -> dict[str, Interval]:
        """The mean of each measure with its 95 % interval; then rmse and mae of forecasts."""
        intervals = mean_intervals(self.values, self.seed) if self.measures else []
        found = {str(m): i for m, i in zip(self.measures, intervals, strict=True)}
        return found | (self.errors.estimates(self.seed) if self.errors else {})

    def estimate(self, measure: Measure | str) -> Interval:
        """The mean of a measure with its 95 % interval; of forecasts by name, such as "rmse".

        Raises:
            SettingError: It was not measured.
        """
        if str(measure) in self.estimates:
            return self.estimates[str(measure)]
        wanted = measure if isinstance(measure, Measure) else Measure.of(measure)
        self.column(wanted)
        return self.estimates[str(wanted)]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        plain: dict[str, Any] = {
            "algorithm": self.algorithm,
            "settings": dict(self.settings),
            "given": self.given,
            "readers": len(self.readers),
            "left_out": dict(self.left_out),
            "told": dict(self.told),
            "measures": {name: interval._asdict() for name, interval in self.estimates.items()},
            "catalogue": dict(self.catalogue),
            "segments": [segment.as_dict() for segment in self.segments],
            "fit_seconds": self.fit_seconds,
            "rank_seconds": self.rank_seconds,
        }
        if self.errors:
            plain["forecasts"] = {
                "rows": int(self.errors.rows.sum()),
                "readers": len(self.errors.readers),
                "rows_without_forecast": self.errors.without,
                "calibration": self.errors.steps(),
                "segments": [segment.as_dict() for segment in self.star_segments],
            }
        return plain


@dataclass(frozen=True, eq=False)
class Report:
    """The results of one evaluation.

    Attributes:
        protocol: Name of the protocol.
        description: What was done, in one paragraph.
        data: SHA-256 of the data set (`ratings`) and of what was learnt and asked (`task`).
        seed: Drew the order of equal scores and the intervals.
        results: One for each algorithm and given length, in the order asked for.
    """

    protocol: str
    description: str
    data: Mapping[str, str]
    seed: int
    results: tuple[Result, ...]

    def result(self, algorithm: str, given: int | None = None) -> Result:
        """The result of an algorithm; `given` may be left out where there is one length only.

        Raises:
            SettingError: There is none, or more than one.
        """
        found = [
            result
            for result in self.results
            if result.algorithm == algorithm and given in (None, result.given)
        ]
        if len(found) != 1:
            there = ", ".join(f"{r.algorithm} given {r.given}" for r in self.results)
            raise SettingError(
                f"one result must be meant, got {algorithm!r} given {given}: must be of {there}"
            )
        return found[0]

    def compare(
        self,
        first: str,
        second: str,
        measure: Measure | str = "ndcg@10",
        given: int | None = None,
    ) -> Paired:
        """The first algorithm less the second, reader by reader."""
        one, other = self.result(first, given), self.result(second, given)
        return paired(one.column(measure), other.column(measure), self.seed)

    def curve(self, algorithm: str, measure: Measure | str = "ndcg@10") -> dict[int, Interval]:
        """The learning curve: what is reached by how many books the model is told, fewest first.

        Raises:
            SettingError: No result of the algorithm has a given length, or the measure is none
                of those measured.
        """
        points = [r for r in self.results if r.algorithm == algorithm and r.given is not None]
        if not points:
            there = sorted({r.algorithm for r in self.results if r.given is not None})
            raise SettingError(
                f"a learning curve needs an algorithm that was told given lengths, got "
                f"{algorithm!r}: must be one of {', '.join(there) or 'none in this report'}"
            )
        found = {r.given: r.estimate(measure) for r in points if r.given is not None}
        return dict(sorted(found.items()))

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "protocol": self.protocol,
            "description": self.description,
            "data": dict(self.data),
            "seed": self.seed,
            "results": [result.as_dict() for result in self.results],
        }
