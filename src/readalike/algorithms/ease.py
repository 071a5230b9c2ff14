"""EASE: the exact linear model over all pairs of books, for comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy.linalg
import scipy.sparse as sp

from readalike.algorithms.settings import Algorithm, Range, setting
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.models import ItemItem
from readalike.models.weights import StarWeights
from readalike.progress import Progress, silent

MOST_ITEMS = 30_000


@dataclass(frozen=True)
class Ease(Algorithm):
    r"""B = I - P diag(1/P_jj), P = (X'X + lambda I)^{-1} [Steck 2019].

    The cost grows with the cube of the number of books, the memory with its square.
    """

    name: ClassVar[str] = "ease"

    regularization: float = setting(
        300.0, "lambda: how much the weights are held down", low=1e-6,
        search=Range(1.0, 10_000.0, log=True),
    )  # fmt: skip
    star_slope: float = setting(
        0.0, "change of a history book's weight a star (of five) above the mean", low=0.0,
        search=Range(0.0, 1.5),
    )  # fmt: skip

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> ItemItem:
        """Inverts the whole Gram matrix.

        Raises:
            SettingError: More books than a dense matrix can hold.
        """
        n_items = len(ratings.items)
        if n_items > MOST_ITEMS:
            raise SettingError(
                f"ease needs a dense matrix of all pairs and takes at most {MOST_ITEMS} books, "
                f"got {n_items}; use --algorithm ridge"
            )
        weights = StarWeights.around_mean(ratings, self.star_slope)
        if n_items == 0:
            return ItemItem.of_layers([sp.csr_array((0, 0), dtype=np.float32)], weights)
        X = ratings.histories.matrix()
        progress("inverting the Gram matrix", 0, 1)
        G = (X.T @ X).toarray()
        G[np.diag_indices(n_items)] += np.float32(self.regularization)
        factor, info = scipy.linalg.lapack.spotrf(G, lower=True, overwrite_a=True)
        if info == 0:
            P, info = scipy.linalg.lapack.spotri(factor, lower=True, overwrite_c=True)
        if info != 0:
            raise SettingError(f"regularization must be larger, got {self.regularization:g}")
        P = np.tril(P) + np.tril(P, -1).T
        B = -P / np.diag(P)
        np.fill_diagonal(B, 0.0)
        progress("inverting the Gram matrix", 1, 1)
        return ItemItem.of_layers([sp.csr_array(B)], weights)
