"""Runs in processes of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

STUB = """
import sys, time, pathlib
adapter, peer, arrays, out = sys.argv[1:5]
runs = pathlib.Path(arrays).with_name("runs")
runs.write_text(runs.read_text() + "x" if runs.exists() else "x")
if peer == "slow":
    time.sleep(60)
if peer == "broken":
    raise ValueError("no such luck")
if "tune" in sys.argv:
    pathlib.Path(out + "-0.json").write_text("{}")
    if peer == "slow search":
        time.sleep(60)
pathlib.Path(out + ".json").write_text("{}")
"""


@dataclass(frozen=True)
class Here:
    def python(self) -> Path:
        return Path(sys.executable)


Making = Callable[..., Any]


@pytest.fixture
def job(scripts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Making:
    (tmp_path / "harness.py").write_text(STUB)
    (tmp_path / "adapter.py").write_text("")
    monkeypatch.setattr(scripts.children, "PEERS", tmp_path)
    monkeypatch.setattr(scripts.children, "packages", lambda python: "one==1")

    def make(peer: str, fingerprint: str = "f", **options: Any) -> Any:
        split = scripts.splits.Split("stars", tmp_path, "", None, fingerprint)
        return scripts.children.Job(scripts.roster.Entry(peer, "adapter", Here()), split, **options)

    return make


def runs(tmp_path: Path) -> int:
    return len((tmp_path / "runs").read_text())


def test_an_answer_is_not_made_twice(scripts: Any, job: Making, tmp_path: Path) -> None:
    for _ in range(3):
        out = scripts.children.answers(job("good"), tmp_path / "kept")
        assert out.with_name(f"{out.name}.json").is_file()
    assert runs(tmp_path) == 1


@pytest.mark.parametrize("change", ["split", "settings", "adapter", "package"])
def test_what_an_answer_depends_on_makes_it_anew(
    scripts: Any, job: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    scripts.children.answers(job("good", settings={"a": 1}), tmp_path / "kept")
    again = job("good", settings={"a": 1})
    if change == "split":
        again = job("good", "g", settings={"a": 1})
    if change == "settings":
        again = job("good", settings={"a": 2})
    if change == "adapter":
        (tmp_path / "adapter.py").write_text("# another")
    if change == "package":
        monkeypatch.setattr(scripts.children, "packages", lambda python: "one==2")
    scripts.children.answers(again, tmp_path / "kept")
    assert runs(tmp_path) == 2


def test_a_run_over_its_limit_is_ended_and_told(scripts: Any, job: Making, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(scripts.children.FailedError, match="over the limit of 2 s"):
            scripts.children.answers(job("slow", seconds=2.0), tmp_path / "kept")
    assert runs(tmp_path) == 1


def test_a_run_that_breaks_tells_its_last_line(scripts: Any, job: Making, tmp_path: Path) -> None:
    with pytest.raises(scripts.children.FailedError, match="ValueError: no such luck"):
        scripts.children.answers(job("broken"), tmp_path / "kept")


def test_a_search_that_is_ended_keeps_the_trials_it_made(
    scripts: Any, job: Making, tmp_path: Path
) -> None:
    out = scripts.children.answers(job("slow search", kind="tune", seconds=2.0), tmp_path / "kept")
    assert [path.name for path in scripts.children.trials(out)] == [f"{out.name}-0"]


def test_names_of_files_are_plain_and_of_one_job_each(scripts: Any, job: Making) -> None:
    stems = {
        job("Surprise SVD++").stem,
        job("Surprise SVD").stem,
        job("Surprise SVD", kind="tune").stem,
        job("Surprise SVD", threads=1).stem,
        job("Surprise SVD", settings={}).stem,
    }
    assert len(stems) == 5
    assert "surprise-svd++-stars-lists-2" in stems


def test_what_cannot_be_installed_says_why(
    scripts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripts.environments, "ROOT", tmp_path)
    missing = str(tmp_path / "no-such-folder")
    with pytest.raises(scripts.environments.NotInstalledError, match="no-such-folder"):
        scripts.environments.environment("none", missing, check="import no_such_module")


def test_the_size_of_an_environment_is_that_of_its_packages(scripts: Any, tmp_path: Path) -> None:
    library = tmp_path / "lib" / "python3.11" / "site-packages"
    for name, size in (("mine", 3_000_000), ("pip", 9_000_000), ("setuptools", 9_000_000)):
        (library / name).mkdir(parents=True)
        (library / name / "code.py").write_bytes(b"x" * size)
    assert scripts.environments.installed_mb(tmp_path / "bin" / "python") == 3.0


def test_a_run_cut_off_by_the_time_for_everything_is_made_again(
    scripts: Any, job: Making, tmp_path: Path
) -> None:
    for _ in range(2):
        with pytest.raises(scripts.children.FailedError, match="run it again"):
            scripts.children.answers(job("slow", seconds=99.0), tmp_path / "kept", left=1.5)
    assert runs(tmp_path) == 2
    with pytest.raises(scripts.children.FailedError, match="run it again"):
        scripts.children.answers(job("slow"), tmp_path / "kept", left=0.5)
    assert runs(tmp_path) == 2


def test_of_what_a_peer_said_the_line_that_names_the_error_is_told(scripts: Any) -> None:
    said = """
    Traceback (most recent call last):
      File "peer.py", line 3, in stars
    pyspark.errors.exceptions.captured.IllegalArgumentException: requirement failed: ids
        at java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(Unknown Source)
        at jdk.internal.reflect.GeneratedMethodAccessor13.invoke(Unknown Source)
    """
    assert scripts.environments.last_line(said).endswith("requirement failed: ids")
    assert scripts.environments.last_line("one\ntwo\n") == "two"
    assert scripts.environments.last_line("") == "it said nothing"
