"""Whether the ranking of a pile tells what a reader marked to be read from other books.

python benchmarks/to_read.py [--result FILE]. The marks are `to_read.csv` of goodbooks-10k, and no
model learns from them. Known readers are a sample of those of Kaggle's rows, told what they rated
there; the others of their piles are books that as many others marked, and, where fame is worth
much, any. New readers are those whose complete histories we have, left out of training and told
their first books in the order of reading. Kaggle's rows are cut to 100 readers a book, so that some
of the others of a known reader were read after all: of the complete ones it is counted how many.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from environments import DATA
from figures import publish
from piles import (
    Areas,
    Piles,
    any_others,
    areas,
    areas_of_marks,
    as_often_marked,
    piles_of,
    read_marks,
)
from readalike.algorithms import algorithm_of
from readalike.data.ratings import Ratings
from readalike.models import Ranker
from readalike.numerics.intervals import mean_interval, paired
from readalike.tables.dataset import Dataset, read

READERS = 5_000
EVERYBODY = 1_000_000
GIVEN = (5, 20, 50)
DEFAULT = "blend"
NAMES = (DEFAULT, "cosine", "content", "popularity")
MARKS = "marks of other readers"
OTHERS = {"marked as often": as_often_marked, "any": any_others}

Row = dict[str, Any]


def fitted(ratings: Ratings, dataset: Dataset) -> dict[str, Ranker]:
    """Everybody, by their defaults."""
    return {name: algorithm_of(name).fit(ratings, dataset.catalogue) for name in NAMES}


def judged(models: dict[str, Ranker], piles: Piles, **known: object) -> list[Row]:
    """What everybody makes of the same piles, and how far the default is ahead; then marks."""
    popularity = models["popularity"].arrays()["scores"]
    found = {name: areas(model, piles, popularity) for name, model in models.items()}
    default = found[DEFAULT]
    rows = [row(each, default) | {"ranker": name, **known} for name, each in found.items()]
    fame = areas_of_marks(piles)
    behind = paired(default.auc, fame).difference._asdict()
    last = {"auc": mean_interval(fame)._asdict(), "behind": behind}
    return [*rows, last | {"ranker": MARKS, **known}]


def row(found: Areas, default: Areas) -> Row:
    """The figures of one ranker."""
    return {
        "auc": mean_interval(found.auc)._asdict(),
        "listed": mean_interval(found.listed)._asdict(),
        "tied": float(found.tied.mean()),
        "behind": paired(default.auc, found.auc).difference._asdict(),
    }


def size(piles: Piles) -> Row:
    """How many readers and books."""
    return {
        "readers": len(piles),
        "marked": len(piles.marked.items),
        "read_since": piles.read_since,
        "median_history": float(np.median(piles.histories.lengths)),
    }


def known_readers(dataset: Dataset, marks: Ratings) -> Row:
    """Readers of the training rows."""
    models = fitted(dataset.ratings, dataset)
    drawn = {
        name: piles_of(dataset.ratings, marks, others, READERS, 0)
        for name, others in OTHERS.items()
    }
    rows = [each for name, piles in drawn.items() for each in judged(models, piles, others=name)]
    return size(drawn["marked as often"]) | {"rows": rows}


def new_readers(dataset: Dataset, marks: Ratings, complete: Ratings) -> Row:
    """Readers of the complete histories, whom no model has learnt from."""
    models = fitted(dataset.ratings.without_users(set(complete.users.ids)), dataset)
    piles = piles_of(complete, marks, as_often_marked, EVERYBODY, 0)
    rows = [each for h in GIVEN for each in judged(models, piles.shown(h), given=h)]
    return size(piles) | {"rows": [*rows, *judged(models, piles, given=None)]}


def read_after_all(dataset: Dataset, marks: Ratings, complete: Ratings) -> Row:
    """Share of the books of piles by Kaggle's rows that the complete histories hold."""
    theirs = marks.take(np.flatnonzero(complete.users.indices(marks.users.ids) >= 0))
    piles = piles_of(dataset.ratings, theirs, as_often_marked, EVERYBODY, 0)
    whole = complete.histories.take(complete.users.indices(piles.readers)).matrix()
    return {
        "readers": len(piles),
        **{
            name: float(np.mean(whole[books.rows, books.items] > 0))
            for name, books in (("marked", piles.marked), ("others", piles.others))
        },
    }


def main() -> None:
    """Prints, or writes, all figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    dataset, complete = read(DATA / "goodbooks-10k"), read(DATA / "goodbooks-10k-github").ratings
    marks = read_marks(DATA / "goodbooks-10k" / "to_read.csv", dataset.ratings)
    publish(
        known_readers(dataset, marks)
        | {
            "marks": len(marks),
            "new_readers": new_readers(dataset, marks, complete),
            "read_after_all": read_after_all(dataset, marks, complete),
        },
        options.result,
    )


if __name__ == "__main__":
    main()
