from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from readalike.models.steps import Step
from readalike.neural.pair_networks import (
    PairNetwork,
    Pairs,
    cross_entropies,
    mlp_plan,
    neumf_plan,
    squared_errors,
)

USERS, ITEMS, K = 7, 9, 3
PLANS: dict[str, tuple[list[Step], int]] = {
    "mlp": (mlp_plan(K, 6, 2), K),
    "neumf": (neumf_plan(K, 6, 2), 2 * K),
    "one layer": (mlp_plan(K, 5, 1), K),
    "more layers than numbers": (neumf_plan(K, 2, 4), 2 * K),
}


@pytest.fixture(scope="module", params=PLANS)
def network(request: pytest.FixtureRequest) -> PairNetwork:
    """Weights as large as learning makes them."""
    plan, width = PLANS[request.param]
    found = PairNetwork.of(plan, (USERS, ITEMS), width, 0.7, 1)
    draw = np.random.default_rng(2)
    for variable in found.model.trainable_variables:
        variable.assign(draw.normal(0, 0.6, variable.shape).astype(np.float32))
    return found


def pairs() -> Pairs:
    draw = np.random.default_rng(3)
    return Pairs(
        draw.integers(0, USERS, 20).astype(np.int32),
        draw.integers(0, ITEMS, 20).astype(np.int32),
        draw.integers(0, 2, 20).astype(np.float32),
        draw.integers(0, 2, 20).astype(np.float32),
    )


def fitted(network: PairNetwork) -> Any:
    return network.fitted(np.ones(USERS, np.bool_), np.ones(ITEMS, np.bool_), 1.0)


def test_the_steps_that_serve_give_what_keras_gives(network: PairNetwork) -> None:
    model = fitted(network)
    users, items = (part.ravel() for part in np.indices((USERS, ITEMS)))
    in_keras = np.array(network.model([users, items])[0])[:, 0]
    assert model.predict(users, items) == pytest.approx(in_keras, rel=1e-5, abs=1e-5)
    scores = model.score_users(np.arange(USERS))
    assert scores.ravel() == pytest.approx(in_keras, rel=1e-5, abs=1e-5)
    assert np.ptp(in_keras) > 0.1


@pytest.mark.parametrize("penalty", [0.0, 0.2])
@pytest.mark.parametrize("kind", ["stars", "read"])
def test_the_loss_is_that_of_the_slow_twin(network: PairNetwork, kind: str, penalty: float) -> None:
    error = squared_errors if kind == "stars" else cross_entropies
    asked = pairs()
    weights = [variable.value for variable in network.model.trainable_variables]
    (batch,) = asked.batches(100)
    found = float(network.loss(error, penalty)(weights, *batch))
    model = fitted(network)
    total = count = 0.0
    for user, item, target, counted in zip(*batch, strict=True):
        score = float(model.predict(np.array([user]), np.array([item]))[0])
        if kind == "stars":
            each = (score - target) ** 2
        else:
            chance = 1 / (1 + math.exp(-score))
            each = -math.log(chance if target else 1 - chance)
        vectors = [*model.user_vectors[user], *model.item_vectors[item]]
        total += counted * (each + penalty * sum(float(x) ** 2 for x in vectors))
        count += counted
    assert 0 < count < len(asked)
    assert found == pytest.approx(total / count, rel=1e-4)


def test_validation_is_the_mean_error_whatever_the_size_of_batches(network: PairNetwork) -> None:
    asked = pairs()
    weights = [variable.value for variable in network.model.trainable_variables]
    (batch,) = asked.batches(100)
    expected = float(network.loss(squared_errors, 0.0)(weights, *batch))
    for size in (100, 13):
        found = network.validation(squared_errors, asked, size)()
        assert found == pytest.approx(expected, rel=1e-5)


def test_mean_and_spread_are_those_of_the_readers_that_were_learnt_from(
    network: PairNetwork,
) -> None:
    users, items = np.arange(USERS) < 4, np.arange(ITEMS) != 2
    model = network.fitted(users, items, 3.0)
    learnt = fitted(network).user_vectors[:4]
    assert model.mean == pytest.approx(learnt.mean(axis=0))
    assert model.spread == pytest.approx(learnt.std(axis=0))
    assert model.user_vectors[:4] == pytest.approx(learnt)
    assert model.user_vectors[4:] == pytest.approx(np.tile(model.mean, (3, 1)))
    books = fitted(network).item_vectors
    assert model.item_vectors[2] == pytest.approx(np.delete(books, 2, axis=0).mean(axis=0))
    assert model.item_vectors[3] == pytest.approx(books[3])
    assert model.fold_in == 3.0


@pytest.mark.parametrize("name", PLANS)
def test_before_anything_is_learnt_it_gives_about_what_it_is_started_with(name: str) -> None:
    plan, width = PLANS[name]
    one, same, other = (
        fitted(PairNetwork.of(plan, (USERS, ITEMS), width, 3.5, seed)) for seed in (0, 0, 1)
    )
    scores = one.score_users(np.arange(USERS))
    assert scores == pytest.approx(np.full((USERS, ITEMS), 3.5), abs=0.3)
    assert abs(one.user_vectors).max() <= 0.05
    assert same.user_vectors.tolist() == one.user_vectors.tolist()
    assert other.user_vectors.tolist() != one.user_vectors.tolist()


@pytest.mark.parametrize("sizes", [(0, 0), (0, 3), (1, 1)])
def test_of_nobody_there_is_a_model_too(sizes: tuple[int, int]) -> None:
    network = PairNetwork.of(mlp_plan(K, 4, 1), sizes, K, 3.0, 0)
    nobody = np.zeros(sizes[0], np.bool_), np.zeros(sizes[1], np.bool_)
    model = network.fitted(*nobody, 1.0)
    assert model.user_vectors.shape == (sizes[0], K)
    assert model.item_vectors.shape == (sizes[1], K)
    assert not model.mean.any()
    assert not model.spread.any()


def test_each_layer_is_half_as_wide_as_the_one_before() -> None:
    widths = [step.options["units"] for step in neumf_plan(K, 8, 3) if step.op == "dense"]
    assert widths == [8, 4, 2, 1]
