"""New readers whose books are told in a drawn order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data_sets import (
    known_pairs,
    liked,
    pairs_of,
    raw_rows,
    right,
    shuffled,
    without_repeats,
)
from evaluation.rankers import Rows, ratings_of
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError, SettingError
from readalike.evaluation import NewReaders
from readalike.evaluation.questions import Task

TRAINING, _ = raw_rows(0, readers=10).merged()


def strangers(seed: int, order: int | None = None) -> Ratings:
    """Readers whom training does not know, their rows in an order drawn where one is asked for."""
    rows = without_repeats(raw_rows(seed, readers=20))
    names = Vocabulary(tuple(f"new{reader}" for reader in rows.user_ids))
    named = replace(rows, user_ids=names)
    return (named if order is None else shuffled(named, order)).merged()[0]


def task_of(readers: Ratings, *given: int, seed: int | None) -> Task:
    return NewReaders(readers, given, seed).prepare(TRAINING, Catalogue.of(TRAINING.items))


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), h=st.integers(0, 12))
def test_h_books_of_each_reader_are_told_and_the_liked_rest_is_right(seed: int, h: int) -> None:
    readers = strangers(seed)
    every = pairs_of(readers)
    made = task_of(readers, h, seed=seed)
    queries = made.questions[0]
    shown, answers = known_pairs(made, queries), right(made, queries)
    assert queries.given == h
    for reader in queries.readers:
        mine = {pair: stars for pair, stars in every.items() if pair[0] == reader}
        known = {pair for pair in shown if pair[0] == reader}
        assert len(known) == h
        assert known <= mine.keys()
        rest = {pair: stars for pair, stars in mine.items() if pair not in known}
        assert {p: s for p, s in answers.items() if p[0] == reader} == liked(rest)


def test_the_first_books_drawn_are_among_those_of_a_longer_history() -> None:
    made = task_of(strangers(1), 2, 6, seed=0)
    few, many = (known_pairs(made, queries) for queries in made.questions)
    readers = set(made.questions[1].readers)
    assert {pair for pair in few if pair[0] in readers} < many.keys()


def test_another_seed_draws_other_books_and_none_takes_the_order_of_reading() -> None:
    prints = {task_of(strangers(1), 3, seed=seed).fingerprint() for seed in (None, 0, 1)}
    assert len(prints) == 3


def test_every_book_is_drawn_as_often_as_any_other() -> None:
    """Told in the order of the ids, b0 would be told to everybody."""
    rows: Rows = [(f"r{r:03}", str(b), 5.0) for r in range(200) for b in range(10)]
    queries = task_of(ratings_of(rows), 5, seed=0).questions[0]
    times = np.bincount(queries.histories.items, minlength=25)
    assert sorted(times[times > 0]) == pytest.approx([100] * 10, abs=25)
    assert times.sum() == 1000


def test_the_readers_rows_may_stand_in_any_order() -> None:
    one, other = (task_of(strangers(3, order), 3, seed=5) for order in (None, 1))
    assert one.fingerprint() == other.fingerprint()


def test_rows_sorted_by_book_are_refused_in_the_order_of_reading_and_taken_when_drawn() -> None:
    rows: Rows = [(f"r{r}", str(b), 5.0) for b in range(8) for r in range(6)]
    with pytest.raises(InputError, match="sorted by id; give a seed, which draws the books"):
        task_of(ratings_of(rows), 3, seed=None)
    assert len(task_of(ratings_of(rows), 3, seed=0).questions[0]) == 6


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(SettingError, match="seed must be a whole number, at least 0, got -1"):
        NewReaders(TRAINING, (5,), seed=-1)


def test_what_is_done_says_in_which_order_and_what_that_answers() -> None:
    read, drawn = (NewReaders(TRAINING, (5,), seed).describe() for seed in (None, 3))
    assert "in the order of reading" in read
    assert "reads next" in read
    assert "drawn at random (seed 3)" in drawn
    assert "in the order of reading" not in drawn
    assert "cannot answer what comes next" in drawn
    assert "must not be compared" in drawn
