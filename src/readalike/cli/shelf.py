"""Whose books: the options of every command that answers one reader."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from readalike.cli.output import remarks, say
from readalike.data.history_file import read_history_file
from readalike.errors import InputError
from readalike.recommender import Recommender
from readalike.told import row_of

Reader = Annotated[
    str | None, typer.Option(metavar="ID", help="Id of a reader of the training table.")
]
HistoryFile = Annotated[
    Path | None,
    typer.Option(
        "--history", metavar="FILE", help="CSV (book_id,rating) or JSON of what was read."
    ),
]


def shelf_of(history: Path, recommender: Recommender) -> Mapping[str, float | None]:
    """What a file says was read, with a remark on what it repeats.

    Raises:
        InputError: It cannot be read, or a known book has stars outside the scale.
    """
    read = read_history_file(history)
    if read.repeated:
        books = ", ".join(read.repeated)
        say(remarks(), f"readalike: {history}: the last row counts of what is repeated: {books}")
    try:
        row_of(read.books, recommender.catalogue, recommender.scale)
    except InputError as error:
        raise InputError(error.why, file=history) from error
    return dict(read.books)
