"""`readalike tune`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from readalike.algorithms.settings import Range, searched, tried
from readalike.cli.app import app
from readalike.cli.options import RatingsPath, reading, say_account, takes
from readalike.cli.output import Json, Screen, cell, console, print_json, watched, whole
from readalike.cli.process import refuse_networks_without_room
from readalike.cli.train import PREFIX
from readalike.errors import SettingError
from readalike.tables.account import counted
from readalike.tables.dataset import read
from readalike.tuning import Tuned
from readalike.tuning import tune as tune_settings
from readalike.tuning.objective import Accuracy, ForecastError
from readalike.tuning.search import MINUTES, searchable

SHOWN = 3
"""Trials in the table, besides that of the defaults."""


def _names(objective: type[Accuracy | ForecastError]) -> str:
    """Those that declare ranges."""
    return ", ".join(name for name, settings in objective.known.items() if searched(settings))


def _minutes(text: object) -> float:
    try:
        minutes = float(str(text))
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < float("inf"):
        raise SettingError(f"--minutes must be a number above 0, got {str(text)!r}")
    return minutes


@app.command()
@takes(how=reading)
def tune(
    *,
    path: RatingsPath,
    algorithm: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help=f"One of {_names(Accuracy)}; by default {Accuracy.default}."
        ),
    ] = None,
    predictor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"Search what forecasts stars instead: one of {_names(ForecastError)}.",
        ),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(
            parser=_minutes,
            metavar="M",
            help="Stop at the end of the trial that is running then; by default "
            f"{MINUTES:g}, without limit where --trials is given.",
        ),
    ] = None,
    trials: Annotated[
        int | None,
        typer.Option(
            parser=whole("--trials", 1),
            metavar="N",
            help="Stop after so many, those of an earlier run included.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File for the found settings, by default tuned-NAME.json; the trials are kept "
            "beside it, and the same command goes on from them.",
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Begin anew, even if there are trials to go on from.")
    ] = False,
    measure: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"What is to be as high as it can, by default {Accuracy.default_measure}; of a "
            f"predictor what is to be as low: {', '.join(ForecastError.measures)}, by default "
            f"{ForecastError.default_measure}.",
        ),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"How readers are held out: {' or '.join(Accuracy.protocols)}; of a predictor how "
            f"ratings are: {' or '.join(ForecastError.protocols)}. By default the first.",
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            parser=whole("--seed", 0),
            metavar="N",
            help="Draws what is held out, the settings and the intervals.",
        ),
    ] = 0,
    how: dict[str, Any],
    as_json: Json = False,
) -> None:
    """Searches better settings of an algorithm, or of a predictor.

    Some readers are held out, and every trial is asked for their books; of a predictor some ratings
    are, and every trial forecasts them. The first trial is of the defaults. Ctrl-C keeps what
    was found.
    """
    name = searchable(algorithm, predictor)[1].name
    refuse_networks_without_room([name])
    file = out or Path(f"tuned-{name}.json")
    with watched("reading", as_json) as progress:
        dataset = read(path, **how)
        tuned = tune_settings(
            dataset,
            algorithm=algorithm,
            predictor=predictor,
            minutes=minutes,
            trials=trials,
            out=file,
            again=again,
            measure=measure,
            protocol=protocol,
            seed=seed,
            progress=progress,
        )
    if as_json:
        print_json({"file": str(file), **tuned.as_dict(), "intake": dataset.intake.as_dict()})
    else:
        screen = console()
        say_account(screen, dataset.intake, path)
        _show(screen, tuned)
        _say_what_next(screen, tuned, path, file)
    if tuned.stopped == "interrupted":
        raise typer.Exit(130)


def _show(out: Screen, tuned: Tuned) -> None:
    """Prints the defaults beside the best trials, and what the best gains."""
    out.print()
    out.show(_table(tuned))
    out.print()
    out.say(_verdict(tuned))
    if tuned.failed:
        first = next(trial for trial in tuned.trials if trial.failure)
        out.say(f"{counted(tuned.failed, 'trial')} failed, the first because: {first.failure}")
    out.print()
    out.say(tuned.description, style="dim")
    out.print()


def _table(tuned: Tuned) -> Table:
    """A row a setting, a column a trial: there are more settings than fit side by side."""
    trials = (tuned.defaults, *(t for t in tuned.ranked(SHOWN + 1) if t.number > 0))[: SHOWN + 1]
    table = Table(box=None, padding=(0, 1))
    table.add_column("setting", no_wrap=True)
    heads = ["searched", *(["importance"] if tuned.importance else []), "defaults"]
    for head in (*heads, *(f"trial {trial.number}" for trial in trials[1:])):
        table.add_column(head, justify="right")

    def row(name: str, where: str, share: str, cells: Iterable[str]) -> None:
        texts = (name, where, *([share] if tuned.importance else []), *cells)
        table.add_row(*map(cell, texts))

    row(tuned.measure, "", "", (f"{trial.value:.4f}" for trial in trials))
    found = [tuned.interval(trial) for trial in trials]
    row("  95 %", "", "", (f"{each.low:.3f} to {each.high:.3f}" for each in found))
    for name, search in tuned.searched.items():
        share = tuned.importance.get(name, 0.0)
        cells = (_typed(trial.tried[name]) for trial in trials)
        log = ", log" if isinstance(search, Range) and search.log else ""
        row(name, f"{tried(search)}{log}", f"{share:.0%}", cells)
    row("time", "", "", (f"{trial.seconds:.1f} s" for trial in trials))
    return table


def _verdict(tuned: Tuned) -> str:
    ended = {"trials": "Done", "minutes": "Time is up", "interrupted": "Interrupted"}
    seconds = tuned.seconds
    time = f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
    head = f"{ended[tuned.stopped]}: {counted(len(tuned.trials), 'trial')} in {time}."
    before = f"{tuned.measure} {tuned.defaults.value:.4f}"
    if not tuned.better:
        return f"{head} Nothing better than the defaults was found ({before})."
    gain = tuned.gain.difference
    sure = "" if tuned.gain.certain else ", which may be chance"
    return (
        f"{head} The best has {tuned.measure} {tuned.best.value:.4f}, the defaults "
        f"{tuned.defaults.value:.4f}: {gain.mean:+.4f} (95 % {gain.low:+.4f} to {gain.high:+.4f}, "
        f"paired over {len(tuned.best.values):,} readers){sure}. It was chosen by these "
        "answers, which flatters it a little: measure it with 'readalike evaluate' on others."
    )


def _say_what_next(out: Screen, tuned: Tuned, path: Path, file: Path) -> None:
    """Prints the command that trains with the found settings, which are in a file."""
    more = "more --trials go" if tuned.stopped == "trials" else "the same command goes"
    out.say(f"The settings are in {file}; {more} on from there.")
    prefix = PREFIX[tuned.kind]
    words = [f"--{tuned.kind}", tuned.name]
    for name, value in tuned.changed.items():
        words += [f"{prefix}set", f"{name}={_typed(value)}"]
    out.say_next("train", path, "--model", "model", *words)
    out.say(f"Or, with how they were found in the model's card: {prefix}settings {file}")


def _typed(value: object) -> str:
    """A value as --set takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)
