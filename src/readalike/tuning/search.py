"""The search itself: suggest, fit, measure, keep; until the trials or the minutes are spent."""

from __future__ import annotations

import contextlib
import math
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from readalike.algorithms.settings import Settings, named, searched
from readalike.errors import MissingExtra, ReadalikeError, SettingError
from readalike.evaluation import Measure, evaluate
from readalike.progress import Progress, silent
from readalike.tables.dataset import Dataset
from readalike.tuning.objective import Accuracy, ForecastError, Objective, Validation, validation
from readalike.tuning.result import Stopped, Tuned, plain, refuse_foreign, write_tuned
from readalike.tuning.study import (
    Space,
    Trial,
    importances,
    keep,
    kept_trials,
    opened,
    quiet,
    ranked,
    suggestion,
)
from readalike.version import __version__

if TYPE_CHECKING:
    from optuna import Study

MINUTES = 10.0
"""Where neither minutes nor trials are given."""


def tune(
    dataset: Dataset,
    *,
    algorithm: str | None = None,
    predictor: str | None = None,
    minutes: float | None = None,
    trials: int | None = None,
    out: Path | str | None = None,
    again: bool = False,
    measure: str | Measure | None = None,
    protocol: str | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Tuned:
    """Searches the declared ranges of an algorithm or a predictor, inside the training data only.

    For an algorithm some readers of the table are held out, and every trial is asked for their
    books; for a predictor some ratings, and every trial forecasts them. The first trial is of the
    defaults, so that what is found is never worse on these. The same data, seed and number of
    trials find the same, in one run or in several.

    Args:
        dataset: What was read.
        algorithm: Name of the algorithm; the default one where no predictor is named.
        predictor: Name of the predictor, where one is to be searched.
        minutes: Time from now on; ten where no number of trials is given either.
        trials: Trials in all, those of an earlier run included.
        out: File for the found settings. The trials are kept beside it, and a search with the
            same file goes on from them.
        again: Whether to begin anew where there are trials.
        measure: What is to be as high as it can, by default ndcg@10; of a predictor what is to be
            as low: rmse, the default, mae or negative_log_likelihood.
        protocol: How something is held out: of an algorithm strong, the default, or new-readers;
            of a predictor held-out.
        seed: Draws what is held out, the settings and the intervals.
        progress: Told how far it is, and the best value so far.

    Raises:
        MissingExtra: optuna is not installed.
        SettingError: Nothing to search, a setting that cannot be, or a file of something else.
        InputError: Nothing of this data set can be held out.
    """
    try:
        import optuna  # noqa: F401
    except ImportError as error:
        raise MissingExtra("tuning", "tune") from error
    judged_by, settings = searchable(algorithm, predictor)
    defaults, ranges = settings().as_dict(), searched(settings)
    if not ranges:
        raise SettingError(
            f"{settings.name} has no setting to search; choose another --{judged_by.kind}"
        )
    objective = judged_by.of(judged_by.default_measure if measure is None else measure)
    budget = Budget(minutes, trials)
    if out is not None:
        refuse_foreign(Path(out))
    if protocol is None:
        protocol = next(iter(judged_by.protocols))
    held_out = validation(protocol, dataset, seed, judged_by.protocols)
    space = Space(ranges, {each: defaults[each] for each in ranges}, judged_by.direction)
    data = {"ratings": dataset.ratings.fingerprint(), "task": held_out.task.fingerprint()}
    identity = {
        judged_by.kind: settings.name,
        "defaults": defaults,
        "searched": {each: plain(search) for each, search in ranges.items()},
        "measure": str(objective),
        "protocol": protocol,
        "data": data,
        "seed": seed,
        "version": __version__,
    }
    runner = TrialRunner(
        dataset, settings, held_out, objective, space, seed=seed, budget=budget, progress=progress
    )
    kept: contextlib.AbstractContextManager[Study | None] = contextlib.nullcontext()
    if out is not None:
        kept = opened(Path(out).with_suffix(".trials"), identity, space, again=again)
    with quiet(), kept as study:
        done, stopped = runner.run(study)
        importance = importances(space, done)
    tuned = Tuned(
        name=settings.name,
        kept={each: value for each, value in defaults.items() if each not in ranges},
        searched=ranges,
        objective=objective,
        protocol=protocol,
        description=held_out.description,
        data=data,
        seed=seed,
        trials=tuple(done),
        stopped=stopped,
        importance=importance,
    )
    if out is not None:
        write_tuned(tuned, out)
    return tuned


def searchable(
    algorithm: str | None, predictor: str | None
) -> tuple[type[Accuracy | ForecastError], type[Settings[Any]]]:
    """What is searched and what for, by its name; the default algorithm where none is given."""
    if algorithm is not None and predictor is not None:
        raise SettingError(
            "--algorithm and --predictor do not go together: a search is of one of them, got "
            f"{algorithm!r} and {predictor!r}; leave one out"
        )
    judged_by = Accuracy if predictor is None else ForecastError
    name = next(each for each in (algorithm, predictor, judged_by.default) if each is not None)
    return judged_by, type(named(judged_by.known, judged_by.kind, name, None))


@dataclass(frozen=True)
class Budget:
    """Minutes from now on, trials in all, or both; what is spent first ends the search.

    Without either it is ten minutes. A trial that was begun is finished, and the trial of the
    defaults is always made.
    """

    minutes: float | None = None
    trials: int | None = None
    begun: float = field(default_factory=lambda: time.monotonic())

    def __post_init__(self) -> None:
        if self.minutes is not None and not 0 < self.minutes < math.inf:
            raise SettingError(f"minutes must be a number above 0, got {self.minutes:g}")
        if self.trials is not None and self.trials < 1:
            raise SettingError(f"trials must be at least 1, got {self.trials}")
        if self.minutes is None and self.trials is None:
            object.__setattr__(self, "minutes", MINUTES)

    def spent(self, done: int) -> Stopped | None:
        """What ends the search after so many trials; None while it goes on."""
        if self.trials is not None and done >= self.trials:
            return "trials"
        if self.minutes is not None and done and self.seconds() >= 60 * self.minutes:
            return "minutes"
        return None

    def progress(self, done: int) -> tuple[int, int]:
        """How much is spent, of how much: of what comes to its end first."""
        parts: list[tuple[int, int]] = []
        if self.minutes is not None:
            total = max(1, round(60 * self.minutes))
            parts.append((min(int(self.seconds()), total), total))
        if self.trials is not None:
            parts.append((min(done, self.trials), self.trials))
        return max(parts, key=lambda part: part[0] / part[1])

    def seconds(self) -> float:
        """How long it has gone on."""
        return time.monotonic() - self.begun


@dataclass(frozen=True, eq=False)
class TrialRunner:
    """Makes one trial after the other; what they have in common."""

    dataset: Dataset
    settings: type[Settings[Any]]
    held_out: Validation
    objective: Objective
    space: Space
    seed: int
    budget: Budget
    progress: Progress

    def run(self, study: Study | None) -> tuple[list[Trial], Stopped]:
        """All trials, and what ended the search."""
        done = kept_trials(study, self.space) if study else []
        with interruptions() as interrupted:
            try:
                while not (spent := self.budget.spent(len(done))):
                    trial = self._trial(done)
                    if interrupted.is_set():  # a fit may end early then, and pass for a whole one
                        raise KeyboardInterrupt
                    if study:
                        keep(study, self.space, trial)
                    done.append(trial)
            except BaseException as error:
                if not (interrupted.is_set() or isinstance(error, KeyboardInterrupt)):
                    raise
                if not done:
                    raise KeyboardInterrupt from error
                return done, "interrupted"
        return done, spent

    def _trial(self, done: Sequence[Trial]) -> Trial:
        """The next trial; where its settings fail it says why, unless they are the defaults."""
        tried = suggestion(self.space, done, self.seed)
        started = time.perf_counter()
        value, values, failure = math.nan, np.empty(0), ""
        try:
            report = evaluate(
                self.dataset,
                {self.settings.name: self.settings.of(tried)},
                self.held_out,
                measures=self.objective.list_measures,
                seed=self.seed,
                progress=self._progress_after(done),
            )
            values = self.objective.values(report.results)
            value = self.objective.value(values)
        except ReadalikeError as error:
            if not done:
                raise
            failure = str(error)
        return Trial(
            number=len(done),
            tried=tried,
            value=value,
            values=values,
            seconds=time.perf_counter() - started,
            failure=failure,
        )

    def _progress_after(self, done: Sequence[Trial]) -> Progress:
        """The progress of a fit as the progress of the search."""
        head = f"trial {len(done) + 1}"
        if done:
            best = ranked(done, self.objective.direction)[0].value
            head += f", best {self.objective} {best:.4f} (defaults {done[0].value:.4f})"

        def of_fit(step: str, part: int, of: int) -> None:
            spent, whole = self.budget.progress(len(done))
            self.progress(f"{head}: {step.partition(': ')[2] or step}", spent, whole)

        return of_fit


@contextlib.contextmanager
def interruptions() -> Iterator[threading.Event]:
    """Notices Ctrl-C, which is raised as ever; where others handle it, nothing is done.

    An interrupt that comes while numba looks for the compiled function leaves it as a SystemError,
    and one that comes inside a callback of the interpreter is lost. So it is written down first.
    """
    came = threading.Event()
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not ours or threading.current_thread() is not threading.main_thread():
        yield came
        return

    def notice(number: int, frame: FrameType | None) -> None:
        came.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, notice)
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
