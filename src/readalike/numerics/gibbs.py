r"""Gibbs sampling of a factorization of stars, a whole row at a time.

y = b_u + b_j + p_u'q_j + noise. A row of either side, x = [p, b], has the prior
N(B'z + a_g, Lambda^-1): z are features of the row, g a group that it belongs to (a book's first
author). Row given the other side, B and Lambda given the rows (matrix normal and Wishart), a_g
given its rows (normal), and the noise's precision (gamma) are drawn in turn, each from its exact
conditional distribution [Salakhutdinov and Mnih 2008; with regression on features, Adams, Dahl
and Murray 2010].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.linalg

from readalike.numerics.arrays import F32, F64, I32, I64
from readalike.numerics.row_solver import Entries, draw_rows, padded, products

RIDGE = 10.0
"""Precision of B's prior, in units of Lambda, a feature having variance 1."""
VARIANCE = 0.05
"""What the prior of Lambda expects of the rows' variance, by the weight of as many rows as they
are long."""
GROUP = 2.0
"""Precision of a group's effect, in units of Lambda."""


class Rated(NamedTuple):
    """Rows of one side: row r has the ratings indptr[r] to indptr[r + 1]."""

    indptr: I64
    columns: I32  # the other side's row of each
    stars: F32  # less their mean
    weights: F32  # what each weighs, a usual one 1, 0 where nobody may look


@dataclass(eq=False)
class GibbsSide:
    """The rows of one side, as they are now; `means` is what they were drawn around."""

    rows: F32  # [p, b]; (n, k + 1)
    features: F32  # z, its first column ones; (n, d)
    groups: I64 | None = None  # the group of each row, -1 of one in none; (n,)
    coefficients: F64 | None = None  # B; (d, k + 1)
    precision: F64 | None = None  # Lambda; (k + 1, k + 1)

    def __post_init__(self) -> None:
        gram = self.features.astype(np.float64).T @ self.features
        self._cholesky = np.linalg.cholesky(gram + RIDGE * np.eye(len(gram)))
        self._effects = np.zeros_like(self.rows)
        self.means = self.rows

    @property
    def factors(self) -> F32:
        """F = [p, 1], padded."""
        found = self.rows.copy()
        found[:, -1] = 1
        return padded(found)

    @property
    def bias(self) -> F32:
        """b; shape (n,)."""
        return self.rows[:, -1]

    def draw_prior(self, random: np.random.Generator) -> F32:
        """Draws B, Lambda and the groups' effects; Lambda m of each row, shape (n, k + 1)."""
        n, width = self.rows.shape
        free = self.rows - self._effects
        products = self.features.T @ free
        half = scipy.linalg.solve_triangular(
            self._cholesky, products.astype(np.float64), lower=True
        )
        scatter = free.astype(np.float64).T @ free - half.T @ half
        scatter += width * VARIANCE * np.eye(width)
        self.precision = wishart(scatter, n + 2 * width + 1, random)
        deviation = np.linalg.cholesky(np.linalg.inv(self.precision))
        drawn = half + random.standard_normal(half.shape) @ deviation.T
        self.coefficients = scipy.linalg.solve_triangular(
            self._cholesky, drawn, lower=True, trans="T"
        )
        prior = self.features @ self.coefficients.astype(np.float32)
        if self.groups is not None:
            self._effects = self._drawn_effects(self.rows - prior, deviation, random)
            prior += self._effects
        return np.asarray(prior @ self.precision.astype(np.float32))

    def _drawn_effects(self, apart: F32, deviation: F64, random: np.random.Generator) -> F32:
        """a_g of each row's group: the groups' means, shrunk, and drawn."""
        assert self.groups is not None
        member = np.flatnonzero(self.groups >= 0)
        group = self.groups[member]
        counts = np.bincount(group).astype(np.float64)
        sums = np.zeros((len(counts), apart.shape[1]))
        np.add.at(sums, group, apart[member])
        noise = random.standard_normal(sums.shape) @ deviation.T
        effects = sums / (counts + GROUP)[:, None] + noise / np.sqrt(counts + GROUP)[:, None]
        found = np.zeros_like(apart)
        found[member] = effects[group]
        return found


def wishart(scatter: F64, degrees: float, random: np.random.Generator) -> F64:
    """A draw from the Wishart distribution of scale scatter^-1 [Bartlett 1933]."""
    width = len(scatter)
    scale = np.linalg.cholesky(np.linalg.inv(scatter))
    bartlett = np.tril(random.standard_normal((width, width)), -1)
    bartlett[np.diag_indices(width)] = np.sqrt(random.chisquare(degrees - np.arange(width)))
    root = scale @ bartlett
    return np.asarray(root @ root.T)


@dataclass(eq=False)
class Sampler:
    """A chain, with the precision of a rating, tau; every sweep moves it."""

    users: GibbsSide
    items: GibbsSide
    by_user: Rated
    by_item: Rated
    random: np.random.Generator
    noise: float = 1.0

    def sweep(self) -> None:
        """Draws both sides, and the noise, once."""
        self._draw(self.users, self.items, self.by_user)
        self._draw(self.items, self.users, self.by_item)
        weights = self.by_user.weights
        left = residuals(self.users, self.items, self.by_user)
        squares = float(np.dot(left * weights, left))
        shape = 1 + np.count_nonzero(weights) / 2
        self.noise = float(self.random.gamma(shape, 1 / (0.5 + squares / 2)))

    def _draw(self, side: GibbsSide, other: GibbsSide, ratings: Rated) -> None:
        start = side.draw_prior(self.random)
        assert side.precision is not None
        weights = np.float32(self.noise) * ratings.weights
        targets = weights * (ratings.stars - other.bias[ratings.columns])
        entries = Entries(ratings.indptr, ratings.columns, weights, targets)
        normal = self.random.standard_normal(side.rows.shape, dtype=np.float32)
        base = side.precision.astype(np.float32)
        side.means, side.rows = draw_rows(entries, other.factors, base, start, normal)


def residuals(users: GibbsSide, items: GibbsSide, by_user: Rated) -> F32:
    """What the forecasts of the ratings leave; shape (nnz,)."""
    indptr, columns, stars, weights = by_user
    entries = Entries(indptr, columns, weights, stars)
    forecast = products(entries, padded(users.rows), items.factors)
    return np.asarray(stars - forecast - items.bias[columns])
