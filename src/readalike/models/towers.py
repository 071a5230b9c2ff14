"""Two towers: a network of what was read meets vectors of books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from readalike.data.histories import Histories
from readalike.data.stored import StoredArrays, StoredSettings
from readalike.models.interface import Arrays, Scores, Shares
from readalike.models.itemfactors import cosines
from readalike.models.steps import Outcome, Step, arrays_of, plain_of, run, steps_of
from readalike.models.weights import StarWeights
from readalike.numerics.arrays import F32, Indices

PATH = 32
"""Points between nothing read and the history at which `explain` takes slopes."""
TINY = 1e-12
"""Least sum of weights that is divided by."""
NOTHING = Outcome(np.zeros((1, 0), np.float32))
"""The book that the reader's tower does not look at."""


@dataclass(frozen=True, eq=False)
class TwoTowerModel:
    r"""Scores s_j = u(x) . v_j + b_j of a history x = \sum_i w_i z_i / \sum_i |w_i|.

    z_i is the vector of a book as something read, v_j as something to read, u a network. A
    history is all that is known of a reader, so that a new one is a reader like any other.

    u is not linear, and the share of a book in a score is what it moves it by on the way from
    nothing read to x, all books growing together (integrated gradients [Sundararajan, Taly and
    Yan 2017]): v_j . G w_i z_i / \sum_k |w_k|, G being the mean slope of u on that way. The
    base is the rest: the score of who has read nothing, and what the mean of 32 slopes misses.
    """

    kind: ClassVar[str] = "two-tower"
    compares_items: ClassVar[bool] = True
    score_means: ClassVar[str] = "how near the book lies to where the reader's own books point"

    inputs: F32  # z; (n_items, d)
    outputs: F32  # v; (n_items, d)
    bias: F32  # b; (n_items,)
    steps: tuple[Step, ...]  # u, a network of the `reader` alone
    weights: StarWeights  # w

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.outputs)

    def readers(self, histories: Histories) -> F32:
        """The vector u of each history; shape (n, d), float32."""
        shares = shares_of(self.weights.of(histories), histories)
        summed = histories.matrix(shares) @ self.inputs
        return np.asarray(run(self.steps, Outcome(summed), NOTHING).value, np.float32)

    def score(self, histories: Histories) -> Scores:
        """Scores of all items; shape (n, n_items)."""
        return np.asarray(self.readers(histories) @ self.outputs.T + self.bias)

    def similar(self, item: int) -> Scores:
        """Cosine of the books' vectors as something to read; shape (n_items,)."""
        return cosines(self.outputs, item)

    def explain(self, history: Histories, items: Indices) -> Shares:
        """The share of each book of a history of one row in the scores of some items."""
        shares = shares_of(self.weights.of(history), history).astype(np.float64)
        parts = self.inputs[history.items].astype(np.float64).T * shares
        summed = parts.sum(axis=1)
        points = ((np.arange(PATH) + 0.5) / PATH)[:, None] * summed
        eye = np.broadcast_to(np.eye(len(summed)), (PATH, len(summed), len(summed)))
        slopes = run(self.steps, Outcome(points, eye), NOTHING).slope
        reader = run(self.steps, Outcome(summed[None, :]), NOTHING).value[0]
        outputs = self.outputs[items].astype(np.float64)
        by_book = np.zeros((len(items), len(history.items)))
        if slopes is not None:
            by_book = outputs @ slopes.mean(axis=0) @ parts
        return Shares(outputs @ reader + self.bias[items] - by_book.sum(axis=1), by_book)

    def arrays(self) -> Arrays:
        """The vectors, and the weights of each step under its number."""
        return arrays_of(self.steps) | {
            "inputs": self.inputs,
            "outputs": self.outputs,
            "bias": self.bias,
        }

    def settings(self) -> Mapping[str, Any]:
        """The steps without their weights, and how much a book counts."""
        return {"steps": plain_of(self.steps), "weights": dict(vars(self.weights))}

    @classmethod
    def of_arrays(cls, arrays: StoredArrays, settings: StoredSettings) -> Self:
        """The model again."""
        outputs = arrays.numbers("outputs", None, None)
        n, width = outputs.shape
        inputs = arrays.numbers("inputs", n, None)
        return cls(
            inputs,
            outputs,
            arrays.numbers("bias", n),
            steps_of(settings.found.get("steps"), arrays, inputs.shape[1], 0, width),
            StarWeights.of_settings(settings.part("weights")),
        )


def shares_of(weights: F32, histories: Histories) -> F32:
    """Each weight over the sum of the absolute weights in its row; shape (nnz,), float32."""
    rows = histories.rows
    sums = np.bincount(rows, abs(weights), minlength=len(histories))
    return np.asarray(weights / np.maximum(sums, TINY)[rows], np.float32)
