from __future__ import annotations

import math
from dataclasses import replace

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
    without_times,
)
from evaluation.rankers import FIVE_STARS, popularity
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError, SettingError
from readalike.evaluation import ByTime, evaluate
from readalike.evaluation.questions import Task


def task_of(rows: RatingRows, protocol: ByTime) -> Task:
    ratings, _ = rows.merged()
    return protocol.prepare(ratings, Catalogue.of(ratings.items), rows)


def times_of(rows: RatingRows) -> dict[tuple[str, str], list[int]]:
    assert rows.times is not None
    found: dict[tuple[str, str], list[int]] = {}
    for user, item, time in zip(rows.users, rows.items, rows.times, strict=True):
        pair = rows.user_ids.ids[user], rows.item_ids.ids[item]
        found.setdefault(pair, []).append(int(time))
    return found


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), quantile=st.sampled_from([0.2, 0.5, 0.7, 0.9]))
def test_the_task_is_as_worked_out_pair_by_pair(seed: int, quantile: float) -> None:
    rows = raw_rows(seed)
    times, every = times_of(rows), pairs_of(rows.merged()[0])
    firsts = sorted(min(of_pair) for of_pair in times.values())
    moment = firsts[math.ceil(quantile * len(firsts) - 1e-9) - 1]
    learnt = {p: s for p, s in every.items() if max(times[p]) <= moment}
    held_out = {p: s for p, s in every.items() if min(times[p]) > moment}
    made = task_of(rows, ByTime(quantile))
    assert pairs_of(made.training) == pytest.approx(learnt, nan_ok=True)
    assert right(made, made.questions[0]) == liked(held_out)
    assert stars_of_queries(made) == starred(held_out)
    assert made.questions[0].notes == {
        "time of the moment": moment,
        "pairs on both sides of the moment": len(every) - len(learnt) - len(held_out),
        "readers without a training row": sum(made.questions[0].users < 0),
    }


def test_the_share_learnt_from_is_the_quantile() -> None:
    rows = spread(200)
    made = task_of(rows, ByTime(0.75))
    assert len(made.training) == 150
    assert len(stars_of_queries(made)) == 50


def spread(n: int, readers: int = 10) -> RatingRows:
    """One liked row a moment, no pair twice."""
    place = np.arange(n)
    return RatingRows(
        (place % readers).astype(np.int32),
        (place // readers).astype(np.int32),
        np.full(n, 5, np.float32),
        user_ids=Vocabulary.of(f"r{reader}" for reader in range(readers)),
        item_ids=Vocabulary.of(f"b{book}" for book in range(-(-n // readers))),
        scale=FIVE_STARS,
        times=1000 + place,
    )


def test_a_reader_who_came_after_the_moment_is_asked_with_an_empty_history() -> None:
    rows = spread(100)
    assert rows.times is not None
    late = replace(rows, times=np.where(rows.users == 3, rows.times + 10_000, rows.times))
    made = task_of(late, ByTime(0.5))
    queries = made.questions[0]
    row = queries.readers.index("r3")
    assert queries.users[row] == -1
    assert queries.histories.lengths[row] == 0
    assert queries.relevant.lengths[row] == 10
    assert queries.notes["readers without a training row"] == 1
    assert evaluate(data_of(late), {"p": popularity()}, ByTime(0.5)).results[0].readers


def test_a_reader_who_left_before_the_moment_is_left_out() -> None:
    rows = spread(100)
    assert rows.times is not None
    early = replace(rows, times=np.where(rows.users == 3, 0, rows.times))
    queries = task_of(early, ByTime(0.5)).questions[0]
    assert "r3" not in queries.readers
    assert queries.left_out["no book after the moment"] == 1


def test_other_names_give_the_same_questions() -> None:
    rows = raw_rows(3)
    names = replace(
        rows,
        user_ids=Vocabulary.of(f"x{997 * int(i) % 1009}" for i in rows.user_ids),
        item_ids=Vocabulary.of(f"y{997 * int(i) % 1009}" for i in rows.item_ids),
    )
    one, other = task_of(rows, ByTime()), task_of(names, ByTime())
    renamed = dict(zip(rows.user_ids, names.user_ids, strict=True))
    rebound = dict(zip(rows.item_ids, names.item_ids, strict=True))
    assert {(renamed[r], rebound[b]) for r, b in right(one, one.questions[0])} == right(
        other, other.questions[0]
    ).keys()


def test_rows_without_times_are_refused_with_what_to_use_instead() -> None:
    with pytest.raises(InputError, match=r"must have a time for every row.*; use held-out, or"):
        task_of(without_times(raw_rows(0)), ByTime())
    ratings, _ = raw_rows(0).merged()
    with pytest.raises(InputError, match="whose rows were not kept"):
        ByTime().prepare(ratings, Catalogue.of(ratings.items))


def test_times_that_are_all_the_same_are_refused() -> None:
    rows = spread(50)
    same = replace(rows, times=np.full(50, 7))
    with pytest.raises(InputError, match="later than the moment 7, got none of 50; use a quantile"):
        task_of(same, ByTime())


@pytest.mark.parametrize("quantile", [0.0, 1.0, -1.0, float("nan")])
def test_a_quantile_that_cannot_be_is_refused(quantile: float) -> None:
    with pytest.raises(SettingError, match="quantile must be between 0 and 1"):
        ByTime(quantile)


def test_what_is_done_says_at_which_moment() -> None:
    assert "by which 80% of the pairs" in ByTime(0.8).describe()
