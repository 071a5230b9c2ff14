from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

import reference_listing as slow
from readalike.numerics import list_metrics as listing
from readalike.numerics.tag_vectors import unit_rows

N_ITEMS = 9
A, B, C, D = range(4)

lists_of_items = st.lists(
    st.lists(st.integers(0, N_ITEMS - 1), max_size=8, unique=True), min_size=1, max_size=7
)
counts_of_items = st.lists(st.integers(0, 6), min_size=N_ITEMS, max_size=N_ITEMS)
cuts = st.integers(1, 10)


def padded(rows: Sequence[Sequence[int]]) -> npt.NDArray[np.int32]:
    lists = np.full((len(rows), max(map(len, rows), default=0)), -1, np.int32)
    for row, listed in enumerate(rows):
        lists[row, : len(listed)] = listed
    return lists


# Each function as its twin has it


@given(rows=lists_of_items, counts=counts_of_items, n=cuts)
def test_novelty_is_as_its_twin_has_it(rows: list[list[int]], counts: list[int], n: int) -> None:
    information = listing.self_information(np.array(counts), 6)
    wanted = [slow.novelty(listed, counts, 6, n) for listed in rows]
    assert listing.mean_listed(information, padded(rows), n) == pytest.approx(wanted, abs=1e-12)


@given(rows=lists_of_items, shown=lists_of_items, counts=counts_of_items, n=cuts)
def test_popularity_lift_is_as_its_twin_has_it(
    rows: list[list[int]], shown: list[list[int]], counts: list[int], n: int
) -> None:
    pairs = list(zip(rows, shown, strict=False))
    means = np.array([slow.mean([counts[i] for i in history]) for _, history in pairs])
    found = listing.popularity_lift(
        np.array(counts, np.float64), padded([listed for listed, _ in pairs]), means, n
    )
    wanted = [slow.lift(listed, history, counts, n) for listed, history in pairs]
    assert found == pytest.approx(wanted, abs=1e-12)


@given(rows=lists_of_items, counts=counts_of_items, n=cuts)
def test_the_share_of_the_long_tail_is_as_its_twin_has_it(
    rows: list[list[int]], counts: list[int], n: int
) -> None:
    tail = listing.ratings_above(np.array(counts)) >= 0.8
    assert set(np.flatnonzero(tail).tolist()) == slow.long_tail(counts)
    found = listing.mean_listed(tail.astype(np.float64), padded(rows), n)
    assert found == pytest.approx([slow.tail(listed, counts, n) for listed in rows], abs=1e-12)


@given(
    rows=lists_of_items,
    weights=st.lists(
        st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=N_ITEMS, max_size=N_ITEMS
    ),
    n=cuts,
)
def test_likeness_is_as_its_twin_has_it(
    rows: list[list[int]], weights: list[list[int]], n: int
) -> None:
    features = unit_rows(sp.csr_array(np.array(weights, np.float64)))
    wanted = [slow.likeness(listed, weights, n) for listed in rows]
    assert listing.likeness(features, padded(rows), n) == pytest.approx(wanted, abs=1e-6)


@given(
    rows=lists_of_items,
    codes=st.lists(st.integers(-1, 3), min_size=N_ITEMS, max_size=N_ITEMS),
    n=cuts,
)
def test_repetition_is_as_its_twin_has_it(rows: list[list[int]], codes: list[int], n: int) -> None:
    found = listing.repetition(np.array(codes), padded(rows), n)
    assert found == pytest.approx([slow.repetition(each, codes, n) for each in rows], abs=1e-12)


@given(rows=lists_of_items, n=cuts)
def test_what_all_lists_hold_is_as_its_twins_have_it(rows: list[list[int]], n: int) -> None:
    times = listing.times_listed(padded(rows), N_ITEMS, n)
    wanted = slow.times_listed(rows, N_ITEMS, n)
    assert times.tolist() == wanted
    assert listing.coverage(times) == pytest.approx(sum(t > 0 for t in wanted) / N_ITEMS)
    assert listing.gini(times) == pytest.approx(slow.gini(wanted), abs=1e-12)


# Tables worked out by hand


def test_novelty_worked_out_by_hand() -> None:
    """Half of the readers say 1 bit, an eighth 3 bits, nobody as much as one of eight."""
    information = listing.self_information(np.array([4, 1, 8, 0]), 8)
    assert information.tolist() == [1.0, 3.0, 0.0, 3.0]
    lists = padded([[A, B], [C], [D, A, B]])
    assert listing.mean_listed(information, lists, 2).tolist() == [2.0, 0.0, 2.0]


def test_lift_worked_out_by_hand() -> None:
    popularity = np.array([30.0, 10.0, 0.0, 20.0])
    lists = padded([[A, D], [B, C], [A], []])
    means = np.array([20.0, 10.0, 30.0, 10.0])
    found = listing.popularity_lift(popularity, lists, means, 2)
    assert found.tolist() == [0.25, -0.5, 0.0, 0.0]


def test_the_long_tail_worked_out_by_hand() -> None:
    # 50, 30 of 100 make the head; the third is outside, since the head is full before it
    assert listing.ratings_above(np.array([50, 30, 10, 10])).tolist() == [0.0, 0.5, 0.8, 0.8]
    # 4 x 20 of 100 are equal: a cut of them would be one by the order of the table
    assert listing.ratings_above(np.array([20, 20, 20, 20, 20])).tolist() == [0.0] * 5
    assert listing.ratings_above(np.array([1, 0, 3])).tolist() == [0.75, 1.0, 0.0]
    assert listing.ratings_above(np.array([0, 0])).tolist() == [1.0, 1.0]


