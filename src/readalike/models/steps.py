"""The arithmetic of a small network, a step at a time, with its slope along the reader's vector."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from readalike.data.stored import StoredArrays
from readalike.errors import ModelError
from readalike.numerics.arrays import F32, Floats
from readalike.numerics.logistic import logistic

WIDEST = 1 << 20
"""Most numbers that a step of a stored network may give."""
SHORTEST = 1e-12
"""Least squared length that a vector is divided by, as in Keras."""
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a network."""

    op: str  # a key of `OPS`
    inputs: tuple[int, ...] = ()  # the numbers of the steps before it whose outcomes it takes
    arrays: Mapping[str, F32] = field(default_factory=dict)  # its weights by name
    options: Mapping[str, Any] = field(default_factory=dict)
    """`columns` (from, to) of a step that reads a vector, `function` of an activation."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a step gives."""

    value: Floats  # (rows, width); one row stands for any number of them
    slope: Floats | None = None
    """Its derivative by the k numbers of the reader's vector, shape (rows, width, k); None where
    it does not depend on the reader, or nobody asked."""


def run(steps: Sequence[Step], reader: Outcome, book: Outcome) -> Outcome:
    """The outcome of the last step, for vectors of readers and of books."""
    found: list[Outcome] = []
    for step in steps:
        vectors = {"reader": reader, "book": book}.get(step.op)
        given = [vectors] if vectors is not None else [found[number] for number in step.inputs]
        found.append(OPS[step.op](step, given))
    return found[-1]


def arrays_of(steps: Sequence[Step]) -> dict[str, F32]:
    """The weights of each step under its number, to be kept."""
    return {
        f"step{number}.{name}": array
        for number, step in enumerate(steps)
        for name, array in step.arrays.items()
    }


