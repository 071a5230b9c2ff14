"""A network told once: by the steps that will serve it, which become layers of Keras to train."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from readalike.models.steps import Step
from readalike.neural.backend import keras_on_jax
from readalike.numerics.arrays import F32

Start = Callable[..., F32]
"""An initializer as Keras takes it: of a shape, and a dtype that is always float32 here."""
FLOAT = "float32"
NAMES = ("kernel", "bias")
"""What a dense layer learns, in Keras's order."""
REACH = 0.05
"""Vectors start as uniform draws between minus and plus this, as Keras's own do."""


@dataclass(frozen=True, eq=False)
class Planned:
    """A plan and what Keras made of it."""

    plan: tuple[Step, ...]
    """The steps without weights; a dense one says in `units` how many numbers it gives."""
    output: Any
    dense: Mapping[int, Any]  # the layer of each dense step, by the number of the step

    def steps(self) -> tuple[Step, ...]:
        """The steps with the weights that the layers have now."""
        return tuple(
            Step(step.op, step.inputs, dict(zip(NAMES, values_of(self.dense[number]), strict=True)))
            if number in self.dense
            else step
            for number, step in enumerate(self.plan)
        )


def planned(plan: Sequence[Step], vectors: Mapping[str, Any], draw: np.random.Generator) -> Planned:
    """The layers of a plan."""
    layers = keras_on_jax().layers
    others = {
        "concatenate": layers.Concatenate,
        "multiply": layers.Multiply,
        "add": layers.Add,
        "unit": layers.UnitNormalization,
    }
    dense: dict[int, Any] = {}
    found: list[Any] = []
    for number, step in enumerate(plan):
        given = [found[place] for place in step.inputs]
        if step.op in vectors:
            start, end = step.options["columns"]
            found.append(vectors[step.op][:, start:end])
        elif step.op == "dense":
            units = step.options["units"]
            dense[number] = layers.Dense(units, kernel_initializer=glorot(draw), dtype=FLOAT)
            found.append(dense[number](given[0]))
        elif step.op == "activation":
            found.append(layers.Activation(step.options["function"], dtype=FLOAT)(given[0]))
        else:
            found.append(others[step.op](dtype=FLOAT)(given if len(given) > 1 else given[0]))
    return Planned(tuple(plan), found[-1], dense)


def layer(given: int, units: int, first: int) -> list[Step]:
    """A dense step and its rectifier."""
    return [
        Step("dense", (given,), options={"units": units}),
        Step("activation", (first,), options={"function": "relu"}),
    ]


def glorot(draw: np.random.Generator) -> Start:
    """Uniform draws between +-sqrt(6 / (inputs + outputs)) [Glorot and Bengio 2010].

    Drawn by numpy, so that the first weights are the same with every release of JAX, and no
    random state of the program is touched.
    """

    def start(shape: tuple[int, ...], dtype: object = None) -> F32:
        reach = np.sqrt(6 / max(sum(shape), 1))
        return draw.uniform(-reach, reach, shape).astype(np.float32)

    return start


def table(rows: int, width: int, draw: np.random.Generator) -> Any:
    """A table of vectors, one row at least, that start as small uniform draws."""

    def start(shape: tuple[int, ...], dtype: object = None) -> F32:
        return draw.uniform(-REACH, REACH, shape).astype(np.float32)

    embedding = keras_on_jax().layers.Embedding
    return embedding(max(rows, 1), width, embeddings_initializer=start, dtype=FLOAT)


def values_of(layer: Any) -> list[F32]:
    """The weights that a layer of Keras has now, copied."""
    return [np.array(variable.value, np.float32) for variable in layer.weights]
