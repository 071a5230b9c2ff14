"""What every predictor begins with, what is kept of a fit, and the model that is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from readalike.data.histories import Histories
from readalike.data.ratings import Ratings, kept
from readalike.models.readembedding import ReadEmbedding
from readalike.models.readerspread import ReaderSpread
from readalike.models.starfactors import DESCRIBED, RATED, UNKNOWN, StarFactors
from readalike.numerics.arrays import F32, F64, Bools
from readalike.numerics.ordinal import CutPoints
from readalike.predictors.calibration import (
    book_stars,
    by_book,
    calibrated,
    kept_aside,
    levels_of,
    reader_spread,
    sides,
)

if TYPE_CHECKING:
    from readalike.numerics.gibbs import GibbsSide, Rated


@dataclass(eq=False)
class Samples:
    """Draws from the posterior, or the one solution of a least-squares fit.

    Of each the items [q, b] and what they were drawn around, the readers' Lambda and B, the
    precision of a rating, and the mean reader.
    """

    items: list[F32] = field(default_factory=list)
    means: list[F32] = field(default_factory=list)
    precision: list[F32] = field(default_factory=list)
    coefficients: list[F32] = field(default_factory=list)
    noise: list[float] = field(default_factory=list)
    readers: list[F32] = field(default_factory=list)

    def keep(self, users: GibbsSide, items: GibbsSide, noise: float) -> None:
        """Keeps both sides as they are now; a sweep replaces their rows and changes none."""
        assert users.precision is not None
        assert users.coefficients is not None
        self.items.append(items.rows)
        self.means.append(items.means)
        self.precision.append(users.precision.astype(np.float32))
        self.coefficients.append(users.coefficients.astype(np.float32))
        self.noise.append(noise)
        self.readers.append(users.rows.mean(axis=0))

    def apart(self) -> F64:
        """How far from the mean of all ratings the mean reader is expected to rate each book."""
        of_each = [
            rows[:, :-1] @ reader[:-1] + reader[-1] + rows[:, -1]
            for rows, reader in zip(self.means, self.readers, strict=True)
        ]
        return np.asarray(np.mean(of_each, axis=0, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class PreparedRatings:
    """A table of ratings, some of them kept aside: the others are `shown`."""

    read: Histories  # all that readers read, with stars or without
    rated: Histories
    aside: Bools  # ratings that nothing but the cut-points is learnt from; shape of the ratings
    shown: Histories
    spread: ReaderSpread
    levels: F64
    mean: float

    @classmethod
    def of(cls, ratings: Ratings, seed: int, power: float) -> Self:
        """Draws the ratings that are kept aside."""
        read = by_book(ratings.histories)
        rated = kept(read, ~np.isnan(read.stars))
        aside = kept_aside(len(rated.items), seed)
        shown = kept(rated, ~aside)
        spread = reader_spread(shown, ratings.mean, power)
        return cls(
            read, rated, aside, shown, spread, levels=levels_of(ratings.scale), mean=ratings.mean
        )

    def sides(self) -> tuple[Rated, Rated]:
        """The ratings by reader and by book, those kept aside with a weight of 0."""
        return sides(self.rated, self.mean, self.aside, self.spread)

    def model(self, samples: Samples, described: Bools, embedding: ReadEmbedding) -> StarFactors:
        """The model that samples of the ratings shown make, with cut-points on the others.

        Described are the books that they know something of without ratings; shape (n_items,).
        """
        from readalike.numerics.row_solver import one_blas_thread

        shown, mean = self.shown, self.mean
        rated = np.bincount(shown.items, minlength=shown.n_items) > 0
        known = np.where(rated, RATED, np.where(described, DESCRIBED, UNKNOWN)).astype(np.uint8)
        expected = np.where(known == UNKNOWN, mean, mean + samples.apart())
        found = StarFactors(
            drawn=np.stack(samples.items),
            expected=np.stack(samples.means),
            precision=np.ascontiguousarray(np.stack(samples.precision)),
            coefficients=np.ascontiguousarray(np.stack(samples.coefficients)),
            noise=np.array(samples.noise, np.float32),
            embedding=embedding,
            known=known,
            book_stars=book_stars(shown, self.levels, expected),
            levels=self.levels,
            cuts=CutPoints.none(self.levels),
            mean=mean,
            reader_spread=self.spread,
        )
        with one_blas_thread():  # so that the sums do not depend on the number of threads
            return replace(found, cuts=calibrated(found, self.read, self.rated, self.aside))
