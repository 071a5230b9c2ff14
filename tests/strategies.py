"""Hypothesis strategies for the project's types."""

from __future__ import annotations

import math
from typing import Any

import numpy.typing as npt
from hypothesis import strategies as st

from readalike.data.histories import Histories

STARS = st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, math.nan])


@st.composite
def histories(
    draw: st.DrawFn, *, n_items: int = 8, min_rows: int = 0, max_rows: int = 6
) -> Histories:
    """Rows of distinct items in any order, with or without stars; some rows are empty."""
    rows = []
    for _ in range(draw(st.integers(min_rows, max_rows))):
        items = draw(st.lists(st.integers(0, n_items - 1), unique=True, max_size=n_items))
        stars = draw(st.lists(STARS, min_size=len(items), max_size=len(items)))
        rows.append((items, stars))
    return Histories.of_rows(rows, n_items)


def same_bits(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    """Whether two arrays hold the same bits, NaN included."""
    return (
        one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    )
