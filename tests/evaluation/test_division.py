from __future__ import annotations

import numpy as np
import pytest

from evaluation.data_sets import known_pairs, pairs_of, right, stars_of_queries
from evaluation.rankers import Rows, ratings_of
from readalike.data.catalogue import Catalogue
from readalike.errors import InputError
from readalike.evaluation.questions import Task
from readalike.evaluation.splits import divided, held_out_count

ROWS: Rows = [
    ("ann", "b0", 5), ("ann", "b1", 4), ("ann", "b2", 2),
    ("bob", "b0", 3), ("bob", "b1", float("nan")),
    ("cat", "b2", 5), ("cat", "b3", 1),
]  # fmt: skip
RATINGS = ratings_of(ROWS)


def divide(learnt: str, shown: str, held_out: str) -> Task:
    """Marks as a text of 1 and 0, one for each of the rows."""
    marks = [np.array([mark == "1" for mark in text]) for text in (learnt, shown, held_out)]
    learnt_marks, shown_marks, held_out_marks = marks
    return divided(
        RATINGS,
        Catalogue.of(RATINGS.items),
        learnt=learnt_marks,
        shown=shown_marks,
        held_out=held_out_marks,
        left_out={"nothing held out": 1},
        notes={"to know": 7},
    )


def test_each_rating_goes_where_its_mark_says() -> None:
    made = divide("1001100", "1001110", "0110001")
    assert pairs_of(made.training) == pytest.approx(
        {("ann", "b0"): 5, ("bob", "b0"): 3, ("bob", "b1"): np.nan}, nan_ok=True
    )
    assert made.questions[0].readers == ("ann",)
    assert known_pairs(made, made.questions[0]) == {("ann", "b0"): 5}
    assert right(made, made.questions[0]) == {("ann", "b1"): 4}
    assert stars_of_queries(made) == {("ann", "b1"): 4, ("ann", "b2"): 2, ("cat", "b3"): 1}


def test_a_reader_without_training_rows_is_a_stranger_with_a_history() -> None:
    stars = divide("1001100", "1001110", "0110001").star_questions
    assert stars is not None
    assert stars.readers == ("ann", "cat")
    assert stars.users.tolist() == [0, -1]
    assert [stars.histories.row(row)[0].tolist() for row in (0, 1)] == [[0], [2]]
    assert stars.rows.tolist() == [0, 0, 1]


def test_who_is_left_out_is_counted_behind_the_reasons_given() -> None:
    queries = divide("1001100", "1001110", "0110001").questions[0]
    assert queries.left_out == {"nothing held out": 1, "no liked book held out": 1}
    assert queries.notes == {"to know": 7, "readers without a training row": 0}


def test_held_out_rows_without_stars_are_not_forecast() -> None:
    made = divide("1111000", "1111000", "0000110")
    assert stars_of_queries(made) == {("cat", "b2"): 5}
    stars = made.star_questions
    assert stars is not None
    assert stars.users.tolist() == [-1]


def test_without_any_stars_to_forecast_none_are_asked_for() -> None:
    with pytest.raises(InputError, match="no reader is left to be asked"):
        divide("1111011", "1111011", "0000100")


def test_a_test_row_in_training_or_told_is_refused() -> None:
    with pytest.raises(InputError, match="must not be in training, got 1 of them"):
        divide("1100000", "1000000", "0110000")
    with pytest.raises(InputError, match="must not be in training, got 2 of them"):
        divide("1000000", "1110000", "0110000")


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(InputError, match="no rating is left to learn from"):
        divide("0000000", "1000000", "0110000")


def test_the_share_held_out_is_rounded_down_and_both_sides_are_left_with_one() -> None:
    assert held_out_count(100, 0.29, "rows") == 29
    assert held_out_count(99, 0.1, "rows") == 9
    assert held_out_count(2, 0.5, "rows") == 1
    for n, share in ((9, 0.1), (0, 0.5), (1, 0.9)):
        with pytest.raises(InputError, match=f"must leave rows to learn from .* got {n} in all"):
            held_out_count(n, share, "rows")
