from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference_metrics as slow
from readalike.numerics import intervals
from readalike.numerics.intervals import (
    drawn_sums,
    mean_interval,
    mean_intervals,
    paired,
    paired_errors,
    ratio_intervals,
)


@given(
    values=st.lists(st.floats(-5, 5), min_size=1, max_size=30),
    seed=st.integers(0, 99),
)
def test_draws_are_as_the_twin_has_them(values: list[float], seed: int) -> None:
    found = drawn_sums(np.array(values)[:, None], seed, 7)[:, 0] / len(values)
    assert found == pytest.approx(slow.drawn_means(values, seed, 7), abs=1e-12)


def test_draws_do_not_depend_on_how_many_are_held_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values = np.random.default_rng(0).random((50, 2))
    whole = drawn_sums(values, 3, 40)
    monkeypatch.setattr(intervals, "ENTRIES", 120)
    assert np.array_equal(whole, drawn_sums(values, 3, 40))


def test_the_width_is_that_of_the_normal_distribution() -> None:
    values = np.random.default_rng(1).normal(2.0, 3.0, 4000)
    mean, low, high = mean_interval(values, draws=4000)
    half = 1.96 * values.std() / math.sqrt(len(values))
    assert mean == pytest.approx(values.mean())
    assert high - mean == pytest.approx(half, rel=0.1)
    assert mean - low == pytest.approx(half, rel=0.1)


def test_the_interval_holds_the_truth_about_95_times_of_100() -> None:
    random = np.random.default_rng(2)
    inside = 0
    for trial in range(300):
        _, low, high = mean_interval(random.exponential(1.0, 200), seed=trial, draws=400)
        inside += low <= 1.0 <= high
    assert 0.90 <= inside / 300 <= 0.98


def test_equal_values_hold_their_mean_however_sums_round() -> None:
    mean, low, high = mean_interval(np.full(7, 0.1))
    assert low <= mean <= high
    assert high - low < 1e-15


def test_the_same_seed_gives_the_same_interval() -> None:
    values = np.random.default_rng(0).random(100)
    assert mean_interval(values, seed=4) == mean_interval(values, seed=4)
    assert mean_interval(values, seed=4) != mean_interval(values, seed=5)


def test_columns_are_drawn_together() -> None:
    values = np.random.default_rng(0).random((100, 3))
    together = mean_intervals(values, seed=2)
    assert together[1] == mean_interval(values[:, 1], seed=2)


def test_a_ratio_is_the_mean_over_rows_that_readers_own() -> None:
    above = np.array([[2.0, 1.0], [9.0, 3.0], [0.0, 0.0]])
    first, second = ratio_intervals(above, np.array([1.0, 3.0, 0.0]))
    assert first == pytest.approx((11 / 4, 2.0, 3.0))
    assert second == (1.0, 1.0, 1.0)


def test_a_ranker_that_is_a_little_better_for_everybody_is_certainly_better() -> None:
    second = np.random.default_rng(0).random(500)
    found = paired(second + 0.01, second)
    assert found.difference == pytest.approx((0.01, 0.01, 0.01))
    assert (found.wins, found.losses) == (1.0, 0.0)
    assert found.certain


def test_two_rankers_of_the_same_worth_are_not_told_apart() -> None:
    random = np.random.default_rng(0)
    found = paired(random.random(500), random.random(500))
    assert found.difference.low < 0 < found.difference.high
    assert not found.certain
    assert found.wins + found.losses == pytest.approx(1.0)


def test_equal_values_are_neither_won_nor_lost() -> None:
    found = paired(np.array([1.0, 0.5, 0.0, 1.0]), np.array([1.0, 0.0, 0.5, 0.0]))
    assert (found.wins, found.losses) == (0.5, 0.25)


def test_errors_are_compared_over_the_rows_that_readers_own_and_the_lower_wins() -> None:
    random = np.random.default_rng(5)
    rows = random.integers(1, 9, 400).astype(float)
    second = random.exponential(1.0, 400) * rows
    first = second * np.where(np.arange(400) < 300, 0.9, 1.1)
    found = paired_errors(first, second, rows, math.sqrt, seed=3)
    roots = [math.sqrt(errors.sum() / rows.sum()) for errors in (first, second)]
    assert found.difference.mean == pytest.approx(roots[0] - roots[1])
    assert found.difference.high < 0
    assert found.certain
    assert (found.wins, found.losses) == (0.75, 0.25)
    back = paired_errors(second, first, rows, math.sqrt, seed=3)
    assert back.difference.mean == -found.difference.mean
    assert (back.difference.low, back.difference.high) == pytest.approx(
        (-found.difference.high, -found.difference.low)
    )
    means = paired_errors(first, second, rows, lambda mean: mean, seed=3)
    (twin,) = ratio_intervals((first - second)[:, None], rows, 3)
    assert means.difference == pytest.approx(twin)


def test_draws_without_rows_are_left_aside() -> None:
    found = paired_errors(
        np.array([1.0, 0.0]), np.array([4.0, 0.0]), np.array([1.0, 0.0]), math.sqrt
    )
    assert found.difference == (-1.0, -1.0, -1.0)


def test_what_has_no_mean_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one reader"):
        mean_interval(np.empty(0))
    with pytest.raises(ValueError, match="finite"):
        mean_interval(np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="same readers, got 2 and 3"):
        paired(np.zeros(2), np.zeros(3))
