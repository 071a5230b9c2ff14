"""EASE inside neighbourhoods: as good, at a cost that grows with the number of books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from readalike.algorithms.settings import Algorithm, Range, setting, star_slope
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models import ItemItem
from readalike.models.weights import StarWeights
from readalike.progress import Progress, silent


@dataclass(frozen=True)
class Ridge(Algorithm):
    """Forecasts who read a book from who read its nearest neighbours, by ridge regression.

    With G = X'DX, X the 0/1 matrix of who read what and D = 1 / sqrt(history length), the
    weights of the neighbours N of book j are (G_NN + lambda I)^-1 G_Nj, those below 0 left out.
    Over all books instead of neighbours it is EASE [Steck 2019]; per column it is the
    regression of SLIM [Ning and Karypis 2011] with the sparsity chosen beforehand.
    """

    name: ClassVar[str] = "ridge"

    neighbours: int = setting(
        100, "nearest books that each book is forecast from", low=1,
        search=Range(20, 200, log=True),
    )  # fmt: skip
    regularization: float = setting(
        5.0, "lambda: how much the weights are held down", low=1e-3,
        search=Range(0.1, 100.0, log=True),
    )  # fmt: skip
    least_common: int = setting(
        2, "fewest common readers of two books that are compared", low=1, search=Range(1, 5)
    )
    star_slope: float = star_slope(0.4)

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> ItemItem:
        """Solves one small system a book."""
        from readalike.numerics.cooccurrence import co_occurrence, root_length_weights
        from readalike.numerics.local_ridge import ridge_weights
        from readalike.numerics.neighbourhood import neighbourhoods

        read = ratings.histories.matrix()
        progress("counting common readers", 0, 3)
        pairs = co_occurrence(read, root_length_weights(read), self.least_common)
        progress("choosing neighbours", 1, 3)
        near = neighbourhoods(pairs, pairs.gram, pairs.diagonal, self.neighbours)
        progress("solving", 2, 3)
        solved = ridge_weights(near, pairs, self.regularization)
        progress("solving", 3, 3)
        weights = StarWeights.around_mean(ratings, self.star_slope)
        return ItemItem.of_layers([near.matrix(solved)], weights)
