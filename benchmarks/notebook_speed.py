"""The notebook's training in readalike and in Keras, on one machine in one run.

Usage: ``python benchmarks/notebook_speed.py [--data DIR] [--result FILE] [--epochs 5]``

Needs scikit-learn for the notebook's own split. Keras and TensorFlow go into an environment of
their own, ``.bench/keras``, made on the first run (about 1.8 GB). readalike is timed three times
before and three times after Keras, since other work on the machine moves both; ``seconds`` is the
median of the six. It covers all of ``fit``, compiling excluded; the first fit of the process, with
loading or compiling the kernels, is told beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

from environments import DATA, NotInstalledError, environment
from figures import publish
from readalike.algorithms.notebook import Notebook
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary


def notebook_split(folder: Path) -> tuple[Any, Any]:
    """The notebook's own split of the raw rows book, user, stars; ids from 1."""
    rows = np.loadtxt(folder / "ratings.csv", delimiter=",", skiprows=1, dtype=np.int32)
    train, test = train_test_split(rows, test_size=0.2, random_state=42)
    return train, test


def as_ratings(rows: Any, n_users: int, n_books: int) -> Ratings:
    """The rows as they are: repeated pairs stay, since the notebook trains on them too."""
    order = np.argsort(rows[:, 1], kind="stable")
    counts = np.bincount(rows[:, 1] - 1, minlength=n_users)
    histories = Histories(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        rows[order, 0] - 1,
        rows[order, 2].astype(np.float32),
        n_books,
    )
    users, books = Vocabulary.of(range(1, n_users + 1)), Vocabulary.of(range(1, n_books + 1))
    return Ratings(histories, users, books, RatingScale(1.0, 5.0, 1.0))


def time_readalike(
    ratings: Ratings, test: Any, epochs: int, seed: int
) -> tuple[float, float, float]:
    """Seconds of one fit, RMSE on the test part, and RMSE clipped to 1..5."""
    catalogue = Catalogue.of(ratings.items)
    started = time.perf_counter()
    model = Notebook(epochs=epochs, seed=seed).fit(ratings, catalogue)
    seconds = time.perf_counter() - started
    forecast = model.predict(test[:, 1] - 1, test[:, 0] - 1)
    errors = (forecast - test[:, 2], np.clip(forecast, 1, 5) - test[:, 2])
    raw, clipped = (float(np.sqrt(np.mean(e**2))) for e in errors)
    return seconds, raw, clipped


def run_keras(train: Any, test: Any, epochs: int) -> dict[str, Any]:
    """What `keras_notebook.py` says, or the reason why it could not run."""
    try:
        python = environment(
            "keras", "keras", "tensorflow-cpu|tensorflow", check="import keras, tensorflow"
        )
        with tempfile.TemporaryDirectory() as folder:
            split, result = Path(folder, "split.npz"), Path(folder, "result.json")
            parts = {
                f"{part}_{name}": np.ascontiguousarray(rows[:, column])
                for part, rows in (("train", train), ("test", test))
                for column, name in enumerate(("items", "users", "ratings"))
            }
            np.savez(split, **parts)
            script = Path(__file__).with_name("keras_notebook.py")
            arguments = [split, result, "--epochs", str(epochs)]
            subprocess.run([python, script, *arguments], check=True, stderr=subprocess.DEVNULL)
            outcome: dict[str, Any] = json.loads(result.read_text())
            return outcome
    except (NotInstalledError, subprocess.CalledProcessError, OSError) as error:
        return {"note": f"Keras could not be installed or run here: {error}"}


def main() -> None:
    """Times both and prints the comparison as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA / "goodbooks-10k")
    parser.add_argument("--result", type=Path, help="also write the JSON here")
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args()

    train, test = notebook_split(options.data)
    both = np.vstack([train, test])
    ratings = as_ratings(train, int(both[:, 1].max()), int(both[:, 0].max()))
    fits = [time_readalike(ratings, test, options.epochs, seed) for seed in range(4)]
    keras = run_keras(train, test, options.epochs)
    fits += [time_readalike(ratings, test, options.epochs, seed) for seed in range(4, 7)]
    first, rmse, clipped = fits[0]
    before, after = [fit[0] for fit in fits[1:4]], [fit[0] for fit in fits[4:]]
    seconds = statistics.median(before + after)
    report: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "train_rows": len(train),
        "test_rows": len(test),
        "epochs": options.epochs,
        "readalike": {
            "seconds": seconds,
            "seconds_before": before,
            "seconds_after": after,
            "seconds_first_fit": first,
            "rmse": rmse,
            "rmse_clipped": clipped,
            "rmse_by_seed": [fit[1] for fit in fits],
        },
        "keras": keras,
    }
    if "seconds_epochs" in keras:
        report["times_faster"] = keras["seconds_epochs"] / seconds
        report["times_faster_slowest_run"] = keras["seconds_epochs"] / max(before + after)
    publish(report, options.result)


if __name__ == "__main__":
    main()
