from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.stats import logistic

from readalike.numerics.ordinal import CutPoints, fit_cut_points

FIVE = np.arange(1.0, 6.0)


def sample(
    cuts: list[float], spread: list[float], n: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Means, spreads and levels of ratings that cut-points gave."""
    random = np.random.default_rng(seed)
    means, spreads = random.normal(3.8, 0.7, n), random.normal(0, 0.4, (n, len(spread) - 1))
    sigma = np.exp(spread[0] + spreads @ np.array(spread[1:]))
    given = np.searchsorted(cuts, means + sigma * random.logistic(size=n))
    return means, spreads, given


def test_probabilities_are_those_of_a_logistic_between_the_cut_points() -> None:
    cuts = CutPoints(np.array([1.5, 3.0, 4.0]), np.array([0.2, 0.5]))
    (found,) = cuts.probabilities(np.array([3.3]), np.array([[0.7]]))
    sigma = np.exp(0.2 + 0.5 * 0.7)
    below = logistic.cdf([(c - 3.3) / sigma for c in (1.5, 3.0, 4.0)])
    assert found == pytest.approx(np.diff([0, *below, 1]))


@given(
    st.lists(st.floats(-5, 10), min_size=1, max_size=6),
    st.lists(st.floats(-50, 50), min_size=1, max_size=5),
    st.floats(-3, 3),
)
def test_probabilities_are_never_below_0_and_add_up_to_1(
    cuts: list[float], means: list[float], spread: float
) -> None:
    made = CutPoints(np.sort(np.array(cuts)), np.array([spread]))
    found = made.probabilities(np.array(means), np.empty((len(means), 0)))
    assert (found >= 0).all()
    assert found.sum(axis=1) == pytest.approx(1)


def test_the_cut_points_that_made_the_ratings_are_found() -> None:
    cuts, spread = [1.7, 2.6, 3.4, 4.5], [-0.3, 0.8, 0.0]
    found = fit_cut_points(FIVE, *sample(cuts, spread, 40_000), prior=10.0)
    assert found.cuts == pytest.approx(cuts, abs=0.06)
    assert found.spread == pytest.approx(spread, abs=0.04)


def test_no_small_step_is_likelier() -> None:
    means, spreads, given = sample([1.7, 2.6, 3.4, 4.5], [-0.3, 0.8], 500)

    def loss(cuts: np.ndarray, spread: np.ndarray) -> float:
        chances = CutPoints(cuts, spread).probabilities(means, spreads)
        return -float(np.log(chances[np.arange(500), given]).sum())

    found = fit_cut_points(FIVE, means, spreads, given, prior=0.0)
    least = loss(found.cuts, found.spread)
    random = np.random.default_rng(1)
    for size in (1e-1, 1e-2, 1e-3):
        for _ in range(20):
            moved = found.cuts + size * random.standard_normal(4)
            wider = found.spread + size * random.standard_normal(2)
            assert loss(np.sort(moved), wider) >= least - 1e-3


def test_without_ratings_the_cut_points_lie_half_way() -> None:
    nothing = np.empty(0), np.empty((0, 2)), np.empty(0, np.int64)
    found = fit_cut_points(FIVE, *nothing, prior=10.0)
    assert found.cuts == pytest.approx([1.5, 2.5, 3.5, 4.5], abs=0.01)


def test_a_few_ratings_move_them_a_little() -> None:
    means, given = np.full(3, 4.4), np.full(3, 4)
    last = [
        fit_cut_points(FIVE, means, np.zeros((3, 1)), given, prior).cuts[-1]
        for prior in (3.0, 30.0, 300.0)
    ]
    assert last == sorted(last)
    assert 4.4 < last[-1] < 4.5


def test_levels_that_nobody_gave_keep_a_place_of_their_own() -> None:
    means, spreads, _ = sample([1.5, 2.5, 3.5, 4.5], [0.0], 300)
    given = np.where(means > 3.5, 4, 0)
    found = fit_cut_points(FIVE, means, spreads, given, prior=10.0)
    assert (np.diff(found.cuts) > 0).all()
    assert np.isfinite(found.cuts).all()


def test_half_stars_and_ten_points_have_as_many_cut_points() -> None:
    for levels in (np.arange(0.5, 5.5, 0.5), np.arange(1.0, 11.0), np.array([0.0, 1.0])):
        means = np.linspace(levels[0], levels[-1], 50)
        given = np.abs(means[:, None] - levels).argmin(axis=1)
        found = fit_cut_points(levels, means, np.zeros((50, 1)), given, prior=1.0)
        assert len(found.cuts) == len(levels) - 1
        assert found.probabilities(means, np.zeros((50, 1))).shape == (50, len(levels))


def test_of_one_level_every_rating_is_that() -> None:
    one = np.array([1.0])
    found = fit_cut_points(one, np.ones(3), np.zeros((3, 2)), np.zeros(3, np.int64), prior=1.0)
    assert found.probabilities(np.array([7.0]), np.zeros((1, 2))).tolist() == [[1.0]]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000))
def test_the_gradient_is_that_of_the_loss(seed: int) -> None:
    random = np.random.default_rng(seed)
    means, spreads, given = sample([1.7, 2.6, 3.4, 4.5], [-0.3, 0.8], 40, seed)
    caught = {}

    def look(loss: object, start: np.ndarray, **_: object) -> object:
        caught["loss"] = loss
        raise StopIteration

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scipy.optimize.minimize", look)
        with pytest.raises(StopIteration):
            fit_cut_points(FIVE, means, spreads, given, prior=3.0)
    loss = caught["loss"]
    at = np.array([1.6, -0.2, 0.1, 0.2, -0.1, 0.5]) + 0.1 * random.standard_normal(6)
    slow = approx_fprime(at, lambda x: loss(x)[0], 1e-6)  # type: ignore[operator]
    assert loss(at)[1] == pytest.approx(slow, rel=1e-3, abs=1e-2)  # type: ignore[operator]
