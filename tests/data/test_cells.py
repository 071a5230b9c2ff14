"""What a cell means: ids, numbers, people, and the one order of ids."""

from __future__ import annotations

import math

import pytest

from readalike.data.cells import clean_text, id_order, number, people, sorted_ids, trimmed_id, whole


@pytest.mark.parametrize(
    ("cell", "outside"),
    [
        ("7", "7"),
        (" 7.0 ", "7"),
        ("-7.00", "-7"),
        ("7.5", "7.5"),
        ("7.", "7."),
        (".0", ".0"),
        ("a.0", "a.0"),
        ("1.0.0", "1.0.0"),
        ("\u3000x\ufeff", "x"),
        ("\0", ""),
    ],
)
def test_an_id_loses_blanks_and_what_made_it_a_float(cell: str, outside: str) -> None:
    assert trimmed_id(cell) == outside


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (" 3,5 ", 3.5),
        ("3.5", 3.5),
        ("+2", 2.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("2008.0", 2008.0),
        ("1e999", None),
        ("nan", None),
        ("1.000,5", None),
        ("three", None),
        ("", None),
    ],
)
def test_a_number_has_a_point_or_a_comma(cell: str, value: float | None) -> None:
    assert number(cell) == value


def test_minus_nothing_is_nothing() -> None:
    assert math.copysign(1, number("-0") or 0.0) == 1
    assert str(number("-0.0")) == "0.0"


@pytest.mark.parametrize(
    ("cell", "value", "counted"),
    [
        ("2008.0", 2008, 2008),
        ("0", 0, 0),
        ("-1", -1, None),
        ("2.5", None, None),
        ("x", None, None),
        ("10000000000", 10**10, 10**10),
        ("10000000001", 10**10 + 1, None),
    ],
)
def test_people_are_counted_in_whole_numbers_of_those_who_can_have_lived(
    cell: str, value: int | None, counted: int | None
) -> None:
    assert whole(cell) == value
    assert people(cell) == counted


def test_text_is_decoded_and_blanks_are_one() -> None:
    assert clean_text(" Tom &amp;\n Jerry ") == "Tom & Jerry"
    assert clean_text(f"&#{'9' * 5000};x") == "\ufffdx"


def test_ids_stand_in_the_order_of_whole_numbers_and_then_of_texts() -> None:
    ids = ["b", "10", "-2", "9", "a", "-10", "1.5", "--3", "-", "09", "\u0663", "9"]
    assert sorted_ids(ids) == (
        "-10", "-2", "09", "9", "10", "-", "--3", "1.5", "a", "b", "\u0663"
    )  # fmt: skip


def test_a_number_of_more_than_three_hundred_digits_is_a_text() -> None:
    assert id_order("9" * 300) == (0, int("9" * 300), "9" * 300)
    assert id_order("-" + "9" * 300)[0] == 0
    assert id_order("9" * 301) == (1, 0, "9" * 301)
