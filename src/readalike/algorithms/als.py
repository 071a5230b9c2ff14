"""Implicit alternating least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from readalike.algorithms.settings import Algorithm, Range, setting, star_slope
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models import ItemFactors
from readalike.models.weights import StarWeights
from readalike.progress import Progress, silent


@dataclass(frozen=True)
class Als(Algorithm):
    """Weighted matrix factorization of who read what [Hu, Koren, Volinsky 2008]."""

    name: ClassVar[str] = "als"

    factors: int = setting(
        64, "length of a book's vector", low=1, high=512, search=Range(16, 256, log=True)
    )
    regularization: float = setting(
        30.0, "penalty on the vectors' length", low=1e-6, search=Range(0.3, 300.0, log=True)
    )
    alpha: float = setting(
        10.0, "how much more a read book counts than an unread one", low=0.0,
        search=Range(0.5, 100.0, log=True),
    )  # fmt: skip
    iterations: int = setting(10, "times that both sides are solved", low=1, search=Range(5, 20))
    star_slope: float = star_slope(0.5)
    seed: int = setting(0, "of the first vectors", low=0)

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> ItemFactors:
        """Solves readers and books in turn; the readers' side is not kept."""
        from readalike.numerics.alternating import implicit_factors

        _, Q = implicit_factors(
            ratings.histories.matrix(),
            self.factors,
            self.alpha,
            regularization=self.regularization,
            iterations=self.iterations,
            seed=self.seed,
            progress=lambda done, total: progress("solving readers and books", done, total),
        )
        return ItemFactors(
            Q, self.alpha, self.regularization, StarWeights.around_mean(ratings, self.star_slope)
        )
