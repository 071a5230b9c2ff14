"""`readalike download`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from readalike.cli.app import app
from readalike.cli.output import Json, console, print_json, remarks, watched
from readalike.data.download import DATA_SETS
from readalike.data.download import download as download_data


@app.command()
def download(
    name: Annotated[
        str, typer.Argument(help=f"The data set: {', '.join(DATA_SETS)}.")
    ] = "goodbooks-10k",
    to: Annotated[
        Path | None, typer.Option(help="Folder for the files; by default the data set's name.")
    ] = None,
    archive: Annotated[
        Path | None, typer.Option("--from", help="A zip that was downloaded already.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Fetch anew even if the folder is complete.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Downloads the real goodbooks-10k from Kaggle, or unpacks a zip of it."""
    folder = to or Path(name)
    with watched(as_json) as progress:
        done = download_data(name, folder, archive=archive, again=again, progress=progress)
    for warning in done.warnings:
        remarks().print(f"readalike: {escape(warning)}")
    if as_json:
        print_json(done.as_dict())
        return
    out = console()
    if done.already_there:
        out.print(f"{escape(str(done.folder))} is complete already; --again fetches it anew.")
    else:
        out.print(f"Wrote {escape(str(done.folder))}:")
    for file in done.files:
        out.print(f"  {file.name:<16}{file.rows:>10,} rows {file.bytes / 1e6:>8.1f} MB")
    if done.left_out:
        out.print(f"Left out of the zip: {escape(', '.join(done.left_out))}", soft_wrap=True)
    out.print(f"Next: readalike train {escape(str(done.folder))} --model model", soft_wrap=True)
