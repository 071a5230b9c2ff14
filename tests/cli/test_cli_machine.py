"""What the machine or the shell does not grant: one line, never a traceback, and never a crash."""

from __future__ import annotations

import errno
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from cli.running import Done, Run, in_subprocess
from readalike.algorithms import ALGORITHMS
from readalike.cli.process import (
    ANSWERING,
    HANDLES,
    LEARNING,
    NETWORK,
    NETWORKS,
    TooLittle,
    refuse_little_space,
)

pytest.importorskip("resource", reason="needs limits of the shell")


def in_shell(*words: object, before: str = "", redirected: str = "", **env: str) -> Done:
    """Runs the installed module in a shell, with limits set before and streams redirected."""
    done = subprocess.run(
        ["bash", "-c", f'{before}exec "$@" {redirected}', "bash", sys.executable, "-m", "readalike"]
        + [str(word) for word in words],
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", **env},
    )
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def printing(model: Path, world: Path) -> list[tuple[object, ...]]:
    """Commands that print in every way there is."""
    return [
        ("search", model, "tales"),
        ("search", model, "tales", "--json"),
        ("doctor", world),
        ("--version",),
        ("search", "--help"),
    ]


# --- streams --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("redirected", "why", "unbuffered"),
    [
        (">&-", "standard output is closed", ""),
        (">/dev/full", "No space left on device", ""),
        (">/dev/full", "No space left on device", "1"),
    ],
)
def test_output_that_cannot_be_written(
    model: Path, world: Path, redirected: str, why: str, unbuffered: str
) -> None:
    for words in printing(model, world):
        done = in_shell(*words, redirected=redirected, PYTHONUNBUFFERED=unbuffered)
        assert done.refusal == f"readalike: the output cannot be written: {why}", words


def test_nothing_is_learnt_where_nobody_can_be_told(world: Path, tmp_path: Path) -> None:
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "popularity")
    assert "is closed" in in_shell(*words, redirected=">&-").refusal
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full", "<&- 2>&-"])
def test_results_without_an_error_stream_are_the_same(model: Path, redirected: str) -> None:
    words = ("recommend", model, "--reader", "3", "--json")
    assert in_shell(*words, redirected=redirected).ok == in_shell(*words).ok


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full", ">&- 2>&-", ">/dev/full 2>&-"])
def test_a_refusal_that_nobody_hears_is_still_told_by_the_code(
    model: Path, redirected: str
) -> None:
    done = in_shell("search", model, *(() if redirected[0] == ">" else ("x", "--foo")), "emma",
                    redirected=redirected)  # fmt: skip
    assert (done.code, done.out, done.err) == (2, "", "")


def test_a_closed_stream_is_not_taken_for_a_file(world: Path, tmp_path: Path) -> None:
    """The first file that is opened would get its number, and what libraries print."""
    printing = "import os\nkeep = os.fsync\ndef told(d):\n    os.write(2, b'told')\n    keep(d)\n"
    closed = f"import os; os.close(2); sys.stderr = None\n{printing}os.fsync = told"
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "popularity")
    assert in_subprocess(*words, before=closed).code == 0
    files = list((tmp_path / "m").iterdir())
    assert files
    assert not [file for file in files if b"told" in file.read_bytes()]


# --- the folder that one is in --------------------------------------------------------------


