from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given

import reference
from readalike.data.histories import Histories
from readalike.errors import ModelError
from readalike.models import MODEL_KINDS
from readalike.models.interface import KnowsUsers, Ranker
from readalike.models.steps import Step
from readalike.models.towers import TwoTowerModel, shares_of
from readalike.models.weights import StarWeights
from shapes import stored_again
from strategies import histories, same_bits

N_ITEMS, D, HIDDEN = 8, 3, 5
WEIGHTS = StarWeights(3.8, 0.6, -0.5)
Doubles = npt.NDArray[np.float64]


def weight(draw: np.random.Generator, *shape: int) -> npt.NDArray[np.float32]:
    return draw.normal(0, 0.7, shape).astype(np.float32)


def model(function: str = "relu", seed: int = 3) -> TwoTowerModel:
    draw = np.random.default_rng(seed)
    steps = (
        Step("reader", options={"columns": [0, D]}),
        Step("dense", (0,), {"kernel": weight(draw, D, HIDDEN), "bias": weight(draw, HIDDEN)}),
        Step("activation", (1,), options={"function": function}),
        Step("dense", (2,), {"kernel": weight(draw, HIDDEN, D), "bias": weight(draw, D)}),
        Step("add", (0, 3)),
    )
    inputs, outputs = weight(draw, N_ITEMS, D), weight(draw, N_ITEMS, D)
    return TwoTowerModel(inputs, outputs, weight(draw, N_ITEMS), steps, WEIGHTS)


def slow_scores(fitted: TwoTowerModel, items: list[int], stars: list[float]) -> list[float]:
    """Each number of the network by itself; the hidden layer rectified."""
    w = [reference.star_weight(r, WEIGHTS.centre, WEIGHTS.slope, WEIGHTS.floor) for r in stars]
    total = sum(abs(each) for each in w)
    x = [
        sum(w[n] * float(fitted.inputs[i, d]) for n, i in enumerate(items)) / total if total else 0
        for d in range(D)
    ]
    first, second = fitted.steps[1].arrays, fitted.steps[3].arrays
    hidden = [
        max(sum(x[d] * first["kernel"][d, h] for d in range(D)) + first["bias"][h], 0)
        for h in range(HIDDEN)
    ]
    reader = [
        x[d] + sum(hidden[h] * second["kernel"][h, d] for h in range(HIDDEN)) + second["bias"][d]
        for d in range(D)
    ]
    return [
        float(sum(reader[d] * fitted.outputs[j, d] for d in range(D)) + fitted.bias[j])
        for j in range(N_ITEMS)
    ]


@given(histories(n_items=N_ITEMS))
def test_scores_are_those_of_the_slow_twin(rows: Histories) -> None:
    fitted = model()
    scores = fitted.score(rows)
    assert scores.shape == (len(rows), N_ITEMS)
    assert scores.dtype == np.float32
    for number, got in enumerate(scores):
        items, stars = rows.row(number)
        expected = slow_scores(fitted, items.tolist(), stars.tolist())
        assert got == pytest.approx(expected, rel=1e-4, abs=1e-4)


@given(histories(n_items=N_ITEMS, min_rows=1))
def test_shares_sum_to_the_score(rows: Histories) -> None:
    fitted, items = model(), np.array([5, 0, 7])
    for number in range(len(rows)):
        history = rows.slice(number, number + 1)
        shares = fitted.explain(history, items)
        assert shares.by_book.shape == (3, len(history.items))
        assert shares.total == pytest.approx(fitted.score(history)[0, items], rel=1e-4, abs=1e-4)


def test_the_base_of_a_smooth_tower_is_nearly_the_score_of_who_has_read_nothing() -> None:
    fitted, items = model("tanh"), np.arange(N_ITEMS)
    history = Histories.of_rows([([0, 3, 6], [5, 1, 4])], N_ITEMS)
    nothing = fitted.score(Histories.of_rows([([], [])], N_ITEMS))[0]
    shares = fitted.explain(history, items)
    moved = abs(shares.total - nothing).max()
    assert moved > 0.05
    assert abs(shares.base - nothing).max() < 0.01 * moved


