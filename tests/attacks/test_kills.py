"""Commands that write, killed at random instants: the old or the new, and nothing left over."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from attacks.effort import times
from cli.running import QUIET, write_world
from kaggle_stand_in import TABLES, zipped
from keras_import.kerasfiles import dot_model, ratings_table, tables, write_grouped
from readalike import train
from readalike.evaluation.report import read_report
from readalike.evaluation.split_files import read_split
from readalike.model_folder import store
from readalike.tables.parquet import read_parquet

OURS = re.compile(r"readalike-|\.part$|\.lock$|\.tmp$|-journal$|-wal$|-next-")
SMALL = "\n".join(
    [
        "from dataclasses import replace",
        "from readalike.datasets.goodbooks import DATA_SETS, GOODBOOKS_10K",
        "rows = dict.fromkeys(GOODBOOKS_10K.rows, (2, 100))",
        "DATA_SETS['goodbooks-10k'] = replace(GOODBOOKS_10K, rows=rows)",
    ]
)
"""Makes of a few rows a whole goodbooks-10k."""


@dataclass(frozen=True)
class Job:
    """A command that writes.

    Attributes:
        words: The command in a folder, in one of two versions.
        version: Which version lies in the folder; fails where what lies there is not whole.
        before: Code to run before the command.
    """

    words: Callable[[Path, int], list[Any]]
    version: Callable[[Path], int]
    before: str = ""


def books_file(folder: Path, version: int) -> Path:
    path = folder / f"new-{version}.csv"
    path.write_text(f"book_id,title,authors\nnew{version},New {version},Ann Onym\n")
    return path


def library_file(folder: Path, version: int) -> Path:
    path = folder / f"library-{version}.csv"
    rows = ["Faust,,3", "Emma,Jane Austen,4", "Dune,Frank Herbert,5"]
    path.write_text("\n".join(["title,author,rating", *rows[: 1 + version]]) + "\n")
    return path


def archive_file(folder: Path, version: int) -> Path:
    path = folder / f"archive-{version}.zip"
    more = TABLES | {"tags.csv": TABLES["tags.csv"] + "2,love\n" * version}
    path.write_bytes(zipped(more))
    return path


def rows_of(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as file:
        return len(list(csv.reader(file)))


def slope_of(folder: Path) -> int:
    recommender = store.load(folder / "model")
    recommender.recommend(reader="7", n=3)
    slope: float = recommender.model.settings()["weights"]["slope"]
    return round(slope * 2) - 1


def added(folder: Path) -> int:
    ids = set(store.load(folder / "model").catalogue.books.ids)
    assert len(ids) >= 30
    return max((version for version in (0, 1) if f"new{version}" in ids), default=0)


def split_version(folder: Path) -> int:
    assert len(read_split(folder / "split").questions) > 0
    return 1


def found_version(folder: Path) -> int:
    found = json.loads((folder / "found.json").read_text())
    assert "settings" in json.dumps(found)
    return 1


JOBS: dict[str, Job] = {
    "train": Job(
        lambda folder, version: [
            "train", folder / "world", "--model", folder / "model", "--retrain", "--algorithm",
            "cosine", "--set", f"star_slope={(1 + version) / 2}", "--predictor", "baseline",
        ],
        slope_of,
    ),
    "add-books": Job(
        lambda folder, version: ["add-books", folder / "model", books_file(folder, version)],
        added,
    ),
    "recommend --all": Job(
        lambda folder, version: [
            "recommend", folder / "model", "--all", "--out", folder / "lists.parquet",
            "-n", 3 + version,
        ],
        lambda folder: int(read_parquet(folder / "lists.parquet")["rank"].max()) - 3,
    ),
    "import --report": Job(
        lambda folder, version: [
            "import", library_file(folder, version), "--model", folder / "model",
            "--report", folder / "report.csv",
        ],
        lambda folder: rows_of(folder / "report.csv") - 2,
    ),
    "evaluate --out": Job(
        lambda folder, version: [
            "evaluate", folder / "world", "--algorithm", "popularity", "--seed", version,
            "--out", folder / "report.json", "--html", folder / "report.html",
        ],
        lambda folder: read_report(folder / "report.json").seed,
    ),
    "evaluate --save-split": Job(
        lambda folder, version: [
            "evaluate", folder / "world", "--algorithm", "popularity",
            "--save-split", folder / "split",
        ],
        split_version,
    ),
    "tune": Job(
        lambda folder, version: [
            "tune", folder / "world", "--algorithm", "cosine", "--trials", 2, "--protocol",
            "strong", "--out", folder / "found.json", "--again",
        ],
        found_version,
    ),
    "download": Job(
        lambda folder, version: [
            "download", "goodbooks-10k", "--from", archive_file(folder, version),
            "--to", folder / "goodbooks", "--again",
        ],
        lambda folder: (folder / "goodbooks" / "tags.csv").read_text().count("love"),
        SMALL,
    ),
    "import-keras": Job(
        lambda folder, version: [
            "import-keras", folder / "keras.h5", "--ratings", folder / "keras.csv",
            "--model", folder / "imported", *(("--predictor", "baseline") if version else ()),
        ],
        lambda folder: int(store.load(folder / "imported").forecaster is not None),
    ),
}  # fmt: skip
NEW_ONLY = ("evaluate --save-split", "tune")
"""Write once, and refuse or go on where something lies there already."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    train(write_world(folder / "world"), folder / "model", algorithm="cosine", predictor=None)
    write_grouped(folder / "keras.h5", dot_model(), tables())
    table = ratings_table()
    rows = [list(table), *zip(*table.values(), strict=True)]
    (folder / "keras.csv").write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    (tmp_path / "tmp").mkdir()
    return folder


def started(job: Job, folder: Path, version: int) -> subprocess.Popen[bytes]:
    code = f"import sys\n{job.before}\nfrom readalike.cli import main\nmain()\n"
    words = [str(word) for word in job.words(folder, version)]
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            **QUIET,
            "TMPDIR": str(folder.parent / "tmp"),
        },
    )


def ended(job: Job, folder: Path, version: int) -> float:
    """Runs a command to its end, and says how long it took."""
    began = time.monotonic()
    process = started(job, folder, version)
    _, errors = process.communicate()
    assert process.returncode == 0, errors.decode()
    return time.monotonic() - began


def left_over(folder: Path) -> list[str]:
    names = (str(path.relative_to(folder.parent)) for path in folder.parent.rglob("*"))
    return [name for name in names if OURS.search(name)]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("name", list(JOBS))
def test_a_killed_command_leaves_the_old_or_the_new(name: str, place: Path) -> None:
    job, draw = JOBS[name], np.random.default_rng(len(name))
    usual = 2.0
    if name not in NEW_ONLY:
        usual = ended(job, place, 0)
        assert job.version(place) == 0
    before = shutil.copytree(place, place.parent / "before")
    for number in range(times(1, 9)):
        shutil.rmtree(place)
        shutil.copytree(before, place)
        process = started(job, place, 1)
        # the last part of a command is when it writes
        time.sleep(usual * float(draw.uniform(0.4, 1.05)))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if name not in NEW_ONLY:
            assert job.version(place) in (0, 1), number
        if not (name == "evaluate --save-split" and (place / "split").exists()):
            ended(job, place, 1)
        assert job.version(place) == 1
        assert left_over(place) == [], number
