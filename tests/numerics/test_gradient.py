from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.numerics import gradient
from reference_gradient import Array, Descent

FACTORS, USERS, ITEMS = 3, 6, 5


def sides(
    tables: dict[str, Array], counts: tuple[Array, Array], optimizer: str, batch: int, ridge: float
) -> tuple[gradient.Side, gradient.Side]:
    biases = "b_u" in tables
    made = []
    for one, (name, bias) in enumerate((("q", "b_i"), ("p", "b_u"))):
        n = len(tables[name])
        rows = np.zeros((n, 8 * (3 if optimizer == "adam" else 1)), np.float32)
        rows[:, :FACTORS] = tables[name]
        if biases:
            rows[:, FACTORS + one] = 1.0
            rows[:, FACTORS + 1 - one] = tables[bias]
        made.append(
            gradient.Side(
                rows,
                np.zeros((n, 2), np.int32),
                (ridge / counts[1 - one]).astype(np.float32),
                slopes=np.full((batch, 16), np.nan, np.float32),
                touched=np.full(batch, -1, np.int32),
                fixed=FACTORS + one if biases else -1,
            )
        )
    return made[1], made[0]


def tables_of(user: gradient.Side, item: gradient.Side, biases: bool) -> dict[str, Array]:
    tables = {"p": user.rows[:, :FACTORS], "q": item.rows[:, :FACTORS]}
    if biases:
        tables |= {"b_u": user.rows[:, FACTORS], "b_i": item.rows[:, FACTORS + 1]}
        assert (user.rows[:, FACTORS + 1] == 1).all()
        assert (item.rows[:, FACTORS] == 1).all()
    return tables


@st.composite
def trainings(draw: st.DrawFn) -> dict[str, Any]:
    """Few users and items, so that batches repeat rows; the last batch may be short."""
    n = draw(st.integers(1, 30))
    biases = draw(st.booleans())
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tables = {
        "p": random.uniform(-0.5, 0.5, (USERS, FACTORS)),
        "q": random.uniform(-0.5, 0.5, (ITEMS, FACTORS)),
    }
    if biases:
        tables |= {"b_u": random.uniform(-1, 1, USERS), "b_i": random.uniform(-1, 1, ITEMS)}
    tables = {name: table.astype(np.float32) for name, table in tables.items()}
    return {
        "users": random.integers(0, USERS, n).astype(np.int32),
        "items": random.integers(0, ITEMS, n).astype(np.int32),
        "ratings": random.integers(1, 6, n).astype(np.float32),
        "tables": tables,
        "mean": 3.5 if biases else 0.0,
        "batch": draw(st.integers(1, 12)),
        "epochs": draw(st.integers(1, 4)),
        "optimizer": draw(st.sampled_from(["adam", "sgd"])),
        "ridge": draw(st.sampled_from([0.0, 0.7])),
        "learning_rate": draw(st.sampled_from([0.001, 0.02])),
    }


