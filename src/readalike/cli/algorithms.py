"""`readalike algorithms`."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from rich.table import Table

from readalike import predictors
from readalike.algorithms import ALGORITHMS, DEFAULT
from readalike.algorithms.settings import Settings, describe, searched, tried
from readalike.cli.app import app
from readalike.cli.output import Json, Screen, cell, console, print_json

Rows = list[dict[str, Any]]


@app.command()
def algorithms(as_json: Json = False) -> None:
    """Lists the algorithms and their settings."""
    rankers = _rows("algorithm", ALGORITHMS, DEFAULT)
    forecasters = _rows("predictor", predictors.PREDICTORS, predictors.DEFAULT)
    if as_json:
        print_json({"algorithms": rankers, "predictors": forecasters})
        return
    out = console()
    out.say("What ranks books", style="bold underline")
    out.print()
    _show(out, rankers, "algorithm")
    out.say("What forecasts stars", style="bold underline")
    out.print()
    _show(out, forecasters, "predictor")
    for line in (
        "Use one: readalike train PATH --model DIR --algorithm NAME --set SETTING=VALUE",
        "And to forecast stars: --predictor NAME --predictor-set SETTING=VALUE",
        "Search better settings: readalike tune PATH --algorithm NAME, or --predictor NAME",
    ):
        out.say(line)


def _rows(kind: str, known: Mapping[str, type[Settings[Any]]], default: str) -> Rows:
    rows = []
    for name, settings in known.items():
        ranges = searched(settings)
        rows.append(
            {
                kind: name,
                "default": name == default,
                "what": (inspect.getdoc(settings) or "").splitlines()[0],
                "settings": [
                    {
                        "name": setting,
                        "must_be": wanted,
                        "default": value,
                        "tune_tries": tried(ranges.get(setting)),
                        "help": text,
                    }
                    for setting, wanted, value, text in describe(settings)
                ],
            }
        )
    return rows


def _show(out: Screen, rows: Rows, kind: str) -> None:
    for row in rows:
        mark = " (the default)" if row["default"] else ""
        line = cell(f"{row[kind]}{mark}: {row['what']}")
        line.stylize("bold", end=len(row[kind]))
        out.say(line)
        table = Table(box=None, padding=(0, 1))
        table.add_column("setting", no_wrap=True)
        for column in ("must be", "default", "tune tries", "what it does"):
            table.add_column(column, overflow="fold")
        for each in row["settings"]:
            table.add_row(*map(cell, each.values()))
        if table.row_count:
            out.show(table)
        out.print()
