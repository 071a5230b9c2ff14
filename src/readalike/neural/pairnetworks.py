"""Networks of a vector of the reader and one of the book: trained in Keras, served by steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from readalike.models.network import NetworkModel
from readalike.models.steps import Step
from readalike.neural.backend import keras_on_jax
from readalike.neural.descent import Loss
from readalike.neural.pairs import Pairs
from readalike.neural.plans import FLOAT, Planned, layer, planned, small, values_of

Floats = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]
Error = Callable[[Any, Any], Any]
"""Of scores and targets, arrays of JAX; one number for each pair."""


def mlp_plan(factors: int, hidden: int, layers: int) -> list[Step]:
    """Both vectors side by side, through dense layers, each half as wide as the one before.

    Args:
        factors: Numbers of each vector.
        hidden: Numbers that the first layer gives.
        layers: Dense layers with a rectifier, before the one that gives the score.
    """
    plan = [
        Step("reader", options={"columns": [0, factors]}),
        Step("book", options={"columns": [0, factors]}),
        Step("concatenate", (0, 1)),
    ]
    plan += _stack(len(plan), hidden, layers)
    return [*plan, Step("dense", (len(plan) - 1,), options={"units": 1})]


def neumf_plan(factors: int, hidden: int, layers: int) -> list[Step]:
    """Neural matrix factorization: products beside dense layers, each with vectors of its own.

    Args:
        factors: Numbers of each of the two vectors of a side.
        hidden: Numbers that the first layer gives.
        layers: Dense layers with a rectifier beside the products.
    """
    own, other = [0, factors], [factors, 2 * factors]
    plan = [
        Step("reader", options={"columns": own}),
        Step("book", options={"columns": own}),
        Step("multiply", (0, 1)),
        Step("reader", options={"columns": other}),
        Step("book", options={"columns": other}),
        Step("concatenate", (3, 4)),
    ]
    plan += _stack(len(plan), hidden, layers)
    plan.append(Step("concatenate", (2, len(plan) - 1)))
    return [*plan, Step("dense", (len(plan) - 1,), options={"units": 1})]


def _stack(first: int, hidden: int, layers: int) -> list[Step]:
    """Dense layers of which the first takes the step before number `first`."""
    return [
        step
        for deep in range(layers)
        for step in layer(first + 2 * deep - 1, max(hidden >> deep, 1), first + 2 * deep)
    ]


@dataclass(frozen=True, eq=False)
class PairNetwork:
    """A network in training.

    Attributes:
        planned: Its steps.
        model: In Keras, of readers and books; gives scores and both vectors.
        tables: The layers that hold the readers' and the books' vectors.
        sizes: How many readers and books there are.
    """

    planned: Planned
    model: Any
    tables: tuple[Any, Any]
    sizes: tuple[int, int]

    @classmethod
    def of(
        cls, plan: Sequence[Step], sizes: tuple[int, int], width: int, start: float, seed: int
    ) -> Self:
        """A network with random weights.

        Args:
            plan: Its steps.
            sizes: How many readers and books there are.
            width: Numbers in the vector of a reader, and in that of a book.
            start: What it gives before it has learnt anything.
            seed: Draws the weights.
        """
        keras, draw = keras_on_jax(), np.random.default_rng(seed)
        inputs = [keras.Input((), dtype="int32", name=name) for name in ("reader", "book")]
        readers, books = (
            keras.layers.Embedding(
                max(n, 1), width, embeddings_initializer=small(draw), dtype=FLOAT
            )
            for n in sizes
        )
        vectors = {"reader": readers(inputs[0]), "book": books(inputs[1])}
        found = planned(plan, vectors, draw)
        found.dense[len(plan) - 1].bias.assign(np.full(1, start, np.float32))
        model = keras.Model(inputs, [found.output, *vectors.values()])
        return cls(found, model, (readers, books), sizes)

    def loss(self, error: Error, penalty: float) -> Loss:
        """The mean over a batch of pairs of error + penalty (|x_u|^2 + |v_i|^2)."""
        import jax.numpy as jnp

        def loss(weights: list[Any], users: Any, items: Any, targets: Any, counted: Any) -> Any:
            (scores, *vectors), _ = self.model.stateless_call(weights, [], [users, items])
            each = error(scores[:, 0], targets)
            if penalty:
                each += penalty * sum(jnp.square(vector).sum(axis=1) for vector in vectors)
            return (counted * each).sum() / jnp.maximum(counted.sum(), 1)

        return loss

    def validation(self, error: Error, pairs: Pairs, size: int) -> Callable[[], float]:
        """Judges the network as it stands by the mean error over some pairs."""
        import jax

        judge = jax.jit(self.loss(error, 0.0))
        batches = list(pairs.batches(size))
        counted = [float(batch[-1].sum()) for batch in batches]

        def validation() -> float:
            weights = [variable.value for variable in self.model.trainable_variables]
            return float(
                np.average([float(judge(weights, *batch)) for batch in batches], weights=counted)
            )

        return validation

    def fitted(self, users: Marks, items: Marks, fold_in: float) -> NetworkModel:
        """The model of the present weights.

        Args:
            users: Who was learnt from; shape (n_users,). The others are the mean of these.
            items: Which books were; shape (n_items,). Likewise.
            fold_in: Penalty of a history that is folded in.
        """
        readers, books = (
            values_of(table)[0][:n] for table, n in zip(self.tables, self.sizes, strict=True)
        )
        mean, spread = _mean_and_spread(readers[users])
        readers[~users] = mean
        books[~items] = _mean_and_spread(books[items])[0]
        return NetworkModel(readers, books, self.planned.steps(), mean, spread, fold_in)


def _mean_and_spread(vectors: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each column; 0 where there are no rows."""
    if not len(vectors):
        nothing = np.zeros(vectors.shape[1], np.float32)
        return nothing, nothing
    return vectors.mean(axis=0), vectors.std(axis=0)


def squared_errors(scores: Any, targets: Any) -> Any:
    """(score - target)^2."""
    return (scores - targets) ** 2


def cross_entropies(scores: Any, targets: Any) -> Any:
    """-log of the chance of the target, 0 or 1, scores being log-odds of 1."""
    import jax

    return jax.nn.softplus(scores) - targets * scores
