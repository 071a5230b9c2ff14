from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.histories import Histories
from readalike.models.interface import KnowsUsers, Ranker
from readalike.models.network import NetworkModel
from readalike.models.steps import ACTIVATIONS, OPS, Outcome, Step, run
from shapes import stored_again
from strategies import histories, same_bits

N_ITEMS = 8
K = 3
Doubles = npt.NDArray[np.float64]


def weight(draw: np.random.Generator, *shape: int) -> npt.NDArray[np.float32]:
    return draw.normal(0, 0.7, shape).astype(np.float32)


def every_step(function: str = "tanh", seed: int = 0) -> tuple[Step, ...]:
    """A network with a step of every kind."""
    draw = np.random.default_rng(seed)
    scale = {"factor": weight(draw, 4), "offset": weight(draw, 4)}
    return (
        Step("reader", options={"columns": [0, 2]}),
        Step("book", options={"columns": [1, 3]}),
        Step("reader", options={"columns": [2, 3]}),
        Step("concatenate", (0, 1)),
        Step("dense", (3,), {"kernel": weight(draw, 4, 4), "bias": weight(draw, 4)}),
        Step("activation", (4,), options={"function": function}),
        Step("scale", (5,), scale),
        Step("unit", (6,)),
        Step("multiply", (0, 1)),
        Step("sum", (8,)),
        Step("add", (7, 9, 2)),
        Step("multiply", (2, 10)),
        Step("dense", (11,), {"kernel": weight(draw, 4, 1)}),
        Step("add", (12, 9)),
    )


def network(steps: tuple[Step, ...] | None = None, fold_in: float = 0.5) -> NetworkModel:
    draw = np.random.default_rng(5)
    return NetworkModel(
        user_vectors=weight(draw, 4, K),
        item_vectors=weight(draw, N_ITEMS, K),
        steps=steps or every_step(),
        mean=weight(draw, K),
        spread=abs(weight(draw, K)) + np.float32(0.3),
        fold_in=fold_in,
    )


def smooth() -> NetworkModel:
    """A small dense stack without corners."""
    draw = np.random.default_rng(2)
    stack = (
        Step("reader", options={"columns": [0, K]}),
        Step("book", options={"columns": [0, K]}),
        Step("concatenate", (0, 1)),
        Step("dense", (2,), {"kernel": weight(draw, 2 * K, 5), "bias": weight(draw, 5)}),
        Step("activation", (3,), options={"function": "tanh"}),
        Step("dense", (4,), {"kernel": weight(draw, 5, 1), "bias": weight(draw, 1)}),
    )
    return network(stack)


def test_a_step_of_every_kind_is_tried() -> None:
    assert {step.op for step in every_step()} == set(OPS)


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_a_slope_is_the_difference_of_near_values(function: str) -> None:
    steps, draw = every_step(function), np.random.default_rng(8)
    book, near = Outcome(draw.normal(size=(N_ITEMS, K))), 1e-6
    for vector in draw.normal(size=(5, K)):
        found = run(steps, Outcome(vector[None], np.eye(K)[None]), book)
        assert found.slope is not None
        for place in range(K):
            step = near * np.eye(K)[place]
            above, below = (
                run(steps, Outcome((vector + way * step)[None]), book).value for way in (1, -1)
            )
            expected = (above - below)[:, 0] / (2 * near)
            assert found.slope[:, 0, place] == pytest.approx(expected, rel=1e-4, abs=1e-7)


def test_a_vector_without_length_stays_one() -> None:
    steps = (Step("reader", options={"columns": [0, 2]}), Step("unit", (0,)), Step("sum", (1,)))
    found = run(steps, Outcome(np.zeros((1, 2)), np.eye(2)[None]), Outcome(np.zeros((3, 1))))
    assert found.value == 0
    assert found.slope is not None
    assert np.isfinite(found.slope).all()


def loss(model: NetworkModel, vector: Doubles, row: Histories) -> float:
    items, stars = row.row(0)
    book = Outcome(model.item_vectors[items].astype(np.float64))
    value = run(model.steps, Outcome(vector[None]), book).value[:, 0]
    z = (vector - model.mean) / model.spread
    missed = np.where(np.isnan(stars), 0, stars - value)
    return float((missed**2).sum() + model.fold_in * (z**2).sum())


@given(histories(n_items=N_ITEMS, min_rows=1, max_rows=2), st.booleans())
def test_folding_in_makes_the_loss_no_worse_and_a_smooth_one_nearly_least(
    rows: Histories, is_smooth: bool
) -> None:
    model = smooth() if is_smooth else network()
    for number, vector in enumerate(model.folded(rows)):
        row = rows.slice(number, number + 1)
        found = loss(model, vector, row)
        assert found <= loss(model, model.mean.astype(np.float64), row) + 1e-9
        if is_smooth:
            for step in 0.2 * np.vstack([np.eye(K), -np.eye(K)]):
                assert found <= 1.02 * loss(model, vector + step, row) + 0.02


