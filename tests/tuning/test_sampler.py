"""What is tried next, and which settings are said to matter."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.algorithms.settings import Range
from readalike.errors import MissingExtra
from readalike.tuning.sampler import (
    ENOUGH_TO_TELL,
    RANDOM_TRIALS,
    importances,
    quiet,
    require_optuna,
    rounded,
    suggestion,
)
from readalike.tuning.space import Space
from tuning.searching import DEFAULTS, SEARCHED, SPACE, searched_by, trial


def hill(tried: Mapping[str, Any]) -> float:
    """Highest at a width of 8 and a penalty of 0.1; nothing else matters."""
    return float(-((tried["width"] - 8) ** 2) / 10 - np.log10(tried["penalty"] / 0.1) ** 2)


@pytest.fixture(autouse=True)
def _quietly() -> Any:
    with quiet():
        yield


def test_the_defaults_are_tried_first_whatever_the_seed() -> None:
    for seed in (0, 1, 99):
        assert suggestion(SPACE, [], seed) == DEFAULTS


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**63), values=st.lists(st.none() | st.floats(0, 1), min_size=1))
def test_what_is_tried_lies_in_the_ranges_and_is_of_the_kind_of_the_default(
    seed: int, values: list[float | None]
) -> None:
    done = [trial(number, DEFAULTS, value) for number, value in enumerate(values)]
    tried: dict[str, Any] = suggestion(SPACE, done, seed)
    assert list(tried) == list(SEARCHED)
    for name, where in SEARCHED.items():
        value = tried[name]
        assert type(value) is type(DEFAULTS[name])
        if isinstance(where, Range):
            assert not isinstance(value, str)
            assert where.low <= value <= where.high
            if isinstance(value, float):
                assert value == float(f"{value:.3g}"), "short enough to type"
        else:
            assert value in where


def test_the_same_trials_and_seed_suggest_the_same_and_another_seed_something_else() -> None:
    done = searched_by(hill, 15)
    again = suggestion(SPACE, done, 0)
    assert suggestion(SPACE, done, 0) == again
    assert suggestion(SPACE, done, 1) != again
    assert suggestion(SPACE, done[:-1], 0) == done[-1].tried


def test_no_two_random_trials_are_the_same() -> None:
    tried = [tuple(t.tried.values()) for t in searched_by(hill, RANDOM_TRIALS)]
    assert len(set(tried)) == RANDOM_TRIALS


def test_a_failed_trial_is_not_tried_again() -> None:
    failed = [trial(0, DEFAULTS, 0.5)]
    for number in range(1, 8):
        failed.append(trial(number, suggestion(SPACE, failed, 0), None))
    assert len({tuple(t.tried.values()) for t in failed}) == len(failed)


def test_a_search_comes_nearer_to_the_best_than_chance() -> None:
    """A twin that only draws at random is not nearer on any of three seeds."""
    for seed in range(3):
        done = searched_by(hill, 45, seed)
        learnt = [t.value for t in done[RANDOM_TRIALS:]]
        drawn = [t.value for t in done[1:RANDOM_TRIALS]]
        random = np.random.default_rng(seed)
        blind = [
            hill({"width": random.uniform(0, 10), "penalty": 10 ** random.uniform(-2, 2)})
            for _ in learnt
        ]
        assert np.mean(learnt) > max(np.mean(drawn), np.mean(blind)) + 0.5
        assert max(learnt) > -0.1, "near the top of the hill"


def test_where_less_is_better_the_search_is_the_same_turned_over() -> None:
    below = Space(SEARCHED, DEFAULTS, "minimize")
    found = searched_by(lambda tried: -hill(tried), 30, space=below)
    twin = searched_by(hill, 30)
    assert [trial.tried for trial in found] == [trial.tried for trial in twin]
    assert importances(below, found) == pytest.approx(importances(SPACE, twin))


def test_a_range_by_times_is_drawn_by_times() -> None:
    done = [trial(0, DEFAULTS, 0.5)]
    drawn = [suggestion(SPACE, done, seed) for seed in range(60)]
    below = np.mean([float(t["penalty"]) < 1.0 for t in drawn])
    assert 0.3 < below < 0.7, "1 is the middle of 0.01 to 100"
    assert np.mean([float(t["width"]) < 1.0 for t in drawn]) < 0.3


def test_the_setting_that_matters_is_said_to_matter() -> None:
    done = searched_by(lambda tried: -abs(float(tried["width"]) - 8), 40)
    shares = importances(SPACE, done)
    assert set(shares) == set(SEARCHED)
    assert sum(shares.values()) == pytest.approx(1)
    assert max(shares, key=shares.__getitem__) == "width"
    assert shares["width"] > 0.5


def test_too_few_trials_tell_nothing_of_importance() -> None:
    done = searched_by(hill, ENOUGH_TO_TELL)
    assert importances(SPACE, done[:-1]) == {}
    assert importances(SPACE, done) != {}
    one_failed = [*done[:-1], trial(ENOUGH_TO_TELL - 1, DEFAULTS, None)]
    assert importances(SPACE, one_failed) == {}


def test_trials_that_are_all_alike_tell_nothing_of_importance() -> None:
    assert importances(SPACE, searched_by(lambda _: 0.25, 25)) == {}


@pytest.mark.parametrize(
    ("value", "short"),
    [(0.123456, 0.123), (98765.4, 98800.0), (1e-7, 1e-7), (0.0, 0.0), (1234, 1234), ("ab", "ab")],
)
def test_numbers_are_rounded_to_three_digits_and_nothing_else_is(value: Any, short: Any) -> None:
    assert rounded(value) == short
    assert type(rounded(value)) is type(short)


def test_a_switch_is_not_a_number() -> None:
    assert rounded(True) is True


def test_optuna_says_nothing_and_is_as_talkative_as_before_afterwards(
    capfd: pytest.CaptureFixture[str],
) -> None:
    log = logging.getLogger("optuna")
    outside = log.level
    log.setLevel(logging.DEBUG)
    try:
        with contextlib.suppress(KeyError), quiet():
            searched_by(hill, 12)
            raise KeyError("on the way out too")
        assert log.level == logging.DEBUG
    finally:
        log.setLevel(outside)
    assert capfd.readouterr() == ("", "")


def test_without_optuna_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    require_optuna()
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtra, match=r"^tuning needs .*pip install 'readalike\[tune\]'$"):
        require_optuna()
