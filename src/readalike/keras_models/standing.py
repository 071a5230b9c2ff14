"""How an imported model does on the table it was given: its stars, and whom its lists are for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from readalike.data.ratings import Ratings
from readalike.keras_models.fitted import Fitted
from readalike.keras_models.sides import Rows
from readalike.models import ItemScores
from readalike.numerics.metrics import rmse
from readalike.numerics.topn import tie_order, top_n

READERS = 300
PLACES = 10


@dataclass(frozen=True)
class Standing:
    """What was measured on readers whose vectors are in the file.

    The table may be what the model was trained on, so this says whether it was read as it was
    meant, not how good it is.

    Attributes:
        readers: How many readers.
        error: Root of the mean squared difference of scores and stars; NaN without stars.
        error_of_mean: The same where every score is the mean of these stars.
        listed: Mean percentile, from 0 to 1, of the popularity of the 10 best unread books;
            0.5 of books drawn by chance. NaN where all books are equally popular.
        read: That of the books that these readers have read.
    """

    readers: int
    error: float
    error_of_mean: float
    listed: float
    read: float

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    def warnings(self) -> list[str]:
        """What speaks against using the model, one thing a line."""
        found = []
        if self.error > self.error_of_mean:
            found.append(
                f"its scores miss the stars of this table by {self.error:.2f}, the mean of all "
                f"stars by {self.error_of_mean:.2f}: is this the table it was trained on, with the "
                "same ids?"
            )
        if self.listed < 0.5 and self.listed < self.read:
            found.append(
                f"it lists little-read books: mean popularity percentile {100 * self.listed:.0f}, "
                f"where chance has 50 and what readers chose has {100 * self.read:.0f}; such lists "
                "help few, and 'readalike train' makes better ones"
            )
        return found


def standing_of(
    model: Fitted, ratings: Ratings, popularity: ItemScores, rows: Rows, seed: int = 0
) -> Standing | None:
    """Looks at up to 300 readers drawn from those with a row; None where there are none.

    Args:
        model: What was imported.
        ratings: The table, of the books that have a row.
        popularity: How popular each book is.
        rows: The row of each reader, -1 of one without.
        seed: Draws the readers.
    """
    draw = np.random.default_rng(seed)
    known = np.flatnonzero((rows >= 0) & (ratings.histories.lengths > 0))
    if not len(known):
        return None
    users = np.sort(draw.permutation(known)[:READERS])
    histories = ratings.histories.take(users)
    starred = ~np.isnan(histories.stars)
    stars = histories.stars[starred].astype(np.float64)
    guessed = model.predict(users[histories.rows[starred]], histories.items[starred])
    scores = model.score_users(users)
    scores[histories.rows, histories.items] = -np.inf
    lists, _ = top_n(scores, min(PLACES, model.n_items), tie_order(model.n_items, seed))
    percentiles = _percentiles(popularity.scores)
    return Standing(
        len(users),
        rmse(guessed, stars),
        rmse(np.full(len(stars), stars.mean()), stars) if len(stars) else float("nan"),
        float(percentiles[lists[lists >= 0]].mean()) if (lists >= 0).any() else float("nan"),
        float(percentiles[histories.items].mean()),
    )


def _percentiles(popularity: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Share of all books that are less popular, half of those equally so counted; (n_items,)."""
    if popularity.min() == popularity.max():
        return np.full(len(popularity), np.nan)
    return np.asarray((rankdata(popularity) - 0.5) / len(popularity))
