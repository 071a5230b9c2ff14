"""What all predictors have in common: ratings kept aside, on which the cut-points are found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from readalike.data.histories import Histories
from readalike.data.ratings import kept
from readalike.data.scale import RatingScale
from readalike.models.readerspread import ReaderSpread
from readalike.models.starfactors import StarFactors
from readalike.models.stars import nearest
from readalike.numerics.arrays import F32, F64, Bools
from readalike.numerics.masks import marks
from readalike.numerics.ordinal import CutPoints, fit_cut_points

if TYPE_CHECKING:
    from readalike.numerics.gibbs import Rated


SHARE, MOST = 0.02, 20_000
"""Share and largest number of the ratings that are kept aside."""
PRIOR = 30.0
"""Ratings' worth of the assumption that cut-points lie half way between the stars."""
MOST_LEVELS = 21
"""Where a scale has more steps, or none, so many levels stand for it."""
BOOK_PRIOR = 10.0
"""Readers' worth of what is expected of a book before its ratings."""
LEAST_VARIANCE = 1e-4
"""Of a reader's ratings, where all are the same."""
READER_PRIOR = 5.0
"""Ratings' worth of the usual spread, against a reader's own."""


def levels_of(scale: RatingScale) -> F64:
    """The stars that can be given; of a scale without steps, or of very many, 21 in even steps."""
    steps = round(scale.width / scale.step) if scale.step else MOST_LEVELS
    return np.linspace(scale.lowest, scale.highest, min(steps + 1, MOST_LEVELS))


def by_book(histories: Histories) -> Histories:
    """Each reader's entries by book, so that the order of rows makes no difference."""
    order = np.lexsort((histories.items, histories.rows))
    return replace(histories, items=histories.items[order], stars=histories.stars[order])


def kept_aside(n: int, seed: int) -> Bools:
    """Which of n ratings the cut-points are found on; none where there are too few."""
    drawn = np.random.default_rng(seed).permutation(n)
    return marks(drawn[: min(int(SHARE * n), MOST)], n)


def sides(
    histories: Histories, mean: float, aside: Bools, spread: ReaderSpread
) -> tuple[Rated, Rated]:
    """The ratings by reader and by book, those kept aside with a weight of 0."""
    from readalike.numerics.gibbs import Rated

    users, items = histories.rows.astype(np.int32), histories.items
    stars = (histories.stars - mean).astype(np.float32)
    weights = spread.weights(kept(histories, ~aside))[histories.rows] * ~aside
    order = np.argsort(items, kind="stable")
    counts = np.bincount(items, minlength=histories.n_items)
    by_user = Rated(histories.indptr.copy(), items.copy(), stars, weights)
    by_item = Rated(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        users[order],
        stars[order],
        weights[order],
    )
    return by_user, by_item


def calibrated(
    model: StarFactors, read: Histories, histories: Histories, aside: Bools
) -> CutPoints:
    """Cut-points on forecasts of the ratings kept aside, which the model was not told."""
    pairs = histories.rows * histories.n_items + histories.items
    hidden = np.isin(read.rows * read.n_items + read.items, pairs[aside])
    shown = kept(read, ~hidden)
    rows, items = histories.rows[aside], histories.items[aside]
    means, variances = model.latent(shown, rows, items)
    spreads = model.spreads(shown, rows, items, variances)
    given = nearest(model.levels, histories.stars[aside])
    return fit_cut_points(model.levels, means, spreads, given, PRIOR)


def book_stars(histories: Histories, levels: F64, expected: F64) -> F32:
    """How likely each level is of a book, for anybody: its own ratings, and what is expected.

    What is expected before is the distribution of all ratings, tilted to a mean.
    """
    n, size = histories.n_items, len(levels)
    level = nearest(levels, histories.stars)
    counts = np.bincount(histories.items * size + level, minlength=n * size).reshape(n, size)
    everybody = counts.sum(axis=0) + 1.0
    prior = tilted(everybody / everybody.sum(), levels, expected)
    total = counts.sum(axis=1, keepdims=True) + BOOK_PRIOR
    return np.asarray((counts + BOOK_PRIOR * prior) / total, np.float32)


def tilted(shares: F64, levels: F64, means: F64) -> F64:
    """The shares times exp(t level), t such that the mean is as wanted; shape (n, levels).

    A mean beyond the scale is moved into it. By Newton's method.
    """
    if len(levels) == 1:
        return np.ones((len(means), 1))
    unit = levels[-1] - levels[0]
    at = (levels - levels[0]) / unit
    wanted = np.clip((means - levels[0]) / unit, 0.02, 0.98)
    t = np.zeros(len(means))
    for _ in range(50):
        weights = shares * np.exp(t[:, None] * at)
        weights /= weights.sum(axis=1, keepdims=True)
        mean = weights @ at
        variance = np.maximum(weights @ at**2 - mean**2, 1e-6)
        t += np.clip((wanted - mean) / variance, -5.0, 5.0)
    return np.asarray(weights)


def reader_spread(histories: Histories, mean: float, power: float) -> ReaderSpread:
    """How widely readers' stars are spread around the books' means."""
    items, n = histories.items, histories.n_items
    counts = np.bincount(items, minlength=n)
    totals = np.bincount(items, histories.stars - mean, n)
    means = mean + totals / (counts + BOOK_PRIOR)
    apart = histories.stars - means[items]
    sums = np.bincount(histories.rows, apart, len(histories))
    # no product of vectors, which BLAS would sum in another order on another number of threads
    whole = float(np.square(apart, dtype=np.float64).sum())
    squares = whole - float((sums**2 / np.maximum(histories.lengths, 1)).sum())
    free = max(int(np.maximum(histories.lengths - 1, 0).sum()), 1)
    usual = max(squares / free, LEAST_VARIANCE)
    return ReaderSpread(means.astype(np.float32), usual, READER_PRIOR, power)
