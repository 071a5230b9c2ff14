"""`readalike train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from readalike.algorithms import ALGORITHMS, DEFAULT
from readalike.cli.app import app
from readalike.cli.output import Json, console, print_json, watched
from readalike.cli.reading import (
    BookColumn,
    Books,
    RatingColumn,
    Repeats,
    Scale,
    Separator,
    Strict,
    UserColumn,
    reading,
)
from readalike.cli.settings import Set, parse_settings
from readalike.training import train as train_model


@app.command()
def train(
    path: Annotated[Path, typer.Argument(help="A file or folder of ratings.")],
    model: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the model.")],
    books: Books = None,
    algorithm: Annotated[str, typer.Option(help=f"One of {', '.join(ALGORITHMS)}.")] = DEFAULT,
    settings: Set = None,
    retrain: Annotated[
        bool, typer.Option("--retrain", help="Learn again even if nothing changed.")
    ] = False,
    without_histories: Annotated[
        bool,
        typer.Option(
            "--without-histories", help="Leave the readers' histories out of the model folder."
        ),
    ] = False,
    user_column: UserColumn = None,
    book_column: BookColumn = None,
    rating_column: RatingColumn = None,
    separator: Separator = None,
    scale: Scale = None,
    repeats: Repeats = "first",
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Learns from ratings and saves a model folder; loads it if it is there already."""
    with watched(as_json) as progress:
        trained = train_model(
            path,
            model,
            books=books,
            algorithm=algorithm,
            settings=parse_settings(settings),
            retrain=retrain,
            histories=not without_histories,
            progress=progress,
            **reading(
                user_column, book_column, rating_column, separator, scale, repeats, strict
            ),
        )
    if as_json:
        print_json(trained.as_dict())
        return
    out = console()
    for line in trained.dataset.intake.lines():
        out.print(escape(line), style="dim", soft_wrap=True)
    data = trained.card.data
    what = (
        f"{data['ratings']:,} ratings of {data['books']:,} books by {data['readers']:,} readers, "
        f"stars {trained.dataset.ratings.scale}"
    )
    if trained.loaded:
        out.print(
            f"{escape(str(model))} holds this model already ({what}); --retrain learns it again.",
            soft_wrap=True,
        )
    else:
        out.print(
            f"Learnt {escape(trained.card.algorithm)} in {trained.seconds:.1f} s from {what}; "
            f"saved in {escape(str(model))}.",
            soft_wrap=True,
        )
    out.print(
        f'Next: readalike recommend {escape(str(model))} --like "a title you liked"',
        soft_wrap=True,
    )
