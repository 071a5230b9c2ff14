"""Implicit alternating least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.algorithms.settings import Algorithm, Progress, Range, setting, silent
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models import ItemFactors
from readalike.models.weights import StarWeights

F32 = npt.NDArray[np.float32]


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
    star_slope: float = setting(
        0.5, "change of a history book's weight a star (of five) above the mean", low=0.0,
        search=Range(0.0, 1.5),
    )  # fmt: skip
    seed: int = setting(0, "of the first vectors", low=0)

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> ItemFactors:
        """Solves readers and books in turn; the readers' side is not kept."""
        from readalike.numerics.rows import solve_rows

        X = ratings.histories.matrix()
        T = X.T.tocsr()
        targets = np.full(X.nnz, 1 + self.alpha, np.float32)
        random = np.random.default_rng(self.seed)
        Q = (random.standard_normal((T.shape[0], self.factors)) / np.sqrt(self.factors)).astype(
            np.float32
        )

        ridge = np.float32(self.regularization) * np.eye(self.factors, dtype=np.float32)

        def solve(side: sp.csr_array, other: F32) -> F32:
            indptr = side.indptr.astype(np.int64)
            base = other.T @ other + ridge
            solved: F32 = solve_rows(indptr, side.indices, targets, other, base, self.alpha)
            return solved

        for iteration in range(self.iterations):
            P = solve(X, Q)
            Q = solve(T, P)
            progress("solving readers and books", iteration + 1, self.iterations)
        return ItemFactors(
            Q, self.alpha, self.regularization, StarWeights.around_mean(ratings, self.star_slope)
        )
