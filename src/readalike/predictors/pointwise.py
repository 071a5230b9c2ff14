"""Predictors of one solution, not of many samples: biases alone, and with factors."""

from __future__ import annotations

import numpy as np

from readalike.data.ratings import Ratings
from readalike.models.readembedding import ReadEmbedding
from readalike.models.starfactors import StarFactors
from readalike.numerics.arrays import F32
from readalike.predictors.samples import PreparedRatings, Samples
from readalike.progress import Progress

LEAST_VARIANCE = 1e-3
"""Of a rating about its forecast, so that ratings without any noise divide nothing by 0."""


def fit_pointwise(
    ratings: Ratings, penalties: tuple[F32, F32], iterations: int, seed: int, progress: Progress
) -> StarFactors:
    """Alternates without the ratings kept aside, and finds the cut-points on them."""
    from readalike.numerics.alternating import alternate, mean_square
    from readalike.numerics.gibbs import GibbsSide

    table = PreparedRatings.of(ratings, seed, power=0.0)
    by_user, by_item = table.sides()
    width, n_users, n_items = len(penalties[0]), len(table.read), table.read.n_items
    start = np.random.default_rng(seed).standard_normal((n_items, width)) * 0.1
    start[:, -1] = 0
    sides = np.zeros((n_users, width), np.float32), start.astype(np.float32)
    users, items = (GibbsSide(rows, np.ones((len(rows), 1), np.float32)) for rows in sides)
    alternate(
        users, items, by_user, by_item=by_item, penalties=penalties, iterations=iterations,
        progress=lambda done: progress("solving readers and books", done, iterations),
    )  # fmt: skip
    noise = 1 / max(mean_square(users, items, by_user), LEAST_VARIANCE)
    users.precision = np.diag(noise * penalties[0].astype(np.float64))
    users.coefficients = np.zeros((1, width))
    samples = Samples()
    samples.keep(users, items, noise)
    return table.model(samples, np.zeros(n_items, np.bool_), ReadEmbedding.nothing(n_items))
