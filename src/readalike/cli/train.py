"""`readalike train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readalike.algorithms import ALGORITHMS, DEFAULT
from readalike.cli.app import app
from readalike.cli.output import Json, console, print_json, watched
from readalike.cli.reading import Reading, reading_options
from readalike.cli.settings import Set, parse_settings
from readalike.training import train as train_model


@app.command()
@reading_options
def train(
    path: Annotated[Path, typer.Argument(help="A file or folder of ratings.")],
    model: Annotated[Path, typer.Option(help="Folder for the model.")],
    reading: Reading,
    algorithm: Annotated[
        str, typer.Option(help=f"One of {', '.join(ALGORITHMS)}.")
    ] = DEFAULT,
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
    as_json: Json = False,
) -> None:
    """Learns from ratings and saves a model folder; loads it if it is there already."""
