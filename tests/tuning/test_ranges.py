"""Where settings are searched: inside what they may be, around the default."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from readalike.algorithms import ALGORITHMS
from readalike.algorithms.settings import Algorithm, Range, Search, Settings, searched, setting
from readalike.errors import SettingError
from readalike.predictors import PREDICTORS
from readalike.tuning.study import rounded

KNOWN: dict[str, type[Settings[Any]]] = {**ALGORITHMS, **PREDICTORS}
each = pytest.mark.parametrize("name", KNOWN)
NOT_SEARCHED = {
    "seed",  # luck is no setting
    "correction",
    "target_correction",
    "source_correction",
    "counts",
}
"""The last four are about the world outside the training rows, which those cannot show."""


def values(where: Search) -> list[Any]:
    """The ends of a range and its middle, or all values."""
    if not isinstance(where, Range):
        return list(where)
    middle = math.sqrt(where.low * where.high) if where.log else (where.low + where.high) / 2
    return [where.low, middle, where.high]


@each
def test_every_value_that_is_tried_is_taken_and_the_default_is_among_them(name: str) -> None:
    settings = KNOWN[name]
    for field, where in searched(settings).items():
        default: Any = settings().as_dict()[field]
        if isinstance(where, Range):
            assert where.low <= default <= where.high, field
        else:
            assert default in where, field
        for value in values(where):
            given = int(value) if type(default) is int else value
            assert settings.of({field: given}).as_dict()[field] == given


@each
def test_the_values_are_of_the_kind_of_the_setting(name: str) -> None:
    for field, where in searched(KNOWN[name]).items():
        default = KNOWN[name]().as_dict()[field]
        if isinstance(where, Range):
            assert type(default) in (int, float), "a word or a switch has values, no range"
            if type(default) is int:
                assert (where.low, where.high) == (int(where.low), int(where.high)), field
        else:
            assert {type(value) for value in where} == {type(default)}, field
            assert len(set(where)) == len(where) > 1, field


@each
def test_rounding_a_tried_number_leaves_it_inside(name: str) -> None:
    for field, where in searched(KNOWN[name]).items():
        default = KNOWN[name]().as_dict()[field]
        if isinstance(where, Range) and type(default) is float:
            assert (rounded(where.low), rounded(where.high)) == (where.low, where.high), field
        assert rounded(default) == default, field


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_setting_is_searched_but_those_that_training_rows_cannot_judge(name: str) -> None:
    fields = [field.name for field in dataclasses.fields(ALGORITHMS[name])]
    assert list(searched(ALGORITHMS[name])) == [f for f in fields if f not in NOT_SEARCHED]


@pytest.mark.parametrize("name", PREDICTORS)
def test_every_predictor_can_be_searched(name: str) -> None:
    assert "seed" not in searched(PREDICTORS[name])
    assert len(searched(PREDICTORS[name])) > 1


@pytest.mark.parametrize(("low", "high"), [(2.0, 2.0), (3.0, 2.0), (math.nan, 1.0)])
def test_a_range_goes_up(low: float, high: float) -> None:
    with pytest.raises(SettingError, match="a range must go up, got"):
        Range(low, high)


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_a_range_of_steps_by_times_begins_above_0(low: float) -> None:
    with pytest.raises(SettingError, match=f"must go up from above 0, got {low:g} to 5"):
        Range(low, 5.0, log=True)
    assert Range(low, 5.0).low == low


def test_a_setting_without_a_search_is_left_alone() -> None:
    @dataclasses.dataclass(frozen=True)
    class Toy(Algorithm):
        name = "toy"

        left: int = setting(3, "left alone", low=1)
        tried: int = setting(3, "tried", low=1, search=Range(1, 5))
        bare: int = 4

        def fit(self, ratings: Any, catalogue: Any, progress: Any = None) -> Any:
            raise NotImplementedError

    assert searched(Toy) == {"tried": Range(1, 5)}
