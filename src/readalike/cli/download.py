"""`readalike download`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readalike.cli.app import app
from readalike.cli.output import Json, console, print_json, remarks, watched
from readalike.datasets.download import download as download_data
from readalike.datasets.goodbooks import DATA_SETS


@app.command()
def download(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help=f"The data set: {', '.join(DATA_SETS)}.")
    ] = "goodbooks-10k",
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for the files; by default the data set's name."),
    ] = None,
    archive: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A zip that was downloaded already."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Fetch anew even if the folder is complete.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Downloads the real goodbooks-10k from Kaggle.

    Or unpacks a zip of it that was downloaded by other means.
    """
    folder = to or Path(name)
    with watched("downloading", as_json) as progress:
        done = download_data(name, folder, archive=archive, again=again, progress=progress)
    for warning in done.warnings:
        remarks().say(f"readalike: {warning}")
    if as_json:
        print_json(done.as_dict())
        return
    out = console()
    if done.already_there:
        out.say(f"{done.folder} is complete already; --again fetches it anew.")
    else:
        out.say(f"Wrote {done.folder}:")
    for file in done.files:
        out.say(f"  {file.name:<16}{file.rows:>10,} rows {file.bytes / 1e6:>8.1f} MB")
    if done.left_out:
        out.say(f"Left out of the zip: {', '.join(done.left_out)}")
    out.say_next("train", folder, "--model", "model")
