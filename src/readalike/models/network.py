"""Vectors of readers and books that a small network of dense layers makes a score of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from readalike.data.histories import Histories
from readalike.data.stored import StoredArrays, StoredSettings, believable
from readalike.models.interface import Arrays, Scores, Shares
from readalike.models.itemfactors import cosines
from readalike.models.linear import solve
from readalike.models.steps import Outcome, Step, arrays_of, plain_of, run, steps_of
from readalike.models.weights import StarWeights
from readalike.numerics.arrays import F32, F64, Floats, Indices

GAUSS_NEWTON_STEPS = 10
HALVINGS = 6
"""How often a step that makes the fit worse is halved before it is given up."""
PATH = 8
"""Points between the mean reader and this one at which `explain` takes slopes."""


@dataclass(frozen=True)
class Reading:
    r"""What a history is folded in by where a network forecasts reading and not stars.

    A book is then wanted to score y_i = f(m, v_i) + w_i max(score - f(m, v_i), 0), m being the
    mean reader: a book of weight 1 as one that was read, one of weight 0 as for anybody, and a
    hated one, whose weight is below 0, less than for anybody.
    """

    score: float
    weights: StarWeights


@dataclass(frozen=True, eq=False, kw_only=True)
class NetworkModel:
    r"""Scores s_uj = f(x_u, v_j), f being the steps of a network.

    A user of the training is looked up. Any other history is folded in: x = m + d z (d times z
    number by number), with m and d the mean and the standard deviation of the users' vectors, and

    z = argmin \sum_i (y_i - f(m + d z, v_i))^2 + fold_in |z|^2

    by 10 steps of Gauss and Newton from z = 0, each halved until it helps. Of a network that
    forecasts stars, y_i are the stars of the books that have some; of one that forecasts what is
    read, see `Reading`. Where no book counts it is the mean user. f is not linear, so that more
    steps could find a little better, and there may be other minima.

    Each step is linear in the books, so that z is a sum over them, z = \sum_i z_i; and the share
    of a book in a score is g_j . (d z_i), g_j being the mean slope of f on the way from m to x.
    The base is the rest: the score of the mean user, and what the mean of 8 slopes misses.
    """

    kind: ClassVar[str] = "network"
    compares_items: ClassVar[bool] = True
    score_means: ClassVar[str] = (
        "what the network makes of the reader's and the book's vectors; what counts is the order"
    )

    user_vectors: F32  # (n_users, k)
    item_vectors: F32  # (n_items, l)
    steps: tuple[Step, ...]  # the last gives one number
    mean: F32  # m; (k,)
    spread: F32  # d; (k,)
    fold_in: float = 1.0  # penalty of what is folded in, in squares of what f gives; above 0
    reading: Reading | None = None  # None: a history is folded in by its stars

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_vectors)

    @property
    def n_users(self) -> int:
        """Number of users of the training."""
        return len(self.user_vectors)

    def _of_reader(self, vector: Floats) -> F32:
        """Scores of all items for one vector of a reader; shape (n_items,)."""
        vectors = Outcome(vector.astype(np.float32)[None, :])
        value = run(self.steps, vectors, Outcome(self.item_vectors)).value[:, 0]
        return np.broadcast_to(value, self.n_items).astype(np.float32)

    def _values(self, vector: F64, items: Indices) -> F64:
        """F of one reader and some items, in double precision; shape (items,)."""
        book = Outcome(self.item_vectors[items].astype(np.float64))
        value = run(self.steps, Outcome(vector[None, :]), book).value[:, 0]
        return np.broadcast_to(value, len(items)).astype(np.float64)

    def _slopes(self, vector: F64, items: Indices) -> F64:
        """The derivatives of `_values` by the reader's vector; shape (items, k)."""
        reader = Outcome(vector[None, :], np.eye(len(vector))[None, :, :])
        book = Outcome(self.item_vectors[items].astype(np.float64))
        slope = run(self.steps, reader, book).slope
        if slope is None:
            return np.zeros((len(items), len(vector)))
        return np.broadcast_to(slope[:, 0, :], (len(items), len(vector)))

    def _wanted(self, history: Histories) -> tuple[Indices, F64]:
        """The places of the books of one history that count, and the y of each."""
        if self.reading is None:
            starred = np.flatnonzero(~np.isnan(history.stars))
            return starred, history.stars[starred].astype(np.float64)
        of_anybody = self._values(self.mean.astype(np.float64), history.items)
        more = np.maximum(self.reading.score - of_anybody, 0)
        return np.arange(len(more)), of_anybody + self.reading.weights.of(history) * more

    def _parts(self, history: Histories) -> F64:
        """What each book of one history moves the reader's vector by, d z_i; shape (k, books)."""
        counted, wanted = self._wanted(history)
        parts = np.zeros((len(self.mean), len(history.items)))
        if not len(counted):
            return parts
        items = history.items[counted]
        mean, spread = self.mean.astype(np.float64), self.spread.astype(np.float64)

        def loss(z: F64) -> float:
            missed = wanted - self._values(mean + spread * z, items)
            return float(missed @ missed + self.fold_in * (z @ z))

        solved = np.zeros((len(mean), len(counted)))
        before = loss(solved.sum(axis=1))
        for _ in range(GAUSS_NEWTON_STEPS):
            z = solved.sum(axis=1)
            slopes = self._slopes(mean + spread * z, items) * spread
            target = wanted - self._values(mean + spread * z, items) + slopes @ z
            system = slopes.T @ slopes + self.fold_in * np.eye(len(z))
            whole = solve(system, slopes.T * target)
            for halved in range(HALVINGS):
                length = 0.5**halved
                tried = (1 - length) * solved + length * whole
                after = loss(tried.sum(axis=1))
                if after <= before:
                    solved, before = tried, after
                    break
        parts[:, counted] = spread[:, None] * solved
        return parts

    def folded(self, histories: Histories) -> F64:
        """The vector x of each history; shape (n, k)."""
        mean = self.mean.astype(np.float64)
        rows = [
            mean + self._parts(histories.slice(r, r + 1)).sum(axis=1) for r in range(len(histories))
        ]
        return np.array(rows).reshape(len(rows), len(mean))

    def score(self, histories: Histories) -> Scores:
        """Scores of all items; the mean user's where no book counts; shape (n, n_items)."""
        scores = [self._of_reader(vector) for vector in self.folded(histories)]
        return np.array(scores, dtype=np.float32).reshape(len(histories), self.n_items)

    def similar(self, item: int) -> Scores:
        """Cosine of the books' vectors; shape (n_items,)."""
        return cosines(self.item_vectors, item)

    def explain(self, history: Histories, items: Indices) -> Shares:
        """The share of each book of a history of one row in the scores of some items."""
        mean, parts = self.mean.astype(np.float64), self._parts(history)
        moved = parts.sum(axis=1)
        places = (np.arange(PATH) + 0.5) / PATH
        slopes = np.mean([self._slopes(mean + at * moved, items) for at in places], axis=0)
        by_book = slopes @ parts
        return Shares(self._values(mean + moved, items) - by_book.sum(axis=1), by_book)

    def score_users(self, users: Indices) -> Scores:
        """Scores of all items for users of the training; shape (len(users), n_items)."""
        vectors = believable("user_vectors", self.user_vectors[users])
        scores = [self._of_reader(vector) for vector in vectors]
        return np.array(scores, dtype=np.float32).reshape(len(users), self.n_items)

    def predict(self, users: Indices, items: Indices) -> F32:
        """Scores of pairs of a user of the training and an item; shape (pairs,)."""
        reader, book = Outcome(self.user_vectors[users]), Outcome(self.item_vectors[items])
        return np.asarray(run(self.steps, reader, book).value[:, 0], dtype=np.float32)

    def adopting(self, users: Indices, histories: Histories) -> Self:
        """The model with these users' vectors folded in from their histories, one row each."""
        vectors = self.user_vectors.copy()
        vectors[users] = self.folded(histories)
        return replace(self, user_vectors=vectors)

    def arrays(self) -> Arrays:
        """The vectors, and the weights of each step under its number."""
        return arrays_of(self.steps) | {
            "user_vectors": self.user_vectors,
            "item_vectors": self.item_vectors,
            "mean": self.mean,
            "spread": self.spread,
        }

    def settings(self) -> Mapping[str, Any]:
        """The steps without their weights, the fold-in penalty, and what is folded in by."""
        kept: dict[str, Any] = {"steps": plain_of(self.steps), "fold_in": self.fold_in}
        if self.reading is not None:
            weights = dict(vars(self.reading.weights))
            kept["reading"] = {"score": self.reading.score, "weights": weights}
        return kept

    @classmethod
    def of_arrays(cls, arrays: StoredArrays, settings: StoredSettings) -> Self:
        """The model again."""
        reading = None
        if "reading" in settings.found:
            found = settings.part("reading")
            weights = StarWeights.of_settings(found.part("weights"))
            reading = Reading(found.number("score"), weights)
        users = arrays.table("user_vectors", None, None)
        items = arrays.numbers("item_vectors", None, None)
        width = users.shape[1]
        return cls(
            user_vectors=users,
            item_vectors=items,
            steps=steps_of(settings.found.get("steps"), arrays, width, items.shape[1], 1),
            mean=arrays.numbers("mean", width),
            spread=arrays.numbers("spread", width),
            fold_in=settings.above_zero("fold_in"),
            reading=reading,
        )
