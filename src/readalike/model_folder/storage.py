"""The files of a model folder: named by their content, changed by one program at a time."""

from __future__ import annotations

import contextlib
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readalike.errors import ModelError
from readalike.files import PART, flush, flush_folder, part_in, reason, replace_file, sha256
from readalike.model_folder.card import CARD, files_of

LOCK = ".readalike.lock"
NEXT = ".readalike-next-card.json"
"""The card of a save that is not finished: it names the files that the save puts there."""
ENDINGS = {
    "arrays": ".safetensors",
    "catalogue": ".parquet",
    "histories": ".parquet",
    "predictor": ".safetensors",
    "tags": ".safetensors",
}
"""Every kind of file that a card names, with the ending of its name."""
PATIENCE = 60.0
"""Seconds that a change waits for another one to end."""

_OF_FORMAT_1 = {"rater": ".safetensors"}
"""A kind of file that is no longer written, but removed with a model that it belongs to."""
_NAME = re.compile(
    "|".join(
        f"{kind}-[0-9a-f]{{12}}{re.escape(ending)}"
        for kind, ending in (ENDINGS | _OF_FORMAT_1).items()
    )
)


@contextlib.contextmanager
def changing(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Holds a model folder, so that nobody else changes it meanwhile; makes it where it is missing.

    What an interrupted save left in it is removed. Raises ModelError where somebody else has been
    changing it for longer than `patience` seconds, or it cannot be written to.
    """
    from filelock import FileLock, Timeout  # nobody who only reads a model needs it

    path = folder / LOCK
    lock = FileLock(path, timeout=patience, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise ModelError(
            f"{folder}: another program has been changing this model for more than {patience:g} "
            "seconds; wait until it has finished, or choose another folder"
        ) from error
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written to: {reason(error)}") from error
    try:
        _clear(folder)
        yield
    finally:
        # whoever waits for a lock that is gone makes a new one
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        lock.release()


@dataclass(frozen=True)
class FileContent:
    """How a file of a kind in `ENDINGS` is written, and its permissions where it has none yet."""

    kind: str
    write: Callable[[Path], object]
    permissions: int | None = None


def replace_model(
    folder: Path, contents: list[FileContent], card_of: Callable[[dict[str, Any]], str]
) -> None:
    """Puts a model in the place of an older one, in one step; `changing` must hold the folder.

    All files are written aside. The new card, which `card_of` makes of what it must know of each
    file by its kind, is written aside too, before any file gets its name: so whatever an
    interrupted save leaves is known by that card. Where it cannot be written, what was there before
    is unchanged.
    """
    before = {name for name in files_of(folder / CARD) if _NAME.fullmatch(name)}
    modes = {name.partition("-")[0]: _mode(folder / name) for name in before}
    try:
        with contextlib.ExitStack() as aside:
            named: dict[str, Any] = {}
            parts: dict[Path, Path] = {}
            for content in contents:
                kept = modes.get(content.kind) or content.permissions
                part = aside.enter_context(part_in(folder, kept))
                content.write(part)
                flush(part)
                digest = sha256(part)
                name = f"{content.kind}-{digest[:12]}{ENDINGS[content.kind]}"
                named[content.kind] = {
                    "name": name, "bytes": part.stat().st_size, "sha256": digest
                }  # fmt: skip
                parts[part] = folder / name
            text = card_of(named)
            replace_file(
                folder / NEXT,
                lambda part: part.write_text(text, encoding="utf-8"),
                _mode(folder / CARD),
            )
            for part, path in parts.items():
                part.replace(path)
            (folder / NEXT).replace(folder / CARD)
            flush_folder(folder)
    finally:
        _clear(folder)
    _remove(folder, before - {each["name"] for each in named.values()})


def _clear(folder: Path) -> None:
    """Removes what an interrupted save put into the folder and the card does not name."""
    _remove(folder, files_of(folder / NEXT) - files_of(folder / CARD))
    with contextlib.suppress(OSError):
        (folder / NEXT).unlink(missing_ok=True)


def _remove(folder: Path, names: set[str]) -> None:
    for name in names:
        if _NAME.fullmatch(name):
            with contextlib.suppress(OSError):
                (folder / name).unlink(missing_ok=True)


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None


def path_of(folder: Path, kind: str, file: Mapping[str, Any]) -> Path:
    """The path of a file that the card names; ModelError where it is missing or of another size."""
    name = str(file["name"])
    if not (_NAME.fullmatch(name) and name.startswith(f"{kind}-")):
        raise ModelError(
            f"{folder / CARD}: damaged model card (file {name[:60]!r}); train it again"
        )
    path = folder / name
    if not path.is_file():
        raise ModelError(f"{folder}: damaged model folder ({name} is missing); train it again")
    if path.stat().st_size != file["bytes"]:
        raise _changed(path)
    return path


def refuse_changed(path: Path, file: Mapping[str, Any]) -> None:
    """Reads a file that the card names; ModelError where it has not the hash of what was saved."""
    if sha256(path) != file["sha256"]:
        raise _changed(path)


def _changed(path: Path) -> ModelError:
    return ModelError(
        f"{path.parent}: damaged model folder ({path.name} is not what was saved); train it again"
    )


def strangers(folder: Path) -> list[str]:
    """The names in a folder that no save gives."""
    names = {path.name for path in folder.iterdir()} - {CARD, LOCK, NEXT}
    return sorted(name for name in names if not (_NAME.fullmatch(name) or PART.fullmatch(name)))
