"""Vectors of readers and books that a small network of dense layers makes a score of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.models.itemfactors import cosines
from readalike.models.protocols import Arrays, Scores, Shares
from readalike.models.steps import Outcome, Step, run

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Indices = npt.NDArray[np.integer[Any]]

GAUSS_NEWTON_STEPS = 10
HALVINGS = 6
"""How often a step that makes the fit worse is halved before it is given up."""
PATH = 8
"""Points between the mean reader and this one at which `explain` takes slopes."""


@dataclass(frozen=True, eq=False)
class NetworkModel:
    r"""Scores s_uj = f(x_u, v_j), f being the steps of a network.

    A user of the training is looked up. Any other history is folded in: x = m + d z (d times z
    number by number), with m and d the mean and the standard deviation of the users' vectors, and

    z = argmin \sum_i (r_i - f(m + d z, v_i))^2 + fold_in |z|^2

    over its starred books, by 10 steps of Gauss and Newton from z = 0, each halved until it
    helps. A history without a starred book is the mean user. f is not linear, so that more steps
    could find a little better, and there may be other minima.

    Each step is linear in the books, so that z is a sum over them, z = \sum_i z_i; and the share
    of a book in a score is g_j . (d z_i), g_j being the mean slope of f on the way from m to x.
    The base is the rest: the score of the mean user, and what the mean of 8 slopes misses.

    Attributes:
        user_vectors: Shape (n_users, k), float32.
        item_vectors: Shape (n_items, l), float32.
        steps: The network; the last gives one number.
        mean: m; shape (k,), float32.
        spread: d; shape (k,), float32.
        fold_in: Penalty of a history that is folded in, in squared stars; above 0.
    """

    shape: ClassVar[str] = "network"
    score_means: ClassVar[str] = (
        "what the imported network makes of the reader's and the book's vectors; what counts is "
        "the order"
    )

    user_vectors: Floats
    item_vectors: Floats
    steps: tuple[Step, ...]
    mean: Floats
    spread: Floats
    fold_in: float = 1.0

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_vectors)

    def _of_reader(self, vector: npt.NDArray[np.floating[Any]]) -> Floats:
        """Scores of all items for one vector of a reader; shape (n_items,)."""
        vectors = Outcome(vector.astype(np.float32)[None, :])
        value = run(self.steps, vectors, Outcome(self.item_vectors)).value[:, 0]
        return np.broadcast_to(value, self.n_items).astype(np.float32)

    def _values(self, vector: Doubles, items: Indices) -> Doubles:
        """F of one reader and some items, in double precision; shape (items,)."""
        book = Outcome(self.item_vectors[items].astype(np.float64))
        value = run(self.steps, Outcome(vector[None, :]), book).value[:, 0]
        return np.broadcast_to(value, len(items)).astype(np.float64)

    def _slopes(self, vector: Doubles, items: Indices) -> Doubles:
        """The derivatives of `_values` by the reader's vector; shape (items, k)."""
        reader = Outcome(vector[None, :], np.eye(len(vector))[None, :, :])
        book = Outcome(self.item_vectors[items].astype(np.float64))
        slope = run(self.steps, reader, book).slope
        if slope is None:
            return np.zeros((len(items), len(vector)))
        return np.broadcast_to(slope[:, 0, :], (len(items), len(vector)))

    def _parts(self, items: Indices, stars: Floats) -> Doubles:
        """What each book moves the reader's vector by, d z_i; shape (k, books)."""
        starred = np.flatnonzero(~np.isnan(stars))
        parts = np.zeros((len(self.mean), len(items)))
        if not len(starred):
            return parts
        rated, wanted = items[starred], stars[starred].astype(np.float64)
        mean, spread = self.mean.astype(np.float64), self.spread.astype(np.float64)

        def loss(z: Doubles) -> float:
            missed = wanted - self._values(mean + spread * z, rated)
            return float(missed @ missed + self.fold_in * (z @ z))

        solved = np.zeros((len(mean), len(starred)))
        before = loss(solved.sum(axis=1))
        for _ in range(GAUSS_NEWTON_STEPS):
            z = solved.sum(axis=1)
            slopes = self._slopes(mean + spread * z, rated) * spread
            target = wanted - self._values(mean + spread * z, rated) + slopes @ z
            system = slopes.T @ slopes + self.fold_in * np.eye(len(z))
            whole = np.linalg.solve(system, slopes.T * target)
            for halved in range(HALVINGS):
                length = 0.5**halved
                tried = (1 - length) * solved + length * whole
                after = loss(tried.sum(axis=1))
                if after <= before:
                    solved, before = tried, after
                    break
        parts[:, starred] = spread[:, None] * solved
        return parts

    def folded(self, histories: Histories) -> Doubles:
        """The vector x of each history; shape (n, k)."""
        mean = self.mean.astype(np.float64)
        rows = [mean + self._parts(*histories.row(r)).sum(axis=1) for r in range(len(histories))]
        return np.array(rows).reshape(len(rows), len(mean))

    def score(self, histories: Histories) -> Scores:
        """Scores of all items; those of the mean user without a starred book; (n, n_items)."""
        scores = [self._of_reader(vector) for vector in self.folded(histories)]
        return np.array(scores, dtype=np.float32).reshape(len(histories), self.n_items)

    def similar(self, item: int) -> Scores:
        """Cosine of the books' vectors; shape (n_items,)."""
        return cosines(self.item_vectors, item)

    def explain(self, history: Histories, items: Indices) -> Shares:
        """The share of each book of a history of one row in the scores of some items."""
        mean, parts = self.mean.astype(np.float64), self._parts(*history.row(0))
        moved = parts.sum(axis=1)
        places = (np.arange(PATH) + 0.5) / PATH
        slopes = np.mean([self._slopes(mean + at * moved, items) for at in places], axis=0)
        by_book = slopes @ parts
        return Shares(self._values(mean + moved, items) - by_book.sum(axis=1), by_book)

    def score_users(self, users: Indices) -> Scores:
        """Scores of all items for users of the training; shape (len(users), n_items)."""
        scores = [self._of_reader(self.user_vectors[user]) for user in users]
        return np.array(scores, dtype=np.float32).reshape(len(users), self.n_items)

    def predict(self, users: Indices, items: Indices) -> Floats:
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
        weights = {
            f"step{number}.{name}": array
            for number, step in enumerate(self.steps)
            for name, array in step.arrays.items()
        }
        return weights | {
            "user_vectors": self.user_vectors,
            "item_vectors": self.item_vectors,
            "mean": self.mean,
            "spread": self.spread,
        }

    def settings(self) -> Mapping[str, Any]:
        """The steps without their weights, and the fold-in penalty."""
        steps = [
            {"op": step.op, "inputs": list(step.inputs), "options": dict(step.options)}
            for step in self.steps
        ]
        return {"steps": steps, "fold_in": self.fold_in}

    @classmethod
    def of_arrays(cls, arrays: Arrays, settings: Mapping[str, Any]) -> Self:
        """The model again."""
        steps = []
        for number, told in enumerate(settings["steps"]):
            start = f"step{number}."
            weights = {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}
            steps.append(Step(told["op"], tuple(told["inputs"]), weights, told["options"]))
        return cls(
            arrays["user_vectors"],
            arrays["item_vectors"],
            tuple(steps),
            arrays["mean"],
            arrays["spread"],
            settings["fold_in"],
        )
