from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path

import pytest

from readalike.datasets.kaggle import Credentials, find_credentials
from readalike.errors import DownloadError

KEY = "s3cr3tk3y0123456"
TOKEN = "KGAT_0123456789abcdef"
BASIC = "Basic " + base64.b64encode(f"reader:{KEY}".encode()).decode()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("KAGGLE") or name == "XDG_CONFIG_HOME":
            monkeypatch.delenv(name)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


def put(path: Path, text: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def kaggle_json(folder: Path, mode: int = 0o600) -> Path:
    return put(folder / "kaggle.json", json.dumps({"username": "reader", "key": KEY}), mode)


def found(**environment: str) -> Credentials:
    credentials = find_credentials(environment)
    assert credentials is not None
    return credentials


def refused(**environment: str) -> str:
    with pytest.raises(DownloadError) as caught:
        find_credentials(environment)
    assert KEY not in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value)


def test_none(home: Path) -> None:
    assert find_credentials({}) is None
    assert find_credentials() is None


def test_kaggle_json(home: Path) -> None:
    path = kaggle_json(home / ".kaggle")
    credentials = found()
    assert credentials.authorization == BASIC
    assert credentials.source == str(path)
    assert credentials.warning is None


def test_kaggle_json_elsewhere(home: Path) -> None:
    kaggle_json(home / ".kaggle")
    path = kaggle_json(home / "keys")
    assert found(KAGGLE_CONFIG_DIR=str(home / "keys")).source == str(path)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Kaggle does so on Linux only")
def test_kaggle_json_in_the_xdg_folder(home: Path) -> None:
    path = kaggle_json(home / ".config" / "kaggle")
    assert found().source == str(path)
    other = kaggle_json(home / "xdg" / "kaggle")
    assert found(XDG_CONFIG_HOME=str(home / "xdg")).source == str(other)


def test_the_variables_go_before_the_file(home: Path) -> None:
    kaggle_json(home / ".kaggle")
    credentials = found(KAGGLE_USERNAME=" reader ", KAGGLE_KEY=f"{KEY}\n")
    assert credentials.authorization == BASIC
    assert credentials.source == "KAGGLE_USERNAME and KAGGLE_KEY"


def test_half_of_the_variables(home: Path) -> None:
    assert "KAGGLE_USERNAME is set and KAGGLE_KEY is not" in refused(KAGGLE_USERNAME="reader")
    assert "KAGGLE_KEY is set and KAGGLE_USERNAME is not" in refused(KAGGLE_KEY=KEY)
    kaggle_json(home / ".kaggle")
    assert found(KAGGLE_USERNAME="reader").authorization == BASIC


def test_a_token_goes_before_all(home: Path) -> None:
    kaggle_json(home / ".kaggle")
    environment = {"KAGGLE_USERNAME": "reader", "KAGGLE_KEY": KEY}
    put(home / ".kaggle" / "access_token", f"{TOKEN}2\n")
    assert found(**environment).authorization == f"Bearer {TOKEN}2"
    assert found(KAGGLE_API_TOKEN=TOKEN, **environment).authorization == f"Bearer {TOKEN}"


@pytest.mark.parametrize("name", ["access_token", "access_token.txt"])
def test_a_token_in_a_file(home: Path, name: str) -> None:
    path = put(home / ".kaggle" / name, f"{TOKEN}\n")
    assert found() == Credentials(f"Bearer {TOKEN}", str(path))
    assert found(KAGGLE_CONFIG_DIR=str(home / "none")).source == str(path)


def test_the_token_variable_may_name_a_file(home: Path) -> None:
    path = put(home / "token", TOKEN)
    assert found(KAGGLE_API_TOKEN=str(path)) == Credentials(f"Bearer {TOKEN}", str(path))


def test_a_token_longer_than_any_file_name(home: Path) -> None:
    assert found(KAGGLE_API_TOKEN="x" * 5000).source == "KAGGLE_API_TOKEN"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read(home: Path, mode: int) -> None:
    path = kaggle_json(home / ".kaggle", mode)
    warning = found().warning
    assert warning is not None
    assert "readable by other users" in warning
    assert f"chmod 600 '{path}'" in warning


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "3", f'"{KEY}"', "{}", f'{{"key": "{KEY}"}}',
        f'{{"username": 5, "key": "{KEY}"}}', f'{{"username": "", "key": "{KEY}"}}',
        f'{{"username": "a:b", "key": "{KEY}"}}', f'{{"username": "a", "key": "{KEY} x"}}',
        "[" * 100_000, f'{{"username": {"9" * 5000}, "key": "{KEY}"}}',
    ],
)  # fmt: skip
def test_a_kaggle_json_that_is_none(home: Path, text: str) -> None:
    put(home / ".kaggle" / "kaggle.json", text)
    message = refused()
    assert "make a new one at https://www.kaggle.com/settings/api" in message


@pytest.mark.parametrize("token", [f"{TOKEN}\nX-Evil: 1", f"{TOKEN} x", f"{TOKEN}\x7f", "ключ"])
def test_a_token_that_is_none(home: Path, token: str) -> None:
    assert "must hold one API token" in refused(KAGGLE_API_TOKEN=token)


def test_a_file_that_is_no_text(home: Path) -> None:
    (home / ".kaggle").mkdir()
    (home / ".kaggle" / "access_token").write_bytes(TOKEN.encode("utf-16"))
    assert "must be UTF-8 text" in refused()


def test_the_secret_is_not_shown(home: Path) -> None:
    kaggle_json(home / ".kaggle")
    assert BASIC not in repr(found())
    assert KEY not in repr(found())
