"""`readalike algorithms`."""

from __future__ import annotations

import inspect

from rich.markup import escape
from rich.table import Table

from readalike.algorithms import ALGORITHMS, DEFAULT
from readalike.algorithms.settings import describe
from readalike.cli.app import app
from readalike.cli.output import Json, console, print_json, show


@app.command()
def algorithms(as_json: Json = False) -> None:
    """Lists the algorithms and their settings."""
    rows = [
        {
            "algorithm": name,
            "default": name == DEFAULT,
            "what": (inspect.getdoc(algorithm) or "").splitlines()[0],
            "settings": [
                {"name": setting, "must_be": wanted, "default": default, "help": text}
                for setting, wanted, default, text in describe(algorithm)
            ],
        }
        for name, algorithm in ALGORITHMS.items()
    ]
    if as_json:
        print_json({"algorithms": rows})
        return
    out = console()
    for row in rows:
        mark = " (the default)" if row["default"] else ""
        out.print(
            f"[bold]{row['algorithm']}[/bold]{mark}: {escape(str(row['what']))}",
            soft_wrap=not out.is_terminal,
        )
        table = Table(box=None, padding=(0, 1))
        table.add_column("setting", no_wrap=True)
        for column in ("must be", "default", "what it does"):
            table.add_column(column, overflow="fold")
        for each in describe(ALGORITHMS[str(row["algorithm"])]):
            table.add_row(*(escape(str(cell)) for cell in each))
        if table.row_count:
            show(out, table)
        out.print()
    out.print(
        "Use one: readalike train PATH --model DIR --algorithm NAME --set SETTING=VALUE",
        soft_wrap=True,
    )
