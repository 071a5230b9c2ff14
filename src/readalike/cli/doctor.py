"""`readalike doctor`."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from readalike.cli.app import app
from readalike.cli.library_as_ratings import library_of_file
from readalike.cli.options import RatingsPath, reading, say_account, takes
from readalike.cli.output import Json, console, print_json, watched
from readalike.cli.shelf import said_of
from readalike.model_folder import store
from readalike.model_folder.card import CARD, is_card, plain_card
from readalike.tables.dataset import read
from readalike.tables.doctor import examine
from readalike.tables.layouts import NotRatings

if TYPE_CHECKING:
    from readalike.libraries.entry import Library


@app.command()
@takes(how=reading)
def doctor(*, path: RatingsPath, how: dict[str, Any], as_json: Json = False) -> None:
    """Says what ratings hold, or whether a model folder is whole.

    Of a table: what was read, what was left out of it, and what looks wrong. Of one reader's own
    library: what 'readalike import' reads of it. Of a model folder: whether every byte is what was
    saved.
    """
    if is_card(path / CARD) is not False and (path / CARD).is_file():
        _verify(path, as_json)
        return
    try:
        with watched("reading", as_json):
            dataset = read(path, **how)
            diagnosis = examine(dataset)
    except NotRatings:
        library = library_of_file(path, how)
        if library is None:
            raise
        _say_library(library, path, as_json)
        return
    if as_json:
        print_json({"intake": dataset.intake.as_dict(), "diagnosis": diagnosis.as_dict()})
        return
    out = console()
    # the account of the files, without what the diagnosis tells too
    plain = replace(dataset.intake.merge, rows=dataset.intake.merge.pairs)
    files = replace(dataset.intake, left_out=(), merge=plain, without_stars=0, scale="", doubt="")
    say_account(out, files, path)
    for line in diagnosis.lines():
        out.say(line.replace(f"{path}{os.sep}", ""))
    if diagnosis.healthy:
        out.say_next("train", path, "--model", "model")


def _say_library(library: Library, path: Path, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "library": {
                    "file": str(path),
                    "format": library.format,
                    **library.counts(),
                    **said_of(library),
                }
            }
        )
        return
    out = console()
    out.say(str(library))
    for line in library.lines():
        out.say(line, style="dim")
    out.say("It is the library of one reader: no model can be trained on it.")
    out.say_next("import", path, "--model", "DIR")


def _verify(model: Path, as_json: bool) -> None:
    with watched("reading", as_json):
        card = store.load(model, verify=True).card
        files = plain_card(model)["files"]
    assert card is not None, "every folder has one"
    size = sum(file["bytes"] for file in files.values())
    if as_json:
        made = {"algorithm": card.algorithm, "predictor": card.predictor, "created": card.created}
        print_json({"model": str(model), "whole": True, **made, "files": files})
        return
    console().say(
        f"{model} is whole: {len(files)} files of {size:,} bytes are what readalike "
        f"{card.library_version} saved at {card.created}."
    )
