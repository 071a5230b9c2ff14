"""One vector of scores: the same order for every reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from readalike.data.histories import Histories
from readalike.data.stored import StoredArrays, StoredSettings
from readalike.models.interface import Arrays, Scores, Shares
from readalike.numerics.arrays import F32, Indices


@dataclass(frozen=True, eq=False)
class ItemScores:
    """Scores that do not depend on the history."""

    kind: ClassVar[str] = "item-scores"
    compares_items: ClassVar[bool] = False

    scores: F32
    score_means: str

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.scores)

    def score(self, histories: Histories) -> Scores:
        """The same scores for each row; shape (n, n_items)."""
        return np.tile(self.scores, (len(histories), 1))

    def similar(self, item: int) -> Scores:
        """The same scores for each item; shape (n_items,)."""
        return self.scores.copy()

    def explain(self, history: Histories, items: Indices) -> Shares:
        """All of a score is the item's own."""
        return Shares(
            self.scores[items].astype(np.float64), np.zeros((len(items), len(history.items)))
        )

    def arrays(self) -> Arrays:
        """The scores."""
        return {"scores": self.scores}

    def settings(self) -> Mapping[str, Any]:
        """What a score is."""
        return {"score_means": self.score_means}

    @classmethod
    def of_arrays(cls, arrays: StoredArrays, settings: StoredSettings) -> Self:
        """The model again."""
        scores = arrays.numbers("scores", None, lowest=-np.inf)
        return cls(scores, settings.words("score_means"))
