"""The figures on goodbooks-10k that were known before: popularity first, then the rest."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from evaluation.rankers import FIVE_STARS, Making, Scored
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.evaluation import NewReaders, NotebookSplit, evaluate

pytestmark = pytest.mark.real_data


def rows_of(file: Path) -> RatingRows:
    with file.open(encoding="utf-8") as lines:
        columns = lines.readline().strip().split(",")
    table = np.loadtxt(file, delimiter=",", skiprows=1, dtype=np.int64)
    users, user = np.unique(table[:, columns.index("user_id")], return_inverse=True)
    return RatingRows(
        user.astype(np.int32),
        (table[:, columns.index("book_id")] - 1).astype(np.int32),
        table[:, columns.index("rating")].astype(np.float32),
        user_ids=Vocabulary.of(users),
        item_ids=Vocabulary.of(range(1, 10_001)),
        scale=FIVE_STARS,
    )


@pytest.fixture(scope="module")
def kaggle(real_data: Path) -> RatingRows:
    return rows_of(real_data / "goodbooks-10k" / "ratings.csv")


def test_the_worlds_counts_reach_what_they_reached_for_new_readers(
    kaggle: RatingRows, real_data: Path
) -> None:
    """evidence: .2239, .1774, .1073 over 2,671 readers, half of whom are here."""
    new, _ = rows_of(real_data / "goodbooks-10k-github" / "ratings.csv").merged()
    ratings, _ = kaggle.merged()
    counts = world_counts(real_data)

    def make(training: Ratings) -> Scored:
        return Scored(10_000, lambda h: np.tile(counts, (len(h), 1)))

    report = evaluate(ratings, {"counts": Making(make)}, NewReaders(new), measures=["ndcg@10"])
    assert [len(result.readers) for result in report.results] == [1326, 1326, 1298]
    means = [result.estimates["ndcg@10"].mean for result in report.results]
    assert means == pytest.approx([0.2153, 0.1676, 0.1027], abs=1e-4)


def world_counts(real_data: Path) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    with (real_data / "goodbooks-10k" / "books.csv").open(encoding="utf-8") as file:
        found = {int(book["id"]): float(book["ratings_count"]) for book in csv.DictReader(file)}
    return np.array([found[book] for book in range(1, 10_001)], np.float32)


def test_the_notebooks_split_has_the_notebooks_rows(kaggle: RatingRows) -> None:
    """evidence: always predicting the training mean has an RMSE of 0.9855."""
    ratings, _ = kaggle.merged()
    made = NotebookSplit().prepare(ratings, Catalogue.of(ratings.items), kaggle)
    stars = made.star_questions
    assert stars is not None
    assert len(stars.stars) == 196_352
    off = stars.stars.astype(np.float64) - made.training.mean
    assert np.sqrt(np.mean(off * off)) == pytest.approx(0.9855, abs=2e-4)
    queries = made.questions[0]
    assert len(queries) + sum(queries.left_out.values()) == 53_424
