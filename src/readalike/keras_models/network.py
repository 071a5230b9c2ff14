"""A network under construction: steps, and the tables in which it looks ids up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from readalike.keras_models.stored import Floats
from readalike.models.steps import Step


@dataclass(frozen=True)
class Ids:
    """The whole numbers of one input, not yet looked up.

    Attributes:
        input: Name of the input.
        deep: Whether the shape of each is (1,) and not ().
    """

    input: str
    deep: bool


@dataclass(frozen=True)
class Vector:
    """The outcome of a step.

    Attributes:
        step: Its number.
        width: How many numbers.
        deep: Whether the shape of each is (1, width) and not (width,).
    """

    step: int
    width: int
    deep: bool

    def is_last(self, axis: int) -> bool:
        """Whether an axis, counted as in Keras from the batch, is that of the numbers."""
        return axis in (-1, 2 if self.deep else 1)


@dataclass(frozen=True, eq=False)
class Lookup:
    """One use of an embedding.

    Attributes:
        input: Name of the input whose ids are looked up.
        layer: Name of the embedding, after those of the models it lies in.
        table: A row an id; shape (rows, width).
    """

    input: str
    layer: str
    table: Floats


@dataclass(eq=False)
class Network:
    """What a model computes.

    Attributes:
        lookups: The embeddings, in the order in which they are used.
        steps: What is done; `lookup` steps name one by its number.
        head: What makes a score of the vectors, in words.
        assumed: What the file does not say and was taken to be so, in words.
    """

    lookups: list[Lookup] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)

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
        arrays: Mapping[str, Floats] | None = None,
        **options: Any,
    ) -> Vector:
        """One more step."""
        self.steps.append(Step(op, tuple(x.step for x in inputs), arrays or {}, options))
        return Vector(len(self.steps) - 1, width, any(x.deep for x in inputs))