def test_the_folder_that_one_is_in_was_removed(
    run: Run, world: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = tmp_path / "new.csv"
    new.write_text("book_id,title,authors\nnew,New,Ann Onym\n")
    library = tmp_path / "library.csv"
    library.write_text("title,author\nEmma,Jane Austen\n")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "here").rmdir()
    counting = ("--algorithm", "popularity")
    learnt = tmp_path / "m"
    for words in (
        ("add-books", "model", new), ("add-books", model, "new.csv"), ("algorithms",),
        ("compare", "one.json", "other.json"), ("demo", "--json"), ("doctor", "world"),
        ("doctor", world), ("download",), ("evaluate", world, *counting),
        ("evaluate", world, *counting, "--out", "one.json"),
        ("explain", model, "Emma", "--like", "Dune"), ("forecast", model, "Emma"),
        ("import", library, "--model", model, "--report", "report.csv"),
        ("import", "library.csv", "--model", model), ("import", library, "--model", model),
        ("import-keras", "model.h5", "--ratings", world, "--model", "model"),
        ("recommend", model, "--like", "Emma"), ("recommend", "model", "--like", "Emma"),
        ("recommend", model, "--all", "--out", "lists.parquet"), ("search", model, "Emma"),
        ("similar", model, "Emma"), ("train", world, *counting, "--model", "model"),
        ("tune", world, "--trials", "1"), ("tune", "world", "--trials", "1"),
    ):  # fmt: skip
        done = run(*words)
        assert done.refusal if done.code else done.ok, words
    done = run("train", world, *counting, "--model", learnt)
    assert f"Next: readalike recommend {learnt}" in done.ok, "what names no file there, does it"


@pytest.mark.parametrize("words", [("demo", "--json"), ("recommend", "m", "--like", "Emma")])
def test_a_process_whose_folder_was_removed(words: tuple[str, ...], tmp_path: Path) -> None:
    before = 'mkdir "$HOME/x"; cd "$HOME/x"; rmdir "$HOME/x"; '
    done = in_shell(*words, before=before, HOME=str(tmp_path))
    if words[0] == "demo":
        assert "the folder that you are in was removed; change into one" in done.refusal
    else:
        assert "m does not exist" in done.refusal


# --- limits of the shell --------------------------------------------------------------------


@pytest.mark.parametrize("words", [("--version",), ("algorithms",), ("train", "x", "--model", "y")])
def test_too_few_files_at_once(words: tuple[str, ...]) -> None:
    refusal = in_shell(*words, before="ulimit -n 10; ").refusal
    assert f"needs {HANDLES} files open at once, and this shell allows 10 (ulimit -n)" in refusal
    assert "raise it: ulimit -n 1024" in refusal


def test_as_many_files_as_are_asked_for_are_enough(
    world: Path, model: Path, tmp_path: Path
) -> None:
    before = f"ulimit -n {HANDLES}; "
    assert in_shell("recommend", model, "--reader", "3", before=before).ok
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "cosine")
    assert in_shell(*words, before=before).ok


