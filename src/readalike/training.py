"""From a table of ratings to a model folder."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readalike import predictors
from readalike.algorithms import DEFAULT, algorithm_of
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.settings import Algorithm, StarAlgorithm
from readalike.errors import ModelError
from readalike.model_folder import store
from readalike.model_folder.card import Card, read_card
from readalike.progress import Progress, silent
from readalike.recommend.recommender import Recommender
from readalike.recommend.results import Forecaster
from readalike.tables.dataset import Dataset, read

FEW_READERS = 5
"""What is learnt of a book with fewer readers can tell what else these have read."""


@dataclass(frozen=True, eq=False)
class Trained:
    """What `train` gives back.

    Attributes:
        recommender: Ready to answer.
        card: What the model is.
        dataset: What it was trained on, and what was left out.
        loaded: Whether a model of the same data and settings lay in the folder already.
        seconds: Time of the fit; 0 where it was loaded.
    """

    recommender: Recommender
    card: Card
    dataset: Dataset
    loaded: bool
    seconds: float

    @property
    def books_of_few_readers(self) -> int:
        """How many books have a reader, but fewer than `FEW_READERS`."""
        counts = self.dataset.ratings.item_counts
        return int(((counts > 0) & (counts < FEW_READERS)).sum())

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "loaded": self.loaded,
            "histories": self.card.histories,
            "books_of_few_readers": self.books_of_few_readers,
            "seconds": self.seconds,
            "algorithm": self.card.algorithm,
            "settings": dict(self.card.settings),
            "rater": self.card.rater,
            "data": dict(self.card.data),
            "scale": vars(self.dataset.ratings.scale),
            "intake": self.dataset.intake.as_dict(),
        }


def card_of(
    dataset: Dataset,
    algorithm: Algorithm,
    tuned: Mapping[str, Any] | None = None,
    rater: StarAlgorithm | None = None,
    rater_tuned: Mapping[str, Any] | None = None,
) -> Card:
    """The card of a model that this algorithm would learn from this data.

    Args:
        dataset: What was read.
        algorithm: With its settings.
        tuned: How the settings were found, where they were searched.
        rater: What forecasts stars, with its settings.
        rater_tuned: How those were found, where they were searched.
    """
    return Card(
        algorithm.name,
        algorithm.as_dict(),
        facts_of(dataset),
        tuned=tuned,
        rater=None if rater is None else {"name": rater.name, "settings": rater.as_dict()},
        rater_tuned=rater_tuned,
    )


def facts_of(dataset: Dataset) -> dict[str, Any]:
    """What a card says of the data: a fingerprint, counts, mean and scale."""
    ratings = dataset.ratings
    return {
        "fingerprint": f"{ratings.fingerprint()[:32]}{dataset.catalogue.fingerprint()[:32]}",
        "readers": len(ratings.users),
        "books": len(ratings.items),
        "ratings": len(ratings),
        "mean": ratings.mean,
        "scale": str(ratings.scale),
    }


def fit(
    dataset: Dataset,
    algorithm: Algorithm,
    progress: Progress = silent,
    rater: StarAlgorithm | None = None,
) -> Recommender:
    """Fits an algorithm, and a rater, and puts what answers readers around the models."""
    model = algorithm.fit(dataset.ratings, dataset.catalogue, progress)
    popularity = Popularity().fit(dataset.ratings, dataset.catalogue)
    scale, forecaster = dataset.ratings.scale, None
    if rater is not None:
        stars = rater.fit(dataset.ratings, dataset.catalogue, progress)
        forecaster = Forecaster(stars, dataset.catalogue, scale)
    return Recommender(model, dataset.catalogue, scale, popularity, dataset.ratings, forecaster)


def train(
    source: Any,
    model: Path | str | None = None,
    *,
    books: Any = None,
    algorithm: str = DEFAULT,
    settings: Mapping[str, object] | None = None,
    tuned: Mapping[str, Any] | None = None,
    rater: str | None = predictors.DEFAULT,
    rater_settings: Mapping[str, object] | None = None,
    rater_tuned: Mapping[str, Any] | None = None,
    retrain: bool = False,
    histories: bool = True,
    progress: Progress = silent,
    **reading: Any,
) -> Trained:
    """Reads ratings, learns from them, and saves the model; loads it where it is there already.

    Args:
        source: Path of a file or folder, a pandas, polars or Arrow table, or what was read already.
        model: Folder to save to; nothing is saved where none is given.
        books: Path or table of the books, where they are not in the source.
        algorithm: Name of the algorithm.
        settings: Its settings by name.
        tuned: How they were found, where they were searched; goes into the card.
        rater: Name of what forecasts stars; None for a model without forecasts.
        rater_settings: Its settings by name.
        rater_tuned: How they were found, where they were searched; goes into the card.
        retrain: Fit again even if the folder holds a model of the same data and settings.
        histories: Whether the training histories go into the folder.
        progress: Told how far it is.
        reading: Passed on to `readalike.read`.

    Raises:
        InputError: The source cannot be used.
        SettingError: A setting that cannot be.
        ModelError: The folder cannot be used.
    """
    chosen = algorithm_of(algorithm, settings or {})
    stars = None if rater is None else predictors.predictor_of(rater, rater_settings or {})
    dataset = source if isinstance(source, Dataset) else read(source, books=books, **reading)
    card = card_of(dataset, chosen, tuned, stars, rater_tuned)
    if model is not None and not retrain:
        there = _same(Path(model), card, histories)
        if there is not None:
            with contextlib.suppress(ModelError):  # damaged, so it is learnt anew
                return Trained(store.load(model), there, dataset, True, 0.0)
    if model is not None:
        store.refuse_foreign(Path(model))
    started = time.perf_counter()
    recommender = fit(dataset, chosen, progress, stars)
    seconds = time.perf_counter() - started
    if model is not None:
        store.save(recommender, card, model, histories=histories)
        card = read_card(model)
    return Trained(recommender, card, dataset, False, seconds)


def _same(folder: Path, wanted: Card, histories: bool) -> Card | None:
    """The card of the folder, where it holds a model of the same data and settings."""
    try:
        card = read_card(folder)
    except ModelError:
        return None
    same = all(
        getattr(card, name) == getattr(wanted, name)
        for name in ("algorithm", "settings", "data", "library_version", "rater", "books_added")
    )
    told = all(
        getattr(wanted, name) in (None, getattr(card, name)) for name in ("tuned", "rater_tuned")
    )
    return card if same and told and card.histories == histories else None
