from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from readalike.numerics.sampling import liked_share, sampling_ratio

COUNT = st.sampled_from([0.0, 1.0, 7.0, 100.0, 5000.0])
pairs_of_counts = st.lists(st.tuples(COUNT | st.just(math.nan), COUNT), min_size=1, max_size=12)


def f64(values: list[float]) -> npt.NDArray[np.float64]:
    return np.array(values, np.float64)


@given(pairs_of_counts, st.sampled_from([0.5, 5.0, 50.0]))
def test_ratios_are_as_the_twin_has_them(
    table: list[tuple[float, float]], shrinkage: float
) -> None:
    world, trained = [w for w, _ in table], [t for _, t in table]
    ratio = sampling_ratio(f64(world), f64(trained), shrinkage)
    assert ratio == pytest.approx(
        np.array(reference.sampling_ratio(world, trained, shrinkage)), rel=1e-9
    )
    assert (ratio > 0).all()
    assert np.median(ratio) == pytest.approx(1)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20), st.floats(0.5, 1000))
def test_a_fair_sample_has_nothing_to_correct(counts: list[int], factor: float) -> None:
    trained = f64([float(c) for c in counts])
    assert sampling_ratio(trained * factor, trained) == pytest.approx(np.ones(len(counts)))


def test_a_book_of_unknown_count_is_taken_to_be_fairly_sampled() -> None:
    world = f64([100, 200, 300, math.nan, math.nan, 0])
    trained = f64([10, 20, 30, 0, 400, 50])
    assert sampling_ratio(world, trained) == pytest.approx(np.ones(6))


def test_where_nothing_is_known_nothing_is_corrected() -> None:
    assert sampling_ratio(f64([math.nan] * 3), f64([1, 2, 3])).tolist() == [1, 1, 1]
    assert sampling_ratio(f64([5, math.nan]), f64([0, 3])).tolist() == [1, 1]
    assert sampling_ratio(f64([]), f64([])).tolist() == []


def test_capped_rows_are_corrected_towards_the_world_and_rare_ones_less() -> None:
    """Of books read 10, 100 and 10,000 times a table holds at most 100 readers."""
    ratio = sampling_ratio(f64([10, 100, 10_000]), f64([10, 100, 100]))
    assert ratio[2] / ratio[1] > 30
    assert ratio[2] > 1
    near = sampling_ratio(f64([1000, 1000, 1000, 1000]), f64([1, 100, 100, 100]))
    assert near[0] < 100, "one reader is no evidence of a hundredfold"


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=10))
def test_shares_lie_between_their_own_and_that_of_all(table: list[tuple[int, int]]) -> None:
    liked = f64([float(min(pair)) for pair in table])
    rated = f64([float(max(pair)) for pair in table])
    share = liked_share(liked, rated)
    if rated.sum() == 0:
        assert share.tolist() == [1.0] * len(table)
        return
    everybody = liked.sum() / rated.sum()
    for found, yes, all_ in zip(share, liked, rated, strict=True):
        assert found == pytest.approx((yes + 10 * everybody) / (all_ + 10))
        own = yes / all_ if all_ else everybody
        assert min(own, everybody) - 1e-9 <= found <= max(own, everybody) + 1e-9


def test_a_share_worked_out_by_hand() -> None:
    """Of 40 ratings 20 are likes; a book with 10 likes of 10 moves half the way to 1."""
    assert liked_share(f64([10, 10, 0]), f64([10, 30, 0])).tolist() == [0.75, 0.375, 0.5]
