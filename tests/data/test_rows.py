from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.ratings import RatingRows, Repeats
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import SettingError

Row = tuple[int, int, float]
ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from([1.0, 2.0, 5.0, math.nan])),
    max_size=25,
)
RULES: tuple[Repeats, ...] = ("first", "last", "mean")


def of(rows: list[Row]) -> RatingRows:
    users, items, stars = np.array(rows, float).reshape(-1, 3).T
    ids = Vocabulary(("0", "1", "2", "3"))
    scale = RatingScale(1, 5, 1)
    return RatingRows(
        users.astype(np.int32),
        items.astype(np.int32),
        stars.astype(np.float32),
        user_ids=ids,
        item_ids=ids,
        scale=scale,
    )


def slowly(rows: list[Row], rule: Repeats) -> dict[tuple[int, int], float]:
    """One pair after the other."""
    found: dict[tuple[int, int], list[float]] = {}
    for user, item, stars in rows:
        found.setdefault((user, item), []).append(stars)
    merged = {}
    for pair, each in found.items():
        starred = [s for s in each if not math.isnan(s)]
        value = {"first": 0, "last": -1}.get(rule)
        if not starred:
            merged[pair] = math.nan
        else:
            merged[pair] = sum(starred) / len(starred) if value is None else starred[value]
    return merged


@given(ROWS, st.sampled_from(RULES))
def test_merging_is_what_it_is_one_pair_after_the_other(rows: list[Row], rule: Repeats) -> None:
    ratings, merge = of(rows).merged(rule)
    histories = ratings.histories
    got = {
        (int(user), int(item)): float(stars)
        for user, item, stars in zip(histories.rows, histories.items, histories.stars, strict=True)
    }
    want = slowly(rows, rule)
    assert got.keys() == want.keys()
    for pair, stars in want.items():
        assert got[pair] == pytest.approx(stars, nan_ok=True)
    each: dict[tuple[int, int], list[str]] = {}
    for user, item, value in rows:
        each.setdefault((user, item), []).append(str(value))
    assert merge.rows == len(rows)
    assert merge.pairs == len(each)
    assert merge.exact_repeats == sum(len(s) - len(set(s)) for s in each.values())
    assert merge.repeated_pairs == sum(len(s) > 1 for s in each.values())
    assert merge.conflicting_pairs == sum(len(set(s)) > 1 for s in each.values())


def test_books_stay_in_the_order_in_which_they_were_first_read() -> None:
    ratings, _ = of([(0, 3, 5), (0, 1, 4), (0, 3, 1), (0, 2, 2)]).merged()
    assert ratings.histories.items.tolist() == [3, 1, 2]
    assert ratings.histories.stars.tolist() == [5, 4, 2]


def test_stars_go_before_no_stars() -> None:
    ratings, merge = of([(0, 0, math.nan), (0, 0, 4)]).merged()
    assert ratings.histories.stars.tolist() == [4]
    assert merge.conflicting_pairs == 1


def test_unknown_rule() -> None:
    with pytest.raises(SettingError, match="must be one of first, last, mean"):
        of([]).merged("sum")  # type: ignore[arg-type]
