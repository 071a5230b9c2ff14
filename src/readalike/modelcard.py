"""What a model folder says of itself: `card.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readalike.errors import ModelError
from readalike.modelfiles import CARD
from readalike.version import __version__

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
    """What a model folder says of itself, without loading the model."""
    text = plain_card(Path(folder))
    return Card(
        text["algorithm"]["name"],
        text["algorithm"]["settings"],
        text["data"],
        text["measured"],
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
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        what = "is no model folder (no card.json)" if folder.exists() else "does not exist"
        raise ModelError(
            f"{folder} {what}; make one with 'readalike train PATH --model {folder}'"
        ) from error
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: damaged model card ({error}); train it again") from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise ModelError(f"{path}: must be the card of a Readalike model, but is something else")
    version = card.get("format_version")
    if version != FORMAT_VERSION:
        raise ModelError(
            f"{folder}: has model format {version} (written by readalike "
            f"{card.get('library_version')}), this is readalike {__version__} which "
            f"reads format {FORMAT_VERSION}; install a newer readalike or train it again"
        )
    return card


def is_card(path: Path) -> bool | None:
    """Whether a file is the card of a model; None where it is missing or damaged."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return isinstance(card, dict) and card.get("format") == FORMAT
