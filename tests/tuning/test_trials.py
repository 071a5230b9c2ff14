"""What a search says of its trials."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from readalike.algorithms.settings import Range
from readalike.numerics.intervals import mean_interval, paired
from readalike.tuning import Trial
from readalike.tuning.trials import SHOWN, plain
from tuning.searching import NDCG, trial, tuned_of


def test_the_value_of_accuracy_is_the_mean_over_its_readers() -> None:
    assert NDCG.value(np.array([0.0, 0.5, 1.0])) == 0.5
    assert math.isnan(trial(1, {}, None).value)


def test_the_best_is_the_highest_and_the_earliest_of_equals() -> None:
    tuned = tuned_of(0.2, 0.3, None, 0.4, 0.4)
    assert tuned.best.number == 3
    assert tuned.better
    assert tuned.settings == {"least_common": 2, "star_slope": 0.6, "neighbours": 103}
    assert tuned.changed == {"neighbours": 103}
    assert tuned.failed == 1


def test_the_defaults_win_a_tie() -> None:
    tuned = tuned_of(0.4, 0.4, 0.1)
    assert not tuned.better
    assert tuned.best is tuned.defaults
    assert tuned.changed == {}
    assert tuned.settings["neighbours"] == 100
    assert tuned.gain.difference == (0.0, 0.0, 0.0)


def test_the_gain_is_paired_over_readers() -> None:
    tuned = tuned_of(0.2, 0.3)
    random = np.random.default_rng(0)
    first, second = random.random(50), random.random(50) + 0.2
    tuned = tuned_of()
    pair = (
        Trial(0, {"neighbours": 100}, NDCG.value(first), first, 1.0),
        Trial(1, {"neighbours": 60}, NDCG.value(second), second, 1.0),
    )
    tuned = type(tuned)(**(vars(tuned) | {"trials": pair, "seed": 4}))
    assert tuned.gain == paired(second, first, 4)
    how = tuned.how()
    assert how["gain"]["mean"] == pytest.approx(np.mean(second - first))
    assert how["gain"]["wins"] == np.mean(second > first)
    assert how["value"] == mean_interval(second, 4)._asdict()
    assert how["defaults"] == mean_interval(first, 4)._asdict()
    assert (how["trials"], how["trial"], how["readers"], how["better"]) == (2, 1, 50, True)


def test_trials_are_ranked_best_first_without_the_failed_ones() -> None:
    tuned = tuned_of(0.2, None, 0.5, 0.3, 0.5)
    assert [t.number for t in tuned.ranked(9)] == [2, 4, 3, 0]
    assert [t.number for t in tuned.ranked(2)] == [2, 4]


def test_everything_is_plain_json() -> None:
    tuned = tuned_of(*[0.01 * n for n in range(30)], None, importance={"neighbours": 1.0})
    told = json.loads(json.dumps(tuned.as_dict(), allow_nan=False))
    assert told["algorithm"] == "cosine"
    assert told["settings"]["neighbours"] == 129
    assert told["searched"] == {"neighbours": {"low": 20, "high": 1000, "log": True}}
    assert told["importance"] == {"neighbours": 1.0}
    assert [t["trial"] for t in told["best_trials"]] == list(range(29, 29 - SHOWN, -1))
    assert told["failures"] == [{"trial": 30, "tried": {"neighbours": 130}, "why": "it went wrong"}]
    assert told["found"]["failed"] == 1
    assert told["found"]["seconds"] == pytest.approx(31 * 0.5)
    assert told["found"]["data"] == {"ratings": "ab", "task": "cd"}


def test_where_was_looked_is_plain_too() -> None:
    assert plain(Range(1.0, 2.0)) == {"low": 1.0, "high": 2.0, "log": False}
    assert plain((False, True)) == [False, True]
