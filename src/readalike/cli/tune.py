"""`readalike tune`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from readalike.algorithms.settings import searched
from readalike.cli.app import app
from readalike.cli.options import RatingsPath, account, reads_ratings
from readalike.cli.output import Json, console, print_json, say, watched, whole
from readalike.cli.process import refuse_networks_without_room
from readalike.cli.tuned import say_what_next, show_tuned
from readalike.errors import SettingError
from readalike.tables.dataset import read
from readalike.tuning import forecasterror
from readalike.tuning import tune as tune_settings
from readalike.tuning.budget import MINUTES
from readalike.tuning.subject import FORECASTERS, RANKERS, Subject, subject_of


def _searchable(subject: Subject) -> str:
    """Those that declare ranges."""
    return ", ".join(name for name, kind in subject.known.items() if searched(kind))


def _minutes(text: object) -> float:
    try:
        minutes = float(str(text))
    except ValueError:
        minutes = 0.0
    if not 0 < minutes < float("inf"):
        raise SettingError(f"--minutes must be a number above 0, got {str(text)!r}")
    return minutes


@app.command()
@reads_ratings
def tune(
    path: RatingsPath,
    how: dict[str, Any],
    algorithm: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"One of {_searchable(RANKERS)}; by default {RANKERS.default}.",
        ),
    ] = None,
    rater: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"Search what forecasts stars instead: one of {_searchable(FORECASTERS)}.",
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
            help=f"What is to be as high as it can, by default {RANKERS.measure}; of a rater what "
            f"is to be as low: {', '.join(forecasterror.KINDS)}, by default "
            f"{FORECASTERS.measure}.",
        ),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=f"How readers are held out: {' or '.join(RANKERS.protocols)}; of a rater how "
            f"ratings are: {' or '.join(FORECASTERS.protocols)}. By default the first.",
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
    as_json: Json = False,
) -> None:
    """Searches better settings of an algorithm, or of a rater.

    Some readers are held out, and every trial is asked for their books; of a rater some ratings
    are, and every trial forecasts them. The first trial is of the defaults. Ctrl-C keeps what
    was found.
    """
    kind = subject_of(algorithm, rater)[1]
    refuse_networks_without_room([kind.name])
    file = out or Path(f"tuned-{kind.name}.json")
    with watched("reading", as_json) as progress:
        dataset = read(path, **how)
        tuned = tune_settings(
            dataset,
            algorithm=algorithm,
            rater=rater,
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
        for line in account(dataset.intake, path):
            say(screen, line, style="dim")
        show_tuned(screen, tuned)
        say_what_next(screen, tuned, path, file)
    if tuned.stopped == "interrupted":
        raise typer.Exit(130)
