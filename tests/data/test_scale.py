from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.scale import RatingScale
from readalike.errors import InputError


@pytest.mark.parametrize(
    ("stars", "scale", "liked_from"),
    [
        ([1, 2, 3, 4, 5], RatingScale(1, 5, 1), 4),
        ([3, 4, 5, 3], RatingScale(1, 5, 1), 4),
        ([0.5, 4.0, 3.5], RatingScale(0.5, 5, 0.5), 4),
        ([3.75, 4.25, 1.0], RatingScale(0.25, 5, 0.25), 4),
        ([4.9, 1.5, 3.0], RatingScale(0.1, 5, 0.1), 4),
        ([5, 8, 9, 7, 10, 6], RatingScale(1, 10, 1), 8),
        ([0, 3, 5], RatingScale(0, 5, 1), 4),
        ([70, 80, 95, 12], RatingScale(1, 100, 1), 80),
        ([-10, -3, 4, 7, 10], RatingScale(-10, 10, 1), 6),
        ([1, 2, 3, 6], RatingScale(1, 10, 1), 8),
        ([1, 2, 3, 4, 6], RatingScale(1, 5, 1), 4),
        ([1, 2, 3, 11], RatingScale(1, 20, 1), 16),
        ([18, 17, 19, 15, 6], RatingScale(1, 20, 1), 16),
        ([1, 2, 3, 21], RatingScale(1, 100, 1), 80),
        ([1, 2, 3, 101], RatingScale(1, 101, 1), 80.8),
        ([1, 2, 3, 1e6], RatingScale(1, 1e6, 1), 8e5),
        ([1, 2, 3, 1_000_001], RatingScale(1, 5, 1), 4),
        ([-1, 2, 3, 4], RatingScale(-1, 5, 1), 3.8),
        ([-1, 2, 3, 4, 5], RatingScale(1, 5, 1), 4),
        ([0.5, 0.71], RatingScale(0.5, 5, 0), 4),
        ([-1, -3], RatingScale(-3, 5, 1), 3.4),
        ([6, 7, 8, 9], RatingScale(1, 10, 1), 8),
        ([2.5, 10], RatingScale(0.5, 10, 0.5), 8),
        ([np.nan, np.nan], RatingScale(1, 5, 1), 4),
        ([], RatingScale(1, 5, 1), 4),
    ],
)
def test_the_scale_is_found(stars: list[float], scale: RatingScale, liked_from: float) -> None:
    found = RatingScale.of(np.array(stars, np.float32))
    assert found == scale
    assert found.liked_from == pytest.approx(liked_from)


def test_a_rounded_multiple_is_one_and_a_number_beside_it_is_none() -> None:
    assert RatingScale.of(np.array([1, 2 + 5e-7])) == RatingScale(1, 5, 1)
    assert RatingScale.of(np.array([1, 2 + 5e-6])).step == 0


def test_the_width_is_what_lies_between_the_ends() -> None:
    assert RatingScale(-10, 10, 1).width == 20
    assert RatingScale(0.5, 5, 0.5).width == 4.5
    assert str(RatingScale(0, 5, 0)) == "0 to 5"


def test_a_slip_of_the_pen_does_not_stretch_the_scale() -> None:
    stars = np.array([5, 6, -1, 4.5, 4.5, 3], np.float32)
    scale = RatingScale.of(stars)
    assert (scale.lowest, scale.highest, scale.step) == (0.5, 5.0, 0.5)
    assert scale.contains(stars).tolist() == [True, False, False, True, True, True]


@given(st.lists(st.integers(1, 5), min_size=1))
def test_every_five_star_table_has_the_same_scale(stars: list[int]) -> None:
    scale = RatingScale.of(np.array(stars, np.float32))
    assert (scale.lowest, scale.highest, scale.step) == (1.0, 5.0, 1.0)


@given(st.lists(st.floats(-50, 50), min_size=1))
def test_clipping_stays_inside_and_leaves_the_inside_alone(stars: list[float]) -> None:
    scale = RatingScale(1, 5, 1)
    given_stars = np.array(stars)
    clipped = scale.clip(given_stars)
    assert ((clipped >= 1) & (clipped <= 5)).all()
    inside = scale.contains(given_stars)
    assert (clipped[inside] == given_stars[inside]).all()


def test_a_rating_outside_is_refused_in_words() -> None:
    assert RatingScale(1, 5, 1).check(4) == 4
    with pytest.raises(InputError, match=r"must be from 1 to 5 in steps of 1, got 9"):
        RatingScale(1, 5, 1).check(9)


@pytest.mark.parametrize("beyond", [1e308, -1e308, 1e39, np.inf])
def test_what_no_scale_holds_is_no_end_of_one(beyond: float) -> None:
    stars = np.array([1.0, 4.0, 5.0, beyond, beyond, beyond])
    scale = RatingScale.of(stars)
    assert scale == RatingScale(1, 5, 1)
    assert scale.contains(stars).tolist() == [True] * 3 + [False] * 3
