from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest

from cli.running import Done, Run, write_world
from readalike import train
from readalike.cli import main


@contextmanager
def _arguments(words: tuple[object, ...]) -> Iterator[None]:
    with mock.patch.object(sys, "argv", ["readalike", *map(str, words)]):
        yield


def _run(*words: object) -> Done:
    """The real entry with its real streams, both kept."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="") for _ in range(2))
    with (
        _arguments(words),
        mock.patch.object(sys, "stdout", out),
        mock.patch.object(sys, "stderr", err),
        pytest.raises(SystemExit) as left,
    ):
        main()
    texts = []
    for stream in (out, err):
        stream.flush()
        raw = stream.buffer
        assert isinstance(raw, io.BytesIO)
        texts.append(raw.getvalue().decode("utf-8"))
    code = left.value.code
    assert isinstance(code, int)
    return Done(code, *texts)


@pytest.fixture(scope="session")
def run() -> Run:
    return _run


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output must not hang on the window that the tests are started in."""
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TERM", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of ratings and books, to be read only."""
    return write_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def model(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of that world, to be read only."""
    folder = tmp_path_factory.mktemp("models") / "cosine"
    train(world, folder, algorithm="cosine")
    return folder
