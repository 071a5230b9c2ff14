from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from evaluation.rankers import FIVE_STARS, Forecasting, Making, WithUsers, constant, ratings_of
from readalike.algorithms.settings import Algorithm
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import RatingRows, Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.evaluation import NotebookSplit, Result, evaluate
from readalike.evaluation.questions import Task
from readalike.numerics import ranking_metrics as metrics

N_BOOKS = 12


def raw_rows(seed: int, n_rows: int = 200, readers: int = 30) -> RatingRows:
    """Raw rows with repeats, conflicts, and readers of a single row; ids out of order."""
    random = np.random.default_rng(seed)
    users = random.integers(0, readers, n_rows)
    users[0] = readers
    return RatingRows(
        users.astype(np.int32),
        random.integers(0, N_BOOKS, n_rows).astype(np.int32),
        np.where(random.random(n_rows) < 0.1, np.nan, random.integers(1, 6, n_rows)).astype(
            np.float32
        ),
        user_ids=Vocabulary.of(f"r{(7 * user) % 101}" for user in range(readers + 1)),
        item_ids=Vocabulary.of(f"b{(5 * book) % N_BOOKS:02}" for book in range(N_BOOKS)),
        scale=FIVE_STARS,
    )


def task_of(rows: RatingRows, protocol: NotebookSplit | None = None) -> Task:
    ratings, _ = rows.merged()
    return (protocol or NotebookSplit()).prepare(ratings, Catalogue.of(ratings.items), rows)


def triples(rows: RatingRows, entries: list[int]) -> list[tuple[str, str, float]]:
    return [
        (rows.user_ids.ids[rows.users[e]], rows.item_ids.ids[rows.items[e]], float(rows.stars[e]))
        for e in entries
    ]


def first_of_each(rows: list[tuple[str, str, float]]) -> dict[tuple[str, str], float]:
    """The first row of each pair that has stars, or the first at all."""
    found: dict[tuple[str, str], float] = {}
    for reader, book, stars in rows:
        if np.isnan(found.get((reader, book), np.nan)):
            found[reader, book] = stars
    return found


def by_reader(histories: Histories, readers: tuple[str, ...], items: Vocabulary) -> set[str]:
    return {
        f"{reader} {items.ids[item]}"
        for row, reader in enumerate(readers)
        for item in histories.row(row)[0]
    }


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000))
def test_the_task_is_as_worked_out_row_by_row(seed: int) -> None:
    rows = raw_rows(seed)
    train, test = train_test_split(np.arange(len(rows)), test_size=0.2, random_state=42)
    learnt = first_of_each(triples(rows, sorted(train)))
    held_out = first_of_each(triples(rows, sorted(test)))
    right = {pair for pair, stars in held_out.items() if stars >= 4 and pair not in learnt}

    made = task_of(rows)
    queries = made.questions[0]
    assert {
        (reader, made.training.items.ids[item]): float(stars)
        for row, reader in enumerate(made.training.users)
        for item, stars in zip(*made.training.histories.row(row), strict=True)
    } == pytest.approx(learnt, nan_ok=True)
    assert by_reader(queries.relevant, queries.readers, rows.item_ids) == {
        f"{reader} {book}" for reader, book in right
    }
    assert queries.readers == tuple(sorted({reader for reader, _ in right}))
    assert by_reader(queries.histories, queries.readers, rows.item_ids) == {
        f"{reader} {book}" for reader, book in learnt if reader in queries.readers
    }
    assert queries.users.tolist() == made.training.users.indices(queries.readers).tolist()
    assert len(queries) + sum(queries.left_out.values()) == len(rows.user_ids)

    stars = made.star_questions
    assert stars is not None
    found = [
        (stars.readers[row], made.training.items.ids[item], float(given_stars))
        for row, item, given_stars in zip(stars.rows, stars.items, stars.stars, strict=True)
    ]
    assert sorted(found) == sorted(t for t in triples(rows, list(test)) if not np.isnan(t[2]))


def test_what_was_merged_is_told() -> None:
    rows = raw_rows(3)
    train, test = train_test_split(np.arange(len(rows)), test_size=0.2, random_state=42)
    learnt, held_out = first_of_each(triples(rows, train)), first_of_each(triples(rows, test))
    notes = task_of(rows).questions[0].notes
    assert notes["repeated training rows"] == len(train) - len(learnt) > 0
    assert notes["repeated test rows"] == len(test) - len(held_out)
    assert notes["test pairs that are in training"] == len(set(held_out) & set(learnt)) > 0


