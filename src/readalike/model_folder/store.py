"""The model folder: the seam between training and serving.

`card.json` says what the model is and names the files that belong to it, each by a hash of its
content. A save writes new files beside the old ones and then replaces the card in one step of the
file system, so that whoever is interrupted, and whenever, leaves a folder that is either the old
model or the new one.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from readalike.data.catalogue import Catalogue
from readalike.data.scale import RatingScale
from readalike.data.stored import StoredArrays, StoredSettings
from readalike.errors import InputError, ModelError
from readalike.files import PRIVATE, reason, replace_file
from readalike.model_folder.arrays import read_arrays, write_arrays
from readalike.model_folder.card import (
    CARD,
    card_of,
    hashed,
    is_card,
    plain_card,
    read_card,
    text_of,
)
from readalike.model_folder.storage import (
    ENDINGS,
    PATIENCE,
    FileContent,
    changing,
    path_of,
    refuse_changed,
    replace_model,
    strangers,
)
from readalike.models import (
    MODEL_KINDS,
    PREDICTOR_KINDS,
    EmbeddingModel,
    ItemScores,
    NetworkModel,
    Ranker,
    StarFactors,
)
from readalike.recommend.card import Card
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


def save(recommender: Recommender, folder: Path | str, *, histories: bool = True) -> Path:
    """Writes a model folder, replacing an older model in one step.

    Args:
        recommender: What to save, with its card.
        folder: The folder; made where it is missing.
        histories: Whether the training histories go into it (`--reader ID` needs them).

    Raises:
        ModelError: The folder holds something else, cannot be written, or is being changed by
            another program for too long; or nobody knows what the model was learnt of.
    """
    folder = Path(folder)
    refuse_foreign(folder)
    with changing(folder):
        write(recommender, folder, histories=histories)
    return folder


def write(recommender: Recommender, folder: Path, *, histories: bool = True) -> None:
    """Does what `save` does in a folder that is known to be ours and held by `changing` already."""
    model, forecaster, card = recommender.model, recommender.forecaster, recommender.card
    if card is None:
        raise ModelError(
            "a recommender must have a card that says what it was learnt of, as those of "
            "readalike.fit and readalike.load do; this one has none, so it cannot be saved"
        )
    created = card.created or datetime.now(UTC).isoformat(timespec="seconds")
    arrays = {f"model.{name}": array for name, array in model.arrays().items()}
    arrays["popularity"] = recommender.popularity.scores
    contents = [
        FileContent("arrays", lambda path: write_arrays(path, arrays)),
        FileContent("catalogue", lambda path: write_catalogue(recommender.catalogue, path)),
    ]
    if (tags := recommender.catalogue.tags) is not None:
        contents.append(FileContent("tags", lambda path: write_arrays(path, tag_arrays(tags))))
    stars = None
    if forecaster is not None:
        predictor = forecaster.model
        stars = {"shape": predictor.kind, "settings": dict(predictor.settings())}
        contents.append(
            FileContent("predictor", lambda path: write_arrays(path, predictor.arrays()))
        )
    if histories and (readers := recommender.readers) is not None:
        contents.append(
            FileContent("histories", lambda path: write_histories(readers, path), PRIVATE)
        )
    parts = {
        "scale": vars(recommender.scale),
        "predictor_model": stars,
        "model": {
            "shape": model.kind,
            "settings": dict(model.settings()),
            "popularity": recommender.popularity.score_means,
            "seed": recommender.seed,
        },
    }
    named = replace(card, created=created)
    try:
        replace_model(folder, contents, lambda files: text_of(named, parts | {"files": files}))
    except OSError as error:
        raise ModelError(
            f"{folder}: the model could not be saved ({reason(error)}); what was there before is "
            "unchanged. Make room or choose another folder and train again"
        ) from error


def record(folder: Path | str, expected: Card, measured: Mapping[str, Any] | None) -> None:
    """Writes measured quality into the card of a model, if that is the one that was expected."""
    folder = Path(folder)
    read_card(folder)
    with changing(folder):
        if not read_card(folder).is_of(expected):
            raise ModelError(
                f"{folder}: holds a model of another algorithm, other settings or other data; "
                "measure what it was trained on, with the settings of its card"
            )
        text = hashed(plain_card(folder) | {"measured": measured})
        replace_file(folder / CARD, lambda path: path.write_text(text, encoding="utf-8"))


def load_catalogue(folder: Path | str) -> Catalogue:
    """The books of a model folder, without the model; ModelError as for `load`."""
    folder = Path(folder)
    return _steady(folder, lambda card: ModelFiles.of(folder, card, ["catalogue"]).catalogue)


def load(
    folder: Path | str, *, histories: bool = True, forecasts: bool = True, verify: bool = False
) -> Recommender:
    """Loads a model folder; nothing in it is executed, and nothing is believed.

    The card must be what was saved, and every file as large as it says. Arrays are mapped and
    read where they are used, and looked at then: a damaged one is refused, or gives other
    numbers.

    Args:
        folder: The folder.
        histories: Whether to load the training histories too, where they are there.
        forecasts: Whether to load what forecasts stars too, where it is there.
        verify: Whether to read every file, compare its hash, and look at every number at once.

    Raises:
        ModelError: Missing, damaged, foreign, or of another format.
    """
    folder = Path(folder)
    left = {"histories": not histories, "predictor": not forecasts}
    kinds = [kind for kind in ENDINGS if not left.get(kind)]
    return _steady(folder, lambda card: ModelFiles.of(folder, card, kinds, verify).recommender())


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


@dataclass(frozen=True)
class ModelFiles:
    """The content of a card, and its files by kind, to be made a recommender of."""

    card: dict[str, Any]
    paths: Mapping[str, Path]
    verify: bool

    @classmethod
    def of(
        cls, folder: Path, card: dict[str, Any], kinds: Iterable[str], verify: bool = False
    ) -> ModelFiles:
        """The files of some kinds that a card names, as large as it says, or as it says in all."""
        files = {kind: file for kind, file in card["files"].items() if kind in kinds}
        paths = {kind: path_of(folder, kind, file) for kind, file in files.items()}
        if verify:
            for kind, path in paths.items():
                refuse_changed(path, files[kind])
        return cls(card, paths, verify)

    @property
    def catalogue(self) -> Catalogue:
        """The books."""
        catalogue = read_catalogue(self.paths["catalogue"])
        if "tags" not in self.paths:
            return catalogue
        with _damage_of(self.paths["tags"]):
            return replace(catalogue, tags=tags_of_arrays(read_arrays(self.paths["tags"])))

    def recommender(self) -> Recommender:
        """The model with all that belongs to it; ModelError where the parts do not fit."""
        stored = StoredSettings(self.card)
        span, settings = stored.part("scale"), stored.part("model")
        lowest = span.number("lowest")
        highest, step = span.number("highest", lowest), span.number("step", 0.0)
        scale = RatingScale(lowest, highest, step)
        catalogue, readers, forecaster = self.catalogue, None, None
        if "histories" in self.paths:
            readers = read_histories(self.paths["histories"], catalogue.books, scale)
        with self._arrays("arrays") as arrays:
            model = _model(MODEL_KINDS, settings, arrays.below("model."), catalogue)
            popularity = arrays.numbers("popularity", len(catalogue))
            if readers is not None and isinstance(model, EmbeddingModel | NetworkModel):
                _refuse_others("readers", model.n_users, "histories", len(readers.users))
        if "predictor" in self.paths:
            with self._arrays("predictor") as arrays:
                stars = _model(PREDICTOR_KINDS, stored.part("predictor_model"), arrays, catalogue)
            forecaster = Forecaster(stars, catalogue, scale)
        return Recommender(
            model=model,
            catalogue=catalogue,
            scale=scale,
            popularity=ItemScores(popularity, settings.words("popularity")),
            readers=readers,
            forecaster=forecaster,
            seed=settings.whole("seed"),
            card=card_of(self.card),
        )

    @contextlib.contextmanager
    def _arrays(self, kind: str) -> Iterator[StoredArrays]:
        """The arrays of a file; whatever is wrong with them is damage of that file."""
        with _damage_of(self.paths[kind]):
            yield StoredArrays(read_arrays(self.paths[kind]), self.verify)


def _model(
    kinds: Mapping[str, type[M]],
    settings: StoredSettings,
    arrays: StoredArrays,
    catalogue: Catalogue,
) -> M:
    """The model of the kind that the settings name; it must be of the catalogue's books."""
    kind = kinds[settings.words("shape")]
    model = kind.of_arrays(arrays, settings.part("settings"))
    _refuse_others("books", model.n_items, "catalogue", len(catalogue))
    return model


def _refuse_others(what: str, here: int, where: str, there: int) -> None:
    if here != there:
        raise ModelError(f"its arrays are of {here} {what}, and the {where} of {there}")


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
    """Looks, before the long work, whether a model may be saved to a folder."""
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
