"""Books that are alike by what is known of them, whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from readalike.algorithms.settings import Algorithm, Range, setting, star_slope
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.models import ItemItem
from readalike.models.weights import StarWeights
from readalike.progress import Progress, silent

WEIGHED = Range(0.0, 2.0)


@dataclass(frozen=True)
class Content(Algorithm):
    """Item-item cosine of subjects, authors, series, title words, language and year of the books.

    Each is a part of a book's vector, of the length that its weight says; what the catalogue does
    not know of a book counts for nothing (`readalike.bibliography.features`).
    """

    name: ClassVar[str] = "content"

    neighbours: int = setting(
        200, "nearest books kept for each book", low=1, search=Range(20, 1000, log=True)
    )
    tags: float = setting(1.0, "weight of the subjects", low=0.0, search=WEIGHED)
    authors: float = setting(0.7, "weight of the authors", low=0.0, search=WEIGHED)
    series: float = setting(0.5, "weight of the series", low=0.0, search=WEIGHED)
    titles: float = setting(0.2, "weight of the words of the title", low=0.0, search=WEIGHED)
    languages: float = setting(0.5, "weight of the language", low=0.0, search=WEIGHED)
    years: float = setting(0.2, "weight of the year", low=0.0, search=WEIGHED)
    fewest_books: int = setting(
        3, "least number of books of a tag, or a word of titles, that is used", low=1,
        search=Range(1, 30, log=True),
    )  # fmt: skip
    most_books: float = setting(
        0.1, "largest share of the books of a tag, or a word of titles, that is used", low=0.0,
        high=1.0, search=Range(0.01, 1.0, log=True),
    )  # fmt: skip
    star_slope: float = star_slope(0.6)

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> ItemItem:
        """Compares the books; of the ratings only the mean is used."""
        from readalike.bibliography.features import ASPECTS, aspects_of, joined
        from readalike.numerics.cooccurrence import no_pairs
        from readalike.numerics.neighbourhood import neighbourhoods

        progress("comparing books", 0, 1)
        weights = {name: float(getattr(self, name)) for name in ASPECTS if getattr(self, name)}
        aspects = aspects_of(catalogue, self.fewest_books, self.most_books, weights)
        features = joined(aspects, weights, len(catalogue))
        if not features.nnz:
            raise SettingError(
                "content needs tags, authors, series, titles, languages or years that books have "
                "in common, and the catalogue has none; train on a folder with a table of books, "
                "or choose another --algorithm"
            )
        pairs = no_pairs(len(catalogue))
        near = neighbourhoods(
            pairs, pairs.gram, pairs.diagonal, self.neighbours, features, content=1.0
        )
        progress("comparing books", 1, 1)
        stars = StarWeights.around_mean(ratings, self.star_slope)
        return ItemItem.of_layers([near.matrix(near.cosines)], stars)
