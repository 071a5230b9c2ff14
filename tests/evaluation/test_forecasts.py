from __future__ import annotations

import numpy as np
import pytest

from evaluation.rankers import FIVE_STARS, Forecasting, Scored, WithUsers
from readalike.data.histories import Histories
from readalike.errors import ModelError
from readalike.evaluation import ranking
from readalike.evaluation.forecasts import star_errors
from readalike.evaluation.questions import StarQuestions
from readalike.numerics import metrics

# ann (training index 1) is asked twice, bob (a stranger) once, cat (index 0) once
ASKED = StarQuestions(
    ("ann", "bob", "cat"),
    np.array([1, -1, 0]),
    Histories.of_rows([([0], [5.0]), ([], []), ([1], [2.0])], 3),
    np.array([0, 0, 1, 2]),
    np.array([1, 2, 0, 2], np.int32),
    np.array([5, 1, 4, 2], np.float32),
)


def silent(done: int, total: int) -> None:
    pass


def by_length(histories: Histories) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Forecasts 7 stars of readers of a book and 3 of others."""
    return np.where(histories.lengths > 0, 7, 3).astype(np.float32)[:, None] * np.ones(
        3, np.float32
    )


def test_forecasts_are_compared_as_they_are_and_moved_into_the_scale() -> None:
    errors = star_errors(Forecasting(3, by_length), ASKED, FIVE_STARS, silent)
    assert errors is not None
    plain, clipped = np.array([7, 7, 3, 7.0]), np.array([5, 5, 3, 5.0])
    found = errors.estimates(0)
    assert found["rmse"].mean == pytest.approx(metrics.rmse(plain, ASKED.stars))
    assert found["mae"].mean == pytest.approx(metrics.mae(plain, ASKED.stars))
    assert found["rmse_clipped"].mean == pytest.approx(metrics.rmse(clipped, ASKED.stars))
    assert found["mae_clipped"].mean == pytest.approx(metrics.mae(clipped, ASKED.stars))
    assert errors.rows.tolist() == [2, 1, 1]
    assert errors.without == 0


def test_intervals_enclose_the_figure() -> None:
    errors = star_errors(Forecasting(3, by_length), ASKED, FIVE_STARS, silent)
    assert errors is not None
    for mean, low, high in errors.estimates(0).values():
        assert low <= mean <= high
        assert low < high


def test_users_of_the_model_are_looked_up_and_strangers_forecast_by_history() -> None:
    table = np.array([[1, 2, 3], [4, 5, 2]], np.float32)
    errors = star_errors(WithUsers(3, by_length, table), ASKED, FIVE_STARS, silent)
    assert errors is not None
    looked_up = np.array([5, 2, 3, 3.0])
    assert errors.estimates(0)["rmse"].mean == pytest.approx(metrics.rmse(looked_up, ASKED.stars))


def test_batches_give_what_one_batch_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = star_errors(Forecasting(3, by_length), ASKED, FIVE_STARS, silent)
    monkeypatch.setattr(ranking, "ENTRIES", 3)
    parts = star_errors(Forecasting(3, by_length), ASKED, FIVE_STARS, silent)
    assert whole is not None
    assert parts is not None
    assert np.array_equal(whole.squared, parts.squared)


def test_a_model_that_forecasts_no_stars_has_no_errors() -> None:
    assert star_errors(Scored(3, by_length), ASKED, FIVE_STARS, silent) is None


def test_rows_without_a_forecast_are_left_out_and_counted() -> None:
    def one_is_missing(
        histories: Histories,
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        forecasts = by_length(histories)
        forecasts[:, 1] = -np.inf
        return forecasts

    errors = star_errors(Forecasting(3, one_is_missing), ASKED, FIVE_STARS, silent)
    assert errors is not None
    assert errors.without == 1
    assert errors.rows.tolist() == [1, 1, 1]
    assert errors.estimates(0)["mae"].mean == pytest.approx((6 + 1 + 5) / 3)


def test_forecasts_of_nothing_at_all_are_refused() -> None:
    def nothing(histories: Histories) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.full((len(histories), 3), np.nan, np.float32)

    with pytest.raises(ModelError, match="got none that is"):
        star_errors(Forecasting(3, nothing), ASKED, FIVE_STARS, silent)
