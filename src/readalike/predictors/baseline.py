"""The mean, and how far each reader and each book is from it: what every other must beat."""

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
class Baseline(StarAlgorithm):
    r"""mean + b_u + b_j, both biases by ridge regression [Koren 2010, section 2.1]."""

    name: ClassVar[str] = "baseline"

    reader_shrinkage: float = setting(
        4.0, "ratings' worth of no bias, of a reader", low=1e-6, search=Range(0.5, 30.0, log=True)
    )
    book_shrinkage: float = setting(
        4.0, "ratings' worth of no bias, of a book", low=1e-6, search=Range(0.5, 30.0, log=True)
    )
    iterations: int = setting(8, "times that both sides are solved", low=1)
    seed: int = setting(0, "of the ratings kept aside for the chances of each star", low=0)

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> StarFactors:
        """Learns from the rows with stars; the catalogue is not looked at."""
        shrinkages = self.reader_shrinkage, self.book_shrinkage
        readers, books = (np.array([value], np.float32) for value in shrinkages)
        return fit_pointwise(ratings, (readers, books), self.iterations, self.seed, progress)
