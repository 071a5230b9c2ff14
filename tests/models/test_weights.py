from __future__ import annotations

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
from strategies import histories


@given(histories())
def test_weights_agree_with_the_slow_twin(table: Histories) -> None:
    weights = StarWeights(3.8, 0.8, -0.5).of(table)
    expected = [reference.star_weight(float(r), 3.8, 0.8, -0.5) for r in table.stars]
    assert weights == pytest.approx(np.array(expected), rel=1e-6)


def test_plain_weights_count_every_book_once() -> None:
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


@given(st.floats(1, 5), st.floats(0.26, 3))
def test_the_worst_rating_never_speaks_for_a_book(mean: float, slope: float) -> None:
    table = Histories.of_rows([([0], [mean])], 1)
    one = Vocabulary.of(["x"])
    weights = StarWeights.around_mean(Ratings(table, one, one, RatingScale(1, 5, 1)), slope)
    assert weights.of(Histories.of_rows([([0], [1.0])], 1))[0] <= 1e-6
