from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.histories import Histories
from readalike.models.readerspread import BOUND, ReaderSpread
from strategies import histories

MEANS = np.linspace(3, 4, 8).astype(np.float32)


def slow(items: list[int], stars: list[float], usual: float, worth: float) -> float:
    apart = [r - float(MEANS[i]) for i, r in zip(items, stars, strict=True) if not np.isnan(r)]
    middle = sum(apart) / len(apart) if apart else 0.0
    scatter = sum((a - middle) ** 2 for a in apart)
    return (worth * usual + scatter) / (worth + max(len(apart) - 1, 0)) / usual


@given(histories(), st.floats(0.1, 2), st.floats(0.5, 20))
def test_it_is_the_shrunk_variance_around_the_books_means(
    read: Histories, usual: float, worth: float
) -> None:
    spread = ReaderSpread(MEANS, usual, worth, 0.5)
    expected = [
        slow(*(part.tolist() for part in read.row(row)), usual, worth)  # type: ignore[call-arg]
        for row in range(len(read))
    ]
    assert spread.relative(read) == pytest.approx(expected, rel=1e-5)
    weights = np.clip(np.array(expected) ** -0.5, 1 / BOUND, BOUND)
    assert spread.weights(read) == pytest.approx(weights, rel=1e-5)


def test_who_rates_evenly_weighs_more_and_within_bounds() -> None:
    items = list(range(8))
    rows = [(items, MEANS.tolist()), (items, [1.0, 5.0] * 4), (items[:1], [5.0])]
    read = Histories.of_rows(rows, 8)
    even, wild, one = ReaderSpread(MEANS, 0.8, 1e-3, 0.5).weights(read)
    assert even == BOUND == 4
    assert one == pytest.approx(1.0)
    assert 1 / BOUND < wild < one


def test_without_power_all_weigh_the_same() -> None:
    read = Histories.of_rows([([0, 1], [1.0, 5.0]), ([], [])], 8)
    assert ReaderSpread(MEANS, 0.8, 5.0, 0.0).weights(read).tolist() == [1.0, 1.0]
