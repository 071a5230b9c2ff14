"""Ratings however they are written, and the scale that their notation says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.rating_column import mark_of, name_and_top, rating_column, says_none


@pytest.mark.parametrize(
    ("cell", "value", "highest"),
    [
        ("4", 4, None),
        (" 4,5 ", 4.5, None),
        ("4.0", 4, None),
        ("4/5", 4, 5),
        ("8 of 10", 8, 10),
        ("8 out of 10", 8, 10),
        ("15 / 20", 15, 20),
        ("7 von 10", 7, 10),
        ("7 sur 10", 7, 10),
        ("9 из 10", 9, 10),
        ("4,5/5", 4.5, 5),
        ("4/5 stars", 4, 5),
        ("80 %", 80, 100),
        ("80%", 80, 100),
        ("★★★★☆", 4, 5),
        ("★★★", 3, 5),
        ("★★★½", 3.5, 5),
        ("⭐️⭐️⭐️⭐️", 4, 5),
        ("****", 4, 5),
        ("☆☆☆☆☆", 0, 5),
        ("★★★★★★★☆☆☆", 7, 10),
        ("4½", 4.5, None),
        ("4 1/2", 4.5, None),
        ("½", 0.5, None),
        ("4 stars", 4, None),
        ("1 star", 1, None),
        ("4 Sterne", 4, None),
        ("4 von 5 Sternen", 4, 5),
        ("5つ星のうち4.0", 4, 5),
        ("4*", 4, None),
        ("5 ⭐", 5, None),
        ("★ 4", 4, None),
        ("9 puntos", 9, None),
        ("４", 4, None),
        ("3 étoiles", 3, None),
        ("five stars", 5, None),
        ("👍", 5, 5),
        ("👎🏿", 1, 5),
        ("liked it", 3, 5),
        ("it was amazing", 5, 5),
    ],
)
def test_a_rating_is_read_however_it_is_written(
    cell: str, value: float, highest: float | None
) -> None:
    mark = mark_of(cell)
    assert mark is not None
    assert (mark.value, mark.highest) == (value, highest)


@pytest.mark.parametrize(
    "cell", ["", "x", "6/5", "120 %", "4/0", "great", "1/2/3", "4 / ", "★x", "½½"]
)
def test_what_is_no_rating(cell: str) -> None:
    assert mark_of(cell) is None


@pytest.mark.parametrize(
    "cell", ["", " ", "-", "n/a", "NULL", "None", "not rated", "未評価", "нет"]
)
def test_cells_that_say_that_there_is_none(cell: str) -> None:
    assert says_none(cell)


@pytest.mark.parametrize(
    ("name", "bare", "top"),
    [
        ("Rating (1-10)", "Rating", 10),
        ("Note /20", "Note", 20),
        ("Score out of 100", "Score", 100),
        ("Score /5", "Score", 5),
        ("Rating [0..5]", "Rating", 5),
        ("Rating", "Rating", None),
        ("Rating (mine)", "Rating", None),
        ("Rating (2021)", "Rating", None),
        ("(5)", "(5)", None),
    ],
)
def test_a_name_may_say_the_top(name: str, bare: str, top: float | None) -> None:
    assert name_and_top(name) == (bare, top)


def test_of_several_tops_the_most_frequent_is_that_of_the_column() -> None:
    found = rating_column({"8/10": 3, "4/5": 1, "9/10": 2})
    assert found.highest == 10
    assert found.values == {"8/10": 8, "4/5": 8, "9/10": 9}


def test_bare_numbers_above_the_top_of_a_notation_widen_the_scale() -> None:
    found = rating_column({"4/5": 1, "17": 5})
    assert found.highest == 20
    assert found.values == {"4/5": 16, "17": 17}
    assert rating_column({"4/5": 3, "5": 1}).highest == 5
    assert rating_column({"4/5": 3, "300": 1}).highest == 300


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("¼", 0.25),
        ("3¾", 3.75),
        ("2 3/4", 2.75),
        ("1 1/4", 1.25),
        ("did not like it", 1),
        ("didn't like it", 1),
        ("it was ok", 2),
        ("really liked it", 4),
        ("thumbs up", 5),
        ("Thumbs down", 1),
        ("disliked", 1),
        ("❤", 5),
        ("100 %", 100),
        ("ten", 10),
        ("one star", 1),
        ("★★½☆☆", 2.5),
        ("★½", 1.5),
        ("Note: 7", 7),
        ("12/12", 12),
    ],
)
def test_signs_and_words_have_their_values(cell: str, value: float) -> None:
    mark = mark_of(cell)
    assert mark is not None
    assert mark.value == value


def test_the_notation_is_said_in_a_few_letters() -> None:
    written = "4                 out of 5"
    mark = mark_of(written)
    assert mark is not None
    assert mark.notation == f"as in {written[:20]}"
    assert rating_column({"★★": 1, "4/5": 3}).notation == "as in 4/5"


def test_the_first_cell_that_is_no_rating_is_kept() -> None:
    found = rating_column({"": 5, "good": 2, "n/a": 1, "bad": 1})
    assert found.values == {}
    assert found.first_other == "good"


@given(st.text(max_size=12))
def test_any_text_is_a_rating_or_none(cell: str) -> None:
    mark = mark_of(cell)
    if mark is not None:
        assert math.isfinite(mark.value)
        assert mark.highest is None or 0 <= mark.value <= mark.highest


@given(
    st.integers(0, 100),
    st.integers(1, 100),
    st.sampled_from(["/", " / ", " of ", " out of ", " von ", " из "]),
)
def test_a_fraction_is_its_two_numbers(value: int, highest: int, between: str) -> None:
    mark = mark_of(f"{value}{between}{highest}")
    if value > highest:
        assert mark is None
    else:
        assert mark is not None
        assert (mark.value, mark.highest) == (value, highest)
