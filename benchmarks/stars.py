"""How well stars are forecast, how surely, for whom, how fast, and in how much memory.

python benchmarks/stars.py [--only PART ...] [--result FILE]. Parts: `seeds` (Kaggle rows, of
repeated pairs the last, a tenth of the pairs held out, five draws), `strangers` (2,000 readers
kept from training, told 0 to 20 ratings each, five draws), `ml100k` (the field's five folds; the
rows come with the wheel of recbole 1.2.1, in their original order), `sweep` (a draw of both sides
of 5.5 million ratings at 32 numbers a row), `answers` (one reader's wait) and `memory`
(`star_memory.py`).
What other libraries reach in one run with the same models stands on the leaderboard.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from environments import DATA, ROOT
from figures import publish
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings, kept
from readalike.data.vocabulary import Vocabulary
from readalike.evaluation.forecast_errors import StarErrors, star_errors, star_forecasts
from readalike.evaluation.protocols import HeldOut
from readalike.evaluation.questions import RatingQueries
from readalike.predictors import PREDICTORS, predictor_of
from readalike.tables.dataset import Dataset, read
from readalike.training import fit
from star_memory import growth

SEEDS = range(5)
LENGTHS = (0, 1, 3, 5, 10, 20)
STRANGERS = 2000
SHARED = 25
"""Ratings that a stranger must have: twenty to tell, five to forecast."""
FOLD = 20_000


def quality(errors: StarErrors) -> dict[str, Any]:
    """All figures of forecasts, each with its interval over readers."""
    found: dict[str, Any] = {n: i._asdict() for n, i in errors.estimates(0).items()}
    return found | {"calibration": errors.steps()}


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def fitted(
    predictor: str, ratings: Ratings, catalogue: Catalogue, settings: Mapping[str, object]
) -> tuple[Any, float]:
    """A model, and the seconds of its fit."""
    started = time.perf_counter()
    model = predictor_of(predictor, settings).fit(ratings, catalogue)
    return model, time.perf_counter() - started


def seeds(dataset: Dataset) -> list[dict[str, Any]]:
    """The default on five draws; the others, and the default otherwise, on the first."""
    rows = []
    variants: list[tuple[str, dict[str, object]]] = [
        ("baseline", {}),
        ("mf", {}),
        ("bayes", {"world_means": False}),
        ("bayes", {"world_means": False, "subjects": 0, "authors": False}),
        ("bayes", {"embedding": 0}),
        ("bayes", {"spread_weight": 0.0}),
    ]
    for seed in SEEDS:
        task = HeldOut(seed=seed).prepare(dataset.ratings, dataset.catalogue)
        assert task.star_questions is not None
        for predictor, settings in [("bayes", {}), *(variants if seed == 0 else [])]:
            if seed == 0 and not rows:
                fitted(predictor, task.training, task.catalogue, {"sweeps": 1, "samples": 1})
            model, seconds = fitted(predictor, task.training, task.catalogue, settings)
            started = time.perf_counter()
            forecasts = star_forecasts(model, task.star_questions, silent)
            errors = star_errors(forecasts, task.star_questions, task.training.scale)
            forecasting = time.perf_counter() - started
            row = {
                "predictor": predictor,
                "settings": settings,
                "seed": seed,
                "fit_seconds": seconds,
            }
            rows.append(row | {"forecast_seconds": forecasting} | quality(errors))
            print(predictor, settings, seed, round(rows[-1]["rmse"]["mean"], 4), flush=True)
    return rows


def strangers(dataset: Dataset) -> list[dict[str, Any]]:
    """Five draws of new readers."""
    return [row for seed in SEEDS for row in one_draw(dataset, seed)]


def one_draw(dataset: Dataset, seed: int) -> list[dict[str, Any]]:
    """Readers kept from training: a fixed part of their ratings, forecast from more and more."""
    random = np.random.default_rng(seed)
    ratings = dataset.ratings
    long = np.flatnonzero(ratings.histories.lengths >= SHARED)
    chosen = np.sort(random.permutation(long)[:STRANGERS])
    training = ratings.take(np.setdiff1d(np.arange(len(ratings.users)), chosen))
    whole = ratings.histories.take(chosen)
    order = np.lexsort((random.random(len(whole.items)), whole.rows))
    drawn = Histories(whole.indptr, whole.items[order], whole.stars[order], whole.n_items)
    later = kept(drawn, (drawn.places >= max(LENGTHS)) & ~np.isnan(drawn.stars))
    names = tuple(ratings.users.ids[user] for user in chosen)
    models = {name: fitted(name, training, dataset.catalogue, {})[0] for name in PREDICTORS}
    rows = []
    for length in LENGTHS:
        questions = RatingQueries(
            readers=names,
            users=np.full(len(chosen), -1),
            histories=drawn.first(length),
            rows=later.rows,
            items=later.items,
            stars=later.stars,
        )
        for name, model in models.items():
            forecasts = star_forecasts(model, questions, silent)
            found = quality(star_errors(forecasts, questions, ratings.scale))
            rows.append({"predictor": name, "seed": seed, "given": length} | found)
            print(name, seed, length, round(rows[-1]["rmse"]["mean"], 4), flush=True)
    return rows


def ml100k() -> dict[str, Any]:
    """RMSE on the five folds that the data set comes with; with genres and years known."""
    ratings, catalogue = movies()
    rows = []
    for fold in range(5):
        test = np.zeros(len(ratings.stars), np.bool_)
        test[FOLD * fold : FOLD * (fold + 1)] = True
        users, items = ratings.users, ratings.items
        training = Ratings.of_rows(
            users.indices(ratings.user_of[~test]),
            items.indices(ratings.item_of[~test]),
            ratings.stars[~test],
            users,
            items,
        )
        for predictor in ("baseline", "bayes"):
            model, seconds = fitted(predictor, training, catalogue, {})
            rows_of = users.indices(ratings.user_of[test]).astype(np.int64)
            order = np.argsort(rows_of, kind="stable")
            tested = items.indices(ratings.item_of[test])[order]
            forecasts = model.forecast(training.histories, rows_of[order], tested)
            error = float(np.sqrt(np.mean((forecasts - ratings.stars[test][order]) ** 2)))
            rows.append(
                {"predictor": predictor, "fold": fold + 1, "rmse": error, "seconds": seconds}
            )
            print("ml-100k", predictor, fold + 1, round(error, 4), flush=True)
    return {"rows": rows}


class Movies:
    """The rows of ML-100K as they come."""

    def __init__(self, text: str) -> None:
        rows = [line.split("\t") for line in text.splitlines()[1:]]
        self.user_of, self.item_of = ([row[column] for row in rows] for column in (0, 1))
        self.user_of, self.item_of = np.array(self.user_of), np.array(self.item_of)
        self.stars = np.array([row[2] for row in rows], np.float32)
        self.users = Vocabulary.of(sorted(set(self.user_of), key=int))
        self.items = Vocabulary.of(sorted(set(self.item_of), key=int))


def movies() -> tuple[Movies, Catalogue]:
    """The rows, and genres and years of the films, out of a wheel that carries them."""
    folder = ROOT / ".bench" / "recbole"
    folder.mkdir(parents=True, exist_ok=True)
    if not list(folder.glob("*.whl")):
        words = ["download", "--quiet", "--no-deps", "--dest", folder, "recbole==1.2.1"]
        subprocess.run([sys.executable, "-m", "pip", *words], check=True)
    (wheel,) = folder.glob("*.whl")
    within = "recbole/dataset_example/ml-100k/ml-100k"
    with zipfile.ZipFile(wheel) as archive:
        texts = [archive.read(f"{within}.{part}").decode() for part in ("inter", "item")]
    rows = Movies(texts[0])
    known = {line.split("\t")[0]: line.split("\t") for line in texts[1].splitlines()[1:]}
    films = [known.get(film, [film, film, "", ""]) for film in rows.items.ids]
    genres = sorted({genre for film in films for genre in film[3].split()})
    counts = np.array([[float(genre in film[3].split()) for genre in genres] for film in films])
    years = tuple(int(film[2]) if film[2].isdigit() else None for film in films)
    tags = Tags(tuple(genres), sp.csr_array(counts.astype(np.float32)))
    return rows, Catalogue.of(
        rows.items, titles=tuple(film[1] for film in films), years=years, tags=tags
    )


def sweep(rows: int = 5_500_000, width: int = 32) -> dict[str, Any]:
    """Seconds of one draw of all readers and books."""
    from readalike.numerics.gibbs import GibbsSide, Rated, Sampler

    random = np.random.default_rng(0)
    n_users, n_items = 53_424, 10_000
    pairs = np.unique(random.integers(0, n_users * n_items, rows + rows // 50))
    pairs = np.sort(random.permutation(pairs)[:rows])
    users, items = np.divmod(pairs, n_items)
    stars = random.standard_normal(rows).astype(np.float32)
    ones = np.ones(rows, np.float32)

    def side(index: npt.NDArray[Any], other: npt.NDArray[Any], n: int) -> Any:
        order = np.argsort(index, kind="stable")
        pointers = np.concatenate([[0], np.cumsum(np.bincount(index, minlength=n))])
        return Rated(pointers, other[order].astype(np.int32), stars[order], ones)

    sides = [
        GibbsSide(random.standard_normal((n, width), np.float32), np.ones((n, 1), np.float32))
        for n in (n_users, n_items)
    ]
    chain = Sampler(*sides, side(users, items, n_users), side(items, users, n_items), random)
    chain.sweep()
    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        chain.sweep()
        seconds.append(time.perf_counter() - started)
    return {
        "ratings": rows,
        "width": width,
        "seconds": seconds,
        "median": statistics.median(seconds),
    }


def answers(dataset: Dataset, asked: int = 500) -> dict[str, float]:
    """Milliseconds of a list of ten with reasons and forecasts, and of a single forecast."""
    recommender = fit(dataset)
    ids, books = dataset.ratings.users.ids, dataset.ratings.items.ids
    readers = np.random.default_rng(0).choice(len(ids), asked, replace=False)
    lists, single = [], []
    for reader in readers:
        items, stars = dataset.ratings.histories.row(reader)
        history = {books[i]: float(s) for i, s in zip(items, stars, strict=True)}
        started = time.perf_counter()
        found = recommender.recommend(history, 10)
        lists.append(time.perf_counter() - started)
        first = [found.items[0].book.book_id]
        started = time.perf_counter()
        recommender.forecast(first, history)
        single.append(time.perf_counter() - started)
    percentiles = {"p50": 50, "p99": 99}
    return {
        f"{what}_{name}_ms": float(np.percentile(times, p) * 1e3)
        for what, times in (("list", lists), ("forecast", single))
        for name, p in percentiles.items()
    }


def main() -> None:
    """Prints, and writes, the figures as JSON."""
    parts = ("seeds", "strangers", "ml100k", "sweep", "answers", "memory")
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path)
    parser.add_argument("--only", nargs="+", choices=parts, default=parts)
    options = parser.parse_args()
    found: dict[str, Any] = {}
    if options.result and options.result.is_file():
        found = json.loads(options.result.read_text())
    dataset = read(DATA / "goodbooks-10k", repeats="last")
    made = {
        "seeds": lambda: seeds(dataset),
        "strangers": lambda: strangers(dataset),
        "ml100k": ml100k,
        "sweep": sweep,
        "answers": lambda: answers(dataset),
        "memory": growth,
    }
    for part in options.only:
        found[part] = made[part]()
    publish(found, options.result)


if __name__ == "__main__":
    main()
