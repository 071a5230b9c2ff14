"""The files of a model folder: named by their content, checked, replaced in one step."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from readalike.errors import ModelError

CARD = "card.json"
STEMS = ("arrays", "catalogue", "histories", "rater", "tags", CARD)


def write_file(
    folder: Path, stem: str, ending: str, write: Callable[[Path], object]
) -> dict[str, Any]:
    """Writes a file under a name made of its content; returns what the card must know of it."""
    part = folder / f".{stem}.{os.getpid()}.part"
    part.touch()
    usual = part.stat().st_mode  # safetensors lets nobody but the owner read what it writes
    write(part)
    part.chmod(usual)
    _flush(part)
    digest = sha256(part)
    name = f"{stem}-{digest[:12]}{ending}"
    part.replace(folder / name)
    return {"name": name, "bytes": (folder / name).stat().st_size, "sha256": digest}


def replace_file(path: Path, write: Callable[[Path], object]) -> None:
    """Writes a file aside and puts it in the place of the old one; nothing is left of a failure."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(part)
        _flush(part)
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def checked(folder: Path, file: Mapping[str, Any]) -> Path:
    """The path of a file that the card names.

    Raises:
        ModelError: It is missing or not what was saved.
    """
    path = folder / Path(file["name"]).name
    if not path.is_file():
        raise ModelError(f"{folder}: damaged model folder ({path.name} is missing); train it again")
    if path.stat().st_size != file["bytes"] or sha256(path) != file["sha256"]:
        raise ModelError(
            f"{folder}: damaged model folder ({path.name} is not what was saved); train it again"
        )
    return path


def ours(path: Path) -> bool:
    """Whether a file's name is one that a save gives."""
    return path.name.startswith((*(f"{s}-" for s in STEMS), *(f".{s}." for s in STEMS)))


def sweep(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> None:
    """Removes what the card does not name: left over from an older model, or a broken save."""
    named = {file["name"] for file in files.values()}
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.name not in named and ours(path):
                with contextlib.suppress(OSError):
                    path.unlink()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sha256(path: Path) -> str:
    """The hash of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
