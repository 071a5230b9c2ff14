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
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.stored import StoredArrays, StoredSettings
from readalike.errors import InputError, ModelError
from readalike.files import PRIVATE, reason, replace_file
from readalike.model_folder.arrays import read_arrays, write_arrays
from readalike.model_folder.card import (
    CARD,
    FORMAT,
    FORMAT_VERSION,
    Card,
    is_card,
    plain_card,
    read_card,
)
from readalike.model_folder.storage import (
    ENDINGS,
    PATIENCE,
    FileContent,
    changing,
    checked,
    replace_model,
    strangers,
)
from readalike.models import (
    MODEL_KINDS,
    RATER_SHAPES,
    EmbeddingModel,
    ItemScores,
    NetworkModel,
    Ranker,
    StarFactors,
)
from readalike.models.interface import Arrays
from readalike.recommend.recommender import Recommender
from readalike.recommend.results import Forecaster
from readalike.tables.parquet import (
    read_catalogue,
    read_histories,
    tag_arrays,
    tags_of_arrays,
    write_catalogue,
    write_histories,
)

T = TypeVar("T")
M = TypeVar("M", Ranker, StarFactors)


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
        ModelError: The folder holds something else, cannot be written, or is being changed by
            another program for too long.
    """
    folder = Path(folder)
    refuse_foreign(folder)
    with changing(folder):
        write(recommender, card, folder, histories=histories)
    return folder


def write(recommender: Recommender, card: Card, folder: Path, *, histories: bool = True) -> None:
    """Does what `save` does in a folder that is known to be ours and held by `changing` already.

    Raises:
        ModelError: The folder cannot be written.
    """
    model, forecaster = recommender.model, recommender.forecaster
    arrays = {f"model.{name}": array for name, array in model.arrays().items()}
    arrays["popularity"] = recommender.popularity.scores
    tags, readers, predictor = recommender.catalogue.tags, recommender.readers, None
    contents = [
        FileContent("arrays", lambda path: write_arrays(path, arrays)),
        FileContent("catalogue", lambda path: write_catalogue(recommender.catalogue, path)),
    ]
    if tags is not None:
        contents.append(FileContent("tags", lambda path: write_arrays(path, tag_arrays(tags))))
    if forecaster is not None:
        rater = forecaster.model
        predictor = {"shape": rater.shape, "settings": dict(rater.settings())}
        contents.append(FileContent("rater", lambda path: write_arrays(path, rater.arrays())))
    if histories and readers is not None:
        contents.append(
            FileContent("histories", lambda path: write_histories(readers, path), PRIVATE)
        )

    def card_of(files: dict[str, Any]) -> str:
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
            "rater_model": predictor,
            "model": {
                "shape": model.shape,
                "settings": dict(model.settings()),
                "popularity": recommender.popularity.score_means,
                "seed": recommender.seed,
            },
            "files": files,
        }
        return json.dumps(text, indent=2) + "\n"

    try:
        replace_model(folder, contents, card_of)
    except OSError as error:
        raise ModelError(
            f"{folder}: the model could not be saved ({reason(error)}); what was there before is "
            "unchanged. Make room or choose another folder and train again"
        ) from error


def record(folder: Path | str, expected: Card, measured: Mapping[str, Any] | None) -> None:
    """Writes measured quality into the card of a model.

    Raises:
        ModelError: The folder holds a model of another algorithm, other settings or other data.
    """
    folder = Path(folder)
    read_card(folder)
    with changing(folder):
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
    """The books of a model folder, without the model.

    Raises:
        ModelError: As for `load`.
    """
    folder = Path(folder)
    return _steady(folder, lambda card: _catalogue(_paths(folder, card, ("catalogue",))))


def load(folder: Path | str, *, histories: bool = True, forecasts: bool = True) -> Recommender:
    """Loads a model folder; nothing in it is executed, and nothing is believed.

    Args:
        folder: The folder.
        histories: Whether to load the training histories too, where they are there.
        forecasts: Whether to load what forecasts stars too, where it is there.

    Raises:
        ModelError: Missing, damaged, foreign, or written by a newer version.
    """
    folder = Path(folder)
    left = {"histories": not histories, "rater": not forecasts}
    kinds = [kind for kind in ENDINGS if not left.get(kind)]
    return _steady(folder, lambda card: _recommender(card, _paths(folder, card, kinds)))


def _steady(folder: Path, read: Callable[[dict[str, Any]], T]) -> T:
    """Reads what the card names, anew where a save replaced the card and its files meanwhile."""
    until = time.monotonic() + PATIENCE
    while True:
        card = plain_card(folder)
        try:
            with _damage_of(folder):
                return read(card)
        except ModelError:
            if plain_card(folder) == card or time.monotonic() > until:
                raise


def _paths(folder: Path, card: Mapping[str, Any], kinds: Iterable[str]) -> dict[str, Path]:
    """The files of some kinds that a card names."""
    files = card["files"]
    return {kind: checked(folder, kind, files[kind]) for kind in kinds if kind in files}


def _catalogue(paths: Mapping[str, Path]) -> Catalogue:
    catalogue = read_catalogue(paths["catalogue"])
    if "tags" not in paths:
        return catalogue
    with _damage_of(paths["tags"]):
        return replace(catalogue, tags=tags_of_arrays(read_arrays(paths["tags"])))


def _recommender(card: Mapping[str, Any], paths: Mapping[str, Path]) -> Recommender:
    stored = StoredSettings(card)
    scale, settings = _scale(stored.part("scale")), stored.part("model")
    catalogue = _catalogue(paths)
    arrays = read_arrays(paths["arrays"])
    parts = {n.removeprefix("model."): a for n, a in arrays.items() if n.startswith("model.")}
    readers: Ratings | None = None
    if "histories" in paths:
        readers = read_histories(paths["histories"], catalogue.books, scale)
    with _damage_of(paths["arrays"]):
        model = _model(MODEL_KINDS, settings, parts, catalogue)
        popularity = StoredArrays(arrays).numbers("popularity", len(catalogue))
        if readers is not None and isinstance(model, EmbeddingModel | NetworkModel):
            _refuse_other_readers(model.n_users, readers)
    return Recommender(
        model,
        catalogue,
        scale,
        ItemScores(popularity, settings.words("popularity")),
        readers,
        _forecaster(stored, paths, catalogue, scale),
        settings.whole("seed"),
    )


def _refuse_other_readers(n_users: int, readers: Ratings) -> None:
    if n_users != len(readers.users):
        raise ModelError(
            f"its arrays are of {n_users} readers, and the histories of {len(readers.users)}"
        )


def _scale(stored: StoredSettings) -> RatingScale:
    lowest = stored.number("lowest")
    return RatingScale(lowest, stored.number("highest", lowest), stored.number("step", 0.0))


def _forecaster(
    card: StoredSettings, paths: Mapping[str, Path], catalogue: Catalogue, scale: RatingScale
) -> Forecaster | None:
    if "rater" not in paths:
        return None
    settings = card.part("rater_model")
    with _damage_of(paths["rater"]):
        model = _model(RATER_SHAPES, settings, read_arrays(paths["rater"]), catalogue)
    return Forecaster(model, catalogue, scale)


def _model(
    shapes: Mapping[str, type[M]], settings: StoredSettings, arrays: Arrays, catalogue: Catalogue
) -> M:
    """The model of the shape that the settings name; it must be of the catalogue's books."""
    shape = shapes[settings.words("shape")]
    model = shape.of_arrays(arrays, settings.part("settings").found)
    if model.n_items != len(catalogue):
        raise ModelError(
            f"its arrays are of {model.n_items} books, and the catalogue of {len(catalogue)}"
        )
    return model


@contextlib.contextmanager
def _damage_of(place: Path) -> Iterator[None]:
    """Says of whatever is wrong with what was read that a file or folder is damaged."""
    try:
        yield
    except (InputError, KeyError) as error:
        raise ModelError(f"{place}: damaged model folder ({error}); train it again") from error
    except ModelError as error:
        if str(place) in str(error):
            raise
        raise ModelError(f"{place}: damaged model folder ({error}); train it again") from error
    except OSError as error:
        raise ModelError(f"{place}: cannot be read: {reason(error)}") from error


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
    strange = strangers(folder)
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
