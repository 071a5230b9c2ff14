"""Factors of books that forecast stars: a history is folded in by one ridge solve a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.data.stored import SMALLEST, StoredArrays, StoredSettings, believable, wrong
from readalike.models.interface import Arrays
from readalike.models.linear import inverted
from readalike.models.readembedding import ReadEmbedding
from readalike.models.readerspread import ReaderSpread
from readalike.models.stars import StarDistribution, StarShares
from readalike.numerics.arrays import F32, F64, Indices
from readalike.numerics.ordinal import CutPoints

FEW = 8
"""Histories up to which no compiler is loaded."""
ITEMS = 1000
"""Items forecast together: some tens of megabytes."""
SPREADS = 3
"""What `spreads` tells: of the forecast itself, of the reader's stars and of the book's."""
UNKNOWN, DESCRIBED, RATED = 0, 1, 2
"""What is known of a book: nothing, what the catalogue says, ratings."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StarFactors:
    r"""Forecasts mean + b_j + f_j'x of a reader x whose prior depends on what was read.

    In each of S samples of the posterior, f_j = [q_j, 1] and
    x ~ N(A^-1 (Lambda B'z + tau w \sum_i f_i (r_i - mean - b_i)), A^-1),
    A = Lambda + tau w \sum_i f_i f_i'. w is what the reader's ratings weigh, z = [1, e] with e the
    embedding of the books read and of the one that is asked about: whoever rates a book has read
    it, and so had the readers who were learnt from. What is forecast is the mean over the
    samples; its variance is the mean of f'A^-1 f and the variance of the means. Cut-points make
    both, with the spreads of the reader's and the book's stars, into a probability of each star.

    Of a reader of whom nothing is known the forecast is the book's own stars.
    """

    kind: ClassVar[str] = "star-factors"

    drawn: F32  # [q, b] of the books that were read; (S, n_items, k + 1)
    expected: F32  # what they were drawn around: the noise of a draw would be one of forecasts
    precision: F32  # Lambda; (S, k + 1, k + 1)
    coefficients: F32  # B; (S, 1 + d, k + 1)
    noise: F32  # tau, one over the variance of a rating; (S,)
    embedding: ReadEmbedding  # makes e of a history
    known: npt.NDArray[np.uint8]  # `RATED`, `DESCRIBED` or `UNKNOWN`; (n_items,)
    book_stars: F32  # probability of each level of a book for anybody; (n_items, levels)
    levels: F64  # the stars that can be given; (levels,)
    cuts: CutPoints
    mean: float  # of all ratings
    reader_spread: ReaderSpread

    @property
    def n_items(self) -> int:
        """Number of items."""
        return int(self.drawn.shape[1])

    def distribution(self, histories: Histories, rows: Indices, items: Indices) -> StarDistribution:
        """How likely each star is, for pairs of a history and an item."""
        means, variances = self.latent(histories, rows, items)
        spreads = self.spreads(histories, rows, items, variances)
        found = self.cuts.probabilities(means, spreads)
        nothing = histories.lengths[rows] == 0
        found[nothing] = self.book_stars[items[nothing]]
        return StarDistribution(self.levels, found)

    def forecast(self, histories: Histories, rows: Indices, items: Indices) -> F64:
        """Expected stars of pairs of a history and an item; shape (pairs,)."""
        return self.distribution(histories, rows, items).mean

    def latent(self, histories: Histories, rows: Indices, items: Indices) -> tuple[F64, F64]:
        """Mean and variance of mean + b_j + f_j'x of pairs, before the cut-points; (pairs,).

        Many histories are solved by the compiled kernel, one or a few, as of a reader who waits,
        without a compiler.
        """
        used, first = np.unique(rows, return_index=True)
        if not len(used):
            return np.empty(0), np.empty(0)
        if len(used) > FEW:
            return self._latent_of_many(histories, used, rows, items)
        spans = np.split(np.asarray(items), first[1:])
        found = [
            self._latent_of_one(histories.take([row]), span)
            for row, span in zip(used.tolist(), spans, strict=True)
        ]
        means, variances = (np.concatenate(part) for part in zip(*found, strict=True))
        return means, variances

    def _latent_of_one(self, history: Histories, items: Indices) -> tuple[F64, F64]:
        books, stars = history.row(0)
        f, bias, weights, inverse = self._folded(history)
        apart = np.where(weights > 0, stars - self.mean - bias, 0.0)
        by_stars = (weights * apart)[:, None, :] @ f
        means, variances = np.empty(len(items)), np.empty(len(items))
        for start in range(0, len(items), ITEMS):
            some = items[start : start + ITEMS]
            z = np.hstack([np.ones((len(some), 1)), self.embedding.with_each(books, some)])
            wanted = believable("expected", self.expected[:, some])
            factors = factors_of(wanted)
            toward = factors @ inverse
            prior = (z @ self._double["coefficients"]) @ self._double["precision"]
            latent = wanted[:, :, -1] + (toward * (prior + by_stars)).sum(axis=2)
            within = (toward * factors).sum(axis=2)
            means[start : start + ITEMS] = self.mean + latent.mean(axis=0)
            variances[start : start + ITEMS] = within.mean(axis=0) + latent.var(axis=0)
        return means, variances

    @cached_property
    def _double(self) -> dict[str, F64]:
        names = ("precision", "coefficients", "noise")
        return {name: getattr(self, name).astype(np.float64) for name in names}

    def _folded(self, history: Histories) -> tuple[F64, F32, F64, F64]:
        """The books' f and b of one history, their weights, and A^-1; (S, n, k + 1), (S, n), ..."""
        books, stars = history.row(0)
        drawn = believable("drawn", self.drawn[:, books])
        f = factors_of(drawn)
        weights = np.outer(self._double["noise"], ~np.isnan(stars))
        weights *= self.reader_spread.weights(history)
        system = self._double["precision"] + (f * weights[:, :, None]).transpose(0, 2, 1) @ f
        return f, drawn[:, :, -1], weights, inverted(system)

    @cached_property
    def _tables(self) -> tuple[F32, F32]:
        """What is drawn and what is expected, of all books."""
        return believable("drawn", self.drawn), believable("expected", self.expected)

    def _latent_of_many(
        self, histories: Histories, used: Indices, rows: Indices, items: Indices
    ) -> tuple[F64, F64]:
        from readalike.numerics.row_solver import Entries, forecast_rows, one_blas_thread, padded

        known, row = histories.take(used), np.searchsorted(used, rows)
        counts = np.bincount(row, minlength=len(used))
        columns = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), items.astype(np.int32)
        one = np.ones((len(items), 1), np.float32)
        z = np.hstack([one, self.embedding.with_items(known, row, items)])
        starred = ~np.isnan(known.stars)
        apart = np.where(starred, known.stars - np.float32(self.mean), 0.0).astype(np.float32)
        own = starred * self.reader_spread.weights(known)[known.rows]
        drawn, expected = self._tables
        first, second, within = np.zeros((3, len(items)))
        with one_blas_thread():
            for s, noise in enumerate(self.noise):
                weights = noise * own
                targets = weights * (apart - drawn[s, known.items, -1])
                entries = Entries(known.indptr, known.items, weights, targets)
                start = (z @ self.coefficients[s]) @ self.precision[s]
                read, wanted = (padded(factors_of(table[s])) for table in (drawn, expected))
                means, variances = forecast_rows(
                    entries, read, wanted, base=self.precision[s], start=start, wanted=columns
                )
                latent = expected[s, items, -1].astype(np.float64) + means
                first += latent
                second += latent * latent
                within += variances
        n = len(self.noise)
        between = np.maximum(second / n - (first / n) ** 2, 0.0)
        return self.mean + first / n, within / n + between

    def explain(self, history: Histories, items: Indices, forecast: F64) -> StarShares:
        r"""What forecasts are the sum of, for a history of one row.

        x = m + A^-1 (Lambda B_e' e + tau \sum_i f_i (y_i - f_i'm)), m the mean of a reader of
        whom nothing is known, is linear in the books of the history, e too.
        """
        books, stars = history.row(0)
        n = len(books)
        if not n:
            nothing = np.zeros(len(items))
            return StarShares(forecast, nothing, np.zeros((len(items), 0)), nothing)
        f, bias, weights, inverse = self._folded(history)
        effects = self._double["coefficients"]
        expected = believable("expected", self.expected[:, items])
        factors = factors_of(expected)
        usual = effects[:, 0, :, None]
        apart = np.where(weights > 0, stars - self.mean - bias, 0.0)
        apart = weights * (apart - (f @ usual)[:, :, 0])
        by_stars = inverse @ (f * apart[:, :, None]).transpose(0, 2, 1)
        toward = inverse @ self._double["precision"] @ effects[:, 1:].transpose(0, 2, 1)
        parts = self.embedding.parts(books, items)
        # what a step along the embedding is worth to each item: all of it, and without the bias
        whole = (factors @ toward).mean(axis=0)
        by_taste = (factors[:, :, :-1] @ toward[:, :-1]).mean(axis=0)
        book = self.mean + (expected[:, :, -1] + (factors @ usual)[:, :, 0]).mean(axis=0)
        book += np.einsum("kd,kd->k", whole, parts[:, n])
        reader = by_stars[:, -1].sum(axis=1).mean()
        reader += parts[:, :n].sum(axis=1) @ toward[:, -1].mean(axis=0)
        by_book = (factors[:, :, :-1] @ by_stars[:, :-1]).mean(axis=0)
        by_book += np.einsum("kd,kid->ki", by_taste, parts[:, :n])
        return StarShares(book, reader, by_book, forecast - book - reader - by_book.sum(axis=1))

    def arrays(self) -> Arrays:
        """Everything but the scalars."""
        return {
            "drawn": self.drawn,
            "expected": self.expected,
            "precision": self.precision,
            "coefficients": self.coefficients,
            "noise": self.noise,
            "embedding": self.embedding.factors,
            "embedding_centre": self.embedding.centre,
            "embedding_scale": self.embedding.scale,
            "known": self.known,
            "book_stars": self.book_stars,
            "levels": self.levels,
            "cuts": self.cuts.cuts,
            "spread": self.cuts.spread,
            "book_means": self.reader_spread.means,
        }

    def settings(self) -> Mapping[str, Any]:
        """The scalars."""
        return {
            "mean": self.mean,
            "alpha": self.embedding.alpha,
            "regularization": self.embedding.regularization,
            "usual_variance": self.reader_spread.usual,
            "worth": self.reader_spread.worth,
            "power": self.reader_spread.power,
        }

    @classmethod
    def of_arrays(cls, arrays: StoredArrays, settings: StoredSettings) -> Self:
        """The model again."""
        drawn = arrays.table("drawn", None, None, None)
        samples, n, width = drawn.shape
        if not samples or not width:
            raise wrong("drawn", "at least one draw of at least one number", str(drawn.shape))
        embedding = ReadEmbedding.of_arrays(arrays, settings, n)
        levels = arrays.numbers("levels", None, kinds=(np.float64,))
        book_stars = arrays.numbers("book_stars", n, len(levels), lowest=0.0, highest=1.0)
        if not np.allclose(book_stars.sum(axis=1), 1, rtol=0, atol=1e-3):
            raise wrong("book_stars", "rows that add up to 1", "others")
        cuts = arrays.numbers("cuts", len(levels) - 1, kinds=(np.float64,))
        spread = arrays.numbers("spread", 1 + SPREADS, kinds=(np.float64,))
        precision = arrays.numbers("precision", samples, width, width)
        effects = 1 + embedding.factors.shape[1]
        return cls(
            drawn=drawn,
            expected=arrays.table("expected", samples, n, width),
            precision=_definite("precision", precision),
            coefficients=arrays.numbers("coefficients", samples, effects, width),
            noise=arrays.numbers("noise", samples, lowest=SMALLEST),
            embedding=embedding,
            known=arrays.numbers("known", n, kinds=(np.uint8,), lowest=UNKNOWN, highest=RATED),
            book_stars=book_stars,
            levels=_ascending("levels", levels),
            cuts=CutPoints(_ascending("cuts", cuts), spread),
            mean=settings.number("mean"),
            reader_spread=ReaderSpread.of_arrays(arrays, settings, n),
        )

    def spreads(self, histories: Histories, rows: Indices, items: Indices, variances: F64) -> F64:
        """Logarithms of the standard deviations of forecast, reader and book; (pairs, 3)."""
        book = StarDistribution(self.levels, self.book_stars[items].astype(np.float64))
        reader = self.reader_spread.relative(histories)[rows]
        forecast = variances + 1 / float(self.noise.mean())
        logs = np.log(forecast) / 2, np.log(reader) / 2, np.log(np.maximum(book.spread, 1e-3))
        return np.column_stack(logs)


def factors_of(rows: F32) -> F64:
    """The f = [q, 1] of rows [q, b]; shape (..., k + 1)."""
    factors = rows.astype(np.float64)
    factors[..., -1] = 1
    return factors


def _ascending(name: str, array: F64) -> F64:
    """The array, which must rise."""
    if not (np.diff(array) > 0).all():
        raise wrong(name, "numbers that rise", "others")
    return array


def _definite(name: str, matrices: F32) -> F32:
    """The array, whose matrices must be symmetric and positive definite."""
    turned = matrices.transpose(0, 2, 1)
    try:
        np.linalg.cholesky(matrices.astype(np.float64))
    except np.linalg.LinAlgError as error:
        raise wrong(name, "positive definite matrices", "others") from error
    if not np.allclose(matrices, turned, rtol=1e-3, atol=1e-3 * abs(matrices).max()):
        raise wrong(name, "symmetric matrices", "others")
    return matrices
