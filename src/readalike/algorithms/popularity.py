"""The most read books: the same list for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.algorithms.settings import Algorithm, setting
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models import ItemScores
from readalike.progress import Progress, silent


@dataclass(frozen=True)
class Popularity(Algorithm):
    """Scores a book by how many people read it."""

    name: ClassVar[str] = "popularity"

    # not searched: held-out training rows cannot tell how popular a book is in the world
    counts: str = setting(
        "catalogue",
        "whose readers to count: the world's by the catalogue (the training rows' where it has "
        "no counts), or the training rows'",
        choices=("catalogue", "training"),
    )

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> ItemScores:
        """Counts the readers of each book.

        Where the catalogue counts some books and not others, the missing counts are the
        training counts on the catalogue's level (the median ratio of both).
        """
        trained = ratings.item_counts.astype(np.float64)
        world = catalogue.counts
        known = ~np.isnan(world)
        if self.counts == "training" or not known.any():
            return ItemScores(trained.astype(np.float32), "number of readers in the training rows")
        level = np.median(world[known] / np.maximum(trained[known], 1))
        counts = np.where(known, world, trained * level)
        return ItemScores(counts.astype(np.float32), "number of readers by the catalogue")
