"""A search as a study of optuna: what was tried, what to try next, and the file that keeps it.

What to try next and which settings matter are functions of the trials so far: nothing is
remembered in between, so that a search that was broken off goes on as if it had not been. The file
is a storage of optuna in SQLite, which optuna's own tools can open. A trial is written when it is
finished, in one step: whoever is interrupted, and whenever, leaves finished trials only.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from readalike.algorithms.settings import Range, Search, Value
from readalike.errors import InputError, SettingError
from readalike.files import open_file
from readalike.numerics.arrays import F64
from readalike.tuning.objective import Direction

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

DIGITS = 3
"""Significant digits of a tried number, so that what was measured can be typed."""

RANDOM_TRIALS = 10
"""Trials, that of the defaults among them, before anything is learnt from them."""

ENOUGH_TO_TELL = 20
"""Trials before it is said which settings matter."""

STUDY = "readalike tune"
"""The name of the study in a file of ours."""
SEARCH = "search"
PATIENCE = 30.0
"""Seconds to wait for somebody else's write."""


@dataclass(frozen=True)
class Space:
    """Where a search looks."""

    searched: Mapping[str, Search]
    defaults: Mapping[str, Value]
    direction: Direction

    def distributions(self) -> dict[str, BaseDistribution]:
        """The same in optuna's words."""
        from optuna import distributions

        def distribution(name: str, search: Search) -> BaseDistribution:
            if not isinstance(search, Range):
                return distributions.CategoricalDistribution(search)
            if isinstance(self.defaults[name], int):
                low, high = int(search.low), int(search.high)
                return distributions.IntDistribution(low, high, log=search.log)
            return distributions.FloatDistribution(search.low, search.high, log=search.log)

        return {name: distribution(name, search) for name, search in self.searched.items()}


@dataclass(frozen=True, eq=False, kw_only=True)
class Trial:
    """One set of settings, fitted and measured; number 0 is the trial of the defaults."""

    number: int
    tried: Mapping[str, Value]
    value: float  # the figure over all readers; NaN where it failed
    values: F64  # what it is made of, one row a reader; empty where it failed
    seconds: float
    failure: str = ""


def ranked(trials: Sequence[Trial], direction: Direction) -> list[Trial]:
    """The trials that did not fail, best first; equal ones in their order."""
    done = [trial for trial in trials if not trial.failure]
    return sorted(done, key=lambda trial: trial.value, reverse=direction == "maximize")


def frozen(
    trial: Trial, distributions: dict[str, BaseDistribution], **user_attrs: Any
) -> FrozenTrial:
    """A finished trial as optuna knows it."""
    from optuna.trial import TrialState, create_trial

    return create_trial(
        state=TrialState.FAIL if trial.failure else TrialState.COMPLETE,
        value=None if trial.failure else trial.value,
        params=dict(trial.tried),
        distributions=distributions,
        user_attrs=user_attrs,
    )


def study_of(space: Space, trials: Sequence[Trial]) -> Study:
    """The trials as a study of optuna, in memory and without the values of each reader."""
    import optuna

    study = optuna.create_study(direction=space.direction)
    distributions = space.distributions()
    study.add_trials([frozen(trial, distributions) for trial in trials])
    return study


def suggestion(space: Space, trials: Sequence[Trial], seed: int) -> dict[str, Value]:
    """The settings to try next; the defaults where nothing was tried yet.

    The first ten are drawn at random, the others by the tree-structured Parzen estimator over
    all settings together [Bergstra et al. 2011; Falkner et al. 2018].
    """
    if not trials:
        return dict(space.defaults)
    from optuna.samplers import TPESampler

    draw = int(np.random.SeedSequence([seed, len(trials)]).generate_state(1)[0])
    study = study_of(space, trials)
    study.sampler = TPESampler(n_startup_trials=RANDOM_TRIALS, seed=draw)
    drawn = study.ask(space.distributions()).params
    return {name: rounded(drawn[name]) for name in space.searched}


def importances(space: Space, trials: Sequence[Trial]) -> dict[str, float]:
    """Share of each setting in being among the better trials [Watanabe et al. 2023]."""
    values = [trial.value for trial in trials if not trial.failure]
    if len(values) < ENOUGH_TO_TELL or min(values) == max(values):
        return {}
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    study = study_of(space, trials)
    shares = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    return {name: float(share) for name, share in shares.items()}


def rounded(value: Value) -> Value:
    """A number to three significant digits; everything else as it is."""
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def kept_trials(study: Study, space: Space) -> list[Trial]:
    """The trials that a study keeps, in order."""
    return [
        Trial(
            number=kept.number,
            tried={name: kept.params[name] for name in space.searched},
            value=math.nan if kept.value is None else kept.value,
            values=np.array(kept.user_attrs["values"], dtype=np.float64),
            seconds=kept.user_attrs["seconds"],
            failure=kept.user_attrs["failure"],
        )
        for kept in study.trials
    ]


def keep(study: Study, space: Space, trial: Trial) -> None:
    """Adds a finished trial to a study, with all that `kept_trials` gives back."""
    study.add_trial(
        frozen(
            trial,
            space.distributions(),
            values=trial.values.tolist(),
            seconds=trial.seconds,
            failure=trial.failure,
        )
    )


@contextlib.contextmanager
def opened(
    path: Path, identity: Mapping[str, Any], space: Space, *, again: bool = False
) -> Iterator[Study]:
    """Opens the file of a search, made where it is missing."""
    from optuna import create_study
    from optuna.storages import RDBStorage
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    _refuse_foreign(path)
    if again:
        path.unlink(missing_ok=True)
    wanted = json.loads(json.dumps(identity))
    try:
        storage = RDBStorage(
            "sqlite://",  # the path goes past the URL, whose marks a file's name may hold
            {"creator": lambda: sqlite3.connect(path, PATIENCE), "poolclass": NullPool},
        )
        study = create_study(
            study_name=STUDY, storage=storage, direction=space.direction, load_if_exists=True
        )
        there = study.user_attrs.get(SEARCH)
        if there is None:
            study.set_user_attr(SEARCH, wanted)
    except SQLAlchemyError as error:
        raise SettingError(
            f"{path}: the trials cannot be kept there ({error.__cause__ or error}); "
            "name another --out FILE.json"
        ) from error
    if there not in (None, wanted):
        raise SettingError(
            f"{path}: holds the trials of another search ({_difference(there, wanted)}); name "
            "another --out FILE.json, or begin anew with --again"
        )
    try:
        yield study
    finally:
        storage.engine.dispose()


def _refuse_foreign(path: Path) -> None:
    """Refuses a file that is there and holds no trials."""
    try:
        if not path.exists():
            return
        with open_file(path) as file:  # SQLite would wait at a pipe
            if not file.read(1):
                return
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as there:
            there.execute("SELECT * FROM version_info")
            names = {name for (name,) in there.execute("SELECT study_name FROM studies")}
    except (InputError, sqlite3.Error):
        names = {""}
    if not names <= {STUDY}:  # none yet where the very first write was broken off
        raise SettingError(
            f"{path}: must hold the trials of readalike tune, but is something else; "
            "name another --out FILE.json"
        )


def _difference(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """What differs in single values, with both; only where nothing does, the names of the rest."""
    names = [name for name in {**wanted, **there} if there.get(name) != wanted.get(name)]
    changed = [
        f"{name} {there.get(name, 'none')}, now {wanted.get(name, 'none')}"
        for name in names
        if not isinstance(wanted.get(name), dict)
    ]
    return "; ".join(changed or [f"other {name}" for name in names])


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Holds back what optuna says of its own accord."""
    log = logging.getLogger("optuna")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
