"""What knowing nothing is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.algorithms.settings import Algorithm
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models import ItemScores
from readalike.progress import Progress, silent


@dataclass(frozen=True)
class Random(Algorithm):
    """Scores drawn once."""

    name: ClassVar[str] = "random"

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> ItemScores:
        """Draws one score a book."""
        return ItemScores(np.random.default_rng(0).random(len(catalogue), np.float32), "chance")
