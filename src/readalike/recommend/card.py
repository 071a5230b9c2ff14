"""The model card: what a recommender says of where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from readalike.version import __version__


@dataclass(frozen=True, kw_only=True)
class Card:
    """What was learnt, of what, and how good it is.

    Attributes:
        algorithm: Name of the algorithm.
        settings: Its settings.
        data: Fingerprint and counts of what it was trained on.
        measured: Quality by measure, where it was evaluated.
        library_version: The version that made it.
        created: When it was saved first, ISO 8601 in UTC; "" before.
        histories: Whether the training histories are saved with it.
        tuned: How the settings were found, where they were searched.
        predictor: Name and settings of what forecasts stars; None where nothing does.
        predictor_tuned: How the settings of that were found, where they were searched.
        books_added: Books that were added after the training.
    """

    algorithm: str
    settings: Mapping[str, Any]
    data: Mapping[str, Any]
    measured: Mapping[str, Any] | None = None
    library_version: str = __version__
    created: str = ""
    histories: bool = True
    tuned: Mapping[str, Any] | None = None
    predictor: Mapping[str, Any] | None = None
    predictor_tuned: Mapping[str, Any] | None = None
    books_added: int = 0

    def is_of(self, other: Card) -> bool:
        """Whether both are of one algorithm, its settings and one table of ratings."""
        mine, its = ((each.algorithm, each.settings, each.data) for each in (self, other))
        return mine == its
