"""The options by which every command that reads ratings is told how, and the account of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from readalike.data.intake import Intake

Ratings = Annotated[
    Path, typer.Argument(metavar="PATH", help="A file or folder of ratings.", show_default=False)
]
Books = Annotated[
    Path | None,
    typer.Option("--books", metavar="FILE", help="The books, where PATH does not hold them."),
]
UserColumn = Annotated[
    str | None, typer.Option(metavar="NAME", help="Column of reader ids: its name or number.")
]
BookColumn = Annotated[str | None, typer.Option(metavar="NAME", help="Column of book ids.")]
RatingColumn = Annotated[str | None, typer.Option(metavar="NAME", help="Column of ratings.")]
Separator = Annotated[
    str | None,
    typer.Option(metavar="TEXT", help="What stands between columns; found where not given."),
]
Scale = Annotated[
    str | None,
    typer.Option(metavar="LOW..HIGH", help="The scale, as in 1..10; found where not given."),
]
Repeats = Annotated[
    str,
    typer.Option(
        metavar="RULE", help="Which row of a repeated (reader, book) counts: first, last or mean."
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Fail on the first bad row instead of counting it.")
]


def reading(
    user_column: str | None,
    book_column: str | None,
    rating_column: str | None,
    separator: str | None,
    scale: str | None,
    repeats: str,
    strict: bool,
) -> dict[str, Any]:
    """The keywords of `readalike.read`."""
    named = {"user": user_column, "book": book_column, "rating": rating_column}
    return {
        "columns": {role: name for role, name in named.items() if name is not None},
        "separator": separator,
        "scale": scale,
        "repeats": repeats,
        "strict": strict,
    }


def account(intake: Intake, path: Path) -> list[str]:
    """What was read and left out, one thing a line.

    Files of the folder PATH are told by their names alone: it was typed a moment ago.
    """
    return [line.replace(f"{path}{os.sep}", "") for line in intake.lines()]
