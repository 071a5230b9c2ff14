"""Matrix factorization with biases, by alternating least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.algorithms.settings import Range, StarAlgorithm, setting
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models.starfactors import StarFactors
from readalike.predictors.pointwise import fit_pointwise
from readalike.progress import Progress, silent


@dataclass(frozen=True)
class Mf(StarAlgorithm):
    r"""mean + b_u + b_j + p_u'q_j, the squared error and the vectors' lengths at their least.

    [Koren, Bell, Volinsky 2009]; every step solves one side exactly.
    """

    name: ClassVar[str] = "mf"

    factors: int = setting(
        16, "length of a book's vector", low=1, high=256, search=Range(4, 64, log=True)
    )
    regularization: float = setting(
        12.0, "ridge penalty on the vectors", low=1e-6, search=Range(1.0, 100.0, log=True)
    )
    bias_regularization: float = setting(
        4.0, "ridge penalty on the biases", low=1e-6, search=Range(0.5, 30.0, log=True)
    )
    iterations: int = setting(12, "times that both sides are solved", low=1, search=Range(5, 30))
    seed: int = setting(0, "of the first vectors and of the ratings kept aside", low=0)

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> StarFactors:
        """Learns from the rows with stars; the catalogue is not looked at."""
        penalty = np.full(self.factors + 1, self.regularization, np.float32)
        penalty[-1] = self.bias_regularization
        return fit_pointwise(ratings, (penalty, penalty), self.iterations, self.seed, progress)
