from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from readalike.numerics.masks import BatchMask

ROWS, ITEMS = 3, 5
PLACES = st.dictionaries(
    st.tuples(st.integers(0, ROWS - 1), st.integers(0, ITEMS - 1)), st.booleans()
)


@given(st.lists(st.booleans(), min_size=ITEMS, max_size=ITEMS), PLACES)
def test_rows_are_marked_alike_but_where_they_differ(
    common: list[bool], places: dict[tuple[int, int], bool]
) -> None:
    at = np.array(list(places), np.int64).reshape(-1, 2)
    mask = BatchMask(np.array(common), at[:, 0], at[:, 1], np.array([*places.values()], np.bool_))
    expected = np.array(
        [[places.get((row, item), common[item]) for item in range(ITEMS)] for row in range(ROWS)]
    )
    assert mask.dense(ROWS).tolist() == expected.tolist()
    scores = np.arange(ROWS * ITEMS, dtype=np.float32).reshape(ROWS, ITEMS)
    wanted = np.where(expected, -np.inf, scores)
    mask.exclude_from(scores)
    assert scores.tolist() == wanted.tolist()


def test_marks_at_some_places_only() -> None:
    mask = BatchMask.at(np.array([1, 1]), np.array([0, 2]), 3)
    assert mask.dense(2).tolist() == [[False] * 3, [True, False, True]]
