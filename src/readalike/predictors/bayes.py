"""The default: a factorization whose readers and books are drawn from their posterior."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from readalike.algorithms.settings import Range, StarAlgorithm, setting
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.models.readembedding import ReadEmbedding
from readalike.models.starfactors import StarFactors
from readalike.predictors.book_features import author_groups, book_features, described
from readalike.predictors.samples import PreparedRatings, Samples
from readalike.progress import Progress, silent

if TYPE_CHECKING:
    from readalike.numerics.gibbs import Sampler


EMBEDDING_ITERATIONS = 8
"""Times that both sides of the embedding of what was read are solved."""
START = np.float32(0.3)
"""Standard deviation of the rows that the chain starts from."""
LEAST_SPREAD = 1e-6
"""Of a coordinate of the embedding; where readers differ less, they do not differ."""


@dataclass(frozen=True)
class Bayes(StarAlgorithm):
    r"""Bayesian matrix factorization; what is expected of a row depends on what is known of it.

    r_uj = mean + b_u + b_j + p_u'q_j + noise. [p_u, b_u] has a normal prior whose mean is a
    regression on an embedding of what the reader read, whatever the stars; [q_j, b_j] one on
    the book's own embedding, how often and by whom it is read, its tags, year, the world's mean
    stars, and its first author. All of it is drawn in turn (`readalike.numerics.gibbs`), and
    forecasts are the mean over the draws that are kept.
    """

    name: ClassVar[str] = "bayes"

    factors: int = setting(
        31, "length of a book's vector", low=0, high=256, search=Range(8, 64, log=True)
    )
    sweeps: int = setting(80, "times that everything is drawn", low=1)
    samples: int = setting(20, "draws that are kept", low=1, high=256)
    burn_in: int = setting(15, "draws before the first that counts", low=0)
    embedding: int = setting(
        32, "length of the embedding of what was read; 0 for none", low=0, high=256,
        search=Range(16, 96, log=True),
    )  # fmt: skip
    alpha: float = setting(
        40.0, "how much more a read book counts than an unread one, in the embedding", low=0.0,
        search=Range(1.0, 200.0, log=True),
    )  # fmt: skip
    regularization: float = setting(
        1.0, "ridge penalty on the embedding", low=1e-6, search=Range(0.01, 100.0, log=True)
    )
    subjects: int = setting(
        64, "numbers that a book's tags are made into; 0 for none", low=0, search=Range(8, 128)
    )
    spread_weight: float = setting(
        0.5, "how much more the ratings of readers who rate evenly count; 0: no more",
        low=0.0, high=2.0, search=Range(0.0, 1.0),
    )  # fmt: skip
    authors: bool = setting(True, "whether books of the same first author are alike")
    world_means: bool = setting(True, "whether the catalogue's mean stars in the world count")
    seed: int = setting(0, "of all draws", low=0)

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> StarFactors:
        """Draws the chain."""
        from readalike.numerics.gibbs import GibbsSide, Sampler

        table = PreparedRatings.of(ratings, self.seed, self.spread_weight)
        random = np.random.default_rng(self.seed)
        embedding = self._embedding(table.read, progress)
        features = book_features(
            catalogue, ratings.item_counts, embedding.factors, self.subjects, self.world_means
        )
        groups = author_groups(catalogue.authors) if self.authors else None
        # rows near 0 would draw a prior that holds them there
        rows, start = (
            START * random.standard_normal((n, self.factors + 1), np.float32)
            for n in (len(table.read), table.read.n_items)
        )
        inputs = np.hstack([np.ones((len(rows), 1), np.float32), embedding.of(table.read)])
        chain = Sampler(
            GibbsSide(rows, inputs), GibbsSide(start, features, groups), *table.sides(), random
        )
        return table.model(self._drawn(chain, progress), described(catalogue), embedding)

    def _drawn(self, chain: Sampler, progress: Progress) -> Samples:
        """Moves the chain, and keeps every so many-th draw after the burn-in."""
        from readalike.numerics.row_solver import one_blas_thread

        samples, total = Samples(), self.burn_in + self.sweeps
        every = max(self.sweeps // self.samples, 1)
        with one_blas_thread():
            for sweep in range(1, total + 1):
                chain.sweep()
                if sweep > self.burn_in and (sweep - self.burn_in) % every == 0:
                    samples.keep(chain.users, chain.items, chain.noise)
                progress("drawing readers and books", sweep, total)
        return samples

    def _embedding(self, read: Histories, progress: Progress) -> ReadEmbedding:
        from readalike.numerics.alternating import implicit_factors

        if not self.embedding:
            return ReadEmbedding.nothing(read.n_items)
        readers, books = implicit_factors(
            read.matrix(),
            self.embedding,
            self.alpha,
            regularization=self.regularization,
            iterations=EMBEDDING_ITERATIONS,
            seed=self.seed,
            progress=lambda done, total: progress("embedding what was read", done, total),
        )
        spread = readers.std(axis=0)
        scale = np.where(spread > LEAST_SPREAD, spread, 1).astype(np.float32)
        centre = readers.mean(axis=0)
        return ReadEmbedding(books, self.alpha, self.regularization, centre, scale)
