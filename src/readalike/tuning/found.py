"""The file of found settings, which `train` takes: `--settings`, or `--rater-settings`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from readalike.errors import InputError, SettingError
from readalike.files import read_file, reason, replace_file
from readalike.tuning.trials import Kind, Tuned
from readalike.version import __version__

FORMAT = "readalike-tuning"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class Found:
    """Settings, and how they were found.

    Attributes:
        kind: Whose settings they are, an algorithm's or a rater's.
        name: Its name.
        settings: All its settings by name.
        how: Measure, value, trials, protocol and the like, for the card of a model.
    """

    kind: Kind
    name: str
    settings: Mapping[str, Any]
    how: Mapping[str, Any]


def write_found(tuned: Tuned, path: Path | str) -> None:
    """Writes what was found, replacing an older file of that kind in one step.

    Raises:
        SettingError: The file is something else, or cannot be written.
    """
    path = Path(path)
    refuse_foreign(path)
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "library_version": __version__}
    text = json.dumps(head | tuned.as_dict(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    try:
        replace_file(path, lambda part: part.write_text(text, encoding="utf-8"))
    except OSError as error:
        raise SettingError(
            f"{path}: cannot be written ({reason(error)}); name another --out FILE.json"
        ) from error


def read_found(path: Path | str) -> Found:
    """Reads found settings.

    Raises:
        SettingError: The file is missing, something else, or written by a newer version.
    """
    path = Path(path)
    try:
        text = json.loads(read_file(path, wanted="must be a file of found settings"))
    except InputError as error:
        raise SettingError(
            f"{error}; 'readalike tune PATH --out FILE.json' writes such a file"
        ) from error
    except (ValueError, RecursionError):
        text = None
    if not isinstance(text, dict) or text.get("format") != FORMAT:
        raise SettingError(
            f"{path}: must be a file of found settings, as 'readalike tune PATH --out FILE.json' "
            "writes it, but is something else"
        )
    version = text.get("format_version")
    if version != FORMAT_VERSION:
        raise SettingError(
            f"{path}: has format {version} (written by readalike {text.get('library_version')}), "
            f"this is readalike {__version__} which reads format {FORMAT_VERSION}; install a "
            "newer readalike or tune again"
        )
    named = [(kind, text[kind]) for kind in get_args(Kind) if isinstance(text.get(kind), str)]
    settings, how = text.get("settings"), text.get("found")
    if len(named) != 1 or not isinstance(settings, dict) or not isinstance(how, dict):
        raise SettingError(f"{path}: damaged file of found settings; tune again")
    kind, name = named[0]
    return Found(kind, name, settings, how)


def refuse_foreign(path: Path) -> None:
    """Refuses a file that is there and holds no found settings.

    Raises:
        SettingError: It is something else, or the folder is missing.
    """
    if not path.parent.is_dir():
        raise SettingError(f"{path.parent}: must be a folder that is there; make it first")
    if path.exists():
        read_found(path)
