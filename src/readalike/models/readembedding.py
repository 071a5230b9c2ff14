"""What a reader is like by what was read, whatever the stars."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from readalike.data.histories import Histories
from readalike.data.stored import SMALLEST, StoredArrays, StoredSettings
from readalike.models.linear import inverted
from readalike.numerics.arrays import F32, F64, Indices


@dataclass(frozen=True, eq=False)
class ReadEmbedding:
    """Implicit item factors: what a reader is like by what was read, whatever the stars."""

    factors: F32  # (n_items, d); d may be 0
    alpha: float  # how much more a read book counts than an unread one
    regularization: float  # ridge penalty
    centre: F32  # the mean vector of the readers; (d,)
    scale: F32  # what each coordinate of a reader's vector is divided by; (d,)

    @classmethod
    def of_arrays(cls, arrays: StoredArrays, settings: StoredSettings, n_items: int) -> Self:
        """The embedding again, out of a model of some items."""
        factors = arrays.numbers("embedding", n_items, None)
        width = factors.shape[1]
        return cls(
            factors,
            settings.number("alpha", low=0.0),
            settings.above_zero("regularization"),
            arrays.numbers("embedding_centre", width),
            arrays.numbers("embedding_scale", width, lowest=SMALLEST),
        )

    @classmethod
    def nothing(cls, n_items: int) -> Self:
        """Of a predictor that does not look at what was read."""
        empty = np.zeros((n_items, 0), np.float32)
        nothing = np.zeros(0, np.float32)
        return cls(empty, 0.0, 1.0, nothing, nothing)

    @cached_property
    def _base(self) -> F64:
        factors = self.factors.astype(np.float64)
        return np.asarray(factors.T @ factors + self.regularization * np.eye(factors.shape[1]))

    def _inverse(self, read: Indices) -> tuple[F64, F64]:
        """A^-1 of the books of one history, and its vector before it is scaled."""
        factors = self.factors[read].astype(np.float64)
        system = self._base + self.alpha * (factors.T @ factors)
        inverse = inverted(system)
        return inverse, np.asarray((1 + self.alpha) * (inverse @ factors.sum(axis=0)))

    def parts(self, read: Indices, items: Indices) -> F64:
        """What each book of one history adds to its vector with each of some items not among them.

        Shape (k, n + 1, d); the item's own part last.
        """
        inverse, _ = self._inverse(read)
        factors, others = (self.factors[each].astype(np.float64) for each in (items, read))
        toward = factors @ inverse
        shrink = 1 / (1 + self.alpha * np.einsum("kd,kd->k", toward, factors))
        lost = self.alpha * shrink[:, None] * (toward @ others.T)
        found = np.empty((len(items), len(read) + 1, factors.shape[1]))
        found[:, :-1] = others @ inverse - lost[:, :, None] * toward[:, None, :]
        found[:, -1] = shrink[:, None] * toward
        found *= 1 + self.alpha
        return np.asarray((found - self.centre / (len(read) + 1)) / self.scale)

    def of(self, histories: Histories) -> F32:
        """The vector of each history; shape (n, d). Compiled, for many histories."""
        if not self.factors.shape[1]:
            return np.zeros((len(histories), 0), np.float32)
        from readalike.numerics.alternating import solve_implicit
        from readalike.numerics.row_solver import one_blas_thread

        read = histories.matrix()
        with one_blas_thread():
            vectors = solve_implicit(read, self.factors, self.alpha, self.regularization)
        return np.asarray((vectors - self.centre) / self.scale, np.float32)

    def with_items(self, histories: Histories, rows: Indices, items: Indices) -> F32:
        """The vector of the history of each pair, its item among the books read; (pairs, d).

        Compiled, for many histories.
        """
        if not self.factors.shape[1]:
            return np.zeros((len(rows), 0), np.float32)
        own = histories.take(rows)
        there = np.bincount(own.rows[own.items == items[own.rows]], minlength=len(rows)) > 0
        lengths = own.lengths + ~there
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        read = np.empty(indptr[-1], np.int32)
        read[indptr[1:][~there] - 1] = items[~there]
        read[own.places + indptr[own.rows]] = own.items
        nothing = np.full(len(read), np.nan, np.float32)
        return self.of(Histories(indptr, read, nothing, own.n_items))

    def with_each(self, read: Indices, items: Indices) -> F64:
        """The same for one history with each of some items; shape (items, d).

        A book more is a matrix of rank one more, so that one inverse serves all [Sherman and
        Morrison 1950].
        """
        inverse, vector = self._inverse(read)
        factors = self.factors[items].astype(np.float64)
        toward = factors @ inverse
        size = np.einsum("kd,kd->k", toward, factors)
        gain = (1 + self.alpha - self.alpha * (factors @ vector)) / (1 + self.alpha * size)
        gain[np.isin(items, read)] = 0
        return np.asarray((vector + gain[:, None] * toward - self.centre) / self.scale)
