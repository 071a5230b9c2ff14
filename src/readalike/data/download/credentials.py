"""Who we are to Kaggle: the places where Kaggle's own programs look, in their order.

What was found is kept as the header to send and is hidden from `repr`, so that no message,
log or traceback shows it.
"""

from __future__ import annotations

import base64
import json
import os
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from readalike.data.download.datasets import KAGGLE
from readalike.errors import DownloadError

SETTINGS = f"{KAGGLE}/settings/api"
TOKEN, USERNAME, KEY = "KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY"


@dataclass(frozen=True)
class Credentials:
    """What to send to Kaggle, and nobody else.

    Attributes:
        authorization: Value of the `Authorization` header.
        source: Where it was found: variables or a file.
        warning: What is unsafe about how it is kept, with the remedy.
    """

    authorization: str = field(repr=False)
    source: str
    warning: str | None = None


def find_credentials(environment: Mapping[str, str] | None = None) -> Credentials | None:
    """The token or user name and key of whoever runs this, or None.

    Looks for `KAGGLE_API_TOKEN` (a token, or a file that holds one), `access_token` in Kaggle's
    folder, `KAGGLE_USERNAME` with `KAGGLE_KEY`, then `kaggle.json` in Kaggle's folder.

    Raises:
        DownloadError: What is there cannot be used.
    """
    given = os.environ if environment is None else environment
    if token := given.get(TOKEN, "").strip():
        return _token_file(Path(token)) if os.path.isfile(token) else _token(token, TOKEN)  # noqa: PTH113 - Path.is_file raises where a token is too long for a file name
    folder = kaggle_folder(given)
    for place in dict.fromkeys((folder, Path.home() / ".kaggle")):
        for name in ("access_token", "access_token.txt"):
            if (place / name).is_file():
                return _token_file(place / name)
    username, key = given.get(USERNAME, "").strip(), given.get(KEY, "").strip()
    if username and key:
        return Credentials(_basic(username, key, f"{USERNAME} and {KEY}"), f"{USERNAME} and {KEY}")
    if (folder / "kaggle.json").is_file():
        return _kaggle_json(folder / "kaggle.json")
    if username or key:
        there, missing = (USERNAME, KEY) if username else (KEY, USERNAME)
        raise DownloadError(f"{there} is set and {missing} is not: set both, or neither")
    return None


def kaggle_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The folder where Kaggle's own programs keep `kaggle.json`."""
    given = os.environ if environment is None else environment
    if chosen := given.get("KAGGLE_CONFIG_DIR"):
        return Path(chosen).expanduser()
    folder = Path.home() / ".kaggle"
    if sys.platform.startswith("linux") and not folder.exists():
        elsewhere = given.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        if (Path(elsewhere) / "kaggle").is_dir():
            return Path(elsewhere) / "kaggle"
    return folder


def _token_file(path: Path) -> Credentials:
    return _token(_read(path).strip(), str(path), _readable_by_others(path))


def _token(token: str, source: str, warning: str | None = None) -> Credentials:
    if not _is_word(token):
        raise DownloadError(f"{source}: must hold one API token and nothing else: {_renew()}")
    return Credentials(f"Bearer {token}", source, warning)


def _kaggle_json(path: Path) -> Credentials:
    try:
        content = json.loads(_read(path))
        username, key = content["username"].strip(), content["key"].strip()
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        # Without its cause: that would quote from the file.
        raise DownloadError(
            f"{path}: must be JSON with 'username' and 'key', as Kaggle writes it: {_renew()}"
        ) from None
    return Credentials(_basic(username, key, str(path)), str(path), _readable_by_others(path))


def _basic(username: str, key: str, source: str) -> str:
    if not (_is_word(username) and _is_word(key)) or ":" in username:
        raise DownloadError(f"{source}: no user name and key of Kaggle: {_renew()}")
    return "Basic " + base64.b64encode(f"{username}:{key}".encode()).decode()


def _is_word(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DownloadError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise DownloadError(f"{path}: must be UTF-8 text: {_renew()}") from None


def _readable_by_others(path: Path) -> str | None:
    if os.name == "nt" or not path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return None
    return f"{path} is readable by other users of this computer; to fix this: chmod 600 '{path}'"


def _renew() -> str:
    return f"make a new one at {SETTINGS}"
