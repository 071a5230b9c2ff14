"""The study: what is tried next, what mattered, and the file in which nothing is lost or mixed."""

from __future__ import annotations

import contextlib
import gc
import logging
import math
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.algorithms.settings import Range, Value
from readalike.errors import SettingError
from readalike.tuning import Trial
from readalike.tuning.study import (
    ENOUGH_TO_TELL,
    RANDOM_TRIALS,
    STUDY,
    Space,
    importances,
    keep,
    kept_trials,
    opened,
    quiet,
    rounded,
    suggestion,
)
from tuning.searching import DEFAULTS, NDCG, SEARCHED, SPACE, same_trials, searched_by, trial


@pytest.fixture(autouse=True)
def _quietly() -> Any:
    with quiet():
        yield


def hill(tried: Mapping[str, Any]) -> float:
    """Highest at a width of 8 and a penalty of 0.1; nothing else matters."""
    return float(-((tried["width"] - 8) ** 2) / 10 - np.log10(tried["penalty"] / 0.1) ** 2)


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
    found = searched_by(lambda tried: -hill(tried), ENOUGH_TO_TELL, space=below)
    twin = searched_by(hill, ENOUGH_TO_TELL)
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


# The file

SEARCH: dict[str, Any] = {
    "algorithm": "toy",
    "measure": "ndcg@10",
    "data": {"ratings": "ab", "task": "cd"},
    "seed": 0,
    "searched": {"width": [0, 10]},
}
THREE = (0.5, None, 0.75)
"""The values of three trials, of which one failed."""


def kept(path: Path, *trials: Trial, again: bool = False, **changes: Any) -> list[Trial]:
    """What the file holds once these trials were added."""
    with opened(path, SEARCH | changes, SPACE, again=again) as study:
        for each in trials:
            keep(study, SPACE, each)
        return kept_trials(study, SPACE)


@st.composite
def finished(draw: st.DrawFn) -> Trial:
    """A trial with any outcome."""
    values = np.array(draw(st.lists(st.floats(0, 1), max_size=6)))
    tried: dict[str, Value] = {
        "width": draw(st.floats(0, 10)),
        "penalty": draw(st.floats(0.01, 100)),
        "neighbours": draw(st.integers(2, 200)),
        "flavour": draw(st.sampled_from(["plain", "sweet"])),
        "bias": draw(st.booleans()),
    }
    return Trial(
        number=0,
        tried=tried,
        value=NDCG.value(values) if len(values) else math.nan,
        values=values,
        seconds=draw(st.floats(0, 1e6)),
        failure="" if len(values) else "why it failed, in words: ü",
    )


@settings(max_examples=3, deadline=None)
@given(trials=st.lists(finished(), min_size=4, max_size=6))
def test_trials_come_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, trials: list[Trial]
) -> None:
    path = tmp_path_factory.mktemp("kept") / "a.trials"
    before = [replace(each, number=number) for number, each in enumerate(trials)]
    kept(path, *before)
    after = kept(path)
    assert same_trials(after, before)
    for found, wanted in zip(after, before, strict=True):
        assert found.seconds == wanted.seconds
        assert found.value == wanted.value or (math.isnan(found.value) and found.failure)
        assert [type(found.tried[name]) for name in DEFAULTS] == list(map(type, DEFAULTS.values()))


def test_trials_are_kept_in_their_order_over_several_openings(tmp_path: Path) -> None:
    done = searched_by(lambda tried: float(tried["width"]), 7)
    path = tmp_path / "a.trials"
    kept(path, *done[:3])
    kept(path, *done[3:4])
    assert same_trials(kept(path, *done[4:]), done)
    assert same_trials(kept(path), done)


def test_a_name_may_hold_any_mark(tmp_path: Path) -> None:
    name = "a b 50%#1 {x} ü&=;what?.trials"
    kept(tmp_path / name, trial(0, DEFAULTS, 0.5))
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert len(kept(tmp_path / name)) == 1


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of three trials, to be read only."""
    path = tmp_path_factory.mktemp("three") / "a.trials"
    with quiet():
        kept(path, *(trial(number, DEFAULTS, value) for number, value in enumerate(THREE)))
    return path


@pytest.fixture
def mine(three: Path, tmp_path: Path) -> Path:
    """A file of three trials of one's own."""
    return Path(shutil.copy(three, tmp_path))


def test_the_file_is_let_go_of(three: Path) -> None:
    """An open connection would be a ResourceWarning on newer Pythons, which is an error here."""
    gc.collect()
    with sqlite3.connect(three, 0.0) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert connection.in_transaction, "nobody else holds the file"
    connection.close()


def test_the_tools_of_optuna_can_open_it(three: Path) -> None:
    import optuna

    storage = optuna.storages.RDBStorage(f"sqlite:///{three}")
    study = optuna.load_study(study_name=STUDY, storage=storage)
    assert study.best_trial.number == 2
    assert study.best_value == 0.75
    assert [t.state.name for t in study.trials] == ["COMPLETE", "FAIL", "COMPLETE"]
    storage.engine.dispose()


def test_trials_of_another_search_are_refused_and_kept(three: Path) -> None:
    for change, told in (
        ({"seed": 1}, "seed 0, now 1"),
        ({"algorithm": "other", "measure": "p@5"}, "algorithm toy, now other; measure ndcg@10, n"),
        ({"data": {"ratings": "xy", "task": "z"}}, "other data"),
        ({"seed": 2, "data": {}}, "seed 0, now 2"),
        ({"predictor": "toy"}, "predictor none, now toy"),
    ):
        with pytest.raises(SettingError, match="holds the trials of another search") as refused:
            kept(three, **change)
        assert f"({told}" in str(refused.value)
        assert "--again" in str(refused.value)
    assert len(kept(three)) == 3


def test_again_forgets_the_trials_of_whatever_search(mine: Path) -> None:
    assert kept(mine, seed=5, again=True) == []
    mine.unlink()
    assert kept(mine, again=True) == [], "nothing to forget is no error"


def a_database(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE studies (study_name TEXT)")
    connection.close()


def a_study(path: Path) -> None:
    """Somebody's own search with optuna."""
    import optuna

    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    optuna.create_study(study_name="mine", storage=storage)
    storage.engine.dispose()


def some_text(path: Path) -> None:
    path.write_text("user_id,book_id,rating\n" * 300)


@pytest.mark.parametrize("make", [a_database, a_study, some_text, Path.mkdir])
@pytest.mark.parametrize("again", [False, True])
def test_another_file_is_refused_and_not_touched(tmp_path: Path, make: Any, again: bool) -> None:
    path = tmp_path / "a.trials"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(SettingError, match="must hold the trials of readalike tune, but is some"):
        kept(path, again=again)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_file_whose_first_write_was_broken_off_is_taken(tmp_path: Path) -> None:
    import optuna

    (tmp_path / "empty.trials").touch()
    assert kept(tmp_path / "empty.trials") == []
    path = tmp_path / "tables.trials"
    optuna.storages.RDBStorage(f"sqlite:///{path}").engine.dispose()
    assert len(kept(path, trial(0, DEFAULTS, 0.5))) == 1


def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"cannot be kept there \(.*unable to open") as told:
        kept(tmp_path / "none" / "a.trials")
    assert "\n" not in str(told.value)
