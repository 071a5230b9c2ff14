"""Errors of forecasts as what a search is after: the lower, the better."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from readalike.errors import ModelError, SettingError
from readalike.evaluation import Report, Result, evaluate
from readalike.evaluation.forecast_errors import StarErrors
from readalike.numerics.intervals import Interval
from readalike.predictors.baseline import Baseline
from readalike.predictors.mf import Mf
from readalike.tuning import validation
from readalike.tuning.accuracy import Accuracy
from readalike.tuning.forecasterror import KINDS, ForecastError
from tuning.searching import RMSE, sample, tuned_of

every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def report() -> Report:
    dataset = sample()
    raters = {"mf": Mf(), "baseline": Baseline()}
    return evaluate(dataset, raters, validation("held-out", dataset.ratings, 0), seed=4)


@every_kind
def test_the_figure_and_its_interval_are_those_of_an_evaluation(kind: str, report: Report) -> None:
    aim = ForecastError.of(kind)
    result = report.result("mf")
    values = aim.values([result])
    assert aim.value(values) == pytest.approx(result.estimate(kind).mean, abs=1e-12)
    assert aim.interval(values, 4) == pytest.approx(result.estimate(kind), abs=1e-12)


@every_kind
def test_the_difference_is_that_of_the_figures(kind: str, report: Report) -> None:
    aim = ForecastError.of(kind)
    first, second = (aim.values([report.result(name)]) for name in ("mf", "baseline"))
    found = aim.difference(first, second, 0)
    assert found.difference.mean == pytest.approx(aim.value(first) - aim.value(second))
    assert found.wins == np.mean(first[:, 0] < second[:, 0])


def test_the_lower_error_is_the_better_and_the_defaults_win_a_tie() -> None:
    tuned = tuned_of(0.9, 0.8, None, 0.7, 0.7, 0.95, aim=RMSE)
    assert tuned.best.number == 3
    assert [t.number for t in tuned.ranked(9)] == [3, 4, 1, 0, 5]
    assert tuned_of(0.8, 0.8, 0.9, aim=RMSE).better is False


def test_of_accuracy_the_lower_is_the_worse() -> None:
    assert ForecastError.of("rmse").loss(0.5) == 0.5
    assert Accuracy.of("ndcg@10").loss(0.5) == -0.5


def result_of(errors: StarErrors) -> Result:
    return Result(algorithm="a", settings={}, fit_seconds=0.0, errors=errors)


def test_a_rating_without_a_forecast_is_a_failure_and_does_not_flatter(report: Report) -> None:
    errors = report.result("mf").errors
    assert errors is not None
    with pytest.raises(ModelError, match="no stars are forecast for 3 of the ratings"):
        RMSE.values([result_of(replace(errors, without=3))])


def test_surprise_needs_the_chance_of_every_star(report: Report) -> None:
    errors = report.result("mf").errors
    assert errors is not None
    with pytest.raises(ModelError, match="how likely each star is"):
        ForecastError.of("nll").values([result_of(replace(errors, sums=errors.sums[:, :4]))])


def test_readers_count_by_their_ratings() -> None:
    values = np.array([[1.0, 1.0], [0.0, 3.0]])
    assert ForecastError.of("mae").value(values) == 0.25
    assert RMSE.value(values) == math.sqrt(0.25)
    assert isinstance(RMSE.interval(values, 0), Interval)


@pytest.mark.parametrize("name", ["ndcg@10", "rmse@10", "rmse_clipped", "held80", ""])
def test_only_errors_can_be_searched_for(name: str) -> None:
    with pytest.raises(SettingError, match="for a rater must be one of rmse, mae, nll, got"):
        ForecastError.of(name)


def test_a_name_is_taken_in_any_case() -> None:
    assert str(ForecastError.of(" RMSE ")) == "rmse"
