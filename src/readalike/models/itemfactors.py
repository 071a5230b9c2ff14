"""Item factors: a history is folded in by one ridge solve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from readalike.data.histories import Histories
from readalike.data.stored import StoredArrays, StoredSettings
from readalike.models.interface import Arrays, Scores, Shares
from readalike.models.linear import solve
from readalike.models.weights import StarWeights
from readalike.numerics.arrays import F32, F64, I32, Indices


@dataclass(frozen=True, eq=False)
class ItemFactors:
    r"""Factors f_j of the items of an implicit matrix factorization.

    A history is the reader x = A^{-1} \sum_i (1 + alpha) w_i f_i with
    A = F'F + alpha \sum_i f_i f_i' + lambda I and w_i the preference for book i, and
    score_j = f_j'x [Hu, Koren, Volinsky 2008]. Linear in the books, so that the reasons
    are exact.
    """

    kind: ClassVar[str] = "item-factors"
    compares_items: ClassVar[bool] = True
    score_means: ClassVar[str] = "how near the book lies to the reader's own books"

    factors: F32  # f; (n_items, k)
    alpha: float  # how much more a book that was read counts than one that was not
    regularization: float  # lambda
    weights: StarWeights  # the preference w by stars

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.factors)

    @cached_property
    def _base(self) -> F64:
        factors = self.factors.astype(np.float64)
        return np.asarray(factors.T @ factors + self.regularization * np.eye(factors.shape[1]))

    def _system(self, items: I32) -> tuple[F64, F64]:
        """A and the factors of the items of one history."""
        read = self.factors[items].astype(np.float64)
        return self._base + self.alpha * (read.T @ read), read

    def score(self, histories: Histories) -> Scores:
        """f_j'x for all items; shape (n, n_items)."""
        weights = self.weights.of(histories).astype(np.float64) * (1 + self.alpha)
        readers = np.zeros((len(histories), self.factors.shape[1]))
        for row in np.flatnonzero(histories.lengths):
            span = slice(histories.indptr[row], histories.indptr[row + 1])
            matrix, read = self._system(histories.items[span])
            readers[row] = solve(matrix, weights[span] @ read)
        return np.asarray(readers.astype(np.float32) @ self.factors.T)

    def similar(self, item: int) -> Scores:
        """Cosine of the factors; shape (n_items,)."""
        return cosines(self.factors, item)

    def explain(self, history: Histories, items: Indices) -> Shares:
        """(1 + alpha) w_i f_j' A^{-1} f_i."""
        matrix, read = self._system(history.items)
        weights = self.weights.of(history).astype(np.float64) * (1 + self.alpha)
        solved = solve(matrix, read.T * weights)
        by_book = self.factors[items].astype(np.float64) @ solved
        return Shares(np.zeros(len(items)), by_book)

    def arrays(self) -> Arrays:
        """The factors."""
        return {"factors": self.factors}

    def settings(self) -> Mapping[str, Any]:
        """Confidence, regularization and weights."""
        return {
            "alpha": self.alpha,
            "regularization": self.regularization,
            "weights": dict(vars(self.weights)),
        }

    @classmethod
    def of_arrays(cls, arrays: StoredArrays, settings: StoredSettings) -> Self:
        """The model again."""
        return cls(
            arrays.numbers("factors", None, None),
            settings.number("alpha", low=0.0),
            settings.above_zero("regularization"),
            StarWeights.of_settings(settings.part("weights")),
        )


def cosines(vectors: F32, item: int) -> Scores:
    """Cosine of one vector and all; 0 where one has no length; shape (n,)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    units = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return np.asarray(units @ units[item])
