"""A small model folder of each kind of model, made by hand and therefore quick."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import scipy.sparse as sp

import readalike
from cli.running import write_world
from readalike.data.catalogue import Tags
from readalike.data.stored import StoredArrays, StoredSettings
from readalike.model_folder.card import hashed
from readalike.models import (
    MODEL_KINDS,
    EmbeddingModel,
    ItemFactors,
    ItemItem,
    ItemScores,
    NetworkModel,
    Ranker,
    StarFactors,
    TwoTowerModel,
)
from readalike.models.interface import Arrays
from readalike.models.network import Reading
from readalike.models.steps import Step
from readalike.models.weights import StarWeights
from readalike.recommend.card import Card
from readalike.recommend.recommender import Recommender

CARD = Card(
    algorithm="made-by-hand",
    settings={"seed": 0},
    data={"fingerprint": "f", "readers": 30, "ratings": 400},
)


def model_of(kind: str, n: int, users: int) -> Ranker:
    """A model of random arrays."""
    draw = np.random.default_rng(0)

    def some(*size: int) -> np.ndarray:
        return draw.normal(size=size).astype(np.float32)

    if kind == ItemItem.kind:
        layers = [sp.random_array((n, n), density=0.5, rng=draw, dtype=np.float32) for _ in "ab"]
        content_neighbours = sp.csr_array(([0.5, 0.5], ([2, 2], [0, 5])), (n, n))
        mixture = ItemItem.of_layers([sp.csr_array(layers[0])]).mixture
        mixture = dataclasses.replace(mixture, short=(1.0, 0.5), long=(0.5, 1.0), half=4.0)
        weights = StarWeights(3.5, 0.4, -0.5)
        return ItemItem.of_layers(
            [sp.csr_array(each) for each in layers], weights, mixture, content_neighbours
        )
    if kind == ItemScores.kind:
        return ItemScores(some(n), "how many readers it has")
    if kind == ItemFactors.kind:
        return ItemFactors(some(n, 3), 10.0, 1.0, StarWeights())
    if kind == EmbeddingModel.kind:
        return EmbeddingModel(some(users, 3), some(n, 3), some(users), some(n), 3.5)
    if kind == TwoTowerModel.kind:
        steps: tuple[Step, ...] = (
            Step("reader", options={"columns": [0, 3]}),
            Step("dense", (0,), {"kernel": some(3, 4), "bias": some(4)}),
            Step("activation", (1,), options={"function": "relu"}),
            Step("dense", (2,), {"kernel": some(4, 3)}),
            Step("add", (0, 3)),
        )
        return TwoTowerModel(some(n, 3), some(n, 3), some(n), steps, StarWeights())
    assert kind == NetworkModel.kind
    steps = (
        Step("reader", options={"columns": [0, 2]}),
        Step("book", options={"columns": [0, 2]}),
        Step("concatenate", (0, 1)),
        Step("scale", (2,), {"factor": some(4), "offset": some(4)}),
        Step("dense", (3,), {"kernel": some(4, 1)}),
        Step("activation", (4,), options={"function": "softplus"}),
    )
    ones = np.ones(2, np.float32)
    reading = Reading(0.5, StarWeights())
    return NetworkModel(
        user_vectors=some(users, 2),
        item_vectors=some(n, 2),
        steps=steps,
        mean=0 * ones,
        spread=ones,
        reading=reading,
    )


def recommenders(folder: Path) -> dict[str, Recommender]:
    """One of each kind, with histories, forecasts of stars and tags."""
    sweeps = {"sweeps": 6, "burn_in": 2, "samples": 3, "factors": 2, "embedding": 2}
    trained = readalike.train(
        write_world(folder / "world"), algorithm="popularity", predictor_settings=sweeps
    ).recommender
    assert trained.readers is not None
    n, users = len(trained.catalogue), len(trained.readers.users)
    counts = sp.random_array((n, 3), density=0.6, rng=np.random.default_rng(1), dtype=np.float32)
    tags = Tags(("fantasy", "history", "love"), sp.csr_array(counts))
    tagged = dataclasses.replace(trained.catalogue, tags=tags)
    return {
        kind: dataclasses.replace(
            trained, model=model_of(kind, n, users), catalogue=tagged, card=CARD
        )
        for kind in MODEL_KINDS
    }


def write_models(folder: Path) -> dict[str, Path]:
    """A folder of each kind, named like it."""
    return {
        kind: recommender.save(folder / kind) for kind, recommender in recommenders(folder).items()
    }


Model = TypeVar("Model", bound=Ranker | StarFactors)


def stored_again(
    model: Model,
    arrays: Arrays | None = None,
    settings: Mapping[str, Any] | None = None,
    *,
    verify: bool = False,
) -> Model:
    """The model again, of what it keeps, or of something else."""
    kept = StoredArrays(model.arrays() if arrays is None else arrays, verify)
    said = StoredSettings(model.settings() if settings is None else settings)
    again = type(model).of_arrays(kept, said)
    assert isinstance(again, type(model))
    return again


def edit_card(folder: Path, **changes: Any) -> None:
    """Changes what a card says, as somebody who knows how it is vouched for."""
    path = folder / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(hashed(card | changes), encoding="utf-8")
