"""`readalike train`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from readalike import predictors
from readalike.algorithms import ALGORITHMS, DEFAULT
from readalike.cli.app import app
from readalike.cli.library_as_ratings import refusing_a_library
from readalike.cli.options import RatingsPath, parse_settings, reading, say_read, takes
from readalike.cli.output import Json, console, print_json, watched
from readalike.cli.process import refuse_networks_without_room
from readalike.errors import SettingError
from readalike.predictors import PREDICTORS
from readalike.tables.account import counted
from readalike.training import FEW_READERS, Trained
from readalike.training import train as train_model
from readalike.tuning import read_tuned
from readalike.tuning.objective import Kind

PREFIX: Mapping[Kind, str] = {"algorithm": "--", "predictor": "--predictor-"}
"""What the options of each kind begin with, before `set` and `settings`."""


@dataclass(frozen=True)
class Chosen:
    """An algorithm or a predictor that was chosen; `how` its settings were found, if searched."""

    name: str
    settings: Mapping[str, object]
    how: Mapping[str, Any] | None = None


def chosen(
    kind: Kind, default: str, name: str | None, given: list[str] | None, found: Path | None
) -> Chosen:
    """What the options of a kind say: a name, settings of the form name=value, a file of them."""
    prefix = PREFIX[kind]
    if found is None:
        settings = parse_settings(given, f"{prefix}set ")
        return Chosen(default if name is None else name, settings)
    if given:
        raise SettingError(
            f"{prefix}set and {prefix}settings do not go together: {found} holds every setting, and"
            " the card would tell of settings that nobody tried; leave one of them out"
        )
    there = read_tuned(found)
    if there.kind != kind:
        raise SettingError(
            f"{prefix}settings must be what was found for the {kind}, but {found} is of the "
            f"{there.kind} {there.name}; give it with {PREFIX[there.kind]}settings"
        )
    if name not in (None, there.name):
        raise SettingError(
            f"--{kind} must be {there.name}, whose settings {found} holds, got {name!r}; leave it "
            "out or tune that one"
        )
    return Chosen(there.name, there.settings, there.how)


NONE = "none"


@app.command()
@takes(how=reading)
def train(
    *,
    path: RatingsPath,
    model: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the model.")],
    algorithm: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=f"One of {', '.join(ALGORITHMS)}; by default {DEFAULT}."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="A setting of the algorithm; 'readalike algorithms' lists them.",
        ),
    ] = None,
    predictor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=(
                f"What forecasts stars: one of {', '.join(PREDICTORS)}, or none; by default "
                f"{predictors.DEFAULT}."
            ),
        ),
    ] = None,
    predictor_set: Annotated[
        list[str] | None,
        typer.Option("--predictor-set", metavar="NAME=VALUE", help="A setting of the predictor."),
    ] = None,
    found: Annotated[
        Path | None,
        typer.Option(
            "--settings", metavar="FILE", help="Algorithm and settings that 'readalike tune' found."
        ),
    ] = None,
    predictor_found: Annotated[
        Path | None,
        typer.Option(
            "--predictor-settings",
            metavar="FILE",
            help="Predictor and settings that 'readalike tune --predictor NAME' found.",
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
    how: dict[str, Any],
    as_json: Json = False,
) -> None:
    """Learns from ratings and saves a model folder.

    Where the folder holds a model of the same data and settings already, that is kept.
    """
    ranker = chosen("algorithm", DEFAULT, algorithm, settings, found)
    stars = _stars(predictor, predictor_set, predictor_found)
    refuse_networks_without_room([ranker.name])
    with refusing_a_library(path, how), watched("reading", as_json) as progress:
        trained = train_model(
            path,
            model,
            algorithm=ranker.name,
            settings=ranker.settings,
            tuned=ranker.how,
            predictor=None if stars is None else stars.name,
            predictor_settings=None if stars is None else stars.settings,
            predictor_tuned=None if stars is None else stars.how,
            retrain=retrain,
            histories=not without_histories,
            progress=progress,
            **how,
        )
    if as_json:
        print_json(trained.as_dict())
        return
    out = console()
    say_read(out, trained.dataset, path)
    data = trained.card.data
    what = (
        f"{data['ratings']:,} ratings of {data['books']:,} books by {data['readers']:,} readers, "
        f"stars {trained.dataset.ratings.scale}"
    )
    if trained.loaded:
        out.say(f"{model} holds this model already ({what}); --retrain learns it again.")
    else:
        forecasts = trained.card.predictor
        learnt = " and ".join([trained.card.algorithm, *([forecasts["name"]] if forecasts else [])])
        done = f"Learnt {learnt} in {trained.seconds:.1f} s from {what}"
        out.say(f"{done}; saved in {model}.")
    if without_histories:
        out.say(_not_private(trained))
    out.say_next("recommend", model, "--like", "a title you liked")


def _not_private(trained: Trained) -> str:
    """What leaving out the histories does not do."""
    few = trained.books_of_few_readers
    known = f", and what it says of {counted(few, 'book')} with fewer than {FEW_READERS} readers "
    return (
        "The readers' histories are not in the folder. It is not private all the same: what was "
        f"learnt rests on them{known + 'can tell what else these have read' if few else ''}."
    )


def _stars(predictor: str | None, given: list[str] | None, found: Path | None) -> Chosen | None:
    """What forecasts stars; nothing where that was asked for."""
    if predictor != NONE:
        return chosen("predictor", predictors.DEFAULT, predictor, given, found)
    for option, value in (("--predictor-set", given), ("--predictor-settings", found)):
        if value:
            raise SettingError(f"{option} goes with a predictor, not with --predictor none")
    return None
