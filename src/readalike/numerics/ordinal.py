r"""Cut-points on a forecast: from a mean and a spread to a probability of each star.

P(rating <= level l) = 1 / (1 + exp(-(c_l - mu) / sigma)), the ordered logit [McCullagh 1980],
with log sigma = a_0 + a . s of what is known of the spread. Its tails are heavier than a normal's,
and so are those of ratings. Mean, median and intervals are those of the levels, so they are always
on the scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from readalike.numerics.arrays import F64, I64
from readalike.numerics.logistic import logistic

LEAST = 1e-9
"""Least probability of a rating that was given, so that its logarithm is finite."""
NARROWEST = 1e-3
"""Least distance of two cut-points, in steps of the scale."""


@dataclass(frozen=True, eq=False)
class CutPoints:
    """How a mean and a spread become a probability of each level."""

    cuts: F64  # c, ascending; shape (levels - 1,)
    spread: F64  # a_0 and a; shape (1 + spreads,)

    @classmethod
    def none(cls, levels: F64, spreads: int = 3) -> Self:
        """Half way between the levels, with a spread of 1: before any was found."""
        return cls((levels[1:] + levels[:-1]) / 2, np.zeros(1 + spreads))

    def probabilities(self, means: F64, spreads: F64) -> F64:
        """P of each level, for mu of shape (n,) and s of shape (n, spreads); (n, levels)."""
        sigma = np.exp(self.spread[0] + spreads @ self.spread[1:])
        below = logistic((self.cuts - means[:, None]) / sigma[:, None])
        edges = np.hstack([np.zeros((len(means), 1)), below, np.ones((len(means), 1))])
        return np.maximum(np.diff(edges, axis=1), 0.0)


def fit_cut_points(levels: F64, means: F64, spreads: F64, given: I64, prior: float) -> CutPoints:
    r"""The cut-points of greatest likelihood for ratings that the means did not know.

    They are held to the middles between neighbouring levels, and the spread to the root mean
    squared error, as by `prior` ratings more.

    Args:
        levels: The stars that can be given, ascending; shape (levels,).
        means: mu of each rating; shape (n,).
        spreads: s of each rating; shape (n, spreads).
        given: The level of each rating, from 0; shape (n,).
        prior: Weight of what is assumed before.
    """
    from scipy.optimize import minimize  # which no forecast needs

    if len(levels) == 1:
        return CutPoints.none(levels, spreads.shape[1])
    middles = (levels[1:] + levels[:-1]) / 2
    error = np.sqrt(np.mean((levels[given] - means) ** 2)) if len(means) else levels.std() / 2
    sigma = max(error, 1e-3) * np.sqrt(3) / np.pi  # of a logistic with that deviation
    # the first cut-point, the logarithms of the distances, and the spread
    zeros = np.zeros(spreads.shape[1])
    start = np.concatenate([[middles[0]], np.log(np.diff(middles)), [np.log(sigma)], zeros])
    unit = (levels[-1] - levels[0]) / max(len(levels) - 1, 1)
    n_cuts = len(middles)

    def loss(x: F64) -> tuple[float, F64]:
        steps = np.exp(x[1:n_cuts])
        cuts = x[0] + np.concatenate([[0.0], np.cumsum(steps + NARROWEST * unit)])
        a = x[n_cuts:]
        sigma = np.exp(a[0] + spreads @ a[1:])
        edges = np.concatenate([[-np.inf], cuts, [np.inf]])
        high = (edges[given + 1] - means) / sigma
        low = (edges[given] - means) / sigma
        p = np.maximum(logistic(high) - logistic(low), LEAST)
        dense_high, dense_low = _density(high), _density(low)
        by_cut = np.bincount(given, dense_high / (p * sigma), n_cuts + 1)[:n_cuts]
        by_cut -= np.bincount(given, dense_low / (p * sigma), n_cuts + 1)[1:]
        by_log_sigma = (_times(low, dense_low) - _times(high, dense_high)) / p
        tails = np.cumsum(by_cut[::-1])[::-1]
        gradient = np.concatenate(
            [[tails[0]], tails[1:] * steps, [by_log_sigma.sum()], by_log_sigma @ spreads]
        )
        away = x - start
        return -np.log(p).sum() + prior / 2 * away @ away, -gradient + prior * away

    found = minimize(loss, start, jac=True, method="L-BFGS-B").x
    steps = np.exp(found[1:n_cuts]) + NARROWEST * unit
    return CutPoints(found[0] + np.concatenate([[0.0], np.cumsum(steps)]), found[n_cuts:].copy())


def _density(z: F64) -> F64:
    return np.asarray(logistic(z) * logistic(-z))


def _times(z: F64, density: F64) -> F64:
    """Z density(z), 0 where z is infinite."""
    return np.where(np.isinf(z), 0.0, z) * density
