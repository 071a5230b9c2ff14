"""The arithmetic of a network, a step at a time, and what is no network."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pytest

from readalike.data.stored import StoredArrays
from readalike.errors import ModelError
from readalike.models.steps import ACTIVATIONS, OPS, Outcome, Step, run, steps_of

N_ITEMS, K = 8, 3


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


SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
IN_WORDS: dict[str, Callable[[float], float]] = {
    "relu": lambda z: max(z, 0),
    "relu6": lambda z: min(max(z, 0), 6),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "selu": lambda z: SCALE * (z if z > 0 else ALPHA * (math.exp(z) - 1)),
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "softsign": lambda z: z / (1 + abs(z)),
    "exponential": math.exp,
    "silu": lambda z: z / (1 + math.exp(-z)),
    "swish": lambda z: z / (1 + math.exp(-z)),
}


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_an_activation_is_its_formula(function: str) -> None:
    inside = np.array([[-9.0, -1.5, -0.25, 0.0, 0.25, 1.5, 5.75, 6.25]])
    value, slope = ACTIVATIONS[function]
    expected = [IN_WORDS[function](z) for z in inside[0].tolist()]
    assert value(inside)[0] == pytest.approx(expected, rel=1e-12, abs=1e-12)
    for made in (value, slope):
        assert made(inside.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize(("function", "corner"), [("relu", 0), ("relu6", 0), ("relu6", 6)])
def test_at_a_corner_nothing_moves(function: str, corner: float) -> None:
    _, slope = ACTIVATIONS[function]
    assert slope(np.array([corner - 1e-9, corner, corner + 1e-9]))[1] == 0


def test_values_are_those_of_the_steps_one_by_one() -> None:
    steps, draw = every_step(), np.random.default_rng(9)
    reader, books = draw.normal(size=K), draw.normal(size=(N_ITEMS, K))
    found = run(steps, Outcome(reader[None]), Outcome(books)).value
    for book, value in zip(books, found, strict=True):
        joined = np.array([*reader[:2], *book[1:3]])
        bent = np.tanh(joined @ steps[4].arrays["kernel"] + steps[4].arrays["bias"])
        scaled = bent * steps[6].arrays["factor"] + steps[6].arrays["offset"]
        product = reader[:2] @ book[1:3]
        added = scaled / math.dist(scaled, np.zeros(4)) + product + reader[2]
        expected = (reader[2] * added) @ steps[12].arrays["kernel"] + product
        assert value == pytest.approx(expected, rel=1e-6)


def read_again(
    plain: object, width: int = 1, weights: Mapping[str, npt.NDArray[np.float32]] | None = None
) -> tuple[Step, ...]:
    """Of vectors of three numbers for a reader and of two for a book."""
    return steps_of(plain, StoredArrays(weights or {}), 3, 2, width)


def a_step(op: str, *inputs: int, **options: object) -> dict[str, object]:
    return {"op": op, "inputs": list(inputs), "options": options}


READER, BOOK = a_step("reader", columns=[0, 3]), a_step("book", columns=[0, 2])
ONE = a_step("reader", columns=[1, 2])


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ({}, "steps must be a list, got a dict"),
        ([], r"the last step must give 1 numbers, got \[\]"),
        ([READER], r"the last step must give 1 numbers, got \[3\]"),
        ([ONE, READER], r"the last step must give 1 numbers, got \[3\]"),
        ([a_step("j" * 50)], f"step 0 of the network cannot be: there is no step '{'j' * 40}'$"),
        ([ONE, {"op": "sum", "inputs": [0]}], "step 1 of the network cannot be: 'options'"),
        ([{**ONE, "options": []}], "there is no step 'reader'"),
        ([ONE, a_step("sum", 1)], "step 1 of the network cannot be: its inputs must be steps"),
        ([ONE, a_step("sum", -1)], "its inputs must be steps before it"),
        ([ONE, a_step("sum")], "step 1 of the network cannot be: "),
        ([READER, BOOK, a_step("add", 0, 1)], r"widths \[3, 2\] do not go together"),
        ([READER, BOOK, a_step("multiply", 0, 1)], r"widths \[3, 2\] do not go together"),
        ([READER, a_step("concatenate")], "step 1 of the network cannot be: "),
        ([a_step("reader", columns=[0, 4])], "its columns must lie in a vector of 3"),
        ([a_step("book", columns=[0, 3])], "its columns must lie in a vector of 2"),
        ([a_step("reader", columns=[2, 1])], "its columns must lie in a vector of 3"),
        ([a_step("reader", columns=[-1, 1])], "its columns must lie in a vector of 3"),
        ([a_step("reader", columns=[0, 1.0])], "its columns must lie in a vector of 3"),
        ([ONE, a_step("activation", 0, function="j" * 50)], f"no activation '{'j' * 40}'$"),
    ],
)
def test_steps_that_are_no_network_of_such_vectors_are_refused(plain: object, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        read_again(plain)


@pytest.mark.parametrize(
    ("plain", "width"),
    [
        ([READER, ONE, a_step("add", 0, 1)], 3),
        ([ONE, READER, a_step("multiply", 0, 1)], 3),
        ([BOOK, BOOK, a_step("add", 0, 1)], 2),
        ([ONE, ONE, a_step("add", 0, 1)], 1),
        ([READER, BOOK, a_step("concatenate", 0, 1)], 5),
        ([READER, a_step("sum", 0)], 1),
        ([READER, a_step("unit", 0)], 3),
        ([a_step("reader", columns=[1, 1])], 0),
        ([a_step("reader", columns=[3, 3]), a_step("concatenate", 0, 0)], 0),
        ([READER, a_step("activation", 0, function="relu")], 3),
    ],
)
def test_a_step_gives_as_many_numbers_as_it_should(plain: list[object], width: int) -> None:
    assert len(read_again(plain, width)) == len(plain)
    with pytest.raises(ModelError, match=rf"the last step must give 7 numbers, got \[{width}\]"):
        read_again(plain, 7)


def test_the_weights_of_a_step_go_with_the_numbers_that_it_takes() -> None:
    kernel, one = np.ones((3, 1), np.float32), np.ones(1, np.float32)
    plain = [READER, a_step("dense", 0), a_step("scale", 1)]
    weights = {"step1.kernel": kernel, "step2.factor": one, "step2.offset": one}
    assert [len(step.arrays) for step in read_again(plain, 1, weights)] == [0, 1, 2]
    biased = read_again(plain, 1, {**weights, "step1.bias": one})
    assert [*biased[1].arrays] == ["kernel", "bias"]
    long = np.ones(2, np.float32)
    for name, wrong in (("step1.kernel", kernel[1:]), ("step2.offset", long), ("step1.bias", long)):
        with pytest.raises(ModelError, match=f"array '{name}'"):
            read_again(plain, 1, {**weights, name: wrong})


def test_no_step_of_a_stored_network_gives_more_than_a_million_numbers() -> None:
    doubled = [ONE, *(a_step("concatenate", at, at) for at in range(20))]
    assert len(read_again(doubled, 2**20)) == 21
    with pytest.raises(ModelError, match="step 21 must give at most 1048576 numbers, got 1048577"):
        read_again([*doubled, a_step("concatenate", 20, 0)])


def test_a_vector_without_length_stays_one() -> None:
    steps = (Step("reader", options={"columns": [0, 2]}), Step("unit", (0,)), Step("sum", (1,)))
    found = run(steps, Outcome(np.zeros((1, 2)), np.eye(2)[None]), Outcome(np.zeros((3, 1))))
    assert found.value == 0
    assert found.slope is not None
    assert np.isfinite(found.slope).all()
