from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data_sets import (
    data_of,
    liked,
    pairs_of,
    raw_rows,
    right,
    starred,
    stars_of_queries,
)
from evaluation.rankers import Forecasting, Making, Scored, popularity, ratings_of
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.errors import InputError, SettingError
from readalike.evaluation import HeldOut, KFold, evaluate
from readalike.evaluation.protocols import Fold
from readalike.evaluation.questions import Task
from readalike.numerics import ranking_metrics as metrics


def tasks_of(ratings: Ratings, protocol: KFold) -> list[Task]:
    return [part.prepare(ratings, Catalogue.of(ratings.items), None) for part in protocol.parts()]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), folds=st.integers(2, 7))
def test_each_pair_is_tested_once_and_learnt_from_in_all_other_folds(seed: int, folds: int) -> None:
    ratings, _ = raw_rows(seed).merged()
    every = pairs_of(ratings)
    made = tasks_of(ratings, KFold(folds, seed))
    held_out = [every.keys() - pairs_of(task.training).keys() for task in made]
    assert sum(map(len, held_out)) == len(every)
    assert set().union(*held_out) == every.keys()
    for task, test in zip(made, held_out, strict=True):
        wanted = {pair: every[pair] for pair in test}
        assert right(task, task.questions[0]) == liked(wanted)
        assert stars_of_queries(task) == starred(wanted)


def test_folds_are_of_equal_size() -> None:
    ratings, _ = raw_rows(3).merged()
    sizes = [len(ratings) - len(task.training) for task in tasks_of(ratings, KFold(7))]
    assert max(sizes) - min(sizes) <= 1


def test_the_first_of_ten_folds_is_the_held_out_tenth() -> None:
    ratings, _ = raw_rows(1).merged()
    whole = ratings.take(np.arange(len(ratings.users)))
    first = tasks_of(whole, KFold(10, seed=6))[0]
    tenth = HeldOut(0.1, seed=6).prepare(whole, Catalogue.of(whole.items))
    assert stars_of_queries(tenth).items() <= stars_of_queries(first).items()
    assert len(stars_of_queries(first)) - len(stars_of_queries(tenth)) <= 1


def test_another_seed_draws_other_folds() -> None:
    ratings, _ = raw_rows(1).merged()
    prints = [{task.fingerprint() for task in tasks_of(ratings, KFold(3, seed))} for seed in (0, 1)]
    assert len(prints[0]) == len(prints[1]) == 3
    assert not prints[0] & prints[1]


def test_a_model_is_fitted_for_each_fold_and_told_so() -> None:
    steps: list[str] = []
    learnt: list[int] = []

    def make(ratings: Ratings) -> Scored:
        learnt.append(len(ratings))
        return Scored(len(ratings.items), lambda h: np.zeros((len(h), h.n_items), np.float32))

    data = data_of(raw_rows(1))
    report = evaluate(
        data,
        {"it": Making(make)},
        KFold(4),
        progress=lambda step, done, total: steps.append(step),
    )
    assert len(learnt) == 4
    assert sum(learnt) == 3 * len(data.ratings)
    assert [result.algorithm for result in report.results] == ["it"]
    assert list(dict.fromkeys(steps)) == [
        f"part {part} of 4, it: {step}" for part in (1, 2, 3, 4) for step in ("making", "ranking")
    ]


def test_stars_of_all_pairs_are_forecast_once() -> None:
    data = data_of(raw_rows(2))
    stars = np.array(list(starred(pairs_of(data.ratings)).values()))
    three = Making(
        lambda r: Forecasting(len(r.items), lambda h: np.full((len(h), h.n_items), 3, np.float32))
    )
    result = evaluate(data, {"three": three}, KFold(4)).result("three")
    assert result.as_dict()["forecasts"]["rows"] == len(stars)
    assert result.estimates["mae"].mean == pytest.approx(
        metrics.mae(np.full(len(stars), 3.0), stars)
    )


def test_readers_with_a_liked_book_are_asked_and_all_others_left_out() -> None:
    data = data_of(raw_rows(2, n_rows=60))
    glad = {reader for reader, _ in liked(pairs_of(data.ratings))}
    result = evaluate(data, {"popular": popularity()}, KFold(3)).result("popular")
    assert set(result.readers) == glad
    assert result.left_out == {"no right answer in any part": len(data.ratings.users) - len(glad)}
    assert len(glad) < len(data.ratings.users)


def test_the_task_as_a_whole_has_a_fingerprint_of_its_own() -> None:
    data = data_of(raw_rows(2))
    prints = [task.fingerprint() for task in tasks_of(data.ratings, KFold(3))]
    algorithms = {"popular": popularity()}
    whole = evaluate(data, algorithms, KFold(3)).data["task"]
    assert whole not in prints
    assert evaluate(data, algorithms, KFold(3)).data["task"] == whole
    assert evaluate(data, algorithms, KFold(3, seed=1)).data["task"] != whole
    assert evaluate(data, algorithms, Fold(KFold(3), 2)).data["task"] == prints[1]


def test_k_fold_itself_is_no_single_task() -> None:
    ratings, _ = raw_rows(2).merged()
    with pytest.raises(SettingError, match="k-fold makes 5 tasks, not one"):
        KFold().prepare(ratings, Catalogue.of(ratings.items))


@pytest.mark.parametrize("folds", [1, 0, -3])
def test_fewer_than_two_folds_are_refused(folds: int) -> None:
    with pytest.raises(
        SettingError, match=f"folds must be a whole number, at least 2, got {folds}"
    ):
        KFold(folds)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(SettingError, match="seed must be a whole number"):
        KFold(seed=-1)


@pytest.mark.parametrize("fold", [0, 6])
def test_a_fold_that_is_not_there_is_refused(fold: int) -> None:
    with pytest.raises(SettingError, match=f"fold must be from 1 to 5, got {fold}"):
        Fold(KFold(), fold)


def test_more_folds_than_ratings_are_refused() -> None:
    few = ratings_of([("ann", "b1", 5), ("ann", "b2", 5), ("bob", "b1", 4)])
    with pytest.raises(InputError, match="a rating for each of 4 folds, got 3; use fewer folds"):
        tasks_of(few, KFold(4))
    assert len(tasks_of(few, KFold(3))) == 3


def test_what_is_done_says_how_many_folds_and_which() -> None:
    assert "into 5 folds of equal size (seed 2)" in KFold(5, 2).describe()
    assert Fold(KFold(5, 2), 3).describe().startswith("Fold 3 of 5. K-fold")
