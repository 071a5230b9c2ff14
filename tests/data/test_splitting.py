from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from readalike.data.histories import Histories
from readalike.data.ratings import notebook_split, split_given
from readalike.errors import SettingError

SHARES = [0.1, 0.2, 0.25, 0.3, 1 / 3, 0.5, 0.7, 0.9]


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("n_rows", [*range(11, 40), 99, 100, 101, 1000, 12_345])
def test_the_rows_are_those_that_scikit_learn_chooses(n_rows: int, share: float) -> None:
    train, test = notebook_split(n_rows, share)
    wanted_train, wanted_test = train_test_split(
        np.arange(n_rows), test_size=share, random_state=42
    )
    assert np.array_equal(train, wanted_train)
    assert np.array_equal(test, wanted_test)


@pytest.mark.parametrize("seed", [0, 1, 7, 2**32 - 1])
def test_every_seed_is_scikit_learns(seed: int) -> None:
    _, wanted = train_test_split(np.arange(500), test_size=0.2, random_state=seed)
    assert np.array_equal(notebook_split(500, 0.2, seed)[1], wanted)


def test_the_notebooks_own_split() -> None:
    train, test = notebook_split(981_756)
    wanted_train, wanted_test = train_test_split(np.arange(981_756), test_size=0.2, random_state=42)
    assert (len(train), len(test)) == (785_404, 196_352)
    assert np.array_equal(train, wanted_train)
    assert np.array_equal(test, wanted_test)


@pytest.mark.parametrize(
    ("n_rows", "share", "told"),
    [
        (0, 0.2, "one to test, got 0 rows and a test_share of 0.2"),
        (1, 0.2, "one to test, got 1 rows"),
        (2, 0.9, "one to test, got 2 rows and a test_share of 0.9"),
        (10, 0.0, "test_share must be between 0 and 1, got 0"),
        (10, 1.0, "test_share must be between 0 and 1, got 1"),
        (10, 1.5, "test_share must be between 0 and 1, got 1.5"),
    ],
)
def test_a_side_without_a_row_is_refused(n_rows: int, share: float, told: str) -> None:
    with pytest.raises(SettingError, match=re.escape(told)):
        notebook_split(n_rows, share)


def test_one_row_on_each_side_is_enough() -> None:
    assert [len(side) for side in notebook_split(2, 0.5)] == [1, 1]


@given(
    rows=st.lists(st.lists(st.integers(0, 50), unique=True, max_size=9), max_size=6),
    h=st.integers(0, 10),
)
def test_given_and_rest_are_the_row(rows: list[list[int]], h: int) -> None:
    histories = Histories.of_rows([(row, [float(i % 5) for i in row]) for row in rows], 51)
    given_part, rest = split_given(histories, h)
    assert len(given_part) == len(rest) == len(rows)
    for index, row in enumerate(rows):
        assert given_part.row(index)[0].tolist() == row[:h]
        assert rest.row(index)[0].tolist() == row[h:]
        assert rest.row(index)[1].tolist() == [float(i % 5) for i in row[h:]]


def test_a_negative_number_of_given_books_is_refused() -> None:
    with pytest.raises(SettingError, match="at least 0"):
        split_given(Histories.of_rows([], 3), -1)
