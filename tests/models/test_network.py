from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.test_steps import every_step, weight
from readalike.data.histories import Histories
from readalike.models.interface import KnowsUsers, Ranker
from readalike.models.network import NetworkModel
from readalike.models.steps import Outcome, Step, run
from shapes import stored_again
from strategies import histories, same_bits

N_ITEMS = 8
K = 3
Doubles = npt.NDArray[np.float64]


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


def loss(model: NetworkModel, vector: Doubles, row: Histories) -> float:
    items, stars = row.row(0)
    book = Outcome(model.item_vectors[items].astype(np.float64))
    value = run(model.steps, Outcome(vector[None]), book).value[:, 0]
    z = (vector - model.mean) / model.spread
    missed = np.where(np.isnan(stars), 0, stars - value)
    return float((missed**2).sum() + model.fold_in * (z**2).sum())


@settings(deadline=None)
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


@pytest.mark.parametrize("is_smooth", [False, True])
@pytest.mark.parametrize(
    "told", [([2], [5.0]), ([0, 3], [5.0, 1.0]), ([7, 1, 4, 5], [1.0, np.nan, 2.0, 5.0])]
)
def test_folding_in_is_ten_steps_of_gauss_and_newton_each_halved_until_it_helps(
    told: tuple[list[int], list[float]], is_smooth: bool
) -> None:
    model, row = smooth() if is_smooth else network(), Histories.of_rows([told], N_ITEMS)
    starred = ~np.isnan(told[1])
    book = Outcome(model.item_vectors[np.array(told[0])[starred]].astype(np.float64))
    vector, spread = model.mean.astype(np.float64), model.spread.astype(np.float64)
    for _ in range(10):
        found = run(model.steps, Outcome(vector[None], np.eye(K)[None]), book)
        assert found.slope is not None
        slope, z = found.slope[:, 0] * spread, (vector - model.mean) / spread
        missed = np.array(told[1])[starred] - found.value[:, 0]
        system = slope.T @ slope + model.fold_in * np.eye(K)
        step = spread * np.linalg.solve(system, slope.T @ missed - model.fold_in * z)
        tried = [vector + step / 2**halved for halved in range(6)]
        now = loss(model, vector, row)
        vector = next((each for each in tried if loss(model, each, row) <= now), vector)
    assert model.folded(row)[0] == pytest.approx(vector, rel=1e-6, abs=1e-9)


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


@settings(deadline=None)
@given(histories(n_items=N_ITEMS, min_rows=1))
def test_shares_sum_to_the_score(rows: Histories) -> None:
    model, items = network(), np.array([5, 0, 7])
    for number in range(len(rows)):
        history = rows.slice(number, number + 1)
        shares = model.explain(history, items)
        assert shares.by_book.shape == (3, len(history.items))
        assert shares.total == pytest.approx(model.score(history)[0, items], rel=1e-4, abs=1e-4)
        assert not shares.by_book[:, np.isnan(history.stars)].any()


def test_a_share_is_the_mean_slope_at_the_middles_of_eight_parts_of_the_way() -> None:
    model, items = smooth(), np.arange(N_ITEMS)
    row = Histories.of_rows([([3], [1])], N_ITEMS)
    mean = model.mean.astype(np.float64)
    moved = model.folded(row)[0] - mean
    eye, book = np.eye(K)[None], Outcome(model.item_vectors.astype(np.float64))
    slopes = [
        run(model.steps, Outcome((mean + (2 * at + 1) / 16 * moved)[None], eye), book).slope
        for at in range(8)
    ]
    expected = np.mean(np.array(slopes)[:, :, 0], axis=0) @ moved
    assert model.explain(row, items).by_book[:, 0] == pytest.approx(expected, rel=1e-9)


def test_a_history_is_folded_in_by_ten_steps_and_a_penalty_of_one_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = replace(smooth(), fold_in=1.0)
    given_none = NetworkModel(
        user_vectors=plain.user_vectors,
        item_vectors=plain.item_vectors,
        steps=plain.steps,
        mean=plain.mean,
        spread=plain.spread,
    )
    row = Histories.of_rows([([0, 3], [5, 1])], N_ITEMS)
    assert same_bits(given_none.folded(row), plain.folded(row))
    taken, slopes = [], NetworkModel._slopes

    def counted(*given: Any) -> Doubles:
        taken.append(1)
        return slopes(*given)

    monkeypatch.setattr(NetworkModel, "_slopes", counted)
    plain.folded(row)
    assert len(taken) == 10


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


@settings(deadline=None)
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