def train(case: dict[str, Any]) -> tuple[dict[str, Array], dict[str, Array], float, float]:
    """Tables and last loss of the kernels, and of the twin."""
    triples = case["users"], case["items"], case["ratings"]
    counts = (
        np.maximum(np.bincount(case["users"], minlength=len(case["tables"]["p"])), 1),
        np.maximum(np.bincount(case["items"], minlength=len(case["tables"]["q"])), 1),
    )
    adam = case["optimizer"] == "adam"
    user, item = sides(case["tables"], counts, case["optimizer"], case["batch"], case["ridge"])
    twin = Descent(
        case["tables"], case["optimizer"], case["learning_rate"], case["mean"], case["ridge"],
        counts,
    )  # fmt: skip
    steps = -(-len(case["users"]) // case["batch"])
    rates = gradient.learning_rates(case["learning_rate"], adam)
    powers = gradient.decay_powers(steps * case["epochs"])
    for epoch in range(case["epochs"]):
        loss = gradient.descend(user, item, *triples, case["mean"], epoch * steps, rates, powers)
        expected = twin.epoch(*triples, case["batch"])
    for side in (user, item):
        gradient.settle(side, steps * case["epochs"], rates, powers)
    return tables_of(user, item, "b_u" in case["tables"]), twin.tables, loss, expected


@given(trainings())
@settings(deadline=None, max_examples=150)
def test_it_does_what_the_dense_twin_does(case: dict[str, Any]) -> None:
    got, expected, loss, expected_loss = train(case)
    for name in expected:
        assert got[name] == pytest.approx(expected[name], rel=1e-4, abs=2e-5), name
    assert loss == pytest.approx(expected_loss, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("sleep", [1, 2, 30, 511, 512, 513, 1500])
def test_a_row_that_slept_long_stands_where_dense_adam_moved_it(sleep: int) -> None:
    random = np.random.default_rng(sleep)
    case: dict[str, Any] = {
        "users": np.array([0, 1, *[2] * sleep, 0, 1], np.int32),
        "items": np.array([0, 1, *[2] * sleep, 0, 1], np.int32),
        "ratings": np.full(sleep + 4, 4.0, np.float32),
        "tables": {
            "p": random.uniform(-0.05, 0.05, (4, FACTORS)).astype(np.float32),
            "q": random.uniform(-0.05, 0.05, (4, FACTORS)).astype(np.float32),
        },
        "mean": 0.0, "batch": 1, "epochs": 2, "optimizer": "adam", "ridge": 0.0,
        "learning_rate": 0.001,
    }  # fmt: skip
    got, expected, _, _ = train(case)
    for name in expected:
        assert got[name] == pytest.approx(expected[name], rel=1e-5, abs=2e-6), name
    assert (got["p"][3] == case["tables"]["p"][3]).all(), "a row never touched does not move"


@pytest.mark.parametrize("start", [1, 5, 100, 3000, 19_990, 40_000])
@pytest.mark.parametrize("slept", [1, 2, 10, 100, 511, 512, 3000])
def test_waking_at_once_is_waking_step_by_step_whatever_the_size_of_v(
    start: int, slept: int
) -> None:
    """Also where sqrt(v) is near epsilon or below: the bound that the module states."""
    sizes = 10.0 ** np.linspace(-10, 0, 60)
    m, v, moved = np.full(60, 1.0), sizes**2, np.zeros(60)
    for t in range(start + 1, start + slept + 1):
        m, v = m * 0.9, v * 0.999
        moved += 0.001 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
    rates = gradient.learning_rates(0.001, True)
    powers = gradient.decay_powers(50_000)
    a = rates[1, min(start, gradient.SETTLED)]
    b = rates[2, min(start, gradient.SETTLED)]
    if slept < gradient.POWERS:
        a -= powers[1, slept] * rates[1, min(start + slept, gradient.SETTLED)]
        b -= powers[2, slept] * rates[2, min(start + slept, gradient.SETTLED)]
    assert a / (sizes + 1e-7 * b / a) == pytest.approx(moved, rel=3e-5)
    usual = sizes > 1e-5
    assert (a / (sizes + 1e-7 * b / a))[usual] == pytest.approx(moved[usual], rel=3e-9)
    assert powers[3, slept % 512] * powers[4, slept // 512] == pytest.approx(0.999**slept)


@given(trainings(), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_the_twin_descends_its_own_loss(case: dict[str, Any], seed: int) -> None:
    """The slopes of the twin against differences of the loss that the module states."""
    counts = np.full(USERS, 2.0), np.full(ITEMS, 3.0)
    twin = Descent(case["tables"], "sgd", 0.1, case["mean"], 0.7, counts)
    batch = case["users"], case["items"], case["ratings"]
    summands = twin.gradients(*batch)
    for name, table in twin.tables.items():
        slope = np.sum([summand[name] for summand in summands], axis=0)
        direction = np.random.default_rng(seed).normal(size=table.shape)
        table += 1e-5 * direction
        above = twin.loss(*batch)
        table -= 2e-5 * direction
        below = twin.loss(*batch)
        table += 1e-5 * direction
        assert (above - below) / 2e-5 == pytest.approx((slope * direction).sum(), abs=1e-4)
