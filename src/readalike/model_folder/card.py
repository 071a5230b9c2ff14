"""`card.json`: the card of the model in a folder, and the files that belong to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from readalike.data.stored import StoredSettings
from readalike.errors import InputError, ModelError
from readalike.files import read_file
from readalike.recommend.card import Card
from readalike.version import other_format

CARD = "card.json"
MOST_BYTES = 16 << 20
"""Bytes that a card may have."""

FORMAT = "readalike-model"
FORMAT_VERSION = 2
HASH = "sha256"
"""Where a card has the hash of all else that it says; one without it is taken at its word."""

_APART = ("algorithm", "settings", "histories")
"""Fields of a card that the file has elsewhere."""


def text_of(card: Card, parts: Mapping[str, Any]) -> str:
    """The text of the file: what the model says of itself, and what is needed to load it."""
    plain = {field.name: getattr(card, field.name) for field in fields(card)}
    algorithm = {"name": card.algorithm, "settings": dict(card.settings)}
    said = {name: value for name, value in plain.items() if name not in _APART}
    head = {"format": FORMAT, "format_version": FORMAT_VERSION}
    return hashed(head | {"algorithm": algorithm} | said | dict(parts))


def hashed(content: Mapping[str, Any]) -> str:
    """The text of a card with the hash of what it says."""
    return json.dumps({**content, HASH: _hash_of(content)}, indent=2) + "\n"


def _hash_of(content: Mapping[str, Any]) -> str:
    said = {name: value for name, value in content.items() if name != HASH}
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def read_card(folder: Path | str) -> Card:
    """What a model folder says of itself, without loading the model.

    Raises:
        ModelError: There is no card, or it is damaged, foreign or of another format.
    """
    return card_of(plain_card(Path(folder)))


def card_of(plain: Mapping[str, Any]) -> Card:
    """The card as it was saved, of the content of its file."""
    names = {field.name for field in fields(Card)} - set(_APART)
    return Card(
        algorithm=plain["algorithm"]["name"],
        settings=plain["algorithm"]["settings"],
        histories="histories" in plain["files"],
        **{name: plain[name] for name in names if name in plain},
    )


def plain_card(folder: Path) -> dict[str, Any]:
    """The content of the file, each part of the type that it must be; errors as of `read_card`."""
    path = folder / CARD
    if not path.is_file():
        what = "is no model folder (no card.json)" if folder.exists() else "does not exist"
        raise ModelError(f"{folder} {what}; make one with 'readalike train PATH --model {folder}'")
    try:
        card: dict[str, Any] = _content(path)
        if not _is_ours(card):
            raise ModelError(
                f"{path}: must be the card of a Readalike model, but is something else"
            )
        version = card.get("format_version")
        if version != FORMAT_VERSION:
            written_by = card.get("library_version")
            found = other_format(version, written_by, FORMAT_VERSION, "train it again")
            raise ModelError(f"{folder}: has model {found}")
        if card.get(HASH, _hash_of(card)) != _hash_of(card):
            raise ValueError("it is not what was saved")
    except InputError as error:
        raise ModelError(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: damaged model card ({error}); train it again") from error
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
    for name in ("measured", "tuned", "predictor", "predictor_tuned"):
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
