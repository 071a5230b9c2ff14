from __future__ import annotations

from pathlib import Path

import pytest

from cli.running import Run, in_process, write_world
from readalike import train


@pytest.fixture(scope="session")
def run() -> Run:
    return in_process


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
