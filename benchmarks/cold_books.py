"""Whether a book that nobody has rated finds its readers, and what that costs the others.

python benchmarks/cold_books.py [--result FILE]. On Kaggle's rows, all ratings of a tenth of the
books are held out, three draws (the protocol `cold-books`), the slow ones to learn on the first
draw alone. And the default with taking over from content neighbours against the default without,
on books as they are.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from environments import DATA
from figures import publish
from readalike.algorithms import algorithm_of
from readalike.algorithms.settings import Algorithm
from readalike.evaluation import ColdBooks, NewReaders, NotebookSplit, Protocol, evaluate
from readalike.evaluation.run import ranked_lists, tie_order_by_id
from readalike.tables.dataset import Dataset, read

DRAWS = range(3)
SAMPLE = 10
"""Of how many readers one's list is looked at, for the share of held-out books in it."""
DEFAULT, ALONE = "blend", "blend, every book on its own"
GIVEN = (5, 20, 50)
SLOW = ("two-tower",)

Row = dict[str, Any]


def compared() -> dict[str, Algorithm]:
    """Who is asked to place books without ratings."""
    return {
        DEFAULT: algorithm_of("blend"),
        ALONE: algorithm_of("blend", {"few_readers": 0}),
        "content": algorithm_of("content"),
        "cosine": algorithm_of("cosine"),
        "popularity": algorithm_of("popularity"),
        "two-tower": algorithm_of("two-tower"),
    }


def cold(dataset: Dataset) -> tuple[list[Row], list[Row]]:
    """Accuracy and places of everybody on each draw, and how far the default is ahead."""
    rows, leads = [], []
    algorithms = compared()
    for seed in DRAWS:
        protocol = ColdBooks(seed=seed)
        here = {name: each for name, each in algorithms.items() if not seed or name not in SLOW}
        report = evaluate(dataset, here, protocol, measures=["ndcg@10", "recall@100"])
        for result in report.results:
            name = result.algorithm
            rows.append(
                {
                    "algorithm": name,
                    "seed": seed,
                    "readers": len(result.readers),
                    "fit_seconds": result.fit_seconds,
                    "places": None if seed else places(dataset, algorithms[name], protocol),
                    **{n: estimate._asdict() for n, estimate in result.estimates.items()},
                }
            )
            if name != DEFAULT:
                lead = report.compare(DEFAULT, name).difference._asdict()
                leads.append({"over": name, "seed": seed, **lead})
    return rows, leads


def places(dataset: Dataset, algorithm: Algorithm, protocol: ColdBooks) -> float:
    """Share of held-out books in the lists of every tenth reader: the fair one is a tenth."""
    task = protocol.prepare(dataset.ratings, dataset.catalogue, dataset.rows)
    model = algorithm.fit(task.training, task.catalogue)
    (question,) = task.questions
    some = np.arange(0, len(question.readers), SAMPLE)
    lists = ranked_lists(
        model,
        question.users[some],
        question.histories.take(some),
        n=10,
        ties=tie_order_by_id(task.training.items, 0),
        progress=lambda done, total: None,
    )
    rated = dataset.ratings.item_counts > 0
    held_out = rated & (task.training.item_counts == 0)
    return float(held_out[lists].mean())


def warm(dataset: Dataset, complete: Dataset) -> list[Row]:
    """The default less the default in which every book is on its own, on books as they are."""
    pair = {name: algorithm for name, algorithm in compared().items() if name in (DEFAULT, ALONE)}
    protocols: tuple[Protocol, ...] = (NewReaders(complete.ratings, GIVEN), NotebookSplit())
    rows = []
    for protocol in protocols:
        report = evaluate(dataset, pair, protocol, measures=["ndcg@10"])
        for result in report.results:
            if result.algorithm == DEFAULT:
                lead = report.compare(DEFAULT, ALONE, given=result.given).difference._asdict()
                figure = result.estimates["ndcg@10"]._asdict()
                row = {"protocol": protocol.name, "given": result.given, "ndcg@10": figure}
                rows.append({**row, "difference": lead})
    return rows


def main() -> None:
    """Prints, or writes, all figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    dataset, complete = read(DATA / "goodbooks-10k"), read(DATA / "goodbooks-10k-github")
    rows, leads = cold(dataset)
    publish({"rows": rows, "leads": leads, "warm": warm(dataset, complete)}, options.result)


if __name__ == "__main__":
    main()