def test_likeness_worked_out_by_hand() -> None:
    features = sp.csr_array(np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0], [0.0, 0.0]]))
    lists = padded([[A, B], [A, B, C], [A, D], [A], []])
    found = listing.likeness(features, lists, 3)
    assert found == pytest.approx([0.6, (0.6 + 0.0 + 0.8) / 3, 0.0, 0.0, 0.0])


def test_repetition_worked_out_by_hand() -> None:
    codes = np.array([7, 7, -1, 7, -1, 2])
    lists = padded([[0, 1, 3], [2, 4], [5, 0, 2, 1], []])
    assert listing.repetition(codes, lists, 4) == pytest.approx([2 / 3, 0.0, 0.25, 0.0])
    assert listing.repetition(codes, lists, 1).tolist() == [0.0] * 4


def test_gini_and_coverage_at_their_ends() -> None:
    """All places to one item: 1. To all items equally often: 0. To half of them: between."""
    assert listing.gini(np.array([0, 0, 0, 9])) == pytest.approx(1.0)
    assert listing.gini(np.array([3, 3, 3])) == 0.0
    assert listing.gini(np.array([0, 0, 1, 1])) == pytest.approx(2 / 3)
    assert listing.coverage(np.array([0, 2, 1, 0])) == 0.5
    nothing = listing.times_listed(padded([[], []]), 4, 10)
    assert nothing.tolist() == [0, 0, 0, 0]
    assert (listing.gini(nothing), listing.coverage(nothing)) == (0.0, 0.0)
    assert (listing.gini(np.array([5])), listing.coverage(np.zeros(0, int))) == (0.0, 0.0)


# What holds of all


def test_a_row_without_an_item_is_0_from_each_and_stays_there() -> None:
    lists = padded([[], [A, B]])
    values = np.array([2.0, 4.0])
    features = sp.csr_array(np.ones((2, 1)))
    codes = np.array([1, 1])
    assert listing.mean_listed(values, lists, 5).tolist() == [0.0, 3.0]
    assert listing.popularity_lift(values, lists, np.full(2, 1.5), 5).tolist() == [0.0, 1.0]
    assert listing.likeness(features, lists, 5).tolist() == [0.0, 1.0]
    assert listing.repetition(codes, lists, 5).tolist() == [0.0, 0.5]


def test_a_history_of_nothing_or_of_unread_books_has_no_lift() -> None:
    found = listing.popularity_lift(np.array([3.0]), np.array([[0]]), np.array([0.0]), 1)
    assert found.tolist() == [0.0]


@given(rows=lists_of_items, n=cuts)
def test_places_behind_the_cut_change_nothing(rows: list[list[int]], n: int) -> None:
    values = np.arange(N_ITEMS, dtype=np.float64)
    codes = np.arange(N_ITEMS) % 3
    features = sp.csr_array(np.eye(N_ITEMS, 3) + np.eye(N_ITEMS, 3, -3))
    whole, short = padded(rows), padded([listed[:n] for listed in rows])
    for found, wanted in (
        (listing.mean_listed(values, whole, n), listing.mean_listed(values, short, n)),
        (listing.repetition(codes, whole, n), listing.repetition(codes, short, n)),
        (listing.likeness(features, whole, n), listing.likeness(features, short, n)),
        (listing.times_listed(whole, 9, n), listing.times_listed(short, 9, n)),
    ):
        assert np.array_equal(found, wanted)


def test_a_gap_in_a_list_is_no_item() -> None:
    lists = np.array([[-1, A, -1, B]])
    assert listing.mean_listed(np.array([2.0, 4.0]), lists, 4).tolist() == [3.0]
    assert listing.repetition(np.array([0, 0]), lists, 4).tolist() == [0.5]
    assert listing.times_listed(lists, 2, 2).tolist() == [1, 0]


def test_a_cut_below_1_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        listing.mean_listed(np.array([1.0]), np.array([[0]]), 0)


def test_likeness_of_many_rows_is_summed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    features = unit_rows(sp.csr_array(random.random((20, 6)) * (random.random((20, 6)) < 0.5)))
    lists = np.array([random.permutation(20)[:8] for _ in range(50)], np.int32)
    whole = listing.likeness(features, lists, 8)
    monkeypatch.setattr(listing, "ROWS", 7)
    assert np.array_equal(listing.likeness(features, lists, 8), whole)
    assert 0 < whole.min() < whole.max() < 1


@given(counts=counts_of_items)
def test_items_read_equally_often_are_on_one_side_of_every_cut(counts: list[int]) -> None:
    above = listing.ratings_above(np.array(counts))
    assert above.min() == (0.0 if max(counts) > 0 else 1.0)
    for one, other in zip(*np.triu_indices(N_ITEMS), strict=True):
        if counts[one] == counts[other]:
            assert above[one] == above[other]
        else:
            assert (above[one] < above[other]) == (counts[one] > counts[other])


@given(times=st.lists(st.integers(0, 50), min_size=1, max_size=30), by=st.integers(1, 5))
def test_gini_is_between_0_and_1_and_of_shares_not_of_numbers(times: list[int], by: int) -> None:
    found = listing.gini(np.array(times))
    assert -1e-12 <= found <= 1 + 1e-12
    assert listing.gini(np.array(times) * by) == pytest.approx(found, abs=1e-12)
    assert listing.gini(np.array(times[::-1])) == found


def test_nothing_is_divided_by_nothing() -> None:
    """Warnings are errors here: 0 / 0 would be told."""
    assert listing.self_information(np.array([0]), 0).tolist() == [0.0]
    empty = np.empty((0, 5), np.int32)
    assert listing.mean_listed(np.array([1.0]), empty, 5).shape == (0,)
    assert listing.likeness(sp.csr_array((3, 0)), np.array([[0, 1]]), 5).tolist() == [0.0]
    assert not math.isnan(listing.gini(np.zeros(3, int)))