def test_a_share_is_the_mean_slope_at_the_middles_of_32_parts_of_the_way() -> None:
    fitted = model("tanh")
    history = Histories.of_rows([([0, 3, 6], [5, 1, 4])], N_ITEMS)
    parts = fitted.inputs[[0, 3, 6]].astype(float).T * shares_of(WEIGHTS.of(history), history)
    first, second = (fitted.steps[n].arrays for n in (1, 3))
    slopes = []
    for middle in np.arange(32) / 32 + 1 / 64:
        inside = middle * parts.sum(axis=1) @ first["kernel"] + first["bias"]
        bent = first["kernel"] / np.cosh(inside) ** 2 @ second["kernel"]
        slopes.append(np.eye(D) + bent.T)
    expected = fitted.outputs.astype(float) @ np.mean(slopes, axis=0) @ parts
    found = fitted.explain(history, np.arange(N_ITEMS))
    assert found.by_book == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_of_a_tower_without_layers_a_share_is_the_product_of_two_books() -> None:
    plain = model()
    fitted = TwoTowerModel(plain.inputs, plain.outputs, plain.bias, plain.steps[:1], WEIGHTS)
    history = Histories.of_rows([([1, 4, 6], [5, 2, 1])], N_ITEMS)
    shares = fitted.explain(history, np.array([3]))
    w = [reference.star_weight(r, 3.8, 0.6, -0.5) for r in (5, 2, 1)]
    expected = [
        each / sum(map(abs, w)) * float(fitted.outputs[3] @ fitted.inputs[i])
        for each, i in zip(w, (1, 4, 6), strict=True)
    ]
    assert shares.by_book[0] == pytest.approx(expected, rel=1e-5)
    assert shares.base[0] == pytest.approx(float(fitted.bias[3]), abs=1e-6)


@given(histories(n_items=N_ITEMS, min_rows=1))
def test_a_batch_is_its_rows(rows: Histories) -> None:
    fitted = model()
    whole = fitted.score(rows)
    for row in range(len(rows)):
        single = fitted.score(rows.slice(row, row + 1))[0]
        assert single == pytest.approx(whole[row], rel=1e-5, abs=1e-5)


@given(histories(n_items=N_ITEMS, min_rows=1))
def test_the_shares_of_a_history_are_its_weights_by_their_sum(rows: Histories) -> None:
    found = shares_of(WEIGHTS.of(rows), rows)
    assert found.dtype == np.float32
    for number in range(len(rows)):
        _, stars = rows.row(number)
        span = slice(rows.indptr[number], rows.indptr[number + 1])
        w = [reference.star_weight(r, 3.8, 0.6, -0.5) for r in stars.tolist()]
        total = sum(map(abs, w))
        assert found[span] == pytest.approx([each / total for each in w], rel=1e-5)


def test_a_history_that_weighs_nothing_is_that_of_who_has_read_nothing() -> None:
    silent = StarWeights(4.0, 1.0, 0.0)
    plain = model()
    fitted = TwoTowerModel(plain.inputs, plain.outputs, plain.bias, plain.steps, silent)
    rows = Histories.of_rows([([2, 5], [3, 1]), ([], [])], N_ITEMS)
    assert not silent.of(rows).any()
    hated, nothing = fitted.score(rows)
    assert same_bits(hated, nothing)


def test_books_are_alike_by_the_cosine_of_what_they_are_to_read() -> None:
    fitted = model()
    vectors = fitted.outputs.astype(np.float64)
    found = fitted.similar(2)
    for j in range(N_ITEMS):
        length = math.dist(vectors[j], np.zeros(D)) * math.dist(vectors[2], np.zeros(D))
        assert found[j] == pytest.approx(float(vectors[j] @ vectors[2]) / length, rel=1e-4)


def test_a_tower_that_looks_at_a_book_is_refused() -> None:
    fitted = model()
    settings = dict(fitted.settings())
    book = {"op": "book", "inputs": [], "options": {"columns": [0, 1]}}
    settings["steps"] = [*settings["steps"][:-1], book, {"op": "add", "inputs": [3, 4]}]
    with pytest.raises(ModelError, match=r"step 4 .*its columns must lie in a vector of 0"):
        stored_again(fitted, settings=settings)


def test_it_comes_back_from_its_arrays() -> None:
    fitted = model()
    assert MODEL_KINDS["two-tower"] is TwoTowerModel
    again = stored_again(fitted)
    rows = Histories.of_rows([([1, 3], [5, 2]), ([], [])], N_ITEMS)
    assert same_bits(again.score(rows), fitted.score(rows))
    assert same_bits(again.similar(2), fitted.similar(2))
    assert again.weights == fitted.weights
    assert isinstance(fitted, Ranker)
    assert not isinstance(fitted, KnowsUsers)
