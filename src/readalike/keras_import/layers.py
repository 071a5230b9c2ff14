"""What each kind of layer of Keras computes once it is trained, as steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from readalike.keras_import.keras_file import Names, Weights
from readalike.models.steps import ACTIVATIONS, Step
from readalike.numerics.arrays import F32


@dataclass(frozen=True)
class Ids:
    """The whole numbers of one input, not yet looked up; of shape (1,), where deep, and not ()."""

    input: str
    deep: bool


@dataclass(frozen=True)
class Vector:
    """The outcome of a step, by its number; of shape (1, width), where deep, and not (width,)."""

    step: int
    width: int
    deep: bool

    def is_last(self, axis: int) -> bool:
        """Whether an axis, counted as in Keras from the batch, is that of the numbers."""
        return axis in (-1, 2 if self.deep else 1)


@dataclass(frozen=True, eq=False)
class Lookup:
    """One use of an embedding: its input, its name behind those of its models, and its rows."""

    input: str
    layer: str
    table: F32


@dataclass(eq=False)
class Network:
    """What a model computes."""

    lookups: list[Lookup] = field(default_factory=list)  # in the order in which they are used
    steps: list[Step] = field(default_factory=list)  # `lookup` steps name one by its number
    head: list[str] = field(default_factory=list)  # what makes a score of the vectors, in words
    assumed: list[str] = field(default_factory=list)  # what the file does not say

    def look_up(self, lookup: Lookup, deep: bool) -> Vector:
        """The row of an id."""
        self.lookups.append(lookup)
        self.steps.append(Step("lookup", options={"lookup": len(self.lookups) - 1}))
        return Vector(len(self.steps) - 1, lookup.table.shape[1], deep)

    def do(
        self,
        op: str,
        inputs: list[Vector],
        width: int,
        arrays: Mapping[str, F32] | None = None,
        **options: Any,
    ) -> Vector:
        """One more step."""
        self.steps.append(Step(op, tuple(x.step for x in inputs), arrays or {}, options))
        return Vector(len(self.steps) - 1, width, any(x.deep for x in inputs))


Value = Ids | Vector


class NotRead(Exception):  # noqa: N818 - reads as the sentence it begins
    """A layer, or a use of one, that has no steps; what it is, as the end of a sentence."""


@dataclass(frozen=True, eq=False)
class Call:
    """One use of a layer, whose steps go to the network."""

    names: Names  # of the models that the layer lies in, and its own
    config: Mapping[str, Any]
    inputs: tuple[Value, ...]
    weights: Weights
    network: Network

    @property
    def vectors(self) -> list[Vector]:
        """The inputs, which must not be ids."""
        if any(isinstance(value, Ids) for value in self.inputs):
            raise NotRead("takes ids as numbers")
        return [value for value in self.inputs if isinstance(value, Vector)]

    @property
    def vector(self) -> Vector:
        """The one input, which must not be ids."""
        (vector,) = self.vectors
        return vector


def _embedding(call: Call) -> Value:
    (ids,), (table,) = call.inputs, call.weights
    if not isinstance(ids, Ids):
        raise NotRead("looks up what is no id of an input")
    if table.ndim != 2:
        raise ValueError(f"the table of {call.names[-1]} has {table.ndim} axes")
    return call.network.look_up(Lookup(ids.input, "/".join(call.names), table), ids.deep)


def _same(call: Call) -> Value:
    (value,) = call.inputs
    return value


def _flat(call: Call) -> Value:
    (value,) = call.inputs
    if isinstance(value, Ids):
        return Ids(value.input, True)
    return Vector(value.step, value.width, False)


def _reshape(call: Call) -> Value:
    (value,), shape = call.inputs, list(call.config["target_shape"])
    width = 1 if isinstance(value, Ids) else value.width
    if shape[-1:] not in ([width], [-1]) or shape[:-1] not in ([], [1]):
        raise NotRead(f"makes the shape {tuple(shape)} of {width} numbers")
    if isinstance(value, Ids):
        return Ids(value.input, True)
    return Vector(value.step, value.width, len(shape) == 2)


def _dense(call: Call) -> Value:
    kernel, *bias = call.weights
    if kernel.shape[:1] != (call.vector.width,):
        raise ValueError(f"{call.names[-1]} takes {kernel.shape[0]} numbers")
    arrays = {"kernel": kernel} | ({"bias": bias[0]} if bias else {})
    width = kernel.shape[1]
    done = call.network.do("dense", [call.vector], width, arrays)
    call.network.head.append(f"Dense {width}")
    return activated(call.network, done, call.config.get("activation"))


def activated(network: Network, value: Vector, function: Any) -> Vector:
    """An activation by its name in Keras, as a step of its own where it is not linear."""
    if isinstance(function, Mapping):  # a function of Keras, or one that somebody wrote
        function = function.get("config")
    if function in (None, "linear"):
        return value
    if function not in ACTIVATIONS:
        raise NotRead(f"has the activation {function!r}")
    network.head.append(str(function))
    return network.do("activation", [value], value.width, function=function)


def _relu(call: Call) -> Value:
    config = call.config
    if config.get("negative_slope") or config.get("threshold"):
        raise NotRead("is no plain relu")
    functions: dict[object, str] = {None: "relu", 6: "relu6"}
    return activated(
        call.network, call.vector, functions.get(config.get("max_value"), "another relu")
    )


def _batch_normalization(call: Call) -> Value:
    """(x - mean) / sqrt(variance + epsilon) gamma + beta."""
    config, vector, weights = call.config, call.vector, list(call.weights)
    axis = config.get("axis", -1)
    if not vector.is_last(axis[0] if isinstance(axis, list) else axis):
        raise NotRead("normalises along another axis than the last")
    one, zero = np.ones(vector.width, np.float32), np.zeros(vector.width, np.float32)
    gamma = weights.pop(0) if config.get("scale", True) else one
    beta = weights.pop(0) if config.get("center", True) else zero
    mean, variance = weights
    factor = gamma / np.sqrt(variance.astype(np.float64) + config["epsilon"])
    return _scaled(call, factor, beta - mean * factor, "BatchNormalization")


def _scaled(call: Call, factor: Any, offset: Any, name: str) -> Value:
    """The vector times a factor plus an offset, each one number or one of each place."""
    width = call.vector.width
    parts = {"factor": factor, "offset": offset}
    arrays = {part: np.full(width, value, np.float32) for part, value in parts.items()}
    call.network.head.append(name)
    return call.network.do("scale", [call.vector], width, arrays)


def _concatenate(call: Call) -> Value:
    if not all(vector.is_last(call.config.get("axis", -1)) for vector in call.vectors):
        raise NotRead("joins along another axis than the last")
    call.network.head.append("Concatenate")
    return call.network.do("concatenate", call.vectors, sum(v.width for v in call.vectors))


def _merging(op: str, name: str) -> Callable[[Call], Value]:
    def merge(call: Call) -> Value:
        widths = {vector.width for vector in call.vectors}
        if len(widths - {1}) > 1:
            raise ValueError(f"{call.names[-1]} takes vectors of different lengths")
        call.network.head.append(name)
        return call.network.do(op, call.vectors, max(widths))

    return merge


def _dot(call: Call) -> Value:
    axes = call.config["axes"]
    pair = [axes, axes] if isinstance(axes, int) else list(axes)
    vectors = call.vectors
    if not all(v.is_last(axis) for v, axis in zip(vectors, pair, strict=True)):
        raise NotRead("multiplies along another axis than the last")
    if vectors[0].width != vectors[1].width:
        raise ValueError(f"{call.names[-1]} takes vectors of different lengths")
    normalize = bool(call.config.get("normalize"))
    call.network.head.append("cosine" if normalize else "Dot")
    return dot(call.network, vectors, normalize)


def dot(network: Network, vectors: list[Vector], normalize: bool) -> Vector:
    """The product of two vectors, or their cosine."""
    width = vectors[0].width
    if normalize:
        vectors = [network.do("unit", [vector], width) for vector in vectors]
    product = network.do("multiply", vectors, width)
    return network.do("sum", [product], 1)


LAYERS: Mapping[str, Callable[[Call], Value]] = {
    "Embedding": _embedding,
    "Dot": _dot,
    "Dense": _dense,
    "Concatenate": _concatenate,
    "Add": _merging("add", "Add"),
    "Multiply": _merging("multiply", "Multiply"),
    "Activation": lambda call: activated(call.network, call.vector, call.config["activation"]),
    "ReLU": _relu,
    "BatchNormalization": _batch_normalization,
    "Rescaling": lambda call: _scaled(
        call, call.config["scale"], call.config["offset"], "Rescaling"
    ),
    "Flatten": _flat,
    "Reshape": _reshape,
    "GlobalAveragePooling1D": _flat,
    "GlobalMaxPooling1D": _flat,
    "Dropout": _same,
    "SpatialDropout1D": _same,
    "GaussianDropout": _same,
    "GaussianNoise": _same,
    "AlphaDropout": _same,
    "ActivityRegularization": _same,
}
"""Every kind of layer that is read; those that only train leave what they are given."""