def test_folding_in_a_linear_network_is_the_ridge_solution() -> None:
    steps = (
        Step("reader", options={"columns": [0, K]}),
        Step("book", options={"columns": [0, K]}),
        Step("multiply", (0, 1)),
        Step("sum", (2,)),
    )
    model = network(steps)
    row = Histories.of_rows([([0, 3, 5, 6], [5, 1, np.nan, 4])], N_ITEMS)
    rated, stars = [0, 3, 6], np.array([5, 1, 4.0])
    features = model.item_vectors[rated].astype(np.float64) * model.spread
    start = model.item_vectors[rated].astype(np.float64) @ model.mean
    z = np.linalg.lstsq(
        np.vstack([features, np.sqrt(0.5) * np.eye(K)]),
        np.concatenate([stars - start, np.zeros(K)]),
        rcond=None,
    )[0]
    assert model.folded(row)[0] == pytest.approx(model.mean + model.spread * z, rel=1e-6)


@given(histories(n_items=N_ITEMS, min_rows=1))
def test_shares_sum_to_the_score(rows: Histories) -> None:
    model, items = network(), np.array([5, 0, 7])
    for number in range(len(rows)):
        history = rows.slice(number, number + 1)
        shares = model.explain(history, items)
        assert shares.by_book.shape == (3, len(history.items))
        assert shares.total == pytest.approx(model.score(history)[0, items], rel=1e-4, abs=1e-4)
        assert not shares.by_book[:, np.isnan(history.stars)].any()


def test_the_base_of_a_smooth_network_is_nearly_the_mean_users_score() -> None:
    model, items = smooth(), np.arange(N_ITEMS)
    row = Histories.of_rows([([0, 3], [5, 1])], N_ITEMS)
    alone = model.explain(Histories.of_rows([([], [])], N_ITEMS), items).total
    shares = model.explain(row, items)
    moved = abs(shares.total - alone).max()
    assert moved > 0.05
    assert abs(shares.base - alone).max() < 0.02 * moved


@pytest.mark.parametrize("row", [([], []), ([2, 4], [np.nan, np.nan])])
def test_without_stars_a_reader_is_the_mean_user(row: tuple[list[int], list[float]]) -> None:
    model = network()
    vectors = np.broadcast_to(model.mean, (N_ITEMS, K))
    expected = run(model.steps, Outcome(vectors), Outcome(model.item_vectors)).value[:, 0]
    found = model.score(Histories.of_rows([row], N_ITEMS))[0]
    assert found == pytest.approx(expected, rel=1e-5)


@given(histories(n_items=N_ITEMS, min_rows=1))
def test_a_batch_is_its_rows_to_the_bit(rows: Histories) -> None:
    model = network()
    whole = model.score(rows)
    assert whole.dtype == np.float32
    for row in range(len(rows)):
        assert same_bits(model.score(rows.slice(row, row + 1))[0], whole[row])


def test_known_users_are_looked_up() -> None:
    model, users = network(), np.array([3, 0])
    scores = model.score_users(users)
    assert scores.shape == (2, N_ITEMS)
    pairs = model.predict(users, np.array([1, 6]))
    assert pairs == pytest.approx(scores[[0, 1], [1, 6]], rel=1e-5)
    assert scores.dtype == pairs.dtype == np.float32


def test_a_score_that_no_book_changes_is_that_of_every_book() -> None:
    model = network((Step("reader", options={"columns": [0, 1]}),))
    assert model.score_users(np.array([2])) == pytest.approx(
        np.full((1, N_ITEMS), model.user_vectors[2, 0])
    )


def test_adopted_users_have_the_vector_of_their_history() -> None:
    model = network()
    rows = Histories.of_rows([([0, 3], [5, 1]), ([2], [4])], N_ITEMS)
    again = model.adopting(np.array([3, 1]), rows)
    assert again.score_users(np.array([3, 1])) == pytest.approx(model.score(rows), rel=1e-5)
    assert same_bits(again.user_vectors[[0, 2]], model.user_vectors[[0, 2]])


def test_it_comes_back_from_its_arrays() -> None:
    model = network()
    again = stored_again(model)
    rows = Histories.of_rows([([1, 3], [5, 2])], N_ITEMS)
    assert same_bits(again.score(rows), model.score(rows))
    assert same_bits(again.score_users(np.arange(4)), model.score_users(np.arange(4)))
    assert same_bits(again.similar(2), model.similar(2))
    assert isinstance(model, Ranker)
    assert isinstance(model, KnowsUsers)
