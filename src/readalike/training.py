"""From a table of ratings to what answers readers, and to a model folder."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from readalike import predictors
from readalike.algorithms import DEFAULT, algorithm_of
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.settings import Algorithm, StarAlgorithm
from readalike.errors import ModelError, SettingError
from readalike.model_folder import store
from readalike.model_folder.card import read_card
from readalike.progress import Progress, silent
from readalike.recommend.card import Card
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
        dataset: What it was trained on, and what was left out.
        loaded: Whether a model of the same data and settings lay in the folder already.
        seconds: Time of the fit; 0 where it was loaded.
    """

    recommender: Recommender
    dataset: Dataset
    loaded: bool
    seconds: float

    @property
    def card(self) -> Card:
        """What the model is."""
        assert self.recommender.card is not None, "whatever was fitted or loaded has one"
        return self.recommender.card

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
            "predictor": self.card.predictor,
            "data": dict(self.card.data),
            "scale": vars(self.dataset.ratings.scale),
            "intake": self.dataset.intake.as_dict(),
        }


def card_of(
    dataset: Dataset, algorithm: Algorithm, predictor: StarAlgorithm | None = None, **tuned: Any
) -> Card:
    """The card of a model that this algorithm would learn from this data.

    Args:
        dataset: What was read.
        algorithm: With its settings.
        predictor: What forecasts stars, with its settings.
        tuned: `tuned` and `predictor_tuned`: how settings were found, where they were searched.
    """
    return Card(
        algorithm=algorithm.name,
        settings=algorithm.as_dict(),
        data=facts_of(dataset),
        predictor=None
        if predictor is None
        else {"name": predictor.name, "settings": predictor.as_dict()},
        **tuned,
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
    source: Any,
    *,
    books: Any = None,
    algorithm: str | Algorithm = DEFAULT,
    settings: Mapping[str, object] | None = None,
    predictor: str | StarAlgorithm | None = predictors.DEFAULT,
    predictor_settings: Mapping[str, object] | None = None,
    progress: Progress = silent,
    **reading: Any,
) -> Recommender:
    """Learns from ratings, and gives back what answers readers and can be saved.

    Args:
        source: Path of a file or folder, a pandas, polars or Arrow table, or what was read already.
        books: Path or table of the books, where they are not in the source.
        algorithm: What ranks books, or its name.
        settings: Its settings by name, where it is named.
        predictor: What forecasts stars, or its name; None for a model without forecasts.
        predictor_settings: Its settings by name, where it is named.
        progress: Told how far it is.
        reading: Passed on to `readalike.read`.

    Raises:
        InputError: The source cannot be used.
        SettingError: A setting that cannot be.
    """
    chosen, stars = _chosen(algorithm, settings, predictor, predictor_settings)
    dataset = source if isinstance(source, Dataset) else read(source, books=books, **reading)
    return _fitted(dataset, chosen, stars, card_of(dataset, chosen, stars), progress)


def train(
    source: Any,
    model: Path | str | None = None,
    *,
    books: Any = None,
    algorithm: str | Algorithm = DEFAULT,
    settings: Mapping[str, object] | None = None,
    tuned: Mapping[str, Any] | None = None,
    predictor: str | StarAlgorithm | None = predictors.DEFAULT,
    predictor_settings: Mapping[str, object] | None = None,
    predictor_tuned: Mapping[str, Any] | None = None,
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
        algorithm: What ranks books, or its name.
        settings: Its settings by name, where it is named.
        tuned: How they were found, where they were searched; goes into the card.
        predictor: What forecasts stars, or its name; None for a model without forecasts.
        predictor_settings: Its settings by name, where it is named.
        predictor_tuned: How they were found, where they were searched; goes into the card.
        retrain: Fit again even if the folder holds a model of the same data and settings.
        histories: Whether the training histories go into the folder.
        progress: Told how far it is.
        reading: Passed on to `readalike.read`.

    Raises:
        InputError: The source cannot be used.
        SettingError: A setting that cannot be.
        ModelError: The folder cannot be used.
    """
    chosen, stars = _chosen(algorithm, settings, predictor, predictor_settings)
    dataset = source if isinstance(source, Dataset) else read(source, books=books, **reading)
    card = card_of(dataset, chosen, stars, tuned=tuned, predictor_tuned=predictor_tuned)
    if model is not None and not retrain and _holds(Path(model), card, histories):
        with contextlib.suppress(ModelError):  # damaged, so it is learnt anew
            return Trained(store.load(model, verify=True), dataset, True, 0.0)
    if model is not None:
        store.refuse_foreign(Path(model))
    started = time.perf_counter()
    recommender = _fitted(dataset, chosen, stars, card, progress)
    seconds = time.perf_counter() - started
    if model is not None:
        recommender.save(model, histories=histories)
        recommender = replace(recommender, card=read_card(model))
    return Trained(recommender, dataset, False, seconds)


def _chosen(
    algorithm: str | Algorithm,
    settings: Mapping[str, object] | None,
    predictor: str | StarAlgorithm | None,
    predictor_settings: Mapping[str, object] | None,
) -> tuple[Algorithm, StarAlgorithm | None]:
    for given, its in ((algorithm, settings), (predictor, predictor_settings)):
        if its and not isinstance(given, str):
            raise SettingError("settings go with the name of an algorithm, not with itself or none")
    if isinstance(algorithm, str):
        algorithm = algorithm_of(algorithm, settings)
    if isinstance(predictor, str):
        predictor = predictors.predictor_of(predictor, predictor_settings)
    return algorithm, predictor


def _fitted(
    dataset: Dataset,
    algorithm: Algorithm,
    predictor: StarAlgorithm | None,
    card: Card,
    progress: Progress,
) -> Recommender:
    """Fits the models, and puts what answers readers around them."""
    ratings, catalogue, scale = dataset.ratings, dataset.catalogue, dataset.ratings.scale
    model = algorithm.fit(ratings, catalogue, progress)
    popularity, forecaster = Popularity().fit(ratings, catalogue), None
    if predictor is not None:
        forecaster = Forecaster(predictor.fit(ratings, catalogue, progress), catalogue, scale)
    return Recommender(
        model=model,
        catalogue=catalogue,
        scale=scale,
        popularity=popularity,
        readers=ratings,
        forecaster=forecaster,
        card=card,
    )


def _holds(folder: Path, wanted: Card, histories: bool) -> bool:
    """Whether a folder holds a model of the same data and settings."""
    try:
        card = read_card(folder)
    except ModelError:
        return False
    kept: dict[str, Any] = {"measured": card.measured, "created": card.created}
    kept["histories"] = histories
    for name in ("tuned", "predictor_tuned"):  # how settings were found goes without saying
        if getattr(wanted, name) is None:
            kept[name] = getattr(card, name)
    return card == replace(wanted, **kept)
