"""The file of trials: nothing is lost, nothing is mixed, nothing of others is touched."""

from __future__ import annotations

import gc
import math
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.errors import SettingError
from readalike.tuning import Trial
from readalike.tuning.sampler import quiet
from readalike.tuning.trialfile import NAME, opened
from tuning.searching import DEFAULTS, NDCG, SEARCHED, SPACE, same_trials, searched_by, trial

SEARCH: dict[str, Any] = {
    "algorithm": "toy",
    "measure": "ndcg@10",
    "data": {"ratings": "ab", "task": "cd"},
    "seed": 0,
    "searched": {"width": [0, 10]},
}


@pytest.fixture(autouse=True)
def _quietly() -> Any:
    with quiet():
        yield


def kept(path: Path, *trials: Trial, again: bool = False, **changes: Any) -> list[Trial]:
    """What the file holds once these trials were added."""
    with opened(path, SEARCH | changes, SPACE, again) as file:
        for each in trials:
            file.add(each)
        return file.trials()


def test_a_new_file_holds_no_trial(tmp_path: Path) -> None:
    assert kept(tmp_path / "new.trials") == []
    assert (tmp_path / "new.trials").is_file()


@settings(max_examples=8, deadline=None)
@given(
    values=st.lists(st.floats(0, 1), max_size=6),
    width=st.floats(0, 10),
    penalty=st.floats(0.01, 100),
    neighbours=st.integers(2, 200),
    flavour=st.sampled_from(["plain", "sweet"]),
    bias=st.booleans(),
    seconds=st.floats(0, 1e6),
)
def test_a_trial_comes_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], seconds: float, **tried: Any
) -> None:
    path = tmp_path_factory.mktemp("kept") / "a.trials"
    value = NDCG.value(np.array(values)) if values else math.nan
    failure = "" if values else "why it failed, in words: ü"
    given = Trial(0, {n: tried[n] for n in SEARCHED}, value, np.array(values), seconds, failure)
    kept(path, given)
    (found,) = kept(path)
    assert same_trials([found], [given])
    assert found.seconds == seconds
    assert found.value == value or (math.isnan(value) and math.isnan(found.value))
    assert {n: type(v) for n, v in found.tried.items()} == {n: type(v) for n, v in DEFAULTS.items()}


def test_trials_are_kept_in_their_order_over_several_openings(tmp_path: Path) -> None:
    done = searched_by(lambda tried: float(tried["width"]), 7)
    path = tmp_path / "a.trials"
    kept(path, *done[:3])
    kept(path, *done[3:4])
    assert same_trials(kept(path, *done[4:]), done)
    assert same_trials(kept(path), done)


@pytest.mark.parametrize("name", ["a b.trials", "what?.trials", "50%#1.trials", "ü&=;.trials"])
def test_a_name_may_hold_any_mark(tmp_path: Path, name: str) -> None:
    kept(tmp_path / name, trial(0, DEFAULTS, 0.5))
    assert [p.name for p in tmp_path.iterdir()] == [name]
    assert len(kept(tmp_path / name)) == 1


def test_the_file_is_let_go_of(tmp_path: Path) -> None:
    """An open connection would be a ResourceWarning on newer Pythons, which is an error here."""
    kept(tmp_path / "a.trials", trial(0, DEFAULTS, 0.5))
    gc.collect()
    with sqlite3.connect(tmp_path / "a.trials", 0.0) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert connection.in_transaction, "nobody else holds the file"
    connection.close()


def test_the_tools_of_optuna_can_open_it(tmp_path: Path) -> None:
    import optuna

    path = tmp_path / "a.trials"
    kept(path, trial(0, DEFAULTS, 0.5), trial(1, DEFAULTS, None), trial(2, DEFAULTS, 0.75))
    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    study = optuna.load_study(study_name=NAME, storage=storage)
    assert study.best_trial.number == 2
    assert study.best_value == 0.75
    assert [t.state.name for t in study.trials] == ["COMPLETE", "FAIL", "COMPLETE"]
    storage.engine.dispose()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seed": 1}, "seed 0, now 1"),
        ({"algorithm": "other", "measure": "p@5"}, "algorithm toy, now other; measure ndcg@10, n"),
        ({"data": {"ratings": "xy", "task": "z"}}, "other data"),
        ({"seed": 2, "data": {}}, "seed 0, now 2"),
        ({"rater": "toy"}, "rater none, now toy"),
    ],
)
def test_trials_of_another_search_are_refused_and_kept(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    path = tmp_path / "a.trials"
    kept(path, trial(0, DEFAULTS, 0.5))
    with pytest.raises(SettingError, match="holds the trials of another search") as refused:
        kept(path, **change)
    assert f"({told}" in str(refused.value)
    assert "--again" in str(refused.value)
    assert len(kept(path)) == 1


def test_again_forgets_the_trials_of_whatever_search(tmp_path: Path) -> None:
    path = tmp_path / "a.trials"
    kept(path, trial(0, DEFAULTS, 0.5))
    assert kept(path, seed=5, again=True) == []
    assert kept(path, seed=5, again=True) == [], "nothing to forget is no error"
    assert kept(tmp_path / "b.trials", again=True) == []


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


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="must be a folder that is there; make it first"):
        kept(tmp_path / "none" / "a.trials")


def test_a_file_that_cannot_be_made_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(sqlite3, "connect", refused)
    with pytest.raises(SettingError, match=r"cannot be kept there \(.*unable to open") as told:
        kept(tmp_path / "a.trials")
    assert "\n" not in str(told.value)
