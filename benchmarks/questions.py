"""What docs/questions.md answers: the common explanations of the notebook, put to the test.

python benchmarks/questions.py [--result FILE], a few minutes on the real goodbooks-10k. How a model
learns is measured on the notebook's split, whom it can serve on new readers.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from chance import Random
from environments import DATA
from figures import publish
from question_models import (
    AsServed,
    Biases,
    ByHand,
    Constant,
    Given,
    Wrapped,
    by_hand,
    starred,
)
from readalike.algorithms import algorithm_of
from readalike.algorithms.settings import Algorithm
from readalike.data.ratings import Ratings
from readalike.evaluation import NewReaders, NotebookSplit, evaluate
from readalike.evaluation.questions import Task
from readalike.models.embedding import EmbeddingModel
from readalike.tables.dataset import Dataset, read

Row = dict[str, Any]
FIRST = (0, 1, 3, 5)
EPOCHS = (0, 1, 2, 3, 4, 5, 10)
RATES = (0.001, 0.01, 0.1, 0.3, 1.0, 3.0)
BIASED = {"factors": 20, "biases": True, "regularization": 5.0}


def notebook(**settings: object) -> Algorithm:
    """The notebook's algorithm with other settings."""
    return algorithm_of("notebook", settings)


def forecast(model: EmbeddingModel, task: Task) -> tuple[npt.NDArray[np.float64], Any]:
    """Forecasts of the held-out rows, and their stars."""
    queries = task.star_questions
    assert queries is not None
    users, forecasts = queries.users[queries.rows], np.zeros(len(queries.stars))
    known = users >= 0
    forecasts[known] = model.predict(users[known], queries.items[known])
    forecasts[~known] = model.base[queries.items[~known]]  # 3 of 53,424 readers: nothing is known
    return forecasts, queries.stars.astype(np.float64)


def errors(task: Task, algorithm: Algorithm, **said: object) -> Row:
    """Fits, and measures the forecasts of the held-out rows."""
    started = time.process_time()  # of one thread, so that other work on the machine is left out
    model = algorithm.fit(task.training, task.catalogue)
    seconds = time.process_time() - started
    assert isinstance(model, EmbeddingModel)
    stars_forecast, stars = forecast(model, task)
    error = stars_forecast - stars
    if not np.isfinite(error).all():  # the steps were so large that the vectors ran away
        return {**said, "seconds": seconds, "diverged": True}
    rounded = np.clip(np.rint(stars_forecast), 1, 5) - stars
    spread = float(np.std(stars_forecast))
    return {
        **said,
        "seconds": seconds,
        "rmse": float(np.sqrt(np.mean(error**2))),
        "mae": float(np.mean(np.abs(error))),
        "rmse_rounded": float(np.sqrt(np.mean(rounded**2))),
        "mae_rounded": float(np.mean(np.abs(rounded))),
        "mean_forecast": float(np.mean(stars_forecast)),
        "correlation": float(np.corrcoef(stars_forecast, stars)[0, 1]) if spread > 1e-9 else None,
    }


def learning(task: Task) -> Row:
    """Which steps learn, how fast, and what biases change."""
    ByHand(epochs=1).fit(task.training, task.catalogue)  # compiles
    optimizers = [errors(task, notebook(optimizer="none"), optimizer="none", rate=None)]
    optimizers += [
        errors(task, notebook(optimizer=kind, learning_rate=rate), optimizer=kind, rate=rate)
        for kind, rates in (("sgd", RATES), ("adam", (0.001,)))
        for rate in rates
    ]
    return {
        "constant": errors(task, Constant()),
        "median": errors(task, Constant(median=True)),
        "optimizers": optimizers,
        "by_hand": [
            errors(task, ByHand(rate, at_once), rate=rate, at_once=at_once)
            for rate in (0.01, 0.03, 0.1)
            for at_once in (True, False)
        ],
        "python_rows_a_second": python_speed(task.training),
        "epochs": [
            errors(task, notebook(epochs=n, biases=biases), epochs=n, biases=biases)
            for n in EPOCHS
            for biases in (False, True)
        ],
        "biases": errors(task, Biases()),
        "with_biases": errors(task, notebook(**BIASED)),
        "factors": [
            errors(task, notebook(factors=k, biases=True, regularization=5.0), factors=k)
            for k in (1, 5, 20, 50)
        ],
    }


