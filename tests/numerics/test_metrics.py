from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference_metrics as slow
from readalike.numerics import ranking_metrics as metrics
from readalike.numerics.ranking_metrics import Judged, judge

A, B, C, D = range(4)

PAIRS: list[tuple[Callable[[Judged, int], metrics.Values], Callable[..., float]]] = [
    (metrics.ndcg, slow.ndcg),
    (metrics.recall, slow.recall),
    (metrics.precision, slow.precision),
    (metrics.hit_rate, slow.hit_rate),
    (metrics.mrr, slow.mrr),
    (metrics.mean_precision, slow.mean_precision),
]

lists_of_items = st.lists(st.integers(0, 30), max_size=12, unique=True)
readers = st.lists(st.tuples(lists_of_items, st.sets(st.integers(0, 40))), min_size=1, max_size=8)


def judged(*rows: tuple[Sequence[int], set[int]]) -> Judged:
    width = max(len(listed) for listed, _ in rows)
    lists = np.full((len(rows), width), -1, np.int32)
    for row, (listed, _) in enumerate(rows):
        lists[row, : len(listed)] = listed
    indptr = np.cumsum([0] + [len(relevant) for _, relevant in rows])
    items = np.array([i for _, relevant in rows for i in relevant], np.int32)
    return judge(lists, indptr, items)


@given(rows=readers, n=st.integers(1, 15))
def test_all_measures_are_as_their_twins_have_them(
    rows: list[tuple[list[int], set[int]]], n: int
) -> None:
    found = judged(*rows)
    for fast, twin in PAIRS:
        wanted = [twin(listed, relevant, n) for listed, relevant in rows]
        assert fast(found, n) == pytest.approx(wanted, abs=1e-12), fast.__name__


@pytest.mark.parametrize(("place", "value"), [(1, 1.0), (2, 0.631), (3, 0.5), (4, 0.431)])
def test_ndcg_of_one_liked_book_at_each_place(place: int, value: float) -> None:
    listed = list(range(1, 11))
    found = metrics.ndcg(judged((listed, {place})), 10)
    assert found == pytest.approx([value], abs=5e-4)


def test_a_table_worked_out_by_hand() -> None:
    # hits at places 1 and 3 of [A, B, C], three relevant, one of them not listed
    found = judged(([A, B, C], {A, C, D}))
    ideal = 1 + 1 / math.log2(3) + 1 / 2
    assert metrics.ndcg(found, 3) == pytest.approx([1.5 / ideal])
    assert metrics.recall(found, 3) == pytest.approx([2 / 3])
    assert metrics.precision(found, 3) == pytest.approx([2 / 3])
    assert metrics.precision(found, 10) == pytest.approx([2 / 10])
    assert metrics.hit_rate(found, 3) == pytest.approx([1.0])
    assert metrics.mrr(found, 3) == pytest.approx([1.0])
    assert metrics.mean_precision(found, 3) == pytest.approx([(1 + 2 / 3) / 3])


def test_a_perfect_list_shorter_than_what_is_relevant_reaches_1() -> None:
    found = judged(([A, B], {A, B, C, D}))
    assert metrics.ndcg(found, 2) == pytest.approx([1.0])
    assert metrics.recall(found, 2) == pytest.approx([0.5])


def test_one_liked_book_and_ten_places() -> None:
    found = judged((list(range(10)), {0}))
    assert metrics.precision(found, 10) == pytest.approx([0.1])
    assert metrics.recall(found, 10) == pytest.approx([1.0])
    assert metrics.hit_rate(found, 10) == pytest.approx([1.0])


@pytest.mark.parametrize("fast", [fast for fast, _ in PAIRS], ids=lambda f: f.__name__)
def test_nothing_recommended_or_nothing_relevant_is_0(
    fast: Callable[[Judged, int], metrics.Values],
) -> None:
    assert fast(judged(([], {A}), ([A, B], set()), ([], set())), 10).tolist() == [0.0, 0.0, 0.0]
    assert fast(judged(([], {A}), ([], set())), 10).tolist() == [0.0, 0.0]


def test_a_list_with_a_book_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="item 0 twice in row 1"):
        judged(([A, B], {A, B}), ([A, A], {A, B}))


def test_a_right_answer_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="set of relevant items must hold an item once"):
        judge(np.array([[A, B]]), np.array([0, 2]), np.array([B, B]))


def test_lists_and_answers_must_be_of_the_same_readers() -> None:
    with pytest.raises(ValueError, match="must have 1 rows, got 2"):
        judge(np.array([[A]]), np.array([0, 0, 1]), np.array([A]))


def test_places_after_a_gap_keep_their_rank() -> None:
    found = judge(np.array([[-1, A]]), np.array([0, 1]), np.array([A]))
    assert metrics.mrr(found, 2).tolist() == [0.5]


def test_a_cut_below_1_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        metrics.ndcg(judged(([A], {A})), 0)


def test_the_same_as_ir_measures() -> None:
    """Ranks are given as different scores: with equal ones trec_eval orders by document id.

    AP@10 of trec_eval divides by all relevant, as `mean_precision` does. Readers without a
    relevant item are unknown to trec_eval and left out here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its providers import what is deprecated
        import ir_measures
        from ir_measures import AP, RR, P, R, Success, nDCG

    random = np.random.default_rng(5)
    rows = [
        (
            [int(i) for i in random.permutation(60)[: random.integers(0, 25)]],
            {int(i) for i in random.permutation(60)[: random.integers(1, 30)]},
        )
        for _ in range(200)
    ]
    found = judged(*rows)
    qrels = {str(u): {str(i): 1 for i in relevant} for u, (_, relevant) in enumerate(rows)}
    run = {
        str(u): {str(i): 100.0 - place for place, i in enumerate(listed)}
        for u, (listed, _) in enumerate(rows)
    }
    wanted = {
        nDCG @ 10: metrics.ndcg(found, 10),
        R @ 20: metrics.recall(found, 20),
        P @ 10: metrics.precision(found, 10),
        RR @ 10: metrics.mrr(found, 10),
        AP @ 10: metrics.mean_precision(found, 10),
        Success @ 10: metrics.hit_rate(found, 10),
    }
    seen = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = list(ir_measures.iter_calc(list(wanted), qrels, run))
    for metric in theirs:
        assert metric.value == pytest.approx(wanted[metric.measure][int(metric.query_id)], abs=1e-9)
        seen += 1
    assert seen == 6 * len(rows)


@given(
    pairs=st.lists(
        st.tuples(st.floats(-10, 10, width=32), st.floats(0, 5, width=32)), min_size=1, max_size=30
    )
)
def test_errors_of_forecasts_are_as_their_twins_have_them(
    pairs: list[tuple[float, float]],
) -> None:
    forecasts, stars = (np.array(column, np.float32) for column in zip(*pairs, strict=True))
    assert metrics.rmse(forecasts, stars) == pytest.approx(
        slow.rmse([f for f, _ in pairs], [s for _, s in pairs])
    )
    assert metrics.mae(forecasts, stars) == pytest.approx(
        slow.mae([f for f, _ in pairs], [s for _, s in pairs])
    )


def test_errors_of_no_forecasts_are_nan() -> None:
    nothing = np.empty(0, np.float32)
    assert math.isnan(metrics.rmse(nothing, nothing))
    assert math.isnan(metrics.mae(nothing, nothing))
