"""Books that the same people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.algorithms.settings import Algorithm, Range, setting, star_slope
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models import ItemItem
from readalike.models.weights import StarWeights
from readalike.progress import Progress, silent


@dataclass(frozen=True)
class Cosine(Algorithm):
    """Item-item cosine: common readers / sqrt(readers of one x readers of the other)."""

    name: ClassVar[str] = "cosine"

    neighbours: int = setting(
        100, "nearest books kept for each book", low=1, search=Range(20, 1000, log=True)
    )
    least_common: int = setting(
        2, "fewest common readers of two books that are compared", low=1, search=Range(1, 5)
    )
    star_slope: float = star_slope(0.6)

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> ItemItem:
        """Counts common readers; stars weigh the books of a history, not the counts."""
        from readalike.numerics.cooccurrence import co_occurrence
        from readalike.numerics.neighbourhood import neighbourhoods

        progress("counting common readers", 0, 2)
        each = np.ones(len(ratings.histories), np.float32)
        pairs = co_occurrence(ratings.histories.matrix(), each, self.least_common)
        progress("choosing neighbours", 1, 2)
        near = neighbourhoods(pairs, pairs.common, pairs.readers, self.neighbours)
        progress("choosing neighbours", 2, 2)
        weights = StarWeights.around_mean(ratings, self.star_slope)
        return ItemItem.of_layers([near.matrix(near.cosines)], weights)
