"""How long the default takes: to fit, beside exact EASE; to answer one reader; to answer all.

python benchmarks/serving.py [--result FILE]. The fits of both are timed in turn, three times, in
one run, compiling excluded; peak memory is that of a process that does nothing but read and fit.
The large table is drawn at random in the shape of Book-Crossing: as many readers and books, two
books in three with one reader, one reader with thousands of books.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from environments import DATA
from figures import publish
from readalike.algorithms import algorithm_of
from readalike.tables.dataset import Dataset, read
from readalike.training import fit

MEMORY = """
import pathlib, sys, time
from readalike.algorithms import algorithm_of
from readalike.tables.dataset import read

def peak():  # of this program: ru_maxrss would count the one that started it
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024

dataset = read(sys.argv[1])
reading = peak()
started = time.perf_counter()
algorithm_of(sys.argv[2]).fit(dataset.ratings, dataset.catalogue)
print(reading, peak(), time.perf_counter() - started, dataset.ratings.histories.lengths.max())
"""


def fits(dataset: Dataset, rounds: int) -> dict[str, Any]:
    """Seconds of the default and of EASE, in turn."""
    blend, ease = algorithm_of("blend"), algorithm_of("ease")
    blend.fit(dataset.ratings, dataset.catalogue)
    seconds: dict[str, list[float]] = {"blend": [], "ease": []}
    for _ in range(rounds):
        for algorithm in (blend, ease):
            started = time.perf_counter()
            algorithm.fit(dataset.ratings, dataset.catalogue)
            seconds[algorithm.name].append(time.perf_counter() - started)
    pairs = zip(seconds["blend"], seconds["ease"], strict=True)
    ratios = [b / e for b, e in pairs]
    return {**seconds, "ratio": statistics.median(ratios), "ratios": ratios}


def memory(path: Path, name: str) -> dict[str, float]:
    """Peak memory in MB of reading, and of reading and fitting; and seconds of fitting."""
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path), name],
        check=True,
        capture_output=True,
        text=True,
    )
    reading, fitting, seconds, longest = map(float, done.stdout.split())
    return {"read_mb": reading, "fit_mb": fitting, "fit_seconds": seconds, "longest": longest}


def large(folder: Path) -> dict[str, float]:
    """Memory and time of the default on a table of Book-Crossing's shape."""
    draw = np.random.default_rng(0)
    readers, books, rows = 105_283, 340_556, 1_180_000
    activity = (np.arange(readers) + 2.5) ** -0.86
    fame = (np.arange(books) + 2.0) ** -0.7
    who = draw.choice(readers, rows, p=activity / activity.sum())
    what = draw.choice(books, rows, p=fame / fame.sum())
    who[:readers], what[-books:] = np.arange(readers), draw.permutation(books)
    table = pl.DataFrame({"user_id": who, "book_id": what, "rating": draw.integers(1, 11, rows)})
    path = folder / "large.parquet"
    table.unique(["user_id", "book_id"]).sort("user_id", "book_id").write_parquet(path)
    found = memory(path, "blend")
    return found | {"readers": readers, "books": books, "rows": pl.read_parquet(path).height}


def answers(dataset: Dataset, n_readers: int) -> dict[str, Any]:
    """Microseconds of one reader's top 10 with reasons, and seconds for everybody."""
    recommender = fit(dataset, predictor=None)
    ids = dataset.ratings.users.ids
    readers = np.random.default_rng(0).choice(len(ids), n_readers, replace=False)
    histories = [
        {
            dataset.ratings.items.ids[i]: float(s)
            for i, s in zip(*dataset.ratings.histories.row(r), strict=True)
        }
        for r in readers
    ]
    for history in histories[:50]:
        recommender.recommend(history, 10)
    micros = []
    for history in histories:
        started = time.perf_counter()
        recommender.recommend(history, 10)
        micros.append((time.perf_counter() - started) * 1e6)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        lists = recommender.recommend_many(n=10)
        lists.to_parquet(Path(folder, "lists.parquet"))
        everybody = time.perf_counter() - started
    p50, p90, p99 = np.percentile(micros, [50, 90, 99])
    return {
        "readers_asked": n_readers,
        "books": len(dataset.catalogue),
        "p50_us": p50,
        "p90_us": p90,
        "p99_us": p99,
        "all_readers": lists.readers,
        "all_seconds": everybody,
    }


def main() -> None:
    """Prints, and writes, the figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    dataset = read(DATA / "goodbooks-10k")
    found = {
        "answers": answers(dataset, 2000),
        "fits": fits(dataset, options.rounds),
        "memory": {name: memory(DATA / "goodbooks-10k", name) for name in ("blend", "ease")},
    }
    with tempfile.TemporaryDirectory() as folder:
        found["large"] = large(Path(folder))
    publish(found, options.result)


if __name__ == "__main__":
    main()
