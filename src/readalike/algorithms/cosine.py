"""Books that the same people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from readalike.algorithms.settings import Algorithm, Progress, Range, setting, silent
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models import ItemItem
from readalike.models.weights import StarWeights


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
    star_slope: float = setting(
        0.6, "change of a history book's weight a star (of five) above the mean", low=0.0,
        search=Range(0.0, 1.5),
    )  # fmt: skip

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> ItemItem:
        """Counts common readers; stars weigh the books of a history, not the counts."""
        from readalike.numerics.cooccurrence import co_occurrence, even_weights
        from readalike.numerics.neighbourhood import neighbourhoods
        from readalike.numerics.tag_vectors import no_features

        read = ratings.histories.matrix()
        progress("counting common readers", 0, 2)
        pairs = co_occurrence(read, even_weights(read), self.least_common)
        progress("choosing neighbours", 1, 2)
        nothing = no_features(read.shape[1])
        near = neighbourhoods(
            pairs, pairs.common, pairs.readers, nothing, content=0.0, n=self.neighbours
        )
        progress("choosing neighbours", 2, 2)
        weights = StarWeights.around_mean(ratings, self.star_slope)
        return ItemItem.of_layers([near.matrix(near.cosines)], weights)