def plain_of(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The steps without their weights, to be kept; plain JSON."""
    return [
        {"op": step.op, "inputs": list(step.inputs), "options": dict(step.options)}
        for step in steps
    ]


def steps_of(
    plain: object, arrays: StoredArrays, reader: int, book: int, width: int
) -> tuple[Step, ...]:
    """The steps again, of what `plain_of` and `arrays_of` gave."""
    if not isinstance(plain, list):
        raise ModelError(f"steps must be a list, got a {type(plain).__name__}")
    steps: list[Step] = []
    widths: list[int] = []
    for number, found in enumerate(plain):
        try:
            step, given = _stored(found, widths)
            if step.op in ("reader", "book"):
                given = [reader if step.op == "reader" else book]
            weights, wide = _weights(step, given, f"step{number}.", arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"step {number} of the network cannot be: {error}") from error
        if wide > WIDEST:
            raise ModelError(f"step {number} must give at most {WIDEST} numbers, got {wide}")
        steps.append(replace(step, arrays=weights))
        widths.append(wide)
    if not widths or widths[-1] != width:
        raise ModelError(f"the last step must give {width} numbers, got {widths[-1:]}")
    return tuple(steps)


def _stored(found: Mapping[str, Any], widths: Sequence[int]) -> tuple[Step, list[int]]:
    """A step without its weights, and the widths of what it takes."""
    op, options, inputs = found["op"], found["options"], found["inputs"]
    if op not in OPS or not isinstance(options, dict):
        raise ValueError(f"there is no step {str(op)[:40]!r}")
    if not all(type(each) is int and 0 <= each < len(widths) for each in inputs):
        raise ValueError("its inputs must be steps before it")
    return Step(op, tuple(inputs), {}, options), [widths[each] for each in inputs]


def _weights(
    step: Step, given: Sequence[int], start: str, arrays: StoredArrays
) -> tuple[dict[str, F32], int]:
    """The weights of a step that takes vectors of these widths, and the width of what it gives."""
    if step.op in ("add", "multiply"):
        if len({*given} - {1}) > 1:  # one number goes with any
            raise ValueError(f"widths {list(given)} do not go together")
        return {}, max(given)
    if step.op == "concatenate":
        return {}, sum(given) or max(given)
    (width,) = given
    if step.op in ("reader", "book"):
        first, last = step.options["columns"]
        if not (type(first) is type(last) is int and 0 <= first <= last <= width):
            raise ValueError(f"its columns must lie in a vector of {width}")
        return {}, last - first
    if step.op == "dense":
        kernel = arrays.numbers(f"{start}kernel", width, None)
        bias = f"{start}bias"
        biases = {"bias": arrays.numbers(bias, kernel.shape[1])} if bias in arrays else {}
        return {"kernel": kernel, **biases}, kernel.shape[1]
    if step.op == "scale":
        return {name: arrays.numbers(start + name, width) for name in ("factor", "offset")}, width
    if step.op == "activation" and step.options["function"] not in ACTIVATIONS:
        raise ValueError(f"there is no activation {str(step.options['function'])[:40]!r}")
    return {}, 1 if step.op == "sum" else width


def _columns(step: Step, given: Sequence[Outcome]) -> Outcome:
    span = slice(*step.options["columns"])
    (vectors,) = given
    slope = None if vectors.slope is None else vectors.slope[:, span]
    return Outcome(vectors.value[:, span], slope)


def _dense(step: Step, given: Sequence[Outcome]) -> Outcome:
    """X W + b."""
    (x,), kernel = given, step.arrays["kernel"]
    value = x.value @ kernel
    if "bias" in step.arrays:
        value = value + step.arrays["bias"]
    return Outcome(value, None if x.slope is None else kernel.T @ x.slope)


def _scale(step: Step, given: Sequence[Outcome]) -> Outcome:
    """A x + b for each number by itself: what a normalisation of batches is once learnt."""
    (x,), factor = given, step.arrays["factor"]
    slope = None if x.slope is None else x.slope * factor[:, None]
    return Outcome(x.value * factor + step.arrays["offset"], slope)


def _activation(step: Step, given: Sequence[Outcome]) -> Outcome:
    (x,) = given
    function, derivative = ACTIVATIONS[step.options["function"]]
    slope = None if x.slope is None else x.slope * derivative(x.value)[..., None]
    return Outcome(function(x.value), slope)


def _concatenate(step: Step, given: Sequence[Outcome]) -> Outcome:
    (rows,) = np.broadcast_shapes(*((len(x.value),) for x in given))
    value = np.concatenate(
        [np.broadcast_to(x.value, (rows, x.value.shape[1])) for x in given], axis=1
    )
    slopes = [x.slope for x in given if x.slope is not None]
    if not slopes:
        return Outcome(value)
    k = slopes[0].shape[2]
    parts = [
        np.broadcast_to(np.zeros(1) if x.slope is None else x.slope, (rows, x.value.shape[1], k))
        for x in given
    ]
    return Outcome(value, np.concatenate(parts, axis=1))


def _add(step: Step, given: Sequence[Outcome]) -> Outcome:
    value, slope = given[0].value, given[0].slope
    for x in given[1:]:
        value = value + x.value
        slope = x.slope if slope is None else slope if x.slope is None else slope + x.slope
    return Outcome(value, _as_wide(slope, value))


def _multiply(step: Step, given: Sequence[Outcome]) -> Outcome:
    """(x y)' = x' y + x y'."""
    value, slope = given[0].value, given[0].slope
    for x in given[1:]:
        parts = [
            part[0] * part[1][..., None]
            for part in ((slope, x.value), (x.slope, value))
            if part[0] is not None
        ]
        value = value * x.value
        slope = sum(parts[1:], parts[0]) if parts else None
    return Outcome(value, _as_wide(slope, value))


def _as_wide(slope: Floats | None, value: Floats) -> Floats | None:
    """The slope of one number that was added to many, once for each of them."""
    if slope is None:
        return None
    (rows,) = np.broadcast_shapes((len(slope),), (len(value),))
    return np.broadcast_to(slope, (rows, value.shape[1], slope.shape[2]))


def _sum(step: Step, given: Sequence[Outcome]) -> Outcome:
    (x,) = given
    slope = None if x.slope is None else x.slope.sum(axis=1, keepdims=True)
    return Outcome(x.value.sum(axis=1, keepdims=True), slope)


def _unit(step: Step, given: Sequence[Outcome]) -> Outcome:
    """Y = x / |x|, and y' = (x' - y (y . x')) / |x|."""
    (x,) = given
    squared = np.square(x.value).sum(axis=1, keepdims=True)
    length = np.sqrt(np.maximum(squared, SHORTEST))
    value = x.value / length
    if x.slope is None:
        return Outcome(value)
    along = (value[..., None] * x.slope).sum(axis=1, keepdims=True)
    turned = np.where(squared[..., None] > SHORTEST, value[..., None] * along, 0)
    return Outcome(value, (x.slope - turned) / length[..., None])


OPS: Mapping[str, Callable[[Step, Sequence[Outcome]], Outcome]] = {
    "reader": _columns,
    "book": _columns,
    "dense": _dense,
    "scale": _scale,
    "activation": _activation,
    "concatenate": _concatenate,
    "add": _add,
    "multiply": _multiply,
    "sum": _sum,
    "unit": _unit,
}
"""Every step that a network can have."""


def _exponential(z: Floats) -> Floats:
    """exp(z) where z < 0, else 1: the branch of elu and selu, which must not overflow."""
    return np.asarray(np.exp(np.minimum(z, 0)))


def _silu_slope(z: Floats) -> Floats:
    return np.asarray(logistic(z) * (1 + z * (1 - logistic(z))))


ACTIVATIONS: Mapping[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(z.dtype)),
    "relu6": (lambda z: np.clip(z, 0, 6), lambda z: ((z > 0) & (z < 6)).astype(z.dtype)),
    "sigmoid": (logistic, lambda z: logistic(z) * (1 - logistic(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "elu": (
        lambda z: np.where(z > 0, z, _exponential(z) - 1).astype(z.dtype),
        lambda z: _exponential(z),
    ),
    "selu": (
        lambda z: (SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * (_exponential(z) - 1))).astype(
            z.dtype
        ),
        lambda z: SELU_SCALE * np.where(z > 0, 1, SELU_ALPHA * _exponential(z)),
    ),
    "softplus": (
        lambda z: np.logaddexp(z, np.zeros((), z.dtype)),
        logistic,
    ),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2),
    "exponential": (np.exp, np.exp),
    "silu": (lambda z: z * logistic(z), _silu_slope),
    "swish": (lambda z: z * logistic(z), _silu_slope),
}
"""Each activation with its derivative, by its name in Keras; the linear one is no step."""
