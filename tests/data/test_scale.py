from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.scale import FoundScale, RatingScale, doubt_of, scale_rule
from readalike.errors import InputError, SettingError


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


TWENTY = RatingScale(1, 20, 1)


@pytest.mark.parametrize(
    ("low", "high", "doubted"),
    [(19, 1, True), (18, 2, False), (20, 0, True), (0, 20, False)],
)
def test_a_scale_is_doubted_where_nearly_all_is_in_its_lowest_third(
    low: int, high: int, doubted: bool
) -> None:
    stars = np.array([6.0] * low + [7.0] * high + [np.nan])
    said = doubt_of(stars, TWENTY)
    assert bool(said) is doubted
    if doubted:
        assert f"{low} of {low + high} ratings are below a third of 20" in said


def test_what_is_at_the_third_is_not_below_it() -> None:
    assert doubt_of(np.full(9, 10.0), RatingScale(1, 30, 1)) == ""
    assert doubt_of(np.full(9, 9.9), RatingScale(1, 30, 1))
    assert doubt_of(np.array([np.nan]), TWENTY) == ""
    assert doubt_of(np.full(9, -1.0), RatingScale(-10, 10, 1)) == "", "its middle is 0"
    assert doubt_of(np.full(9, 0.0), RatingScale(0, 10, 1))


@pytest.mark.parametrize(
    ("given", "stars", "scale"),
    [
        ("1..10", [1, 10, 5.5], RatingScale(1, 10, 0.5)),
        ("0..20", [0, 20, 17], RatingScale(0, 20, 1)),
        ("0..5", [0, 0.3, 9.99], RatingScale(0, 5, 0.1)),
        ((-10, 10), [-10, 10, -2.5], RatingScale(-10, 10, 0.5)),
        ("-1e6..1e6", [5], RatingScale(-1e6, 1e6, 1)),
        (" 1 .. 5 ", [], RatingScale(1, 5, 1)),
    ],
)
def test_a_scale_that_was_said(
    given: str | tuple[float, float], stars: list[float], scale: RatingScale
) -> None:
    assert scale_rule(given)(np.array(stars, np.float64)) == scale


@pytest.mark.parametrize(
    "given", ["", "5", "5..1", "1..1", "1..x", "1..2..3", "0..1000001", "-1e7..5"]
)
def test_what_is_no_scale_is_refused(given: str) -> None:
    with pytest.raises(SettingError, match=r"scale must be like 1\.\.10"):
        scale_rule(given)


@pytest.mark.parametrize(
    ("stars", "said"),
    [
        ([5.0], "stars are from 1 to 5 in steps of 1 (found from 1 rating, the highest 5)"),
        (
            [4.5, 2],
            "stars are from 0.5 to 5 in steps of 0.5 (found from 2 ratings, the highest 4.5)",
        ),
        ([np.nan], "stars are from 1 to 5 in steps of 1 (no rating is given)"),
    ],
)
def test_how_a_scale_is_known_is_said(stars: list[float], said: str) -> None:
    assert str(FoundScale.of(np.array(stars))) == said
