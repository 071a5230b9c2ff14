from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata, spearmanr

from readalike.numerics.ranks import average_ranks, rank_correlation

NUMBERS = st.lists(st.integers(-5, 5), min_size=2, max_size=30)


@given(NUMBERS)
def test_ranks_are_those_of_scipy(numbers: list[int]) -> None:
    assert average_ranks(np.array(numbers)) == pytest.approx(rankdata(numbers))


@given(st.data(), NUMBERS)
def test_the_correlation_is_that_of_scipy(data: st.DataObject, one: list[int]) -> None:
    other = data.draw(st.lists(st.integers(-5, 5), min_size=len(one), max_size=len(one)))
    found = rank_correlation(np.array(one), np.array(other))
    if len({*one}) == 1 or len({*other}) == 1:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(one, other).statistic)
