from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.models.weights import StarWeights, effective_lengths
from strategies import STARS, histories, same_bits

FIVE = RatingScale(1, 5, 1)
SCALES = [FIVE, RatingScale(0.5, 5, 0.5), RatingScale(0, 10, 1), RatingScale(-10, 10, 0)]
SPEAKING = StarWeights(3.8, 0.8, -0.5)
every_setting = st.builds(
    StarWeights,
    centre=st.floats(-10, 10),
    slope=st.floats(0, 3),
    floor=st.floats(-2, 0),
)


def rated(stars: list[float], scale: RatingScale = FIVE) -> Ratings:
    """One reader of as many books."""
    table = Histories.of_rows([(list(range(len(stars))), stars)], len(stars))
    return Ratings(table, Vocabulary.of(["r"]), Vocabulary.of(range(len(stars))), scale)


def weight_of(weights: StarWeights, stars: float) -> float:
    return float(weights.of(Histories.of_rows([([0], [stars])], 1))[0])


@given(histories())
def test_weights_agree_with_the_slow_twin(table: Histories) -> None:
    weights = StarWeights(3.8, 0.8, -0.5).of(table)
    expected = [reference.star_weight(float(r), 3.8, 0.8, -0.5) for r in table.stars]
    assert weights == pytest.approx(np.array(expected), rel=1e-6)


def test_plain_weights_count_every_book_once() -> None:
    assert StarWeights() == StarWeights(0.0, 0.0, 0.0)
    assert StarWeights().of(Histories.of_rows([([0, 1], [1, np.nan])], 2)).tolist() == [1, 1]


def test_a_scale_of_ten_weighs_like_the_same_stars_of_five() -> None:
    def rated(factor: float, scale: RatingScale) -> list[float]:
        stars = [s * factor - (factor - 1) for s in (1.0, 3.0, 5.0)]
        table = Histories.of_rows([([0, 1, 2], stars)], 3)
        ids = Vocabulary.of(range(3))
        ratings = Ratings(table, Vocabulary.of(["r"]), ids, scale)
        return [float(w) for w in StarWeights.around_mean(ratings, 0.8).of(table)]

    five = rated(1, RatingScale(1, 5, 1))
    assert five == pytest.approx([-0.5, 1.0, 2.6])
    assert rated(2.25, RatingScale(1, 10, 1)) == pytest.approx(five)


def test_only_books_that_speak_for_others_make_a_history_long() -> None:
    table = Histories.of_rows([([0, 1, 2], [5, 1, np.nan]), ([], []), ([3], [1])], 4)
    weights = StarWeights(3.8, 0.8, -0.5).of(table)
    assert effective_lengths(table, weights).tolist() == [2, 0, 0]


@given(st.floats(1.01, 5), st.floats(0, 3, exclude_min=True))
def test_the_worst_rating_never_speaks_for_a_book(mean: float, slope: float) -> None:
    table = Histories.of_rows([([0], [mean])], 1)
    one = Vocabulary.of(["x"])
    weights = StarWeights.around_mean(Ratings(table, one, one, RatingScale(1, 5, 1)), slope)
    assert weights.of(Histories.of_rows([([0], [1.0])], 1))[0] <= 0


@given(histories(), every_setting)
def test_weights_of_any_settings_agree_with_the_slow_twin(
    table: Histories, weights: StarWeights
) -> None:
    found = weights.of(table)
    assert found.dtype == np.float32
    assert found.shape == table.stars.shape
    for weight, stars in zip(found.tolist(), table.stars.tolist(), strict=True):
        expected = reference.star_weight(stars, weights.centre, weights.slope, weights.floor)
        assert weight == pytest.approx(expected, rel=1e-5, abs=1e-5)


@given(every_setting)
def test_more_stars_never_count_less_and_none_count_less_than_the_floor(
    weights: StarWeights,
) -> None:
    found = [weight_of(weights, stars) for stars in (1, 1.5, 2, 3, 4, 4.5, 5)]
    assert found == sorted(found)
    assert found[0] >= np.float32(weights.floor)


@given(every_setting)
def test_a_book_read_without_stars_counts_one_and_so_does_one_of_usual_stars(
    weights: StarWeights,
) -> None:
    assert weight_of(weights, math.nan) == 1
    assert weight_of(weights, weights.centre) == 1


@pytest.mark.parametrize(("stars", "weight"), [(1, -0.5), (2, -0.44), (3, 0.36), (5, 1.96)])
def test_a_weight_worked_out_by_hand(stars: float, weight: float) -> None:
    assert weight_of(SPEAKING, stars) == pytest.approx(weight, rel=1e-6)


@given(histories(min_rows=1), every_setting)
def test_a_weight_does_not_hang_on_the_other_rows(table: Histories, weights: StarWeights) -> None:
    whole = weights.of(table)
    for row in range(len(table)):
        alone = weights.of(table.slice(row, row + 1))
        assert same_bits(alone, whole[table.indptr[row] : table.indptr[row + 1]])


@pytest.mark.parametrize("rows", [[], [([], [])], [([], []), ([], [])]])
def test_where_nothing_was_read_nothing_is_weighed(
    rows: list[tuple[list[int], list[float]]],
) -> None:
    table = Histories.of_rows(rows, 3)
    weights = SPEAKING.of(table)
    assert weights.shape == (0,)
    assert weights.dtype == np.float32
    assert effective_lengths(table, weights).tolist() == [0] * len(rows)


