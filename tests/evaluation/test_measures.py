from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.errors import SettingError
from readalike.evaluation.measures import DEFAULT, KINDS, Measure, measures_of
from readalike.numerics.metrics import judge, precision


@given(kind=st.sampled_from(sorted(KINDS)), n=st.integers(1, 999_999))
def test_a_measure_is_printed_as_it_is_asked_for(kind: str, n: int) -> None:
    assert str(Measure.of(f"{kind}@{n}")) == f"{kind}@{n}"
    assert Measure.of(f" {kind.upper()}@{n} ") == Measure(kind, n)


@pytest.mark.parametrize(
    "text", ["", "ndcg", "ndcg@", "ndcg@0", "ndcg@-1", "ndcg@ten", "auc@10", "ndcg@10_sampled100"]
)
def test_what_is_no_measure_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="must be one of ndcg, recall, p, hit, mrr, map with"):
        Measure.of(text)


def test_the_values_are_those_of_the_formula() -> None:
    judged = judge(np.array([[3, 1, 2]]), np.array([0, 2]), np.array([1, 5]))
    assert np.array_equal(Measure.of("p@2").values(judged), precision(judged, 2))


def test_measures_are_taken_once_each_and_the_default_where_none_is_named() -> None:
    assert measures_of(["p@5", Measure("ndcg", 3), "p@5"]) == (Measure("p", 5), Measure("ndcg", 3))
    assert measures_of([]) == DEFAULT
    assert [str(measure) for measure in DEFAULT[:3]] == ["ndcg@10", "p@10", "recall@20"]
