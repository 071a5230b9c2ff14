from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from readalike.errors import ModelError
from readalike.numerics.topn import Likeness, mmr_top_n, tie_order, top_n

Table = npt.NDArray[np.float64]

some_utilities = hnp.arrays(
    np.float32,
    st.integers(1, 25),
    elements=st.sampled_from([-np.inf, -1.5, -0.0, 0.0, 0.25, 1.0, 2.5]),
)


def slowly(
    utilities: npt.NDArray[np.float32],
    n: int,
    ties: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
    most: int,
    table: Table,
    trade: float,
) -> list[int]:
    """Looks at every item for every place."""
    picks: list[int] = []
    for _ in range(n):
        best, best_worth = -1, (-np.inf, -np.inf)
        for item in ties.tolist():
            fellows = sum(groups[pick] == groups[item] for pick in picks)
            full = most > 0 and groups[item] >= 0 and fellows >= most
            own = float(utilities[item])
            worth = own - trade * max((table[p, item] for p in picks), default=0), own
            if item not in picks and not full and worth > best_worth:
                best, best_worth = item, worth
        if best >= 0:
            picks.append(best)
    return picks


def by_table(table: Table) -> Likeness:
    def likeness(item: int, others: npt.NDArray[np.integer[Any]]) -> Table:
        return np.asarray(table[item, others])

    return likeness


def random_world(items: int, seed: int) -> tuple[npt.NDArray[np.int64], Table]:
    """Groups, -1 among them, and likenesses in quarters."""
    random = np.random.default_rng(seed)
    return random.integers(-1, 4, items), random.integers(0, 5, (items, items)) / 4


@given(
    utilities=some_utilities,
    n=st.integers(0, 30),
    most=st.integers(0, 3),
    trade=st.sampled_from([0.0, 0.5, 2.0]),
    seed=st.integers(0, 10**6),
)
def test_lists_are_picked_as_the_twin_picks_them(
    utilities: npt.NDArray[np.float32], n: int, most: int, trade: float, seed: int
) -> None:
    groups, table = random_world(len(utilities), seed)
    ties = tie_order(len(utilities), seed)
    found = mmr_top_n(
        utilities, n, ties, groups=groups, most=most, likeness=by_table(table), trade=trade
    )
    assert found.tolist() == slowly(utilities, n, ties, groups, most, table, trade)
    assert found.dtype == np.int32


@given(utilities=some_utilities, n=st.integers(0, 30), seed=st.integers(0, 9))
def test_with_no_limit_and_nothing_to_trade_it_is_the_top_n(
    utilities: npt.NDArray[np.float32], n: int, seed: int
) -> None:
    ties = tie_order(len(utilities), seed)
    groups, table = random_world(len(utilities), seed)
    found, _ = top_n(utilities[None, :], n, ties)
    wanted = found[found >= 0].tolist()
    assert mmr_top_n(utilities, n, ties).tolist() == wanted
    assert (
        mmr_top_n(
            utilities, n, ties, groups=groups, most=0, likeness=by_table(table), trade=0.0
        ).tolist()
        == wanted
    )
    assert mmr_top_n(utilities, n, ties, groups, len(groups)).tolist() == wanted


def test_a_full_group_is_passed_over_and_the_list_is_as_long_as_asked() -> None:
    utilities = np.array([9, 8, 7, 6, 5, 4], np.float32)
    groups = np.array([0, 0, 0, 1, 1, 2])
    assert mmr_top_n(utilities, 3, np.arange(6), groups, 1).tolist() == [0, 3, 5]
    assert mmr_top_n(utilities, 4, np.arange(6), groups, 1).tolist() == [0, 3, 5]
    assert mmr_top_n(utilities, 4, np.arange(6), groups, 2).tolist() == [0, 1, 3, 4]


def test_items_of_no_group_are_not_a_group() -> None:
    utilities = np.array([3, 2, 1], np.float32)
    assert mmr_top_n(utilities, 3, np.arange(3), np.array([-1, -1, -1]), 1).tolist() == [0, 1, 2]


def test_a_likeness_costs_what_it_is_traded_for() -> None:
    utilities = np.array([3.0, 2.0, 1.5], np.float32)
    table = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    for trade, wanted in ((0.25, [0, 1, 2]), (1.0, [0, 2, 1])):
        assert (
            mmr_top_n(
                utilities,
                3,
                np.arange(3),
                groups=None,
                most=0,
                likeness=by_table(table),
                trade=trade,
            ).tolist()
            == wanted
        )


@pytest.mark.parametrize(
    ("n", "most", "trade", "told"),
    [
        (-1, 0, 0.0, "at least 0, got -1, 0 and 0"),
        (1, -2, 0.0, "at least 0, got 1, -2 and 0"),
        (1, 0, -0.5, "at least 0, got 1, 0 and -0.5"),
        (1, 0, 0.5, "needs a likeness"),
    ],
)
def test_what_cannot_be_asked(n: int, most: int, trade: float, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        mmr_top_n(
            np.zeros(2, np.float32),
            n,
            np.arange(2),
            groups=None,
            most=most,
            likeness=None,
            trade=trade,
        )


@pytest.mark.parametrize("most", [0, 1])
def test_nan_is_refused(most: int) -> None:
    utilities = np.array([0, np.nan], np.float32)
    with pytest.raises(ModelError, match="NaN"):
        mmr_top_n(utilities, 1, np.arange(2), np.zeros(2, np.int64), most)


def test_no_items_make_an_empty_list() -> None:
    assert mmr_top_n(np.zeros(0, np.float32), 3, np.arange(0)).tolist() == []
    nothing = np.full(3, -np.inf, np.float32)
    assert mmr_top_n(nothing, 3, np.arange(3), np.zeros(3, np.int64), 1).tolist() == []
