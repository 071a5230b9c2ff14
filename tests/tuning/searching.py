"""Small searches, and trials that nobody had to fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from readalike.algorithms.settings import Range, Search, Value
from readalike.datasets.sample import read_sample
from readalike.tables.dataset import Dataset, read
from readalike.tuning import Trial, Tuned, tune
from readalike.tuning.objective import Accuracy, ForecastError, Kind, Objective
from readalike.tuning.study import Space, suggestion

SEARCHED: dict[str, Search] = {
    "width": Range(0.0, 10.0),
    "penalty": Range(0.01, 100.0, log=True),
    "neighbours": Range(2, 200, log=True),
    "flavour": ("plain", "sweet"),
    "bias": (False, True),
}
DEFAULTS: dict[str, Value] = {
    "width": 5.0,
    "penalty": 1.0,
    "neighbours": 20,
    "flavour": "plain",
    "bias": False,
}
SPACE = Space(SEARCHED, DEFAULTS, "maximize")

NDCG = Accuracy.of("ndcg@10")
RMSE = ForecastError.of("rmse")

Score = Callable[[Mapping[str, Any]], float]


@cache
def sample() -> Dataset:
    """Simulated readers, few enough for a trial in a few hundredths of a second."""
    return read_sample(readers=150)


def shuffled(dataset: Dataset, seed: int = 3) -> Dataset:
    """The same rows, read in another order."""
    rows = dataset.rows
    order = np.random.default_rng(seed).permutation(len(rows))
    table = {
        "user_id": [rows.user_ids.ids[u] for u in rows.users[order]],
        "book_id": [rows.item_ids.ids[i] for i in rows.items[order]],
        "rating": rows.stars[order].astype(np.float64),
    }
    return read(table, empty_rating="read")


NAMES: dict[Kind, str] = {"algorithm": "cosine", "predictor": "baseline"}
"""What is searched of each kind: what is fitted fastest."""


def searched(kind: Kind = "algorithm", trials: int = 4, **more: Any) -> Tuned:
    """A search of the sample."""
    options: dict[str, Any] = {kind: NAMES[kind], "dataset": sample(), "trials": trials}
    return tune(**(options | more))


@cache
def twelve(kind: Kind) -> Tuned:
    """A search long enough for the estimator to have had its say."""
    return searched(kind, 12)


def trial(number: int, tried: Mapping[str, Value], value: float | None, readers: int = 3) -> Trial:
    """A trial with this mean over its readers; failed where there is none."""
    return Trial(
        number=number,
        tried=dict(tried),
        value=math.nan if value is None else value,
        values=np.empty(0) if value is None else np.full(readers, value),
        seconds=0.5,
        failure="it went wrong" if value is None else "",
    )


def searched_by(score: Score, n: int, seed: int = 0, space: Space = SPACE) -> list[Trial]:
    """n trials of a search for the best score."""
    done: list[Trial] = []
    for number in range(n):
        tried = suggestion(space, done, seed)
        done.append(trial(number, tried, score(tried)))
    return done


def same_trials(one: Sequence[Trial], other: Sequence[Trial]) -> bool:
    """Whether the same was tried with the same outcome, bit by bit; times aside."""
    return [(t.number, dict(t.tried), t.values.tobytes(), t.failure) for t in one] == [
        (t.number, dict(t.tried), t.values.tobytes(), t.failure) for t in other
    ]


def tuned_of(
    *values: float | None,
    importance: Mapping[str, float] | None = None,
    objective: Objective = NDCG,
) -> Tuned:
    """A search of one setting whose trials had these values."""
    trials = tuple(
        trial(number, {"neighbours": 100 + number}, value) for number, value in enumerate(values)
    )
    return Tuned(
        name="cosine",
        kept={"least_common": 2, "star_slope": 0.6},
        searched={"neighbours": Range(20, 1000, log=True)},
        objective=objective,
        protocol="strong",
        description="What was done.",
        data={"ratings": "ab", "task": "cd"},
        seed=0,
        trials=trials,
        stopped="trials",
        importance=importance or {},
    )
