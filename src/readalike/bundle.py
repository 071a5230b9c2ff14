"""The model folder: the seam between training and serving.

`card.json` says what the model is and names the files that belong to it, each by a hash of
its content. A save writes new files beside the old ones and then replaces the card in one
step of the file system, so that whoever is interrupted, and whenever, leaves a folder that
is either the old model or the new one.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from readalike.arrayfile import read_arrays
from readalike.data.catalogue import Catalogue
from readalike.data.catalogue_file import (
    read_catalogue,
    tag_arrays,
    tags_of_arrays,
    write_catalogue,
)
from readalike.data.histories_file import read_histories, write_histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.errors import ModelError
from readalike.forecasts import Forecaster
from readalike.modelcard import FORMAT, FORMAT_VERSION, Card, is_card, plain_card, read_card
from readalike.modelfiles import CARD, checked, ours, replace_file, sweep, write_file
from readalike.models import RATER_SHAPES, SHAPES, ItemScores
from readalike.recommender import Recommender

T = TypeVar("T")


def save(
    recommender: Recommender, card: Card, folder: Path | str, *, histories: bool = True
) -> Path:
    """Writes a model folder, replacing an older model in one step.

    Args:
        recommender: What to save.
        card: What it is.
        folder: The folder; made where it is missing.
        histories: Whether the training histories go into it (`--reader ID` needs them).

    Raises:
        ModelError: The folder holds something else, or cannot be written.
    """
    folder = Path(folder)
    refuse_foreign(folder)
    model = recommender.model
    arrays = {f"model.{name}": np.ascontiguousarray(a) for name, a in model.arrays().items()}
    arrays["popularity"] = recommender.popularity.scores
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = {
            "arrays": write_file(folder, "arrays", ".safetensors", lambda p: save_file(arrays, p)),
            "catalogue": write_file(
                folder, "catalogue", ".parquet", lambda p: write_catalogue(recommender.catalogue, p)
            ),
        }
        tags = recommender.catalogue.tags
        if tags is not None:
            files["tags"] = write_file(
                folder, "tags", ".safetensors", lambda p: save_file(tag_arrays(tags), p)
            )
        forecaster, forecasts = recommender.forecaster, None
        if forecaster is not None:
            rater = forecaster.model
            forecasts = {"shape": rater.shape, "settings": dict(rater.settings())}
            known = {name: np.ascontiguousarray(a) for name, a in rater.arrays().items()}
            files["rater"] = write_file(
                folder, "rater", ".safetensors", lambda p: save_file(known, p)
            )
        readers = recommender.readers
        if histories and readers is not None:
            files["histories"] = write_file(
                folder, "histories", ".parquet", lambda p: write_histories(readers, p)
            )
        text = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "library_version": card.library_version,
            "created": card.created or datetime.now(UTC).isoformat(timespec="seconds"),
            "algorithm": {"name": card.algorithm, "settings": dict(card.settings)},
            "data": dict(card.data),
            "scale": vars(recommender.scale),
            "measured": card.measured,
            "tuned": card.tuned,
            "rater": card.rater,
            "rater_tuned": card.rater_tuned,
            "books_added": card.books_added,
            "rater_model": forecasts,
            "model": {
                "shape": model.shape,
                "settings": dict(model.settings()),
                "popularity": recommender.popularity.score_means,
                "seed": recommender.seed,
            },
            "files": files,
        }
        replace_file(folder / CARD, lambda p: p.write_text(json.dumps(text, indent=2) + "\n"))
    except (OSError, SafetensorError) as error:
        sweep(folder, _named(folder))
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ModelError(
            f"{folder}: the model could not be saved ({why}); what was there before is unchanged. "
            "Make room or choose another folder and train again"
        ) from error
    sweep(folder, files)
    return folder


def record(folder: Path | str, expected: Card, measured: Mapping[str, Any] | None) -> None:
    """Writes measured quality into the card of a model.

    Raises:
        ModelError: The folder holds a model of another algorithm, other settings or other data.
    """
    folder = Path(folder)
    card = read_card(folder)
    if (card.algorithm, card.settings, card.data) != (
        expected.algorithm,
        expected.settings,
        expected.data,
    ):
        raise ModelError(
            f"{folder}: holds a model of another algorithm, other settings or other data; "
            "measure what it was trained on, with the settings of its card"
        )
    text = json.dumps(plain_card(folder) | {"measured": measured}, indent=2) + "\n"
    replace_file(folder / CARD, lambda p: p.write_text(text, encoding="utf-8"))


def load_catalogue(folder: Path | str) -> Catalogue:
    """The books of a model folder, without the model."""
    folder = Path(folder)
    return _steady(folder, lambda card: read_catalogue(checked(folder, card["files"]["catalogue"])))


def load(folder: Path | str, *, histories: bool = True, forecasts: bool = True) -> Recommender:
    """Loads a model folder; nothing in it is ever executed.

    Args:
        folder: The folder.
        histories: Whether to load the training histories too, where they are there.
        forecasts: Whether to load what forecasts stars too, where it is there.

    Raises:
        ModelError: Missing, damaged, foreign, or written by a newer version.
    """
    folder = Path(folder)
    left = {"histories": not histories, "rater": not forecasts}
    return _steady(folder, lambda card: _recommender(folder, card, left))


def _steady(folder: Path, read: Callable[[dict[str, Any]], T]) -> T:
    """Reads what the card names, anew where a save replaced the card and its files meanwhile."""
    while True:
        card = plain_card(folder)
        try:
            with _damage_told(folder):
                return read(card)
        except ModelError:
            if plain_card(folder) == card:
                raise


def _recommender(folder: Path, card: Mapping[str, Any], left: Mapping[str, bool]) -> Recommender:
    wanted = {kind: file for kind, file in card["files"].items() if not left.get(kind)}
    paths = {kind: checked(folder, file) for kind, file in wanted.items()}
    arrays = read_arrays(paths["arrays"])
    settings = card["model"]
    catalogue = read_catalogue(paths["catalogue"])
    if "tags" in paths:
        catalogue = replace(catalogue, tags=tags_of_arrays(load_file(paths["tags"])))
    scale = RatingScale(**card["scale"])
    parts = {n.removeprefix("model."): a for n, a in arrays.items() if n.startswith("model.")}
    readers: Ratings | None = None
    if "histories" in paths:
        readers = read_histories(paths["histories"], catalogue.books, scale)
    return Recommender(
        SHAPES[settings["shape"]].of_arrays(parts, settings["settings"]),
        catalogue,
        scale,
        ItemScores(arrays["popularity"], settings["popularity"]),
        readers,
        _forecaster(card, paths, catalogue, scale),
        settings["seed"],
    )


def _forecaster(
    card: Mapping[str, Any], paths: Mapping[str, Path], catalogue: Catalogue, scale: RatingScale
) -> Forecaster | None:
    if "rater" not in paths:
        return None
    told = card["rater_model"]
    model = RATER_SHAPES[told["shape"]].of_arrays(load_file(paths["rater"]), told["settings"])
    return Forecaster(model, catalogue, scale)


@contextlib.contextmanager
def _damage_told(folder: Path) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError, SafetensorError) as error:
        raise ModelError(f"{folder}: damaged model folder ({error}); train it again") from error
    except OSError as error:
        raise ModelError(f"{folder}: cannot be read: {error.strerror}") from error


def _named(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """The files that the card names; none where there is no card to read."""
    try:
        files: Mapping[str, Mapping[str, Any]] = plain_card(folder)["files"]
    except ModelError:
        return {}
    return files


def refuse_foreign(folder: Path) -> None:
    """Looks, before the long work, whether a model may be saved to a folder.

    Raises:
        ModelError: It holds something else, or is a file.
    """
    if folder.is_file():
        raise ModelError(f"{folder}: must be a folder for the model, but is a file")
    if not folder.is_dir():
        _refuse_unwritable(folder, next(p for p in folder.absolute().parents if p.exists()))
        return
    _refuse_unwritable(folder, folder)
    card = is_card(folder / CARD)
    strange = [p.name for p in sorted(folder.iterdir()) if not ours(p) and p.name != CARD]
    if card is False or (strange and not card):
        raise ModelError(
            f"{folder}: holds other files ({', '.join(strange[:1]) or CARD}) and no model; choose "
            "an empty or new folder"
        )


def _refuse_unwritable(folder: Path, there: Path) -> None:
    if not there.is_dir():
        raise ModelError(f"{folder}: must be in a folder, but {there} is a file")
    if not os.access(there, os.W_OK | os.X_OK):
        raise ModelError(
            f"{folder}: {there} must be a folder that you may write to; choose another"
        )
