from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from readalike.evaluation.forecast_errors import StarErrors
from readalike.evaluation.metrics import CATALOGUE_KINDS, KINDS
from readalike.numerics.intervals import Interval
from readalike.report.definitions import (
    ACCURACY,
    CATALOGUE,
    DEFINITIONS,
    LISTS,
    STARS,
    definition,
    headline,
)
from readalike.report.wording import decimals_of, duration, history_of, joined, number, span
from readalike.tables.account import counted


def test_every_measure_that_there_is_has_a_definition() -> None:
    groups = {
        group: {name for name, it in DEFINITIONS.items() if it.group == group}
        for group in (ACCURACY, LISTS, CATALOGUE, STARS)
    }
    assert groups[ACCURACY] | groups[LISTS] == {*KINDS}
    assert groups[CATALOGUE] == {*CATALOGUE_KINDS}
    errors = StarErrors(readers=("a",), rows=np.ones(1), sums=np.ones((1, 8)))
    assert groups[STARS] == {*errors.estimates(seed=0)}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_is_one_line_with_a_formula(name: str) -> None:
    it = DEFINITIONS[name]
    for text in (it.label, it.formula, it.meaning):
        assert 2 < len(text) < 100
        assert "\n" not in text
    assert it.meaning.endswith(".")
    neither = name.startswith(
        "interval_coverage"
    )  # an interval may hold too many as well as too few
    better = {ACCURACY: 1, LISTS: 0, CATALOGUE: 0, STARS: -1}[it.group]
    assert it.better == (0 if neither else better)


def test_the_label_has_the_length_of_the_list() -> None:
    assert definition("ndcg@10").label == "nDCG@10"
    assert definition("p@5").label == "precision@5"
    assert definition("rmse").label == "RMSE"
    assert definition("ndcg@10").direction == "more is better"
    assert definition("mae").direction == "less is better"
    assert definition("novelty@10").direction == "neither way is better"


def test_a_measure_of_a_later_version_is_shown_and_judges_nobody() -> None:
    it = definition("serendipity@10")
    assert (it.label, it.better, it.formula) == (
        "serendipity@10", 0, "not known to this version"
    )  # fmt: skip


def test_a_verdict_goes_by_the_first_measure_of_accuracy_else_of_stars() -> None:
    assert headline(("novelty@10", "rmse", "recall@20", "ndcg@10")) == "recall@20"
    assert headline(("novelty@10", "mae", "rmse")) == "mae"
    assert headline(("novelty@10", "what@10")) is None


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.12345, 4, "0.1235"),
        (-0.5, 2, "−0.50"),
        (-0.001, 2, "0.00"),
        (12345.678, 1, "12,345.7"),
        (0.0, 3, "0.000"),
    ],
)
def test_numbers_have_a_true_minus_and_none_before_zero(
    value: float, decimals: int, text: str
) -> None:
    assert number(value, decimals) == text


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
@example(65536.2109375, 6)
def test_a_number_can_be_read_back_to_the_last_digit(value: float, decimals: int) -> None:
    back = float(number(value, decimals).replace(",", "").replace("−", "-"))
    # what is printed is itself no exact number of the machine
    assert back == pytest.approx(value, abs=0.5 * 10**-decimals + 2 * math.ulp(value))


@pytest.mark.parametrize(
    ("values", "decimals"), [([], 4), ([0.3], 4), ([0.3, -2.5], 3), ([12.0, 1.0], 2)]
)
def test_a_column_shows_about_four_digits(values: list[float], decimals: int) -> None:
    assert decimals_of(values) == decimals


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "< 1 ms"),
        (0.0009, "< 1 ms"),
        (0.0123, "12 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (99.94, "99.9 s"),
        (99.96, "1 min 40 s"),
        (130.4, "2 min 10 s"),
        (3600, "60 min 00 s"),
    ],
)
def test_times_have_about_three_digits(value: float, text: str) -> None:
    assert duration(value) == text


def test_words_are_counted_and_listed() -> None:
    assert [counted(n, "book") for n in (0, 1, 2500)] == [
        "0 books",
        "1 book",
        "2,500 books",
    ]
    assert [joined(list(names)) for names in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
    assert span(Interval(0, -0.25, 1.5), 1) == "−0.2 to 1.5"
    assert [history_of(n) for n in (1, 0, None)] == ["told 1 book", "told 0 books", ""]