def single_rows() -> RatingRows:
    """Every reader liked one book of ten: whoever is held out has no training row."""
    return RatingRows(
        np.arange(50, dtype=np.int32),
        (np.arange(50) % 10).astype(np.int32),
        np.full(50, 5, np.float32),
        user_ids=Vocabulary.of(f"r{user}" for user in range(50)),
        item_ids=Vocabulary.of(f"b{book}" for book in range(10)),
        scale=FIVE_STARS,
    )


def test_a_reader_without_a_training_row_counts_with_an_empty_history() -> None:
    rows = single_rows()
    queries = task_of(rows).questions[0]
    assert len(queries) == 10
    assert set(queries.users) == {-1}
    assert len(queries.histories.items) == 0
    assert queries.notes["readers without a training row"] == 10
    assert queries.left_out == {"no held-out row": 40, "no liked new book held out": 0}
    assert len(task_of(rows).training.users) == 40


def test_known_readers_are_looked_up_and_others_get_the_answer_to_their_history() -> None:
    """The table is always right, the scores of histories always wrong."""
    rows = raw_rows(8)
    made = task_of(rows)
    queries = made.questions[0]
    assert (queries.users >= 0).all()

    def make(ratings: Ratings) -> WithUsers:
        table = np.zeros((len(ratings.users), N_BOOKS), np.float32)
        for row, user in enumerate(queries.users):
            table[user, queries.relevant.row(row)[0]] = 1
        return WithUsers(N_BOOKS, lambda h: np.full((len(h), N_BOOKS), -np.inf, np.float32), table)

    report = evaluate_rows(rows, Making(make))
    assert report.estimates["ndcg@10"].mean == 1.0


@dataclass(frozen=True)
class Data:
    """What `evaluate` looks at in a data set."""

    ratings: Ratings
    catalogue: Catalogue
    rows: RatingRows


def evaluate_rows(rows: RatingRows, algorithm: Algorithm) -> Result:
    ratings, _ = rows.merged()
    dataset: Any = Data(ratings, Catalogue.of(ratings.items), rows)
    return evaluate(dataset, {"it": algorithm}, NotebookSplit()).result("it")


def test_a_constant_forecast_has_the_errors_of_all_raw_test_rows() -> None:
    rows = raw_rows(4)
    _, test = train_test_split(np.arange(len(rows)), test_size=0.2, random_state=42)
    stars = rows.stars[test][~np.isnan(rows.stars[test])]
    three = Making(
        lambda ratings: Forecasting(N_BOOKS, lambda h: np.full((len(h), N_BOOKS), 3, np.float32))
    )
    result = evaluate_rows(rows, three)
    forecasts = np.full(len(stars), 3, np.float32)
    assert result.estimates["rmse"].mean == pytest.approx(metrics.rmse(forecasts, stars))
    assert result.estimates["mae"].mean == pytest.approx(metrics.mae(forecasts, stars))
    (step,) = (kept := result.as_dict()["forecasts"]).pop("calibration")
    assert step == {"forecast": 3.0, "stars": pytest.approx(stars.mean()), "rows": len(stars)}
    assert sum(s["rows"] for s in kept.pop("segments") if s["by"] == "stars given") == len(stars)
    assert kept == {
        "rows": len(stars),
        "readers": len(set(rows.users[test][~np.isnan(rows.stars[test])].tolist())),
        "rows_without_forecast": 0,
    }


def test_ratings_without_their_rows_are_refused() -> None:
    ratings = ratings_of([("ann", "b1", 5), ("bob", "b2", 4)])
    with pytest.raises(InputError, match="one of raw rows, got ratings that were merged already"):
        evaluate(ratings, {"constant": constant()}, NotebookSplit())


def test_another_seed_and_share_hold_out_other_rows() -> None:
    rows = raw_rows(0)
    plain, seed, share = (
        task_of(rows, protocol).fingerprint()
        for protocol in (NotebookSplit(), NotebookSplit(seed=1), NotebookSplit(test_share=0.5))
    )
    assert len({plain, seed, share}) == 3
    assert plain == task_of(rows).fingerprint()


def test_what_is_done_is_told_in_one_paragraph() -> None:
    text = NotebookSplit().describe()
    assert "\n" not in text
    for words in (
        "20% of the raw rows",
        "seed 42",
        "first row counts",
        "repeats included",
        "leaks",
    ):
        assert words in text
