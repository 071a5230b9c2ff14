"""A vector for each user and each item: stars are forecast by their product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from readalike.data.histories import Histories
from readalike.data.stored import StoredArrays, StoredSettings, believable
from readalike.models.interface import Arrays, Scores, Shares
from readalike.models.itemfactors import cosines
from readalike.models.linear import solve
from readalike.numerics.arrays import F32, F64, Indices


@dataclass(frozen=True, eq=False)
class EmbeddingModel:
    r"""Forecasts r_uj = mean + b_u + b_j + p_u . q_j, the biases where there are some.

    A user of the training is looked up. Any other history is folded in by ridge regression of
    its stars on the item vectors f_j = [q_j, 1] ([q_j] without biases), x = [p, b]:

    x = argmin \sum_i (r_i - mean - b_i - f_i . x)^2 + fold_in |x|^2 = \sum_i A^{-1} f_i y_i

    with A = \sum_i f_i f_i' + fold_in I and y_i = r_i - mean - b_i. It is linear in y, so a
    score is mean + b_j plus the share f_j' A^{-1} f_i y_i of every starred book.

    Scores are unclipped: clipping would tie the best books. Show them through the scale.
    """

    kind: ClassVar[str] = "embedding"
    compares_items: ClassVar[bool] = True
    score_means: ClassVar[str] = (
        "product of the reader's and the book's vectors; what counts is the order"
    )

    user_factors: F32  # (n_users, k)
    item_factors: F32  # (n_items, k)
    user_bias: F32 | None = None  # (n_users,)
    item_bias: F32 | None = None  # (n_items,)
    mean: float = 0.0  # what is forecast where nothing is known; 0 in a bare product
    fold_in: float = 2.0  # ridge penalty of a history that is folded in; above 0

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.item_factors)

    @property
    def n_users(self) -> int:
        """Number of users of the training."""
        return len(self.user_factors)

    @property
    def base(self) -> F64:
        """Scores of a history that says nothing, mean + b_j; shape (n_items,)."""
        if self.item_bias is None:
            return np.full(self.n_items, self.mean)
        return self.mean + self.item_bias.astype(np.float64)

    def _features(self, items: Indices | slice) -> F64:
        """f_j of some items; shape (items, k), with biases (items, k + 1)."""
        factors = self.item_factors[items].astype(np.float64)
        if self.item_bias is None:
            return factors
        return np.hstack([factors, np.ones((len(factors), 1))])

    def _parts(self, items: Indices, stars: F32) -> F64:
        """A^{-1} f_i y_i of each book of one history, 0 without stars; shape (width, books)."""
        starred = ~np.isnan(stars)
        features = self._features(items) * starred[:, None]
        residual = np.where(starred, stars - self.base[items], 0.0)
        system = features.T @ features + self.fold_in * np.eye(features.shape[1])
        return solve(system, features.T * residual)

    def folded(self, histories: Histories) -> F64:
        """The solution x of each history; shape (n, width)."""
        rows = [self._parts(*histories.row(r)).sum(axis=1) for r in range(len(histories))]
        width = self.item_factors.shape[1] + (self.item_bias is not None)
        return np.array(rows).reshape(len(rows), width)

    def score(self, histories: Histories) -> Scores:
        """Forecast stars of all items; mean + b_j without a starred book; (n, n_items)."""
        features = self._features(slice(None))
        # one row at a time, so that a batch rounds as its rows alone do
        scores = [self.base + features @ row for row in self.folded(histories)]
        return np.array(scores, dtype=np.float32).reshape(len(histories), self.n_items)

    def forecast(self, histories: Histories, rows: Indices, items: Indices) -> F32:
        """Forecast stars of pairs of a history and an item; shape (pairs,)."""
        readers = self.folded(histories)[rows]
        stars = self.base[items] + np.einsum("nk,nk->n", self._features(items), readers)
        return np.asarray(stars, dtype=np.float32)

    def similar(self, item: int) -> Scores:
        """Cosine of the books' vectors; shape (n_items,)."""
        return cosines(self.item_factors, item)

    def explain(self, history: Histories, items: Indices) -> Shares:
        """The share of each book of a history of one row in the scores of some items."""
        parts = self._parts(*history.row(0))
        return Shares(self.base[items], self._features(items) @ parts)

    def score_users(self, users: Indices) -> Scores:
        """Forecast stars of all items for users of the training; (len(users), n_items)."""
        vectors = believable("user_factors", self.user_factors[users])
        scores = vectors @ self.item_factors.T + self.base
        if self.user_bias is not None:
            scores += self.user_bias[users, None]
        return np.asarray(scores, dtype=np.float32)

    def predict(self, users: Indices, items: Indices) -> F32:
        """Forecast stars for pairs of a user of the training and an item; shape (pairs,)."""
        product = np.einsum("nk,nk->n", self.user_factors[users], self.item_factors[items])
        stars = product + self.base[items]
        if self.user_bias is not None:
            stars += self.user_bias[users]
        return np.asarray(stars, dtype=np.float32)

    def adopting(self, users: Indices, histories: Histories) -> Self:
        """The model with these users' vectors folded in from their histories, one row each."""
        solved = self.folded(histories)
        factors, bias = self.user_factors.copy(), self.user_bias
        factors[users] = solved[:, : factors.shape[1]]
        if bias is not None:
            bias = bias.copy()
            bias[users] = solved[:, -1] if self.item_bias is not None else 0
        return replace(self, user_factors=factors, user_bias=bias)

    def arrays(self) -> Arrays:
        """Both tables, and the biases where there are some."""
        arrays = {
            "user_factors": self.user_factors,
            "item_factors": self.item_factors,
            "user_bias": self.user_bias,
            "item_bias": self.item_bias,
        }
        return {name: array for name, array in arrays.items() if array is not None}

    def settings(self) -> Mapping[str, object]:
        """Mean and fold-in penalty."""
        return {"mean": self.mean, "fold_in": self.fold_in}

    @classmethod
    def of_arrays(cls, arrays: StoredArrays, settings: StoredSettings) -> Self:
        """The model again."""
        items = arrays.numbers("item_factors", None, None)
        users = arrays.table("user_factors", None, items.shape[1])
        user_bias, item_bias = (
            arrays.numbers(name, len(factors)) if name in arrays else None
            for name, factors in (("user_bias", users), ("item_bias", items))
        )
        mean, fold_in = settings.number("mean"), settings.above_zero("fold_in")
        return cls(users, items, user_bias, item_bias, mean=mean, fold_in=fold_in)
