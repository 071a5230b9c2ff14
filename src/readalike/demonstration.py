"""The main job on the embedded sample: learn, recommend, explain, measure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from readalike.algorithms import DEFAULT, algorithm_of
from readalike.data.catalogue import Book
from readalike.datasets.sample import read_sample
from readalike.evaluation import NewReaders, Report, evaluate
from readalike.progress import Progress, silent
from readalike.recommend.results import Recommendations
from readalike.training import Trained, train

READER = "reader-0042"
BOOK = "Dune"
COMPARED = (DEFAULT, "ridge", "cosine", "content", "popularity", "notebook")
GIVEN = (5, 10, 20)
TENTH = 10


@dataclass(frozen=True, eq=False)
class Demo:
    """What the demonstration shows.

    Attributes:
        trained: The model and what it was learnt from.
        shelf: What the reader read, with stars (None: read without), best first.
        recommended: What the reader is told to read next.
        similar: Books like one book.
        report: The measured table: every tenth reader kept from training.
    """

    trained: Trained
    shelf: tuple[tuple[Book, float | None], ...]
    recommended: Recommendations
    similar: Recommendations
    report: Report

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "trained": self.trained.as_dict(),
            "reader": READER,
            "shelf": [{"book_id": b.book_id, "title": b.title, "rating": r} for b, r in self.shelf],
            "recommended": self.recommended.as_dict(),
            "similar": {"to": BOOK, **self.similar.as_dict()},
            "report": self.report.as_dict(),
        }


def demo(model: Path | str | None = None, progress: Progress = silent) -> Demo:
    """Trains on the embedded sample, recommends to one of its readers, and measures.

    Args:
        model: Folder to save the model to; nothing is saved where none is given.
        progress: Told how far it is.
    """
    dataset = read_sample()
    trained = train(dataset, model, progress=progress)
    items, stars = dataset.ratings.histories.row(dataset.ratings.users.ids.index(READER))
    order = np.argsort(-np.nan_to_num(stars), kind="stable")
    shelf = tuple(
        (
            dataset.catalogue.book(int(items[i])),
            None if np.isnan(stars[i]) else float(stars[i]),
        )
        for i in order
    )
    held_out = dataset.ratings.take(np.arange(0, len(dataset.ratings.users), TENTH))
    report = evaluate(
        dataset,
        {name: algorithm_of(name) for name in COMPARED},
        NewReaders(held_out, GIVEN),
        progress=progress,
    )
    return Demo(
        trained,
        shelf,
        trained.recommender.recommend(reader=READER, n=8),
        trained.recommender.similar(BOOK, 5),
        report,
    )
