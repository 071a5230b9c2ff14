"""What a model forecasts for the pairs whose stars are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from readalike.evaluation.questions import StarQuestions
from readalike.models.protocols import Rater, StarRater
from readalike.models.stars import StarDistribution

Indices = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.floating[Any]]

READERS = 10_000
"""Readers asked together."""
LEVELS = (0.5, 0.8, 0.95)
"""Of the intervals whose share of the ratings is measured."""
LEAST = 1e-9
"""Least probability that a rating is counted with."""


@runtime_checkable
class KnowsPairs(Protocol):
    """A rater with a table of the users that it was trained on."""

    def predict(self, users: Indices, items: Indices) -> npt.NDArray[np.float32]:
        """Stars of pairs of a training user and an item; shape (pairs,)."""


class StarForecasts(NamedTuple):
    """Forecasts of pairs of a reader and a book.

    Attributes:
        means: What is judged by the squared error; shape (pairs,).
        medians: What is judged by the absolute error; shape (pairs,).
        chances: Of a model that says how likely each star is: -log of the probability of the
            stars that were given, and what of them lies in the intervals of `LEVELS`;
            shape (pairs, 4).
    """

    means: Floats
    medians: Floats
    chances: npt.NDArray[np.float64] | None

    def only(self, pairs: Indices) -> StarForecasts:
        """Those of some pairs, by their positions."""
        chances = None if self.chances is None else self.chances[pairs]
        return StarForecasts(self.means[pairs], self.medians[pairs], chances)


def star_forecasts(
    model: object, asked: StarQuestions, progress: Callable[[int, int], None]
) -> StarForecasts | None:
    """Asks a model for stars; None of a model that forecasts none.

    A reader who is in a model's own table is looked up there; of all others the model is told
    the history, which may be empty.
    """
    if not isinstance(model, Rater):
        return None
    n = len(asked.stars)
    means, medians = np.empty(n), np.empty(n)
    chances = np.empty((n, 1 + len(LEVELS))) if isinstance(model, StarRater) else None
    known = (asked.users >= 0) & isinstance(model, KnowsPairs)
    if isinstance(model, KnowsPairs):
        looked_up = known[asked.rows]
        users = asked.users[asked.rows[looked_up]]
        means[looked_up] = model.predict(users, asked.items[looked_up])
        medians[looked_up] = means[looked_up]
    told = np.flatnonzero(~known)
    for start in range(0, len(told), READERS):
        readers = told[start : start + READERS]
        entries = np.flatnonzero(np.isin(asked.rows, readers))
        row = np.searchsorted(readers, asked.rows[entries])
        pairs = asked.histories.take(readers), row, asked.items[entries]
        if chances is not None and isinstance(model, StarRater):
            found = model.distribution(*pairs)
            means[entries], medians[entries] = found.mean, found.median
            chances[entries] = _chances(found, asked.stars[entries])
        else:
            means[entries] = medians[entries] = model.forecast(*pairs)
        progress(start + len(readers), len(told))
    return StarForecasts(means, medians, chances)


def _chances(found: StarDistribution, stars: Floats) -> npt.NDArray[np.float64]:
    surprise = -np.log(np.maximum(found.of(stars), LEAST))
    return np.column_stack([surprise, *(found.held(stars, level) for level in LEVELS)])
