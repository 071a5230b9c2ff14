"""Networks of a vector of the reader and one of the book, and the pairs they learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from readalike.data.histories import Histories
from readalike.models.network import NetworkModel
from readalike.models.steps import Step
from readalike.neural.adam import Batch, Loss
from readalike.neural.backend import keras_on_jax
from readalike.neural.plans import Planned, layer, planned, table, values_of
from readalike.numerics.arrays import F32, I32, I64, Bools, Floats

VALIDATION, NEGATIVES = 1, 2
"""What is drawn beside the order of an epoch; each has a stream of its own."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs with what is to be forecast of each, and how much each counts."""

    users: I32
    items: I32
    targets: F32
    counted: F32

    @classmethod
    def of(cls, histories: Histories, targets: Floats) -> Self:
        """The entries with a target that is a number, by user and item.

        The order of the source does not matter, so that the same ratings in another order give
        the same model.
        """
        order = np.lexsort((histories.items, histories.rows))
        order = order[~np.isnan(targets[order])]
        return cls(
            histories.rows[order].astype(np.int32),
            histories.items[order],
            targets[order].astype(np.float32),
            np.ones(len(order), np.float32),
        )

    def __len__(self) -> int:
        return len(self.users)

    def take(self, places: I64) -> Self:
        """Some of the pairs, in the order of their places."""
        return type(self)(
            self.users[places], self.items[places], self.targets[places], self.counted[places]
        )

    def divided(self, share: float, seed: int) -> tuple[Self, Self]:
        """What is learnt from and what is held out: all and all where that would be nobody."""
        count = int(share * len(self))
        if not count:
            return self, self
        order = np.random.default_rng([seed, VALIDATION]).permutation(len(self))
        return self.take(np.sort(order[count:])), self.take(np.sort(order[:count]))

    def batches(self, size: int) -> Iterator[Batch]:
        """All pairs in their order; the last batch is filled up with pairs that count 0."""
        columns = (self.users, self.items, self.targets, self.counted)
        size = min(size, len(self))
        for start in range(0, len(self), max(size, 1)):
            parts = [column[start : start + size] for column in columns]
            yield tuple(np.pad(part, (0, size - len(part))) for part in parts)


@dataclass(frozen=True, eq=False)
class Unread:
    """Draws of the books that readers have not read."""

    histories: Histories

    @cached_property
    def _before(self) -> I64:
        """How many unread books stand before each read one, after its user; ascending."""
        histories = self.histories
        order = np.lexsort((histories.items, histories.rows))
        before = histories.items[order] - histories.places
        return np.asarray(histories.rows * (histories.n_items + 1) + before, np.int64)

    def drawn(self, users: I32, draw: np.random.Generator) -> tuple[I32, Bools]:
        """A book for each user, all unread ones being equally likely.

        The unread book with j unread ones before it stands behind those read books that have j
        or fewer before them, so that no draw has to be repeated. Says also whether there was one.
        """
        n_items = self.histories.n_items
        unread = n_items - self.histories.lengths[users]
        j = (draw.random(len(users)) * unread).astype(np.int64)
        read_before = np.searchsorted(self._before, users * np.int64(n_items + 1) + j, "right")
        items = j + read_before - self.histories.indptr[users]
        return np.minimum(items, n_items - 1).astype(np.int32), unread > 0


@dataclass(frozen=True, eq=False)
class Shuffled:
    """Pairs in a new order each epoch, with some that were not read drawn anew for each of them."""

    pairs: Pairs
    batch_size: int
    seed: int
    unread: Unread | None = None
    negatives: int = 0

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        n = len(self.pairs) * (1 + self.negatives)
        return -(-n // max(min(self.batch_size, n), 1))

    def epoch(self, number: int) -> Iterator[Batch]:
        """The batches of one epoch."""
        draw = np.random.default_rng([self.seed, 0, number])
        both = self.pairs
        if self.unread is not None:
            both = with_unread(both, self.unread, self.negatives, draw)
        return both.take(draw.permutation(len(both))).batches(self.batch_size)


def with_unread(pairs: Pairs, unread: Unread, negatives: int, draw: np.random.Generator) -> Pairs:
    """The pairs, and behind them so many unread books for each; a row without one counts 0."""
    users = np.repeat(pairs.users, negatives)
    items, there = unread.drawn(users, draw)
    nothing = np.zeros(len(users), np.float32)
    return Pairs(
        np.concatenate([pairs.users, users]),
        np.concatenate([pairs.items, items]),
        np.concatenate([pairs.targets, nothing]),
        np.concatenate([pairs.counted, there.astype(np.float32)]),
    )


def held_out_negatives(pairs: Pairs, unread: Unread, negatives: int, seed: int) -> Pairs:
    """Pairs that were held out, each with unread books that are the same whenever asked."""
    return with_unread(pairs, unread, negatives, np.random.default_rng([seed, NEGATIVES]))


Error = Callable[[Any, Any], Any]
"""Of scores and targets, arrays of JAX; one number for each pair."""


def mlp_plan(factors: int, hidden: int, layers: int) -> list[Step]:
    """Both vectors side by side, through dense layers, each half as wide as the one before."""
    plan = [
        Step("reader", options={"columns": [0, factors]}),
        Step("book", options={"columns": [0, factors]}),
        Step("concatenate", (0, 1)),
    ]
    plan += _stack(len(plan), hidden, layers)
    return [*plan, Step("dense", (len(plan) - 1,), options={"units": 1})]


def neumf_plan(factors: int, hidden: int, layers: int) -> list[Step]:
    """Neural matrix factorization: products beside dense layers, each with vectors of its own."""
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
    """A network in training."""

    planned: Planned
    model: Any
    tables: tuple[Any, Any]
    sizes: tuple[int, int]

    @classmethod
    def of(
        cls, plan: Sequence[Step], sizes: tuple[int, int], width: int, start: float, seed: int
    ) -> Self:
        """A network with random weights."""
        keras, draw = keras_on_jax(), np.random.default_rng(seed)
        inputs = [keras.Input((), dtype="int32", name=name) for name in ("reader", "book")]
        readers, books = (table(n, width, draw) for n in sizes)
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

    def fitted(self, users: Bools, items: Bools, fold_in: float) -> NetworkModel:
        """The model of the present weights."""
        readers, books = (
            values_of(table)[0][:n] for table, n in zip(self.tables, self.sizes, strict=True)
        )
        mean, spread = _mean_and_spread(readers[users])
        readers[~users] = mean
        books[~items] = _mean_and_spread(books[items])[0]
        return NetworkModel(
            user_vectors=readers,
            item_vectors=books,
            steps=self.planned.steps(),
            mean=mean,
            spread=spread,
            fold_in=fold_in,
        )


def _mean_and_spread(vectors: F32) -> tuple[F32, F32]:
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
