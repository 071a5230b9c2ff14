"""Made-up reports, in the plain JSON that an evaluation gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from readalike.numerics.intervals import Interval, Paired
from readalike.pages.content import Content, Entry
from readalike.pages.reading import content_of

Plain = dict[str, Any]


def interval(mean: float, half: float = 0.01) -> Plain:
    return {"mean": mean, "low": mean - half, "high": mean + half}


def result(
    algorithm: str,
    ndcg: float,
    given: int | None = None,
    *,
    half: float = 0.01,
    measures: Mapping[str, Any] | None = None,
    **more: Any,
) -> Plain:
    return {
        "algorithm": algorithm,
        "settings": {"neighbours": 80, "correction": True, "counts": "catalogue"},
        "given": given,
        "readers": 200,
        "measures": {"ndcg@10": interval(ndcg, half), **(measures or {})},
        "left_out": {"no liked book after the first": 7},
        "told": {},
        "fit_seconds": 0.25,
        "rank_seconds": 0.004,
        **more,
    }


def report(*results: Plain, **more: Any) -> Plain:
    return {
        "protocol": "new-readers",
        "description": "New readers: every model is asked for what they read next.",
        "data": {"ratings": "ab" * 32, "task": "cd" * 32},
        "seed": 3,
        "results": list(results),
        **more,
    }


def segment(by: str, name: str, ndcg: float, readers: int = 60) -> Plain:
    return {"by": by, "segment": name, "readers": readers, "measures": {"ndcg@10": interval(ndcg)}}


def star_segment(by: str, name: str, rmse: float, readers: int = 60) -> Plain:
    return segment(by, name, 0.0, readers) | {"rows": 99, "measures": stars(rmse)}


def stars(rmse: float) -> Plain:
    return {
        "rmse": interval(rmse), "mae": interval(rmse - 0.2),
        "rmse_clipped": interval(rmse - 0.01), "mae_clipped": interval(rmse - 0.21),
    }  # fmt: skip


STEPS = [
    {"forecast": 4.6, "stars": 4.5, "rows": 40},
    {"forecast": 2.5, "stars": 3.0, "rows": 10},
]


def full() -> Plain:
    """A report with everything that a page can show."""
    means = {"blend": 0.30, "cosine": 0.22, "popularity": 0.11}
    results = []
    for algorithm, mean in means.items():
        for given in (5, 20, 50):
            reached = mean + given / 1000
            results.append(
                result(
                    algorithm,
                    reached,
                    given,
                    measures={
                        "recall@20": interval(reached + 0.1),
                        "novelty@10": interval(11.5 - 9 * mean),
                        "lift@10": interval(-mean),
                        **(stars(0.9 + mean) if algorithm != "popularity" else {}),
                    },
                    catalogue={"coverage@10": mean * 2, "gini@10": 1 - mean},
                    segments=[
                        segment("history length", "6 to 20 books", reached - 0.02),
                        segment("history length", "21 to 50 books", reached + 0.02),
                        segment("stars given", "harshest third", reached - 0.01),
                        segment("stars given", "mildest third", reached + 0.01),
                    ],
                    forecasts={
                        "rows": 1234,
                        "readers": 190,
                        "rows_without_forecast": 3,
                        "calibration": STEPS,
                        "segments": [
                            star_segment("history length", "1 to 5 books", 1.1 + mean),
                            star_segment("history length", "6 to 20 books", 0.8 + mean, 1),
                            star_segment("stars given", "harshest third", 1.0 + mean),
                            star_segment("stars given", "mildest third", 0.7 + mean),
                        ],
                    }
                    if algorithm != "popularity"
                    else None,
                    told={"right answers unknown to training": 17},
                    fit_seconds=4.0 * mean,
                )
            )
    return report(
        *results,
        format="readalike-evaluation",
        format_version=1,
        library_version="0.1.0",
        per_reader={"file": "report.parquet", "sha256": "ef" * 32},
    )


def content(*results: Plain, **more: Any) -> Content:
    return content_of(report(*results, **more))


def entries(*results: Plain) -> tuple[Entry, ...]:
    return content(*results).entries


class Comparing:
    """Compares by a table of differences, and remembers what it was asked."""

    def __init__(self, differences: Mapping[tuple[str, str], Sequence[float]]) -> None:
        self.differences = differences
        self.asked: list[tuple[str, str, str, int | None]] = []

    def __call__(self, first: str, second: str, measure: str, given: int | None) -> Paired:
        self.asked.append((first, second, measure, given))
        mean, low, high = self.differences[first, second]
        return Paired(Interval(mean, low, high), 0.5, 0.2)
