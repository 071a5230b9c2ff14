from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.errors import SettingError
from readalike.models.stars import StarDistribution, StarShares, nearest

FIVE = np.arange(1.0, 6.0)
ONE = StarDistribution(FIVE, np.array([[0.05, 0.10, 0.20, 0.45, 0.20]]))


@st.composite
def distributions(draw: st.DrawFn) -> StarDistribution:
    size, n = draw(st.integers(1, 7)), draw(st.integers(1, 4))
    weights = draw(
        st.lists(st.floats(0, 1), min_size=n * size, max_size=n * size).map(np.array)
    ).reshape(n, size)
    weights[:, draw(st.integers(0, size - 1))] += 1e-3
    levels = np.arange(size, dtype=np.float64) * draw(st.floats(0.1, 10))
    return StarDistribution(
        levels, np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float64)
    )


def test_the_mean_and_the_spread_are_those_of_the_levels() -> None:
    assert ONE.mean == pytest.approx([3.65])
    squares = 0.05 * 1 + 0.10 * 4 + 0.20 * 9 + 0.45 * 16 + 0.20 * 25
    assert ONE.spread == pytest.approx([np.sqrt(squares - 3.65**2)])


def test_quantiles_are_levels() -> None:
    assert ONE.median.tolist() == [4.0]
    assert ONE.quantile(0.15).tolist() == [2.0]
    assert ONE.quantile(0.16).tolist() == [3.0]
    assert ONE.quantile(1.0).tolist() == [5.0]


def test_the_chance_of_so_many_stars_or_more() -> None:
    assert ONE.at_least(4).tolist() == pytest.approx([0.65])
    assert ONE.at_least(4.5).tolist() == pytest.approx([0.20])
    assert ONE.at_least(0).tolist() == pytest.approx([1.0])
    assert ONE.at_least(6).tolist() == [0.0]


def test_an_interval_ends_inside_of_levels() -> None:
    low, high = ONE.interval(0.8)
    # a tenth lies below 2.0, half of the level of 2 stars; a tenth above 5.0, half of that of 5
    assert low == pytest.approx([2.0])
    assert high == pytest.approx([5.0])
    assert np.array_equal(ONE.interval(), (low, high)), "eight of ten unless told otherwise"


@pytest.mark.parametrize(
    ("share", "point"),
    [(0.0, 0.5), (0.025, 1.0), (0.05, 1.5), (0.35, 3.5), (0.575, 4.0), (0.9, 5.0), (1.0, 5.5)],
)
def test_a_point_moves_evenly_from_half_below_a_level_to_half_above(
    share: float, point: float
) -> None:
    assert ONE.point(share) == pytest.approx([point])


def test_a_level_reaches_half_way_to_uneven_neighbours() -> None:
    uneven = StarDistribution(np.array([0.0, 1.0, 4.0]), np.full((1, 3), 1 / 3))
    points = [float(uneven.point(share)[0]) for share in (0, 1 / 3, 2 / 3, 1)]
    assert points == pytest.approx([-0.5, 0.5, 2.5, 5.5])


def test_all_of_it_lies_below_the_end_though_the_sum_is_rounded() -> None:
    tenths = StarDistribution(np.arange(10.0), np.full((1, 10), 0.1))
    assert tenths.probabilities.cumsum()[-1] < 1
    assert tenths.point(1.0) == pytest.approx([9.5])
    assert tenths.quantile(1.0).tolist() == [9.0]


def test_what_an_interval_holds_of_a_rating_is_how_much_of_its_level_lies_inside() -> None:
    given_stars = [1.0, 2.0, 3.0, 4.0, 5.0]
    held = [float(ONE.coverage(np.array([stars]))[0]) for stars in given_stars]
    assert held == pytest.approx([0, 0.5, 1, 1, 0.5])


def test_the_parts_of_forecasts_add_up() -> None:
    shares = StarShares(
        book=np.array([3.0, 4.0]),
        reader=np.array([0.5, 0.25]),
        by_book=np.array([[0.25, -1.0], [0.125, 0.0]]),
        scale=np.array([-0.5, 0.0625]),
    )
    assert shares.total.tolist() == [2.25, 4.4375]


@given(distributions(), st.floats(0.01, 0.99))
def test_the_chance_to_be_held_by_an_interval_is_its_level(
    found: StarDistribution, level: float
) -> None:
    if len(found.levels) == 1:
        return
    inside = np.column_stack([found.coverage(np.full(len(found), s), level) for s in found.levels])
    assert (inside * found.probabilities).sum(axis=1) == pytest.approx(level, abs=1e-6)


@given(distributions(), st.floats(0.05, 0.5), st.floats(0.51, 0.95))
def test_a_surer_interval_holds_a_less_sure_one(
    found: StarDistribution, less: float, more: float
) -> None:
    (low, high), (lower, higher) = found.interval(less), found.interval(more)
    assert (lower <= low + 1e-9).all()
    assert (higher >= high - 1e-9).all()


@given(distributions())
def test_the_median_has_no_larger_absolute_error_than_any_level(found: StarDistribution) -> None:
    apart = np.abs(found.levels[:, None] - found.levels[None, :])
    errors = found.probabilities @ apart
    median = np.searchsorted(found.levels, found.median)
    assert errors[np.arange(len(found)), median] == pytest.approx(errors.min(axis=1), abs=1e-6)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 1.5])
def test_a_level_that_is_no_probability_is_refused(level: float) -> None:
    with pytest.raises(SettingError, match="level must be between 0 and 1"):
        ONE.interval(level)


def test_a_rating_between_two_levels_counts_as_the_nearer_the_lower_of_two() -> None:
    assert nearest(FIVE, np.array([0.2, 1.4, 1.5, 1.6, 4.9, 7.0])).tolist() == [0, 0, 0, 1, 4, 4]
    assert ONE.of(np.array([3.9])).tolist() == [0.45]


def test_of_one_level_everything_is_that_level() -> None:
    only = StarDistribution(np.array([1.0]), np.ones((2, 1)))
    assert only.mean.tolist() == only.median.tolist() == [1.0, 1.0]
    assert [end.tolist() for end in only.interval(0.8)] == [[1.0, 1.0], [1.0, 1.0]]
