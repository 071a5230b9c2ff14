"""Two programs that change one model folder, and others that read it meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import readalike
from attacks.effort import times
from cli.running import in_subprocess, write_world
from readalike.errors import ModelError
from readalike.model_folder import store
from readalike.model_folder.card import read_card
from readalike.model_folder.storage import changing, strangers
from shapes import recommenders

TESTS = Path(__file__).resolve().parent.parent

WORKER = """
import json, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
import readalike
from readalike.model_folder import store
from readalike.errors import ReadalikeError
{prepare}
print("ready", flush=True)
for line in sys.stdin:
    word = json.loads(line)
    try:
        {do}
        print(json.dumps("done"), flush=True)
    except ReadalikeError as error:
        print(json.dumps(str(error)), flush=True)
"""


class Worker:
    """A process that does one thing for each word that it is sent."""

    def __init__(self, prepare: str, do: str) -> None:
        code = WORKER.format(tests=str(TESTS), prepare=prepare, do=do)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._line() != "ready\n":
            self.end()
            raise AssertionError("it did not begin")

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()

    def begin(self, word: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(word) + "\n")
        self.process.stdin.flush()

    @property
    def outcome(self) -> str:
        return str(json.loads(self._line()))


@contextmanager
def workers(*each: tuple[str, str]) -> Iterator[list[Worker]]:
    started = [Worker(prepare, do) for prepare, do in each]
    try:
        yield started
    finally:
        for worker in started:
            worker.end()


def whole(folder: Path) -> None:
    """The folder holds one model, whole, and nothing else."""
    store.load(folder).recommend(reader="7", n=3)
    card = json.loads((folder / "card.json").read_text())
    named = {file["name"] for file in card["files"].values()}
    assert {path.name for path in folder.iterdir()} == {"card.json", *named}


def test_overlapping_saves_leave_one_whole_model_and_report_the_truth(tmp_path: Path) -> None:
    made = recommenders(tmp_path)
    for shape in ("item-scores", "item-item"):
        made[shape].save(tmp_path / shape)
    folder = tmp_path / "both"
    saving = [
        (f"mine = store.load({str(tmp_path / shape)!r})", f"mine.save({str(folder)!r})")
        for shape in ("item-scores", "item-item")
    ]
    with workers(*saving) as pair:
        for _ in range(times(12, 100)):
            for worker in pair:
                worker.begin("save")
            assert [worker.outcome for worker in pair] == ["done", "done"]
            whole(folder)
            assert store.load(folder).model.kind in ("item-scores", "item-item")


def test_two_threads_of_one_program_save_one_after_the_other(tmp_path: Path) -> None:
    made = recommenders(tmp_path)["item-item"]
    threads = [threading.Thread(target=made.save, args=(tmp_path / "m",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole(tmp_path / "m")


def test_no_book_is_lost_where_two_add_books_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    readalike.train(write_world(tmp_path / "world"), folder, algorithm="cosine", predictor=None)
    adding = ("", f"readalike.add_books({str(folder)!r}, word)")
    wanted = 30
    with workers(adding, adding) as pair:
        for number in range(times(4, 50)):
            for worker, name in zip(pair, "xy", strict=True):
                book = {
                    "book_id": [f"{name}{number}"],
                    "title": [f"New {name}{number}"],
                    "authors": ["Ann Onym"],
                }
                worker.begin(book)
            assert [worker.outcome for worker in pair] == ["done", "done"]
            wanted += 2
            catalogue = store.load_catalogue(folder)
            assert len(catalogue) == wanted
            assert {f"x{number}", f"y{number}"} <= set(catalogue.books.ids)
            assert read_card(folder).books_added == wanted - 30
    whole(folder)


def test_no_read_is_refused_while_a_model_is_trained_anew(tmp_path: Path) -> None:
    folder, world = tmp_path / "m", write_world(tmp_path / "world")
    train = (
        "from readalike import train",
        f"train({str(world)!r}, {str(folder)!r}, algorithm='cosine', predictor=None, retrain=True, "
        "settings={'star_slope': word})",
    )
    read = ("", f"store.load({str(folder)!r}).recommend(reader='7', n=3)")
    readalike.train(world, folder, algorithm="cosine", predictor=None)
    trainings, reads = times(6, 30), times(60, 500)
    with workers(train, read, read) as (trainer, *readers):
        for number in range(trainings):
            trainer.begin(number / 100)
        answers = []
        for _ in range(reads // 2):
            for reader in readers:
                reader.begin("read")
            answers += [reader.outcome for reader in readers]
        assert [trainer.outcome for _ in range(trainings)] == ["done"] * trainings
    assert answers == ["done"] * len(answers)
    whole(folder)


def test_a_change_waits_for_another_and_says_so_where_it_takes_too_long(tmp_path: Path) -> None:
    folder = recommenders(tmp_path)["item-item"].save(tmp_path / "m")
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with changing(folder):
            held.set()
            free.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    began = time.monotonic()
    refused = pytest.raises(ModelError, match=r"m: another program has been changing this model")
    with refused, changing(folder, patience=0.3):
        raise AssertionError("it is held")
    assert time.monotonic() - began >= 0.3
    assert store.load(folder).seed == 0, "who only reads does not wait"
    free.set()
    holder.join()
    with changing(folder):
        pass
    assert strangers(folder) == []


def test_a_program_that_is_killed_holds_nobody_up(tmp_path: Path) -> None:
    folder = recommenders(tmp_path)["item-item"].save(tmp_path / "m")
    code = (
        "import os, signal\nfrom pathlib import Path\n"
        "from readalike.model_folder.storage import changing\n"
        f"with changing(Path({str(folder)!r})):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert in_subprocess(before=code).code == -9
    with changing(folder, patience=5):
        pass
    whole(folder)
