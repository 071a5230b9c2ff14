from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data_sets import raw_rows, shuffled, without_times
from readalike.errors import InputError
from readalike.evaluation.splits import canonical, pair_times


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_each_pair_has_its_first_and_its_last_time(seed: int) -> None:
    rows = shuffled(raw_rows(seed), seed)
    assert rows.times is not None
    ratings = canonical(raw_rows(seed).merged()[0])
    times = pair_times(ratings, rows)
    assert times is not None
    first, last = times
    for entry, (row, item) in enumerate(
        zip(ratings.histories.rows, ratings.histories.items, strict=True)
    ):
        of_pair = [
            int(time)
            for user, book, time in zip(rows.users, rows.items, rows.times, strict=True)
            if rows.user_ids.ids[user] == ratings.users.ids[row] and book == item
        ]
        assert (first[entry], last[entry]) == (min(of_pair), max(of_pair))


def test_without_rows_or_times_there_are_none() -> None:
    rows = raw_rows(0)
    ratings, _ = rows.merged()
    assert pair_times(ratings, None) is None
    assert pair_times(ratings, without_times(rows)) is None


def test_rows_of_another_table_are_refused() -> None:
    rows = raw_rows(0)
    ratings, _ = rows.merged()
    with pytest.raises(InputError, match="got a row of another pair"):
        pair_times(ratings.take(np.arange(5)), rows)
    fewer = replace(
        rows,
        users=rows.users[:50],
        items=rows.items[:50],
        stars=rows.stars[:50],
        times=np.arange(50),
    )
    with pytest.raises(InputError, match="got a pair without a row"):
        pair_times(ratings, fewer)
