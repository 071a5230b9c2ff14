"""Models of a user's own are measured by what they can do, whatever their class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pytest

from evaluation.data_sets import data_of, raw_rows
from readalike.algorithms.settings import Settings
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.errors import ModelError, SettingError
from readalike.evaluation import HeldOut, LeaveLast, NewReaders, Report, evaluate
from readalike.models.stars import StarDistribution
from readalike.numerics.arrays import Indices
from readalike.progress import Progress, silent

DATA = data_of(raw_rows(3))


@dataclass(frozen=True)
class Own(Settings[Any]):
    """Settings whose model is made of the training ratings."""

    name: ClassVar[str] = "own"

    make: Callable[[Ratings], Any]

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> Any:
        return self.make(ratings)

    def as_dict(self) -> dict[str, Any]:
        return {}


class Counts:
    """Scores histories and can do nothing else."""

    def __init__(self, ratings: Ratings) -> None:
        self.counts = ratings.item_counts.astype(np.float32)
        self.n_items = len(self.counts)

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        return np.tile(self.counts, (len(histories), 1))


class Mean:
    """Forecasts stars and can do nothing else."""

    def __init__(self, ratings: Ratings) -> None:
        self.mean = ratings.mean

    def forecast(
        self, histories: Histories, rows: Indices, items: Indices
    ) -> npt.NDArray[np.float64]:
        return np.full(len(items), self.mean)


class Likely(Mean):
    """Says how likely each star is, too; and has a table of pairs, which must not be asked."""

    def distribution(self, histories: Histories, rows: Indices, items: Indices) -> StarDistribution:
        return StarDistribution(np.arange(1.0, 6.0), np.full((len(items), 5), 0.2))

    def predict(self, users: Indices, items: Indices) -> npt.NDArray[np.float64]:
        raise AssertionError("a table knows of no chances")


class Both(Counts, Mean):
    """Ranks and forecasts."""

    def __init__(self, ratings: Ratings) -> None:
        Counts.__init__(self, ratings)
        Mean.__init__(self, ratings)


def measured(make: Callable[[Ratings], Any]) -> Report:
    return evaluate(DATA, {"own": Own(make)}, HeldOut(0.3, seed=1), measures=["recall@5"])


def test_what_scores_histories_has_lists_and_no_forecasts() -> None:
    result = measured(Counts).result("own")
    assert list(result.estimates) == ["recall@5"]
    assert result.estimates["recall@5"].mean > 0
    assert result.segments != ()
    assert result.errors is None


def test_what_forecasts_stars_has_forecasts_and_no_lists() -> None:
    result = measured(Mean).result("own")
    assert list(result.estimates) == ["rmse", "rmse_clipped", "mae", "mae_clipped"]
    assert result.readers == ()
    assert result.segments == ()
    assert result.errors is not None
    task = HeldOut(0.3, seed=1).prepare(DATA.ratings, DATA.catalogue)
    assert task.star_questions is not None
    errors = task.training.mean - task.star_questions.stars
    assert result.estimates["rmse"].mean == pytest.approx(np.sqrt(np.mean(errors**2)))


def test_what_says_how_likely_stars_are_is_asked_for_that_of_known_readers_too() -> None:
    result = measured(Likely).result("own")
    assert result.estimates["negative_log_likelihood"].mean == pytest.approx(np.log(5))
    assert result.estimates["rmse"].mean > 1


def test_what_does_both_has_both() -> None:
    result = measured(Both).result("own")
    assert list(result.estimates)[:2] == ["recall@5", "rmse"]
    assert result.estimates["recall@5"] == measured(Counts).result("own").estimates["recall@5"]


def test_what_forecasts_stars_only_needs_a_protocol_that_asks_for_them() -> None:
    readers = DATA.ratings.take(np.arange(6))
    with pytest.raises(SettingError, match="own forecasts stars, and this protocol asks for none"):
        evaluate(DATA, {"own": Own(Mean)}, NewReaders(readers, (1,), seed=0))


def test_what_does_neither_is_refused_in_words() -> None:
    with pytest.raises(ModelError, match="own must score histories or forecast stars"):
        evaluate(DATA, {"own": Own(lambda ratings: ratings)}, LeaveLast())
