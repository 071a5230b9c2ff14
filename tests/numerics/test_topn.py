from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import reference_metrics as slow
from readalike.errors import ModelError
from readalike.numerics.topn import tie_order, top_n

few_values = st.sampled_from([-np.inf, -1.5, -0.0, 0.0, 1.0, 2.5, np.inf])
any_value = st.floats(width=32, allow_nan=False)


@given(
    scores=hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40),
        elements=few_values | any_value,
    ),
    n=st.integers(0, 45),
    seed=st.integers(0, 9),
)
def test_small_rows_are_as_the_twin_has_them(
    scores: np.ndarray[tuple[int, int], np.dtype[np.float32]], n: int, seed: int
) -> None:
    order = tie_order(scores.shape[1], seed)
    found, best = top_n(scores, n, order)
    wanted, wanted_best = slow.top_n(scores, n, order)
    assert np.array_equal(found, wanted)
    assert np.array_equal(best, wanted_best)
    assert found.dtype == np.int32
    assert best.dtype == np.float32


@given(
    seed=st.integers(0, 2**32),
    rows=st.integers(1, 40),
    items=st.integers(1, 3000),
    n=st.integers(1, 120),
    levels=st.sampled_from([1, 2, 5, 300, 10**6]),
    missing=st.sampled_from([0.0, 0.01, 0.5, 0.999, 1.0]),
)
def test_long_rows_with_any_share_of_ties_are_as_the_twin_has_them(
    seed: int, rows: int, items: int, n: int, levels: int, missing: float
) -> None:
    random = np.random.default_rng(seed)
    scores = random.integers(-levels, levels, (rows, items)).astype(np.float32)
    scores[random.random((rows, items)) < missing] = -np.inf
    order = tie_order(items, seed)
    found, best = top_n(scores, n, order)
    wanted, wanted_best = slow.top_n(scores, n, order)
    assert np.array_equal(found, wanted)
    assert np.array_equal(best, wanted_best)


@pytest.mark.parametrize("fill", [0.0, -1.0, np.finfo(np.float32).min])
def test_a_row_of_nothing_but_ties_is_listed_in_the_order_of_ties(fill: float) -> None:
    order = tie_order(10_000, 3)
    found, _ = top_n(np.full((3, 10_000), fill, np.float32), 10, order)
    assert np.array_equal(found, np.tile(order[:10], (3, 1)))


def test_a_few_good_items_stand_before_a_crowd_of_ties() -> None:
    scores = np.zeros((1, 5000), np.float32)
    scores[0, [4000, 17]] = 1.0, 2.0
    order = np.arange(5000)[::-1].copy()
    found, best = top_n(scores, 4, order)
    assert found.tolist() == [[17, 4000, 4999, 4998]]
    assert best.tolist() == [[2.0, 1.0, 0.0, 0.0]]


def test_minus_infinity_is_never_listed() -> None:
    scores = np.array([[-np.inf, 1.0, -np.inf], [-np.inf] * 3], np.float32)
    found, best = top_n(scores, 2, np.arange(3))
    assert found.tolist() == [[1, -1], [-1, -1]]
    assert best.tolist() == [[1.0, -np.inf], [-np.inf, -np.inf]]


def test_no_rows_no_items_and_no_places() -> None:
    assert top_n(np.zeros((0, 4), np.float32), 3, np.arange(4))[0].shape == (0, 3)
    assert top_n(np.zeros((2, 0), np.float32), 3, np.arange(0))[0].tolist() == [[-1] * 3] * 2
    assert top_n(np.zeros((2, 4), np.float32), 0, np.arange(4))[0].shape == (2, 0)


@pytest.mark.parametrize("place", [0, 319, 320, 999])
@pytest.mark.parametrize("n", [0, 1, 999, 1000, 2000])
def test_nan_is_refused_wherever_it_stands(place: int, n: int) -> None:
    scores = np.zeros((40, 1000), np.float32)
    scores[39, place] = np.nan
    with pytest.raises(ModelError, match="NaN"):
        top_n(scores, n, tie_order(1000, 0))


def test_what_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="n must be at least 0"):
        top_n(np.zeros((1, 2), np.float32), -1, np.arange(2))
    with pytest.raises(ValueError, match="order must have 2 items"):
        top_n(np.zeros((1, 2), np.float32), 1, np.arange(3))


def test_scores_are_left_as_they_were_and_views_are_taken() -> None:
    whole = np.random.default_rng(0).random((6, 100), np.float32)
    whole.setflags(write=False)
    view = whole[::2, ::2]
    order = tie_order(50, 0)
    assert np.array_equal(top_n(view, 5, order)[0], slow.top_n(view, 5, order)[0])


def test_the_order_of_ties_is_a_drawn_permutation() -> None:
    order = tie_order(1000, 7)
    assert np.array_equal(np.sort(order), np.arange(1000))
    assert np.array_equal(order, tie_order(1000, 7))
    assert not np.array_equal(order, tie_order(1000, 8))
    assert abs(np.corrcoef(order, np.arange(1000))[0, 1]) < 0.1
