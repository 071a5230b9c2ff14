"""From scores to a list: its reasons, and the books that one of few readers is placed like."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from readalike.data.histories import Histories
from readalike.errors import SettingError
from readalike.models import ItemItem
from readalike.models.interface import Shares
from readalike.recommend.listing import content_neighbours_of, reasons_of, require_positive
from recommend.test_explanation import SIZE, TOLD, world
from recommend.test_star_answers import recommender as star_recommender

ROW = Histories.of_rows([([3, 1, 5, 8], [5.0, math.nan, 2.0, 4.0])], SIZE)
SHARES = Shares(
    np.array([0.5, -2.0, 1.0]),
    np.array([[0.25, -1.0, 0.0, 0.75], [0.5, 0.25, -0.25, -0.5], [0.0, -2.0, 0.5, 0.5]]),
)
"""The scores are 0.5, -2 and 0."""


def plain(most: int | None = None) -> list[list[tuple[str, float, float, float | None]]]:
    found = reasons_of(ROW, SHARES, world().catalogue, most)
    return [[(r.book.book_id, r.amount, r.share, r.stars) for r in each] for each in found]


def test_reasons_are_the_most_helpful_first_with_their_part_of_the_scores_size() -> None:
    assert plain() == [
        [("b08", 0.75, 1.5, 4.0), ("b03", 0.25, 0.5, 5.0), ("b01", -1.0, -2.0, None)],
        [
            ("b03", 0.5, 0.25, 5.0),
            ("b01", 0.25, 0.125, None),
            ("b05", -0.25, -0.125, 2.0),
            ("b08", -0.5, -0.25, 4.0),
        ],
        [("b05", 0.5, 0.5, 2.0), ("b08", 0.5, 0.5, 4.0), ("b01", -2.0, -2.0, None)],
    ]


@pytest.mark.parametrize("most", [0, 1, 2, 3, 9])
def test_of_many_reasons_the_largest_are_kept_in_their_order(most: int) -> None:
    for few, whole in zip(plain(most), plain(), strict=True):
        sizes = sorted((abs(amount) for _, amount, *_ in whole), reverse=True)
        assert few == [each for each in whole if each in few]
        assert sorted((abs(amount) for _, amount, *_ in few), reverse=True) == sizes[:most]


def test_without_reasons_no_base_is_told() -> None:
    listed = world().recommend(TOLD, 3, reasons=0)
    assert [item.reasons for item in listed] == [()] * 3
    assert all(math.isnan(item.base) for item in listed)
    assert [item.score for item in listed] == [item.score for item in world().recommend(TOLD, 3)]
    assert all(len(item.reasons) <= 1 for item in world().recommend(TOLD, 3, reasons=1))
    with pytest.raises(SettingError, match="reasons must be a whole number, at least 0, got -1"):
        world().recommend(TOLD, 3, reasons=-1)


def test_stars_are_forecast_where_they_are_wanted() -> None:
    asked = star_recommender()
    assert all(item.forecast for item in asked.recommend({"b0": 5}, 3))
    listed = asked.recommend({"b0": 5}, 3, forecasts=False)
    assert [item.forecast for item in listed] == [None] * 3


def test_the_content_neighbours_of_a_book_are_the_nearest_first() -> None:
    catalogue = world().catalogue
    rows = np.zeros((SIZE, SIZE))
    rows[2, [30, 4, 12]] = 0.25, 0.5, 0.25
    near = sp.csr_array(rows)
    model = ItemItem.of_layers(
        [sp.csr_array(np.ones((SIZE, SIZE), np.float32))], content_neighbours=near
    )
    found = content_neighbours_of(model, 2, catalogue)
    assert [(each.book.book_id, each.share) for each in found] == [
        ("b04", 0.5),
        ("b12", 0.25),
        ("b30", 0.25),
    ]
    assert content_neighbours_of(model, 3, catalogue) == ()
    assert content_neighbours_of(replace(model, content_neighbours=None), 2, catalogue) == ()
    assert content_neighbours_of(None, 2, catalogue) == ()


def test_a_list_has_a_book_at_least() -> None:
    require_positive(1)
    with pytest.raises(SettingError, match="n must be a whole number, at least 1, got 0"):
        require_positive(0)
