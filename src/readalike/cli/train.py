"""`readalike train`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from readalike import raters
from readalike.algorithms import ALGORITHMS, DEFAULT
from readalike.cli.app import app
from readalike.cli.output import Json, console, print_json, say, say_next, watched
from readalike.cli.reading import Ratings, account, reads_ratings
from readalike.cli.settings import Set, parse_settings
from readalike.errors import SettingError
from readalike.raters import RATERS
from readalike.training import train as train_model
from readalike.tuning.found import read_found

NONE = "none"


@app.command()
@reads_ratings
def train(
    path: Ratings,
    how: dict[str, Any],
    model: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the model.")],
    algorithm: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=f"One of {', '.join(ALGORITHMS)}; by default {DEFAULT}."),
    ] = None,
    settings: Set = None,
    rater: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=f"What forecasts stars: one of {', '.join(RATERS)}, or none.",
        ),
    ] = raters.DEFAULT,
    rater_set: Annotated[
        list[str] | None,
        typer.Option("--rater-set", metavar="NAME=VALUE", help="A setting of the rater."),
    ] = None,
    found: Annotated[
        Path | None,
        typer.Option(
            "--settings",
            metavar="FILE",
            help="Algorithm and settings that 'readalike tune' found.",
        ),
    ] = None,
    retrain: Annotated[
        bool, typer.Option("--retrain", help="Learn again even if nothing changed.")
    ] = False,
    without_histories: Annotated[
        bool,
        typer.Option(
            "--without-histories", help="Leave the readers' histories out of the model folder."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Learns from ratings and saves a model folder.

    Where the folder holds a model of the same data and settings already, that is kept.
    """
    name, chosen, tuned = _chosen(algorithm, settings, found)
    if rater == NONE and rater_set:
        raise SettingError("--rater-set goes with a rater, not with --rater none")
    with watched("reading", as_json) as progress:
        trained = train_model(
            path,
            model,
            algorithm=name,
            settings=chosen,
            tuned=tuned,
            rater=None if rater == NONE else rater,
            rater_settings=parse_settings(rater_set, "--rater-set "),
            retrain=retrain,
            histories=not without_histories,
            progress=progress,
            **how,
        )
    if as_json:
        print_json(trained.as_dict())
        return
    out = console()
    for line in account(trained.dataset.intake, path):
        say(out, line, style="dim")
    if not trained.dataset.id_column:
        say(out, "There is no table of books, so they go by their ids; name one with --books FILE.")
    data = trained.card.data
    what = (
        f"{data['ratings']:,} ratings of {data['books']:,} books by {data['readers']:,} readers, "
        f"stars {trained.dataset.ratings.scale}"
    )
    if trained.loaded:
        say(out, f"{model} holds this model already ({what}); --retrain learns it again.")
    else:
        done = f"Learnt {trained.card.algorithm} in {trained.seconds:.1f} s from {what}"
        say(out, f"{done}; saved in {model}.")
    say_next(out, "recommend", model, "--like", "a title you liked")


def _chosen(
    algorithm: str | None, settings: list[str] | None, found: Path | None
) -> tuple[str, Mapping[str, object], Mapping[str, Any] | None]:
    """Algorithm, settings, and how they were found."""
    if found is None:
        return algorithm or DEFAULT, parse_settings(settings), None
    if settings:
        raise SettingError(
            f"--set and --settings do not go together: {found} holds every setting, and the card "
            "would tell of settings that nobody tried; leave one of them out"
        )
    there = read_found(found)
    if algorithm not in (None, there.algorithm):
        raise SettingError(
            f"--algorithm must be {there.algorithm}, whose settings {found} holds, got "
            f"{algorithm!r}; leave it out or tune that one"
        )
    return there.algorithm, there.settings, there.how
