"""The search itself: suggest, fit, measure, keep; until the trials or the minutes are spent."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from readalike.algorithms import DEFAULT, algorithm_of
from readalike.algorithms.settings import Progress, Search, Value, searched, silent
from readalike.data.load import Dataset
from readalike.errors import SettingError
from readalike.evaluation import Measure
from readalike.tuning.attempt import Attempt
from readalike.tuning.budget import Budget
from readalike.tuning.found import refuse_foreign, write_found
from readalike.tuning.interruption import interruptions
from readalike.tuning.sampler import importances, quiet, require_optuna, suggestion
from readalike.tuning.trialfile import TrialFile, opened
from readalike.tuning.trials import Stopped, Trial, Tuned, plain
from readalike.tuning.validation import PROTOCOLS, Prepared, validation
from readalike.version import __version__

ACCURACY = ("ndcg", "recall", "p", "hit", "mrr", "map")
"""Kinds of measures that are the better the higher they are."""


def tune(
    dataset: Dataset,
    *,
    algorithm: str = DEFAULT,
    minutes: float | None = None,
    trials: int | None = None,
    out: Path | str | None = None,
    again: bool = False,
    measure: str | Measure = "ndcg@10",
    protocol: str = PROTOCOLS[0],
    seed: int = 0,
    progress: Progress = silent,
) -> Tuned:
    """Searches the declared ranges of an algorithm's settings, inside the training data only.

    Some readers of the table are held out, and every trial is asked for their books. The first
    trial is of the defaults, so that what is found is never worse on these readers. The same
    data, seed and number of trials find the same, in one run or in several.

    Args:
        dataset: What was read.
        algorithm: Name of the algorithm.
        minutes: Time from now on; ten where no number of trials is given either.
        trials: Trials in all, those of an earlier run included.
        out: File for the found settings. The trials are kept beside it, and a search with the
            same file goes on from them.
        again: Whether to begin anew where there are trials.
        measure: What is to be as high as it can.
        protocol: How the readers are held out, one of `PROTOCOLS`.
        seed: Draws the readers, the settings and the intervals.
        progress: Told how far it is, and the best value so far.

    Raises:
        MissingExtra: optuna is not installed.
        SettingError: Nothing to search, a setting that cannot be, or a file of something else.
        InputError: Readers of this data set cannot be held out.
    """
    require_optuna()
    begin = algorithm_of(algorithm).as_dict()
    space = searched(type(algorithm_of(algorithm)))
    if not space:
        raise SettingError(f"{algorithm} has no setting to search; choose another --algorithm")
    chosen = _accuracy(measure)
    budget = Budget(minutes, trials)
    if out is not None:
        refuse_foreign(Path(out))
    asked = Prepared.of(validation(protocol, dataset.ratings, seed), dataset)
    data = {"ratings": dataset.ratings.fingerprint(), "task": asked.task.fingerprint()}
    defaults = {name: begin[name] for name in space}
    attempt = Attempt(dataset, algorithm, asked, chosen, seed)
    identity = {
        "algorithm": algorithm,
        "defaults": begin,
        "searched": {name: plain(search) for name, search in space.items()},
        "measure": str(chosen),
        "protocol": protocol,
        "data": data,
        "seed": seed,
        "version": __version__,
    }
    with quiet(), contextlib.ExitStack() as stack:
        file = None
        if out is not None:
            path = trials_beside(Path(out))
            file = stack.enter_context(opened(path, identity, space, defaults, again))
        done, stopped = _search(attempt, space, defaults, file, budget, progress)
        importance = importances(space, defaults, done)
    tuned = Tuned(
        algorithm,
        {name: value for name, value in begin.items() if name not in space},
        space,
        str(chosen),
        protocol,
        asked.describe(),
        data,
        seed,
        tuple(done),
        stopped,
        importance,
    )
    if out is not None:
        write_found(tuned, out)
    return tuned


def trials_beside(out: Path) -> Path:
    """The file that the trials are kept in, beside that of the found settings."""
    return out.with_name(f"{out.stem}.trials")


def _accuracy(measure: str | Measure) -> Measure:
    chosen = measure if isinstance(measure, Measure) else Measure.of(measure)
    if chosen.kind not in ACCURACY:
        raise SettingError(
            f"the measure of a search must be one of {', '.join(ACCURACY)} with the length of "
            f"the list, such as ndcg@10, got {str(chosen)!r}"
        )
    return chosen


def _search(
    attempt: Attempt,
    space: Mapping[str, Search],
    defaults: Mapping[str, Value],
    file: TrialFile | None,
    budget: Budget,
    progress: Progress,
) -> tuple[list[Trial], Stopped]:
    done = file.trials() if file else []
    with interruptions() as interruption:
        try:
            while not (spent := budget.spent(len(done))):
                told = _telling(attempt.measure, done, budget, progress)
                tried = suggestion(space, defaults, done, attempt.seed)
                trial = attempt.trial(len(done), tried, told)
                if file:
                    file.add(trial)
                done.append(trial)
                if interruption.came:
                    return done, "interrupted"
        except BaseException as error:
            if not interruption.explains(error):
                raise
            if not done:
                raise KeyboardInterrupt from error
            return done, "interrupted"
    return done, spent


def _telling(
    measure: Measure, done: Sequence[Trial], budget: Budget, progress: Progress
) -> Progress:
    """The progress of a fit as the progress of the search."""
    head = f"trial {len(done) + 1}"
    if done:
        best = max(trial.value for trial in done)
        head += f", best {measure} {best:.4f} (defaults {done[0].value:.4f})"

    def tell(step: str, part: int, of: int) -> None:
        progress(f"{head}: {step.partition(': ')[2] or step}", *budget.progress(len(done)))

    return tell