@given(
    st.lists(STARS, min_size=1, max_size=12),
    st.sampled_from(SCALES),
    st.floats(0.05, 3),
    st.floats(-2, 0),
)
def test_settings_around_the_mean_agree_with_the_slow_twin(
    fives: list[float], scale: RatingScale, slope: float, floor: float
) -> None:
    """Stars of one to five are stretched over the scale."""
    stars = [scale.lowest + (r - 1) / 4 * scale.width for r in fives]
    found = StarWeights.around_mean(rated(stars, scale), slope, floor)
    histories = [r for r in stars if not math.isnan(r)]
    mean = sum(histories) / len(histories) if histories else (scale.lowest + scale.highest) / 2
    a_star = scale.width / 4
    assert found.floor == floor
    assert found.centre == pytest.approx(mean)
    if set(histories) <= {scale.lowest} and histories:
        assert found.slope == 0
    else:
        steepest_in_favour = 1 / (mean - scale.lowest)
        assert found.slope == pytest.approx(max(slope / a_star, steepest_in_favour), rel=1e-5)


@given(st.lists(STARS, max_size=12), st.sampled_from(SCALES), st.floats(0.05, 3))
def test_the_worst_rating_of_any_scale_speaks_for_no_book(
    fives: list[float], scale: RatingScale, slope: float
) -> None:
    stars = [scale.lowest + (r - 1) / 4 * scale.width for r in fives]
    weights = StarWeights.around_mean(rated(stars, scale), slope)
    assert weight_of(weights, scale.highest) > 0
    if any(r > scale.lowest for r in stars) or all(map(math.isnan, stars)):
        assert weight_of(weights, scale.lowest) <= 0


def test_a_column_of_ones_that_means_read_makes_every_book_count() -> None:
    weights = StarWeights.around_mean(rated([1, 1, 1]), 0.6)
    assert [weight_of(weights, stars) for stars in (1, 5, math.nan)] == [1, 1, 1]


@pytest.mark.parametrize("slope", [1e-8, 1e-4, 0.1, 0.3])
def test_a_small_slope_does_not_make_a_liked_book_count_less_than_one_without_stars(
    slope: float,
) -> None:
    weights = StarWeights.around_mean(rated([5, 4, 4, 3]), slope)
    assert weight_of(weights, 1) <= 0 < weight_of(weights, 2)
    assert weight_of(weights, 4) == pytest.approx(1)
    assert weight_of(weights, 5) > weight_of(weights, math.nan) == 1


def test_the_mean_is_the_centre_where_the_worst_rating_is_held_down_already() -> None:
    weights = StarWeights.around_mean(rated([5, 4, 3, math.nan]), 0.6)
    assert weights == StarWeights(4.0, 0.6, -0.5)


def test_among_harsh_readers_the_slope_is_so_steep_that_the_worst_rating_is_silent() -> None:
    weights = StarWeights.around_mean(rated([1, 1, 2, 2]), 0.5)
    assert weights.centre == 1.5
    assert weights.slope == pytest.approx(2)
    assert -1e-5 < weight_of(weights, 1) <= 0
    assert weight_of(weights, 2) == pytest.approx(2)


def test_without_a_slope_every_book_counts_one() -> None:
    weights = StarWeights.around_mean(rated([1, 2, 5]), 0.0)
    assert [weight_of(weights, stars) for stars in (1, 3, 5, math.nan)] == [1, 1, 1, 1]


def test_without_a_single_star_the_middle_of_the_scale_is_usual() -> None:
    weights = StarWeights.around_mean(rated([math.nan, math.nan]), 0.8)
    assert weights == StarWeights(3.0, 0.8, -0.5)
    assert StarWeights.around_mean(rated([]), 0.8) == weights


def test_a_scale_of_one_rating_only_is_no_division_by_zero() -> None:
    weights = StarWeights.around_mean(rated([5, 5], RatingScale(5, 5, 0)), 0.5)
    assert weights == StarWeights(5.0, 0.0, -0.5)
    assert weight_of(weights, 5) == 1


@given(histories(), every_setting)
def test_lengths_agree_with_the_slow_twin(table: Histories, weights: StarWeights) -> None:
    found = weights.of(table)
    lengths = effective_lengths(table, found)
    assert lengths.shape == (len(table),)
    for row in range(len(table)):
        span = found[table.indptr[row] : table.indptr[row + 1]]
        assert lengths[row] == sum(1 for weight in span.tolist() if weight > 0)


def test_a_book_that_counts_nothing_makes_no_history_long() -> None:
    table = Histories.of_rows([([0, 1, 2], [5, 5, 5])], 3)
    assert effective_lengths(table, np.array([0.0, -0.0, 1e-30], np.float32)).tolist() == [1]


@given(every_setting)
def test_settings_come_back_from_a_card(weights: StarWeights) -> None:
    again = StarWeights(**json.loads(json.dumps(vars(weights))))
    assert again == weights
    assert hash(again) == hash(weights)


def test_an_unheard_of_setting_is_named() -> None:
    card = json.loads('{"centre": 3.8, "tilt": 1.0}')
    with pytest.raises(TypeError, match="tilt"):
        StarWeights(**card)


@pytest.mark.parametrize("name", ["centre", "slope", "floor"])
def test_settings_are_frozen_and_each_tells_two_apart(name: str) -> None:
    weights = StarWeights(3.8, 0.8, -0.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(weights, name, 9.0)
    assert weights == SPEAKING
    assert dataclasses.replace(weights, **{name: 0.25}) != SPEAKING
