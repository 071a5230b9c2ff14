"""The default: who read what and what it is about, moving with the length of the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.algorithms.settings import Algorithm, Range, setting, star_slope
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models import ItemItem
from readalike.models.itemitem import Mixture
from readalike.models.weights import StarWeights
from readalike.numerics.arrays import F64
from readalike.progress import Progress, silent


@dataclass(frozen=True)
class Blend(Algorithm):
    r"""The default: a ridge for long histories, a cosine for short ones, by s = h / (h + half).

    score_j = l_j^a r_j^g \sum_i w_i r_i^{-q} [s R_ij + c (1 - s) C_ij]

    R is the neighbourhood ridge of the Gram matrix X'DX + t F F', F the unit rows of the
    books' tags, so that books of the same subjects count as read together; C the cosine of
    all books with common readers. Both are scaled to a mean row length of 1. l_j is the
    share of raters who liked book j, over its median, and r_j how much rarer the book is in
    the training rows than in the world: a training table that was cut to so many readers a
    book says too little of popular books as answers and too much of them as evidence. A book
    with few readers, or none, takes over from well-read ones of the same subjects and author
    (`readalike.numerics.inheritance`). Parts that the catalogue knows nothing of drop out.
    """

    name: ClassVar[str] = "blend"

    neighbours: int = setting(
        80, "nearest books that each book is forecast from (R)", low=1,
        search=Range(20, 200, log=True),
    )  # fmt: skip
    regularization: float = setting(
        8.0, "lambda of the ridge (R)", low=1e-3, search=Range(0.1, 100.0, log=True)
    )
    content: float = setting(
        5.0, "t: how many readers' worth the tags of two books with the same tags are", low=0.0,
        search=Range(0.0, 20.0),
    )  # fmt: skip
    wide_neighbours: int = setting(
        800, "nearest books kept by the cosine (C)", low=1, search=Range(100, 2000, log=True)
    )
    wide_share: float = setting(
        0.5, "c: weight of the cosine for the shortest histories", low=0.0, search=Range(0.0, 2.0)
    )
    half_length: float = setting(
        20.0, "history length at which both change places", low=1e-3,
        search=Range(2.0, 200.0, log=True),
    )  # fmt: skip
    least_common: int = setting(
        2, "fewest common readers of two books that are compared", low=1, search=Range(1, 5)
    )
    star_slope: float = star_slope(0.6)
    liked: float = setting(
        1.25, "a: how much the share of raters who liked a book counts", low=0.0,
        search=Range(0.0, 3.0),
    )  # fmt: skip
    few_readers: int = setting(
        20, "readers below which a book also takes over from its content neighbours; 0 for none",
        low=0, search=Range(5, 100, log=True),
    )  # fmt: skip
    content_neighbours: int = setting(
        5, "well-read books that one with few readers takes over from", low=1, search=Range(1, 20)
    )
    # not searched: held-out training rows are the very sample that this corrects
    correction: bool = setting(
        True, "correct for books that the training rows hold too rarely or too often"
    )
    target_correction: float = setting(0.25, "g: for a book as an answer", low=0.0, high=1.0)
    source_correction: float = setting(0.4, "q: for a book as evidence", low=0.0, high=1.0)

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> ItemItem:
        """Counts, chooses neighbours, solves, scales."""
        from readalike.bibliography.features import FEWEST, MOST, content_rows
        from readalike.numerics.cooccurrence import co_occurrence, root_length_weights
        from readalike.numerics.inheritance import find_content_neighbours, inherit
        from readalike.numerics.local_ridge import ridge_weights
        from readalike.numerics.neighbourhood import neighbourhoods
        from readalike.numerics.sampling import sampling_ratio
        from readalike.numerics.tag_vectors import mean_length, scaled, tag_features

        read = ratings.histories.matrix()
        progress("counting common readers", 0, 4)
        pairs = co_occurrence(read, root_length_weights(read), self.least_common)
        progress("choosing neighbours", 1, 4)
        features = None
        if catalogue.tags is not None and self.content > 0:
            features = tag_features(catalogue.tags.counts, FEWEST, MOST)
        near = neighbourhoods(
            pairs, pairs.gram, pairs.diagonal, self.neighbours, features, content=self.content
        )
        wide = neighbourhoods(pairs, pairs.common, pairs.readers, self.wide_neighbours)
        progress("solving", 2, 4)
        solved = ridge_weights(near, pairs, self.regularization)
        progress("scaling", 3, 4)
        rarity = np.ones(len(catalogue))
        if self.correction:
            rarity = sampling_ratio(catalogue.counts, ratings.item_counts.astype(np.float64))
        columns = self._liked(ratings, catalogue) ** self.liked * rarity**self.target_correction
        rows = rarity**-self.source_correction
        layers = [
            scaled(layer, rows / mean_length(layer), columns)
            for layer in (near.matrix(solved), wide.matrix(wide.cosines))
        ]
        content_neighbours = find_content_neighbours(
            content_rows(catalogue), ratings.item_counts, self.few_readers, self.content_neighbours
        )
        layers = [inherit(layer, content_neighbours, self.neighbours) for layer in layers]
        progress("scaling", 4, 4)
        return ItemItem.of_layers(
            layers,
            StarWeights.around_mean(ratings, self.star_slope),
            Mixture((0.0, self.wide_share), (1.0, 0.0), self.half_length),
            content_neighbours,
        )

    def _liked(self, ratings: Ratings, catalogue: Catalogue) -> F64:
        """l: by the catalogue, and where it does not know by the training rows."""
        from readalike.numerics.sampling import liked_share

        histories = ratings.histories
        starred = ~np.isnan(histories.stars)
        liked = histories.stars >= ratings.scale.liked_from
        n_items = len(catalogue)
        trained = liked_share(
            np.bincount(histories.items[liked], minlength=n_items).astype(np.float64),
            np.bincount(histories.items[starred], minlength=n_items).astype(np.float64),
        )
        share = np.where(np.isnan(catalogue.liked), trained, catalogue.liked)
        middle = float(np.median(share)) if n_items else 1.0
        return np.maximum(share, 1e-3) / max(middle, 1e-3)
