"""`readalike doctor`."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from readalike.cli.app import app
from readalike.cli.options import RatingsPath, account, reads_ratings
from readalike.cli.output import Json, console, print_json, say, say_next, watched
from readalike.tables.account import ReadReport
from readalike.tables.dataset import read
from readalike.tables.doctor import examine


@app.command()
@reads_ratings
def doctor(
    path: RatingsPath,
    how: dict[str, Any],
    as_json: Json = False,
) -> None:
    """Says what a table of ratings holds.

    What was read, what was left out of it, and what looks wrong.
    """
    with watched("reading", as_json):
        dataset = read(path, **how)
        diagnosis = examine(dataset)
    if as_json:
        print_json({"intake": dataset.intake.as_dict(), "diagnosis": diagnosis.as_dict()})
        return
    out = console()
    for line in account(_only_files(dataset.intake), path):
        say(out, line, style="dim")
    for line in diagnosis.lines():
        say(out, line.replace(f"{path}{os.sep}", ""))
    if diagnosis.healthy:
        say_next(out, "train", path, "--model", "model")


def _only_files(intake: ReadReport) -> ReadReport:
    """The account without what the diagnosis tells too."""
    plain = replace(intake.merge, rows=intake.merge.pairs)
    return replace(intake, left_out=(), merge=plain, without_stars=0)
