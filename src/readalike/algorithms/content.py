"""Books about the same things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from readalike.algorithms.settings import Algorithm, Progress, Range, setting, silent
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.models import ItemItem
from readalike.models.weights import StarWeights


@dataclass(frozen=True)
class Content(Algorithm):
    """Item-item cosine of the books' tags, weighted by tf-idf."""

    name: ClassVar[str] = "content"

    neighbours: int = setting(
        200, "nearest books kept for each book", low=1, search=Range(20, 1000, log=True)
    )
    fewest_books: int = setting(
        3, "least number of books of a tag that is used", low=1, search=Range(1, 30, log=True)
    )
    most_books: float = setting(
        0.1, "largest share of the books of a tag that is used", low=0.0, high=1.0,
        search=Range(0.01, 1.0, log=True),
    )  # fmt: skip
    star_slope: float = setting(
        0.6, "change of a history book's weight a star (of five) above the mean", low=0.0,
        search=Range(0.0, 1.5),
    )  # fmt: skip

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> ItemItem:
        """Compares tags; of the ratings only the mean is used.

        Raises:
            SettingError: The catalogue has no tags.
        """
        from readalike.numerics.cooccurrence import no_pairs
        from readalike.numerics.features import tag_features
        from readalike.numerics.neighbourhood import neighbourhoods

        if catalogue.tags is None:
            raise SettingError(
                "content needs tags of the books and the catalogue has none; train on a folder "
                "with tags and book_tags, or choose another --algorithm"
            )
        progress("comparing tags", 0, 1)
        features = tag_features(catalogue.tags.counts, self.fewest_books, self.most_books)
        pairs = no_pairs(len(catalogue))
        near = neighbourhoods(pairs, pairs.gram, pairs.diagonal, features, 1.0, self.neighbours)
        progress("comparing tags", 1, 1)
        weights = StarWeights.around_mean(ratings, self.star_slope)
        return ItemItem.of_layers([near.matrix(near.cosines)], weights)
