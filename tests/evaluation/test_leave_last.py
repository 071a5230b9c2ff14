from __future__ import annotations

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
    shuffled,
    starred,
    stars_of_queries,
    without_times,
)
from evaluation.rankers import FIVE_STARS, popularity, ratings_of
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError, SettingError
from readalike.evaluation import LeaveLast, evaluate
from readalike.evaluation.questions import Task


def task_of(rows: RatingRows, protocol: LeaveLast) -> Task:
    ratings, _ = rows.merged()
    return protocol.prepare(ratings, Catalogue.of(ratings.items), rows)


def in_order_of_rows(ratings: Ratings) -> dict[str, list[str]]:
    return {
        reader: [ratings.items.ids[item] for item in ratings.histories.row(row)[0]]
        for row, reader in enumerate(ratings.users)
    }


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 12))
def test_without_times_the_last_rows_of_each_reader_are_held_out(seed: int, n: int) -> None:
    rows = without_times(raw_rows(seed))
    ratings, _ = rows.merged()
    every = pairs_of(ratings)
    test = {
        (reader, book)
        for reader, books in in_order_of_rows(ratings).items()
        if len(books) > n
        for book in books[-n:]
    }
    made = task_of(rows, LeaveLast(n))
    held_out = {pair: every[pair] for pair in test}
    assert pairs_of(made.training).keys() == every.keys() - test
    assert right(made, made.questions[0]) == liked(held_out)
    assert stars_of_queries(made) == starred(held_out)
    assert made.questions[0].notes["readers in the order of their rows"] == len(ratings.users)
    assert "readers in the order of their times" not in made.questions[0].notes


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 12))
def test_with_times_whatever_is_held_out_is_no_older_than_what_is_learnt(seed: int, n: int) -> None:
    rows = raw_rows(seed)
    assert rows.times is not None
    first: dict[tuple[str, str], int] = {}
    for user, item, time in zip(rows.users, rows.items, rows.times, strict=True):
        pair = rows.user_ids.ids[user], rows.item_ids.ids[item]
        first[pair] = min(int(time), first.get(pair, int(time)))
    every = pairs_of(rows.merged()[0])
    made = task_of(rows, LeaveLast(n))
    learnt = pairs_of(made.training).keys()
    held_out = every.keys() - learnt
    for reader in rows.user_ids:
        mine = [pair for pair in every if pair[0] == reader]
        gone = [pair for pair in mine if pair in held_out]
        assert len(gone) == (n if len(mine) > n else 0)
        if gone:
            assert min(first[p] for p in gone) >= max(first[p] for p in mine if p in learnt)
    assert right(made, made.questions[0]) == liked({pair: every[pair] for pair in held_out})
    assert made.questions[0].notes["readers in the order of their times"] == len(rows.user_ids)


def test_a_history_is_told_in_the_order_of_times() -> None:
    rows = RatingRows(
        np.zeros(5, np.int32),
        np.arange(5, dtype=np.int32),
        np.full(5, 5, np.float32),
        user_ids=Vocabulary(("ann",)),
        item_ids=Vocabulary.of("abcde"),
        scale=FIVE_STARS,
        times=np.array([30, 10, 50, 20, 40]),
    )
    made = task_of(rows, LeaveLast())
    assert made.training.histories.items.tolist() == [1, 3, 0, 4]
    assert right(made, made.questions[0]) == {("ann", "c"): 5.0}


def of_equal_times(seed: int) -> set[tuple[str, str]]:
    rows = raw_rows(0)
    same = replace(rows, times=np.zeros(len(rows), np.int64))
    made = task_of(same, LeaveLast(1, seed))
    return pairs_of(rows.merged()[0]).keys() - pairs_of(made.training).keys()


def test_books_of_equal_time_are_drawn_and_not_taken_by_id() -> None:
    """Ids may be in the order of popularity; the last by id would be the rarest."""
    assert of_equal_times(0) == of_equal_times(0)
    assert of_equal_times(0) != of_equal_times(1)
    last_by_id = np.mean([int(book) for seed in range(20) for _, book in of_equal_times(seed)])
    assert last_by_id == pytest.approx(12, abs=2)  # the middle of 0 to 24


def test_without_times_only_the_order_inside_a_readers_rows_matters() -> None:
    rows = without_times(raw_rows(2))
    by_reader = np.argsort(-rows.users, kind="stable")
    moved = replace(
        rows,
        users=rows.users[by_reader],
        items=rows.items[by_reader],
        stars=rows.stars[by_reader],
    )
    mixed = shuffled(rows, 3)
    prints = [task_of(each, LeaveLast()).fingerprint() for each in (rows, moved, mixed)]
    assert prints[0] == prints[1] != prints[2]


def test_readers_of_no_more_than_n_books_stay_in_training_and_are_counted() -> None:
    ratings = ratings_of(
        [("ann", "b2", 5), ("ann", "b1", 5), ("bob", "b1", 5), ("cat", "b2", 1), ("cat", "b1", 1)]
    )
    made = LeaveLast(1).prepare(ratings, Catalogue.of(ratings.items))
    assert ("bob", "b1") in pairs_of(made.training)
    assert made.questions[0].readers == ("ann",)
    assert made.questions[0].left_out == {
        "no more than 1 book": 1,
        "no liked book held out": 1,
    }


def test_everybody_with_few_books_is_refused() -> None:
    ratings = ratings_of([("ann", "b2", 5), ("ann", "b1", 5)])
    with pytest.raises(InputError, match="no reader is left to be asked: 1 with no more than 2 b"):
        LeaveLast(2).prepare(ratings, Catalogue.of(ratings.items))


@pytest.mark.parametrize("step", [1, -1])
def test_rows_sorted_by_book_are_refused_since_nobody_reads_like_that(step: int) -> None:
    rows = without_times(raw_rows(1))
    by_book = np.argsort(
        step * np.array([int(i) for i in rows.item_ids])[rows.items], kind="stable"
    )
    ordered = replace(
        rows, users=rows.users[by_book], items=rows.items[by_book], stars=rows.stars[by_book]
    )
    with pytest.raises(InputError, match="books of every reader are sorted by id; use held-out"):
        task_of(ordered, LeaveLast())


def test_rows_sorted_by_book_are_taken_where_they_have_times() -> None:
    rows = raw_rows(1)
    assert rows.times is not None
    by_book = np.argsort(rows.items, kind="stable")
    ordered = replace(
        rows,
        users=rows.users[by_book],
        items=rows.items[by_book],
        stars=rows.stars[by_book],
        times=rows.times[by_book],
    )
    assert len(task_of(ordered, LeaveLast()).questions[0]) > 0


def test_bare_ratings_are_taken_in_their_stored_order() -> None:
    data = data_of(without_times(raw_rows(1)))
    one = evaluate(data, {"p": popularity()}, LeaveLast())
    other = evaluate(data.ratings, {"p": popularity()}, LeaveLast())
    assert one.data == other.data
    assert np.array_equal(one.results[0].values, other.results[0].values)


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(SettingError, match="n must be a whole number, at least 1, got 0"):
        LeaveLast(0)
    with pytest.raises(SettingError, match="seed must be a whole number, at least 0, got -2"):
        LeaveLast(seed=-2)


def test_what_is_done_says_how_many_and_where_to_see_by_which_order() -> None:
    assert "the last book of each reader" in LeaveLast().describe()
    text = LeaveLast(3, seed=8).describe()
    for words in ("the last 3 books", "seed 8", "readers in the order of their times"):
        assert words in text