def python_speed(training: Ratings, rows: int = 20_000) -> float:
    """Ratings a second of the loop by hand as Python runs it."""
    users, items, stars = (column[:rows] for column in starred(training))
    draw = np.random.default_rng(0)
    p, q = draw.random((len(training.users), 5)), draw.random((len(training.items), 5))
    started = time.process_time()
    by_hand(p, q, users, items, stars, 0.01, True)
    return rows / (time.process_time() - started)


def straightness(model: EmbeddingModel) -> Row:
    """Singular values of forecasts: a sum of k products has k of them and no more."""
    drawn = np.random.default_rng(0).choice(len(model.user_factors), 2000, replace=False)
    forecasts = model.user_factors[drawn].astype(float) @ model.item_factors.T.astype(float)
    values = np.linalg.svd(forecasts, compute_uv=False)[:8]
    return {"readers": len(drawn), "books": model.n_items, "singular": values.tolist()}


def lengths(dataset: Dataset, complete: Dataset) -> list[Row]:
    """Lists by the product of vectors, and the same divided by the length of the book's."""
    protocol = NewReaders(complete.ratings, (20,))
    task = protocol.prepare(dataset.ratings, dataset.catalogue, dataset.rows)
    histories = task.questions[0].histories
    read_by = task.training.item_counts
    _, items, stars = starred(task.training)
    of_book = np.bincount(items, stars, len(read_by)) / np.maximum(read_by, 1)
    found = []
    for name in ("notebook", "als"):
        model: Any = algorithm_of(name).fit(task.training, task.catalogue)
        vectors = model.item_factors if name == "notebook" else model.factors
        size = np.maximum(np.linalg.norm(vectors, axis=1), 1e-9).astype(np.float32)
        both = {"dot": Wrapped(model, np.ones_like(size)), "cosine": Wrapped(model, size)}
        ways = {way: Given(wrapped) for way, wrapped in both.items()}
        report = evaluate(dataset, ways, protocol, measures=["ndcg@10"])
        tops = [np.argsort(-wrapped.score(histories), axis=1)[:, :10] for wrapped in both.values()]
        common = [len(np.intersect1d(*pair)) for pair in zip(*tops, strict=True)]
        found.append(
            {
                "model": name,
                "length_and_stars": float(spearmanr(size, of_book)[0]),
                "length_and_readers": float(spearmanr(size, task.catalogue.counts)[0]),
                "longest_over_shortest": float(size.max() / size.min()),
                "in_common": float(np.mean(common)),
                **{way: report.result(way).estimates["ndcg@10"]._asdict() for way in both},
            }
        )
    return found


def new_readers(dataset: Dataset, complete: Dataset) -> Row:
    """Cold start, collaborative against content, and forecast stars as a way to rank."""
    algorithms: Mapping[str, Algorithm] = {
        **{name: AsServed(name) for name in ("blend", "cosine", "content", "als", "notebook")},
        "blend without tags": algorithm_of("blend", {"content": 0.0}),
        "popularity": algorithm_of("popularity"),
        "notebook, biases": notebook(**BIASED),
        "biases": Biases(),
        "random": Random(),
    }
    protocol = NewReaders(complete.ratings, (*FIRST, 20, 50))
    report = evaluate(dataset, algorithms, protocol, measures=["ndcg@10"])
    rows = [
        {"algorithm": r.algorithm, "given": r.given, **r.estimates["ndcg@10"]._asdict()}
        for r in report.results
    ]
    pairs = [("blend", "blend without tags"), ("cosine", "content"), ("blend", "popularity")]
    leads = [
        {
            "of": one,
            "over": other,
            "given": given,
            **report.compare(one, other, given=given).difference._asdict(),
        }
        for one, other in pairs
        for given in protocol.given
        if given
    ]
    return {"readers": len(report.results[0].readers), "rows": rows, "leads": leads}


def main() -> None:
    """Prints, and writes, all answers as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    dataset, complete = read(DATA / "goodbooks-10k"), read(DATA / "goodbooks-10k-github")
    task = NotebookSplit().prepare(dataset.ratings, dataset.catalogue, dataset.rows)
    fitted = notebook().fit(task.training, task.catalogue)
    assert isinstance(fitted, EmbeddingModel)
    found = {
        "training_rows": len(task.training),
        "learning": learning(task),
        "straightness": straightness(fitted),
        "lengths": lengths(dataset, complete),
        "new_readers": new_readers(dataset, complete),
    }
    publish(found, options.result)


if __name__ == "__main__":
    main()
