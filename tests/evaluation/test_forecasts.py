from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from evaluation.rankers import FIVE_STARS, Forecasting, WithUsers
from readalike.data.histories import Histories
from readalike.errors import ModelError
from readalike.evaluation import forecast_errors as starforecasts
from readalike.evaluation.forecast_errors import StarErrors, star_errors, star_forecasts
from readalike.evaluation.questions import RatingQueries
from readalike.models.interface import RatingPredictor
from readalike.models.stars import StarDistribution
from readalike.numerics import ranking_metrics as metrics
from readalike.numerics.arrays import Indices

F64 = npt.NDArray[np.float64]

# ann (training index 1) is asked twice, bob (a stranger) once, cat (index 0) once
ASKED = RatingQueries(
    readers=("ann", "bob", "cat"),
    users=np.array([1, -1, 0]),
    histories=Histories.of_rows([([0], [5.0]), ([], []), ([1], [2.0])], 3),
    rows=np.array([0, 0, 1, 2]),
    items=np.array([1, 2, 0, 2], np.int32),
    stars=np.array([5, 1, 4, 2], np.float32),
)


def errors_of(model: RatingPredictor) -> StarErrors:
    return star_errors(star_forecasts(model, ASKED, lambda done, total: None), ASKED, FIVE_STARS)


def by_length(histories: Histories) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Forecasts 7 stars of readers of a book and 3 of others."""
    return np.where(histories.lengths > 0, 7, 3).astype(np.float32)[:, None] * np.ones(
        3, np.float32
    )


def test_forecasts_are_compared_as_they_are_and_moved_into_the_scale() -> None:
    errors = errors_of(Forecasting(3, by_length))
    plain, clipped = np.array([7, 7, 3, 7.0]), np.array([5, 5, 3, 5.0])
    found = errors.estimates(0)
    assert found["rmse"].mean == pytest.approx(metrics.rmse(plain, ASKED.stars))
    assert found["mae"].mean == pytest.approx(metrics.mae(plain, ASKED.stars))
    assert found["rmse_clipped"].mean == pytest.approx(metrics.rmse(clipped, ASKED.stars))
    assert found["mae_clipped"].mean == pytest.approx(metrics.mae(clipped, ASKED.stars))
    assert errors.rows.tolist() == [2, 1, 1]
    assert errors.without == 0


def test_intervals_enclose_the_figure() -> None:
    errors = errors_of(Forecasting(3, by_length))
    for mean, low, high in errors.estimates(0).values():
        assert low <= mean <= high
        assert low < high


def test_users_of_the_model_are_looked_up_and_strangers_forecast_by_history() -> None:
    table = np.array([[1, 2, 3], [4, 5, 2]], np.float32)
    errors = errors_of(WithUsers(3, by_length, table))
    looked_up = np.array([5, 2, 3, 3.0])
    assert errors.estimates(0)["rmse"].mean == pytest.approx(metrics.rmse(looked_up, ASKED.stars))


def test_batches_give_what_one_batch_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = errors_of(Forecasting(3, by_length))
    monkeypatch.setattr(starforecasts, "READERS", 1)
    parts = errors_of(Forecasting(3, by_length))
    assert np.array_equal(whole.sums, parts.sums)


def test_rows_without_a_forecast_are_left_out_and_counted() -> None:
    def one_is_missing(
        histories: Histories,
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        forecasts = by_length(histories)
        forecasts[:, 1] = -np.inf
        return forecasts

    errors = errors_of(Forecasting(3, one_is_missing))
    assert errors.without == 1
    assert errors.rows.tolist() == [1, 1, 1]
    assert errors.estimates(0)["mae"].mean == pytest.approx((6 + 1 + 5) / 3)


def test_forecasts_of_nothing_at_all_are_refused() -> None:
    def nothing(histories: Histories) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.full((len(histories), 3), np.nan, np.float32)

    with pytest.raises(ModelError, match="got none that is"):
        errors_of(Forecasting(3, nothing))


@dataclass(frozen=True, eq=False)
class Sure:
    """Says how likely each star is: the same for everybody, but for one pair."""

    chances: tuple[float, ...] = (0.1, 0.1, 0.2, 0.4, 0.2)

    def distribution(self, histories: Histories, rows: Indices, items: Indices) -> StarDistribution:
        return StarDistribution(np.arange(1.0, 6.0), np.tile(self.chances, (len(items), 1)))

    def forecast(self, histories: Histories, rows: Indices, items: Indices) -> F64:
        return self.distribution(histories, rows, items).mean


def test_chances_are_judged_by_mean_median_likelihood_and_intervals() -> None:
    errors = errors_of(Sure())
    found = errors.estimates(0)
    stars = ASKED.stars
    assert found["rmse"].mean == pytest.approx(metrics.rmse(np.full(4, 3.5), stars))
    assert found["mae"].mean == pytest.approx(metrics.mae(np.full(4, 4.0), stars))
    given = np.array([0.2, 0.1, 0.4, 0.1])  # of 5, 1, 4 and 2 stars
    assert found["negative_log_likelihood"].mean == pytest.approx(-np.log(given).mean())
    # 80 % lies from 1.5 (a tenth below) to 5.0 (a tenth above): 2, 4 and half of 5, none of 1
    assert found["interval_coverage_80"].mean == pytest.approx((0.5 + 0 + 1 + 1) / 4)


def test_the_chance_of_what_cannot_be_is_counted_as_hardly_any() -> None:
    errors = errors_of(Sure((0.0, 0.0, 0.0, 0.0, 1.0)))
    assert errors.estimates(0)["negative_log_likelihood"].mean == pytest.approx(
        -np.log(1e-9) * 3 / 4
    )


def test_a_model_without_chances_has_no_likelihood() -> None:
    errors = errors_of(Forecasting(3, by_length))
    assert list(errors.estimates(0)) == ["rmse", "rmse_clipped", "mae", "mae_clipped"]


def test_calibration_sets_the_stars_given_beside_those_forecast() -> None:
    errors = errors_of(Forecasting(3, by_length))
    assert errors.steps() == [
        {"forecast": 3.0, "stars": 4.0, "rows": 1},
        {"forecast": 7.0, "stars": pytest.approx(8 / 3), "rows": 3},
    ]


def test_parts_of_the_scale_with_few_forecasts_are_told_with_the_next() -> None:
    def errors(*parts: tuple[float, float, float]) -> StarErrors:
        rows = np.array([sum(part[0] for part in parts)])
        return StarErrors(
            readers=("ann",), rows=rows, sums=np.zeros((1, 4)), calibration=np.array(parts)
        )

    few_first = errors((1, 1, 2), (0, 0, 0), (199, 400, 500)).steps()
    assert few_first == [{"forecast": 401 / 200, "stars": 502 / 200, "rows": 200}]
    few_last = errors((399, 400, 500), (1, 4, 5)).steps()
    assert few_last == [{"forecast": 404 / 400, "stars": 505 / 400, "rows": 400}]
    assert errors((0, 0, 0)).steps() == []
