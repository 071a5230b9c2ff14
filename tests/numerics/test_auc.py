"""The area under the curve, against all pairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.numerics.auc import auc, tied

scored = st.lists(
    st.tuples(st.sampled_from([-1.5, 0.0, 0.25, 3.0]), st.booleans()), min_size=2, max_size=15
).filter(lambda rows: 0 < sum(right for _, right in rows) < len(rows))


@given(scored)
def test_it_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[float, bool]]) -> None:
    scores, right = np.array([s for s, _ in rows]), np.array([r for _, r in rows])
    pairs = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for one in scores[right]
        for other in scores[~right]
    ]
    assert auc(scores, right) == pytest.approx(sum(pairs) / len(pairs))


@given(scored)
def test_ties_are_the_share_of_pairs_that_are_equal(rows: list[tuple[float, bool]]) -> None:
    scores, right = np.array([s for s, _ in rows]), np.array([r for _, r in rows])
    pairs = [one == other for one in scores[right] for other in scores[~right]]
    assert tied(scores, right) == pytest.approx(sum(pairs) / len(pairs))


@given(scored)
def test_scores_the_other_way_round_give_the_rest(rows: list[tuple[float, bool]]) -> None:
    scores, right = np.array([s for s, _ in rows]), np.array([r for _, r in rows])
    assert auc(-scores, right) == pytest.approx(1 - auc(scores, right))


def test_what_is_not_known_at_all_is_below_all_else_and_equal_to_its_like() -> None:
    scores, right = np.array([-np.inf, 0.0, -np.inf]), np.array([True, False, False])
    assert auc(scores, right) == 0.25
    assert tied(scores, right) == 0.5


@pytest.mark.parametrize("measure", [auc, tied])
def test_what_cannot_be_judged_is_refused(measure: Callable[..., float]) -> None:
    with pytest.raises(ValueError, match="got 2 and 0"):
        measure(np.zeros(2), np.ones(2, np.bool_))
    with pytest.raises(ValueError, match="got 0 and 2"):
        measure(np.zeros(2), np.zeros(2, np.bool_))
    with pytest.raises(ValueError, match="got NaN"):
        measure(np.array([1.0, np.nan]), np.array([True, False]))
