from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.histories import Histories
from readalike.errors import ModelError
from readalike.models import EmbeddingModel, ItemFactors
from readalike.models.linear import inverted, solve
from readalike.models.weights import StarWeights

FAR_APART = np.full((4, 3), 1e14, np.float32)
READ = Histories.of_rows([([0, 2], [5, 4])], 4)


@given(st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_what_is_solved_is_the_solution(k: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(k + 2, k))
    system, right = rows.T @ rows + np.eye(k), draw.normal(size=k)
    assert system @ solve(system, right) == pytest.approx(right, abs=1e-9)
    assert system @ inverted(system) == pytest.approx(np.eye(k), abs=1e-9)


def test_a_system_without_an_inverse_is_refused_in_words() -> None:
    with pytest.raises(ModelError, match="lie so far apart that no history can be folded in"):
        solve(np.ones((2, 2)), np.ones(2))
    with pytest.raises(ModelError, match="lie so far apart that no history can be folded in"):
        inverted(np.ones((2, 2)))


def test_models_of_numbers_that_lie_too_far_apart_are_refused_in_words() -> None:
    factors = ItemFactors(FAR_APART, 10.0, 1e-6, StarWeights())
    embedding = EmbeddingModel(FAR_APART, FAR_APART)
    for model in (factors, embedding):
        with pytest.raises(ModelError, match="lie so far apart"):
            model.score(READ)
        with pytest.raises(ModelError, match="lie so far apart"):
            model.explain(READ, np.array([1]))
