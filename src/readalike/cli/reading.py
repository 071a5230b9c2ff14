"""The options by which every command that reads ratings is told how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

Books = Annotated[
    Path | None, typer.Option("--books", help="The books, where PATH does not hold them.")
]
UserColumn = Annotated[str | None, typer.Option(help="Name of the column of reader ids.")]
BookColumn = Annotated[str | None, typer.Option(help="Name of the column of book ids.")]
RatingColumn = Annotated[str | None, typer.Option(help="Name of the column of ratings.")]
Separator = Annotated[
    str | None, typer.Option(help="What stands between columns; found where not given.")
]
Scale = Annotated[
    str | None, typer.Option(metavar="LOW..HIGH", help="The scale; found where not given.")
]
Repeats = Annotated[
    str, typer.Option(help="Which row of a repeated (reader, book) counts: first, last or mean.")
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
