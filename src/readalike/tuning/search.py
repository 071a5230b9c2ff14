"""The search itself: suggest, fit, measure, keep; until the trials or the minutes are spent."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from readalike.algorithms.settings import searched
from readalike.errors import SettingError
from readalike.evaluation import Measure
from readalike.progress import Progress, silent
from readalike.tables.dataset import Dataset
from readalike.tuning.aim import Aim
from readalike.tuning.attempt import Attempt
from readalike.tuning.budget import Budget
from readalike.tuning.found import refuse_foreign, write_found
from readalike.tuning.interruption import interruptions
from readalike.tuning.sampler import importances, quiet, require_optuna, suggestion
from readalike.tuning.space import Space
from readalike.tuning.subject import subject_of
from readalike.tuning.trialfile import TrialFile, opened
from readalike.tuning.trials import Stopped, Trial, Tuned, plain
from readalike.tuning.validation import Prepared
from readalike.version import __version__


def tune(
    dataset: Dataset,
    *,
    algorithm: str | None = None,
    rater: str | None = None,
    minutes: float | None = None,
    trials: int | None = None,
    out: Path | str | None = None,
    again: bool = False,
    measure: str | Measure | None = None,
    protocol: str | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Tuned:
    """Searches the declared ranges of an algorithm or a rater, inside the training data only.

    For an algorithm some readers of the table are held out, and every trial is asked for their
    books; for a rater some ratings, and every trial forecasts them. The first trial is of the
    defaults, so that what is found is never worse on these. The same data, seed and number of
    trials find the same, in one run or in several.

    Args:
        dataset: What was read.
        algorithm: Name of the algorithm; the default one where no rater is named.
        rater: Name of the rater, where one is to be searched.
        minutes: Time from now on; ten where no number of trials is given either.
        trials: Trials in all, those of an earlier run included.
        out: File for the found settings. The trials are kept beside it, and a search with the
            same file goes on from them.
        again: Whether to begin anew where there are trials.
        measure: What is to be as high as it can, by default ndcg@10; of a rater what is to be
            as low: rmse, the default, mae or nll.
        protocol: How something is held out: of an algorithm strong, the default, or new-readers;
            of a rater held-out.
        seed: Draws what is held out, the settings and the intervals.
        progress: Told how far it is, and the best value so far.

    Raises:
        MissingExtra: optuna is not installed.
        SettingError: Nothing to search, a setting that cannot be, or a file of something else.
        InputError: Nothing of this data set can be held out.
    """
    require_optuna()
    subject, settings = subject_of(algorithm, rater)
    begin, ranges = settings().as_dict(), searched(settings)
    if not ranges:
        raise SettingError(
            f"{settings.name} has no setting to search; choose another --{subject.kind}"
        )
    aim = subject.aim(subject.measure if measure is None else measure)
    budget = Budget(minutes, trials)
    if out is not None:
        refuse_foreign(Path(out))
    holding = subject.protocol(protocol, dataset.ratings, seed)
    asked = Prepared.of(holding, dataset, aim)
    data = {"ratings": dataset.ratings.fingerprint(), "task": asked.task.fingerprint()}
    space = Space(ranges, {each: begin[each] for each in ranges}, aim.direction)
    attempt = Attempt(dataset, settings, asked, aim, seed)
    identity = {
        subject.kind: settings.name,
        "defaults": begin,
        "searched": {each: plain(search) for each, search in ranges.items()},
        "measure": str(aim),
        "protocol": holding.name,
        "data": data,
        "seed": seed,
        "version": __version__,
    }
    with quiet(), contextlib.ExitStack() as stack:
        file = None
        if out is not None:
            path = trials_beside(Path(out))
            file = stack.enter_context(opened(path, identity, space, again))
        done, stopped = _search(attempt, space, file, budget, progress)
        importance = importances(space, done)
    tuned = Tuned(
        subject.kind,
        settings.name,
        {each: value for each, value in begin.items() if each not in ranges},
        ranges,
        aim,
        holding.name,
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


def _search(
    attempt: Attempt,
    space: Space,
    file: TrialFile | None,
    budget: Budget,
    progress: Progress,
) -> tuple[list[Trial], Stopped]:
    done = file.trials() if file else []
    with interruptions() as interruption:
        try:
            while not (spent := budget.spent(len(done))):
                told = _telling(attempt.aim, done, budget, progress)
                tried = suggestion(space, done, attempt.seed)
                trial = attempt.trial(len(done), tried, told)
                if interruption.came:  # a fit may end early then, and would pass for a whole one
                    raise KeyboardInterrupt
                if file:
                    file.add(trial)
                done.append(trial)
        except BaseException as error:
            if not interruption.explains(error):
                raise
            if not done:
                raise KeyboardInterrupt from error
            return done, "interrupted"
    return done, spent


def _telling(aim: Aim, done: Sequence[Trial], budget: Budget, progress: Progress) -> Progress:
    """The progress of a fit as the progress of the search."""
    head = f"trial {len(done) + 1}"
    if done:
        best = min((trial.value for trial in done if not trial.failure), key=aim.loss)
        head += f", best {aim} {best:.4f} (defaults {done[0].value:.4f})"

    def tell(step: str, part: int, of: int) -> None:
        progress(f"{head}: {step.partition(': ')[2] or step}", *budget.progress(len(done)))

    return tell
