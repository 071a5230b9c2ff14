"""No copy of what was read outlives its program."""

from __future__ import annotations

import gzip
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from readalike import files
from readalike.tables import scratch
from readalike.tables.dataset import read
from readalike.tables.scratch import held_folder
from readalike.tables.workbench import workbench

ROWS = "user_id,book_id,rating\n" + "Åsa,b,5\n" * 100_000


def packed(folder: Path) -> Path:
    path = folder / "ratings.csv.gz"
    path.write_bytes(gzip.compress(ROWS.encode(), 1))
    return path


def of_windows(folder: Path) -> Path:
    path = folder / "ratings.csv"
    path.write_bytes(ROWS.encode("cp1252"))
    return path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files."""
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


HOLDS = """
import sys, time
from readalike.tables import workbench as tables
tables.Workbench.open = lambda self, *rest, open=tables.Workbench.open: (
    open(self, *rest), print("copied", flush=True), time.sleep(60)
)
from readalike import read
read(sys.argv[1])
"""


@pytest.mark.parametrize("make", [packed, of_windows])
def test_the_next_program_removes_what_a_killed_one_left(
    tmp_path: Path, place: Path, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, path],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(place)},
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"copied\n"
        (folder,) = place.iterdir()
        assert folder.name.startswith("readalike-")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (copy,) = folder.iterdir()
        assert "Åsa,b,5" in copy.read_text(encoding="utf-8")[:100]
        read(path)
        assert names(place) == [folder.name], "of a program that runs it stays"
        program.send_signal(signal.SIGKILL)
    assert names(place) == [folder.name]
    read({"user_id": ["a"], "book_id": ["b"], "rating": [1]})
    assert names(place) == []


def test_nothing_else_is_removed(tmp_path: Path, place: Path) -> None:
    kept = ["readalike-0123", "readalike-0123456789abcdeg", "xreadalike-0123456789abcdef",
            "readalike-0123456789abcdef.txt", "Readalike-0123456789abcdef"]  # fmt: skip
    for name in kept:
        (place / name).mkdir()
    (place / "readalike-fffffffffffffff1").write_text("a file")
    (tmp_path / "precious").mkdir()
    (place / "readalike-fffffffffffffff2").symlink_to(tmp_path / "precious")
    (place / "readalike-fffffffffffffff3").mkdir()
    with workbench():
        pass
    kept += ["readalike-fffffffffffffff1", "readalike-fffffffffffffff2"]
    assert names(place) == sorted(kept)
    assert (tmp_path / "precious").is_dir()


def test_a_folder_of_somebody_else_is_not_removed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "readalike-0123456789abcdef").mkdir()
    monkeypatch.setattr("os.getuid", lambda: os.geteuid() + 1)
    with workbench():
        pass
    assert names(place) == ["readalike-0123456789abcdef"]


def test_a_folder_taken_before_it_is_locked_is_made_anew(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []

    def slow(descriptor: int) -> bool:
        """The first time somebody is quicker, and removes it."""
        taken.append(descriptor)
        if len(taken) == 1:
            (folder,) = place.iterdir()
            folder.rmdir()
        return True

    monkeypatch.setattr(scratch, "lock_new", slow)
    with held_folder(place) as folder:
        assert folder.is_dir()
    assert len(taken) == 2
    assert names(place) == []


def test_where_nothing_can_be_locked_folders_are_made_and_none_removed(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "readalike-0123456789abcdef").mkdir()

    def none(descriptor: int) -> bool:
        raise OSError("no locks")

    for module in (scratch, files):
        monkeypatch.setattr(module, "lock", none)
    with held_folder(place) as folder:
        assert names(place) == sorted(["readalike-0123456789abcdef", folder.name])
    assert names(place) == ["readalike-0123456789abcdef"]


def test_what_does_not_fit_into_memory_goes_there_and_nowhere_else(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with workbench() as bench:
        found = bench.connection.execute("SELECT current_setting('temp_directory')").fetchall()
        assert found == [(str(bench.scratch),)]
        assert bench.scratch.parent == place
    assert names(place) == []
    assert names(tmp_path) == ["place"]


def test_many_programs_at_once_leave_nothing(tmp_path: Path, place: Path) -> None:
    path = of_windows(tmp_path)
    code = "import sys; from readalike import read; read(sys.argv[1])"
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", code, path], env={**os.environ, "TMPDIR": str(place)}
        )
        for _ in range(3)
    ]
    deadline = time.monotonic() + 60
    for program in programs:
        assert program.wait(max(1, deadline - time.monotonic())) == 0
    assert names(place) == []
