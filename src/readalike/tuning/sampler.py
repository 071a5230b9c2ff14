"""Which settings to try next, and which of them mattered: the part of optuna that thinks.

Both are functions of the trials so far: nothing is remembered in between, so that a search
that was broken off goes on as if it had not been.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from readalike.algorithms.settings import Range, Value
from readalike.errors import MissingExtra
from readalike.tuning.space import Space
from readalike.tuning.trials import Trial

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


def require_optuna() -> None:
    """Refuses to begin where the extra is not installed.

    Raises:
        MissingExtra: It is not.
    """
    try:
        import optuna  # noqa: F401
    except ImportError as error:
        raise MissingExtra("tuning", "tune") from error


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


def suggestion(space: Space, trials: Sequence[Trial], seed: int) -> dict[str, Value]:
    """The settings to try next; the defaults where nothing was tried yet.

    The first ten are drawn at random, the others by the tree-structured Parzen estimator over
    all settings together [Bergstra et al. 2011; Falkner et al. 2018].

    Args:
        space: Where to look.
        trials: What was tried.
        seed: Together with the number of trials it makes the draw.
    """
    if not trials:
        return dict(space.defaults)
    from optuna.samplers import TPESampler

    draw = int(np.random.SeedSequence([seed, len(trials)]).generate_state(1)[0])
    study = study_of(space, trials)
    study.sampler = TPESampler(n_startup_trials=RANDOM_TRIALS, seed=draw)
    asked = study.ask(distributions(space)).params
    return {name: rounded(asked[name]) for name in space.searched}


def importances(space: Space, trials: Sequence[Trial]) -> dict[str, float]:
    """Share of each setting in being among the better trials [Watanabe et al. 2023].

    Args:
        space: Where was looked.
        trials: What was tried; fewer than 20 that did not fail, or all alike, tell nothing.
    """
    values = [trial.value for trial in trials if not trial.failure]
    if len(values) < ENOUGH_TO_TELL or min(values) == max(values):
        return {}
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    study = study_of(space, trials)
    found = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    return {name: float(share) for name, share in found.items()}


def study_of(space: Space, trials: Sequence[Trial]) -> Study:
    """The trials as optuna knows them, in memory."""
    import optuna

    study = optuna.create_study(direction=space.direction)
    there = distributions(space)
    study.add_trials([frozen(trial, there) for trial in trials])
    return study


def frozen(
    trial: Trial, there: dict[str, BaseDistribution], told: dict[str, Any] | None = None
) -> FrozenTrial:
    """A finished trial as optuna knows it.

    Args:
        trial: The trial.
        there: Where was looked.
        told: What else to keep with it, plain JSON.
    """
    from optuna.trial import TrialState, create_trial

    return create_trial(
        state=TrialState.FAIL if trial.failure else TrialState.COMPLETE,
        value=None if trial.failure else trial.value,
        params=dict(trial.tried),
        distributions=there,
        user_attrs=told,
    )


def distributions(space: Space) -> dict[str, BaseDistribution]:
    """Where to look, in optuna's words."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    there: dict[str, BaseDistribution] = {}
    for name, search in space.searched.items():
        if not isinstance(search, Range):
            there[name] = CategoricalDistribution(search)
        elif isinstance(space.defaults[name], int):
            there[name] = IntDistribution(int(search.low), int(search.high), log=search.log)
        else:
            there[name] = FloatDistribution(search.low, search.high, log=search.log)
    return there


def rounded(value: Value) -> Value:
    """A number to three significant digits; everything else as it is."""
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
