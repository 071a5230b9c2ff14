from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError


def table(rows: list[tuple[int, int, float]], users: int = 3, items: int = 4) -> Ratings:
    columns = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Ratings.of_rows(
        columns[:, 0].astype(np.int32),
        columns[:, 1].astype(np.int32),
        columns[:, 2],
        Vocabulary.of(f"u{u}" for u in range(users)),
        Vocabulary.of(f"b{b}" for b in range(items)),
    )


ROWS = [(0, 1, 5.0), (2, 3, 1.0), (0, 0, np.nan), (2, 1, 3.0)]


def test_rows_are_grouped_by_user_and_keep_their_order() -> None:
    ratings = table(ROWS)
    assert ratings.histories.row(0)[0].tolist() == [1, 0]
    assert ratings.histories.row(1)[0].tolist() == []
    assert ratings.histories.row(2)[0].tolist() == [3, 1]
    assert len(ratings) == 4


def test_the_mean_and_counts_leave_what_has_no_stars_aside_or_in() -> None:
    ratings = table(ROWS)
    assert ratings.mean == 3.0
    assert ratings.item_counts.tolist() == [1, 2, 0, 1]


def test_no_stars_at_all_have_the_middle_of_the_scale_for_a_mean() -> None:
    assert table([(0, 0, np.nan)]).mean == 3.0


def test_a_repeated_pair_is_refused() -> None:
    with pytest.raises(InputError, match="rate a book once"):
        table([(0, 1, 5), (0, 1, 4)])


def test_leaving_users_out_keeps_the_items() -> None:
    rest = table(ROWS).without_users({"u0"})
    assert rest.users.ids == ("u1", "u2")
    assert rest.histories.row(1)[0].tolist() == [3, 1]
    assert len(rest.items) == 4


@given(st.permutations(ROWS))
def test_the_fingerprint_ignores_the_order_of_rows(rows: list[tuple[int, int, float]]) -> None:
    assert table(rows).fingerprint() == table(ROWS).fingerprint()


@pytest.mark.parametrize(
    "changed",
    [
        ROWS[:-1],
        [(0, 1, 4.0), *ROWS[1:]],
        [(1, 1, 5.0), *ROWS[1:]],
        [(0, 2, 5.0), *ROWS[1:]],
    ],
)
def test_the_fingerprint_sees_every_change(changed: list[tuple[int, int, float]]) -> None:
    assert table(changed).fingerprint() != table(ROWS).fingerprint()


def test_a_matrix_the_wrong_way_round_is_refused() -> None:
    ratings = table(ROWS)
    with pytest.raises(InputError, match="a row for each of 4 readers"):
        Ratings(ratings.histories, ratings.items, ratings.users, ratings.scale)
