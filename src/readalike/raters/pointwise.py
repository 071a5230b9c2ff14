"""Raters of one solution, not of many samples: biases alone, and with factors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from readalike.algorithms.settings import Progress
from readalike.data.ratings import Ratings
from readalike.data.splitting import kept
from readalike.models.readembedding import ReadEmbedding
from readalike.models.starfactors import StarFactors
from readalike.raters.calibration import (
    by_book,
    calibrated,
    kept_aside,
    levels_of,
    reader_spread,
    sides,
    starred,
)
from readalike.raters.samples import Samples

F32 = npt.NDArray[np.float32]

LEAST_VARIANCE = 1e-3
"""Of a rating about its forecast, so that ratings without any noise divide nothing by 0."""


def fit_pointwise(
    ratings: Ratings,
    penalties: tuple[F32, F32],
    iterations: int,
    seed: int,
    progress: Progress,
) -> StarFactors:
    """Alternates without the ratings kept aside, and finds the cut-points on them.

    Args:
        ratings: What to learn from.
        penalties: Ridge penalties of readers and books; shapes (k + 1,), the last of the bias.
        iterations: Times that both sides are solved.
        seed: Of the first vectors and of the ratings kept aside.
        progress: Told how far it is.
    """
    from readalike.numerics.alternating import alternate, mean_square
    from readalike.numerics.gibbs import Side

    read, levels, mean = by_book(ratings.histories), levels_of(ratings.scale), ratings.mean
    histories = starred(read)
    aside = kept_aside(len(histories.items), seed)
    spread = reader_spread(kept(histories, ~aside), mean, power=0.0)
    by_user, by_item = sides(histories, mean, aside, spread)
    width = len(penalties[0])
    start = np.random.default_rng(seed).standard_normal((histories.n_items, width)) * 0.1
    start[:, -1] = 0
    users = Side(np.zeros((len(histories), width), np.float32), ones(len(histories)))
    items = Side(start.astype(np.float32), ones(histories.n_items))
    nothing = ReadEmbedding.nothing(histories.n_items)
    unknown = np.zeros(histories.n_items, np.bool_)

    alternate(
        users, items, by_user, by_item, penalties, iterations,
        lambda done: progress("solving readers and books", done, iterations),
    )  # fmt: skip
    noise = 1 / max(mean_square(users, items, by_user), LEAST_VARIANCE)
    users.precision = np.diag(noise * penalties[0].astype(np.float64))
    users.coefficients = np.zeros((1, width))
    samples = Samples()
    samples.keep(users, items, noise)
    told = kept(histories, ~aside)
    model = samples.model(told, unknown, nothing, spread, levels, mean)
    return replace(model, cuts=calibrated(model, read, histories, aside))


def ones(n: int) -> F32:
    """A column of ones."""
    return np.ones((n, 1), np.float32)
