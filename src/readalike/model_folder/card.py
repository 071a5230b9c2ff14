"""What a model folder says of itself: `card.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readalike.data.stored import StoredSettings
from readalike.errors import InputError, ModelError
from readalike.files import read_file
from readalike.version import __version__

CARD = "card.json"
MOST_BYTES = 16 << 20
"""Bytes that a card may have."""

FORMAT = "readalike-model"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Card:
    """What a model folder says of itself.

    Attributes:
        algorithm: Name of the algorithm.
        settings: Its settings.
        data: Fingerprint and counts of what it was trained on.
        measured: Quality by measure, where it was evaluated.
        library_version: The version that wrote it.
        created: When, ISO 8601 in UTC.
        histories: Whether the training histories lie in the folder.
        tuned: How the settings were found, where they were searched.
        rater: Name and settings of what forecasts stars; None where nothing does.
        rater_tuned: How the settings of that were found, where they were searched.
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
    rater: Mapping[str, Any] | None = None
    rater_tuned: Mapping[str, Any] | None = None
    books_added: int = 0


def read_card(folder: Path | str) -> Card:
    """What a model folder says of itself, without loading the model.

    Raises:
        ModelError: There is no card, or it is damaged, foreign or of a newer format.
    """
    text = plain_card(Path(folder))
    return Card(
        text["algorithm"]["name"],
        text["algorithm"]["settings"],
        text["data"],
        text.get("measured"),
        text["library_version"],
        text["created"],
        "histories" in text["files"],
        text.get("tuned"),
        text.get("rater"),
        text.get("rater_tuned"),
        text.get("books_added", 0),
    )


def plain_card(folder: Path) -> dict[str, Any]:
    """The card as it was written.

    Raises:
        ModelError: There is none, or it is damaged, foreign or of a newer format.
    """
    path = folder / CARD
    if not path.is_file():
        what = "is no model folder (no card.json)" if folder.exists() else "does not exist"
        raise ModelError(f"{folder} {what}; make one with 'readalike train PATH --model {folder}'")
    try:
        card: dict[str, Any] = _content(path)
    except InputError as error:
        raise ModelError(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: damaged model card ({error}); train it again") from error
    if not _is_ours(card):
        raise ModelError(f"{path}: must be the card of a Readalike model, but is something else")
    version = card.get("format_version")
    if version != FORMAT_VERSION:
        raise ModelError(
            f"{folder}: has model format {version} (written by readalike "
            f"{card.get('library_version')}), this is readalike {__version__} which "
            f"reads format {FORMAT_VERSION}; install a newer readalike or train it again"
        )
    try:
        _refuse_damaged(StoredSettings(card))
    except ModelError as error:
        raise ModelError(f"{path}: damaged model card ({error}); train it again") from error
    return card


def _refuse_damaged(card: StoredSettings) -> None:
    """Looks whether everything that a card says is of the type that it must be."""
    for name in ("library_version", "created"):
        card.words(name)
    algorithm = card.part("algorithm")
    algorithm.words("name")
    algorithm.part("settings")
    card.part("data")
    for name in ("measured", "tuned", "rater", "rater_tuned"):
        if card.found.get(name) is not None:
            card.part(name)
    if "books_added" in card.found:
        card.whole("books_added")
    files = card.part("files")
    for kind in files.found:
        file = files.part(kind)
        for name in ("name", "sha256"):
            file.words(name)
        file.whole("bytes")


def is_card(path: Path) -> bool | None:
    """Whether a file is the card of a model; None where it is missing or damaged."""
    try:
        return _is_ours(_content(path))
    except (InputError, ValueError, RecursionError):
        return None


def files_of(path: Path) -> set[str]:
    """The names of the files that a card names; none where there is no whole card of ours."""
    try:
        card = _content(path)
    except (InputError, ValueError, RecursionError):
        return set()
    files = card.get("files") if _is_ours(card) else None
    each = files.values() if isinstance(files, dict) else ()
    return {str(file["name"]) for file in each if isinstance(file, dict) and "name" in file}


def _content(path: Path) -> Any:
    return json.loads(read_file(path, MOST_BYTES).decode())


def _is_ours(card: Any) -> bool:
    return isinstance(card, dict) and card.get("format") == FORMAT