def asked_for(base: int) -> int:
    """The megabytes that a refusal asks for; it must ask for no others than the constants say."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("readalike.cli.process.allowed", {"RLIMIT_AS": 1}.get)
        with pytest.raises(TooLittle) as refusal:
            refuse_little_space(base)
    found = re.search(r"ulimit -v (\d+)", str(refusal.value))
    assert found
    return int(found[1]) // 1000


@pytest.mark.parametrize("megabytes", [60, 300])
def test_too_little_address_space(model: Path, megabytes: int) -> None:
    for words in (("recommend", model, "--reader", "3"), ("--version",)):
        refusal = in_shell(*words, before=f"ulimit -v {megabytes}000; ").refusal
        assert f"needs about {asked_for(ANSWERING):,} MB of address space" in refusal
        assert f"this shell allows {megabytes * 1000 * 1024 // 10**6} MB (ulimit -v)" in refusal
        assert f"raise it: ulimit -v {asked_for(ANSWERING)}000" in refusal


def test_learning_needs_more_than_answering(world: Path, model: Path, tmp_path: Path) -> None:
    before = f"ulimit -v {asked_for(ANSWERING)}000; "
    assert in_shell("recommend", model, "--reader", "3", before=before).ok
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "cosine")
    refusal = in_shell(*words, before=before).refusal
    assert f"needs about {asked_for(LEARNING):,} MB of address space" in refusal
    assert in_shell(*words, before=f"ulimit -v {asked_for(LEARNING)}000; ").ok


@pytest.mark.parametrize(
    "words",
    [
        ("train", "x.csv", "--model", "m", "--algorithm", "mlp"),
        ("evaluate", "x.csv", "--algorithm", "cosine", "--algorithm", "neumf:epochs=1"),
        ("tune", "x.csv", "--algorithm", "two-tower"),
    ],
)
def test_networks_need_more_still(words: tuple[str, ...]) -> None:
    refusal = in_shell(*words, before=f"ulimit -v {asked_for(LEARNING)}000; ").refusal
    assert f"needs about {asked_for(NETWORK):,} MB of address space" in refusal


def test_networks_are_what_is_computed_by_networks() -> None:
    found = {
        name for name, kind in ALGORITHMS.items() if "readalike.neural" in inspect.getsource(kind)
    }
    assert found == NETWORKS


def test_room_for_networks_is_enough(world: Path, tmp_path: Path) -> None:
    pytest.importorskip("jax", reason="needs the extra neural")
    words = ("train", world, "--model", tmp_path / "m", "--algorithm", "mlp", "--set", "epochs=1")
    assert in_shell(*words, before=f"ulimit -v {asked_for(NETWORK)}000; ").ok


def test_a_table_that_is_too_large_for_the_memory(tmp_path: Path) -> None:
    table = tmp_path / "ratings.csv"
    rows = "".join(f"{book % 50},{book},{1 + book % 5}\n" for book in range(20_000))
    table.write_text(f"user_id,book_id,rating\n{rows}")
    words = (
        "train",
        table,
        "--model",
        tmp_path / "m",
        "--algorithm",
        "ease",
        "--predictor",
        "none",
    )
    refusal = in_shell(*words, before=f"ulimit -v {asked_for(LEARNING)}000; ").refusal
    assert re.search(r"ease needs 3\.2 GB of memory for all pairs of 20,000 books, and \d", refusal)
    assert "use --algorithm ridge, or close other programs" in refusal


# --- what the machine does not grant --------------------------------------------------------


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*args: object, **named: object) -> Any:
        raise error

    monkeypatch.setattr("readalike.cli.train.train_model", fail)


TRAIN = ("train", "ratings.csv", "--model", "model")


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "make room"), (errno.EMFILE, "ulimit -n"), (errno.EACCES, "permission"),
        (errno.ENFILE, "close other programs"), (errno.EROFS, "choose another place"),
        (errno.EIO, "disk"), (errno.EDQUOT, "make room"), (errno.EFBIG, "ulimit -f"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_granted(
    run: Run, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    failing(monkeypatch, OSError(number, os.strerror(number), "some/file"))
    refusal = run(*TRAIN).refusal
    assert refusal.startswith(f"readalike: some/file: {os.strerror(number)}; ")
    assert remedy in refusal
    failing(monkeypatch, OSError(number, os.strerror(number)))
    assert run(*TRAIN).refusal.startswith(f"readalike: {os.strerror(number)}; ")


def an_array_too_large() -> MemoryError:
    with pytest.raises(MemoryError) as caught:
        np.empty((10**9, 10**6))
    return caught.value


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (MemoryError(), ""),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "Cannot allocate memory"),
        (duckdb.OutOfMemoryException("Out of Memory Error: 7 GB\n\nmore"), "Error: 7 GB)"),
        (an_array_too_large(), r"\(Unable to allocate .* for an array with shape \(1000000000, "),
    ],
)
def test_memory_that_ran_out(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, asked: str
) -> None:
    failing(monkeypatch, error)
    refusal = run(*TRAIN).refusal
    assert refusal.startswith("readalike: memory ran out")
    assert re.search(asked.replace(")", r"\)") if asked[:1] == "E" else asked, refusal)
    assert "close other programs, or take fewer ratings" in refusal


@pytest.mark.parametrize(
    "bug",
    [
        RecursionError("deep"), OverflowError("large"), ValueError("wrong"), OSError("nameless"),
        FileNotFoundError(errno.ENOENT, "No such file", "x"), SystemError("numba"),
        ImportError("no module"),
    ],
)  # fmt: skip
def test_a_bug_stays_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, bug: BaseException
) -> None:
    failing(monkeypatch, bug)
    with pytest.raises(type(bug), match=re.escape(str(bug))):
        run(*TRAIN)
