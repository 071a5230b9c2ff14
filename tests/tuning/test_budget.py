"""When a search ends."""

from __future__ import annotations

import math
import time

import pytest

from readalike.errors import SettingError
from readalike.tuning.budget import MINUTES, Budget


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time, "monotonic", made)
    return made


def test_trials_end_it_whatever_the_time(clock: Clock) -> None:
    budget = Budget(trials=3)
    clock.now += 1e6
    assert [budget.spent(done) for done in range(5)] == [None, None, None, "trials", "trials"]


def test_minutes_end_it_but_not_before_the_defaults_were_tried(clock: Clock) -> None:
    budget = Budget(minutes=2)
    assert budget.spent(7) is None
    clock.now += 119.9
    assert budget.spent(7) is None
    clock.now += 0.1
    assert budget.spent(7) == "minutes"
    assert budget.spent(0) is None


def test_of_both_what_is_spent_first_ends_it(clock: Clock) -> None:
    budget = Budget(minutes=1, trials=4)
    assert budget.spent(4) == "trials"
    clock.now += 61
    assert budget.spent(3) == "minutes"


def test_without_either_it_is_ten_minutes(clock: Clock) -> None:
    assert Budget().minutes == MINUTES == 10
    assert Budget(trials=5).minutes is None


def test_progress_is_of_what_comes_to_its_end_first(clock: Clock) -> None:
    both = Budget(minutes=2, trials=10)
    clock.now += 30
    assert both.progress(1) == (30, 120)
    assert both.progress(5) == (5, 10)
    assert Budget(trials=4).progress(1) == (1, 4)
    late = Budget(minutes=0.001)
    clock.now += 30
    assert late.progress(1) == (1, 1), "never more than all"
    assert both.progress(12) == (10, 10)


@pytest.mark.parametrize("minutes", [0.0, -1.0, math.inf, math.nan])
def test_minutes_are_a_number_above_0(minutes: float) -> None:
    with pytest.raises(SettingError, match="minutes must be a number above 0, got"):
        Budget(minutes=minutes)


def test_there_is_at_least_one_trial() -> None:
    with pytest.raises(SettingError, match="trials must be at least 1, got 0"):
        Budget(trials=0)
