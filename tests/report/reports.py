"""Made-up reports: their means and intervals are given, not measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from readalike.evaluation import Measure, Report, Result, Segment
from readalike.evaluation.forecast_errors import StarErrors
from readalike.numerics.intervals import Interval, Paired

Differences = Mapping[tuple[str, str], Sequence[float]]

STEPS = ((20.0, 2.5, 3.0), (40.0, 4.6, 4.5))
"""Rows, forecast and stars of each step."""


def interval(mean: float, half: float = 0.01) -> Interval:
    return Interval(mean, mean - half, mean + half)


def stars(rmse: float) -> dict[str, Interval]:
    return {
        "rmse": interval(rmse), "mae": interval(rmse - 0.2),
        "rmse_clipped": interval(rmse - 0.01), "mae_clipped": interval(rmse - 0.21),
    }  # fmt: skip


def star_errors(
    rows: int = 99, without: int = 3, steps: Sequence[tuple[float, float, float]] = ()
) -> StarErrors:
    parts = [[n, n * forecast, n * given] for n, forecast, given in steps]
    return StarErrors(
        readers=("reader",),
        rows=np.array([float(rows)]),
        sums=np.zeros((1, 4)),
        without=without,
        calibration=np.array(parts) if parts else None,
    )


def result(
    algorithm: str,
    ndcg: float | None,
    given: int | None = None,
    *,
    half: float = 0.01,
    measures: Mapping[str, Interval] | None = None,
    rmse: float | None = None,
    readers: int = 200,
    **more: Any,
) -> Result:
    """A result whose estimates are those given; one with an `rmse` forecasts stars."""
    of_lists = ({} if ndcg is None else {"ndcg@10": interval(ndcg, half)}) | dict(measures or {})
    if rmse is not None:
        more = {"errors": star_errors()} | more
    made = Result(
        **{
            "algorithm": algorithm,
            "settings": {"neighbours": 80, "correction": True, "counts": "catalogue"},
            "given": given,
            "readers": tuple(map(str, range(readers))),
            "measures": tuple(Measure.of(name) for name in of_lists if "what" not in name),
            "left_out": {"no liked book after the first": 7},
            "fit_seconds": 0.25,
            "rank_seconds": 0.004,
            **more,
        }
    )
    vars(made)["estimates"] = of_lists | ({} if rmse is None else stars(rmse))
    return made


@dataclass(frozen=True, eq=False, kw_only=True)
class MadeUpReport(Report):
    """Compares by the ends of the intervals, or by a table of differences if there is one."""

    differences: Differences = field(default_factory=dict)
    compared: list[tuple[str, str, str, int | None]] = field(default_factory=list)

    def compare(
        self,
        first: str,
        second: str,
        measure: Measure | str = "ndcg@10",
        given: int | None = None,
    ) -> Paired:
        self.compared.append((first, second, str(measure), given))
        if self.differences:
            return Paired(Interval(*self.differences[first, second]), 0.5, 0.2)
        one, other = (self.result(name, given).estimates[str(measure)] for name in (first, second))
        gap = Interval(one.mean - other.mean, one.low - other.high, one.high - other.low)
        return Paired(gap, 0.5, 0.2)


def report(*results: Result, **more: Any) -> MadeUpReport:
    return MadeUpReport(
        **{
            "protocol": "new-readers",
            "description": "New readers: every model is asked for what they read next.",
            "data": {"ratings": "ab" * 32, "task": "cd" * 32},
            "seed": 3,
            "results": results,
            **more,
        }
    )


def segment(by: str, name: str, ndcg: float, readers: int = 60) -> Segment:
    return Segment(by=by, segment=name, readers=readers, measures={"ndcg@10": interval(ndcg)})


def star_segment(by: str, name: str, rmse: float, readers: int = 60) -> Segment:
    return Segment(by=by, segment=name, readers=readers, rows=99, measures=stars(rmse))


def full() -> MadeUpReport:
    """A report with everything that a page can show."""
    means = {"blend": 0.30, "cosine": 0.22, "popularity": 0.11}
    return report(
        *(
            _full_result(name, mean, given)
            for name, mean in means.items()
            for given in (5, 20, 50)
        ),
        version="0.1.0",
        per_reader={"file": "report.parquet", "sha256": "ef" * 32},
    )  # fmt: skip


def _full_result(algorithm: str, mean: float, given: int) -> Result:
    reached = mean + given / 1000
    forecasts: dict[str, Any] = {}
    if algorithm != "popularity":
        forecasts = {
            "rmse": 0.9 + mean,
            "errors": star_errors(1234, 3, STEPS),
            "star_segments": (
                star_segment("history length", "1 to 5 books", 1.1 + mean),
                star_segment("history length", "6 to 20 books", 0.8 + mean, 1),
                star_segment("stars given", "harshest third", 1.0 + mean),
                star_segment("stars given", "mildest third", 0.7 + mean),
            ),
        }
    return result(
        algorithm,
        reached,
        given,
        measures={
            "recall@20": interval(reached + 0.1),
            "novelty@10": interval(11.5 - 9 * mean),
            "lift@10": interval(-mean),
        },
        catalogue={"coverage@10": mean * 2, "gini@10": 1 - mean},
        segments=(
            segment("history length", "6 to 20 books", reached - 0.02),
            segment("history length", "21 to 50 books", reached + 0.02),
            segment("stars given", "harshest third", reached - 0.01),
            segment("stars given", "mildest third", reached + 0.01),
        ),
        notes={"right answers unknown to training": 17},
        fit_seconds=4.0 * mean,
        **forecasts,
    )
