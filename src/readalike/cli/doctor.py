"""`readalike doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from readalike.cli.app import app
from readalike.cli.output import Json, console, print_json
from readalike.cli.reading import (
    BookColumn,
    Books,
    RatingColumn,
    Repeats,
    Scale,
    Separator,
    Strict,
    UserColumn,
    reading,
)
from readalike.data.doctor import examine
from readalike.data.load import read


@app.command()
def doctor(
    path: Annotated[Path, typer.Argument(help="A file or folder of ratings.")],
    books: Books = None,
    user_column: UserColumn = None,
    book_column: BookColumn = None,
    rating_column: RatingColumn = None,
    separator: Separator = None,
    scale: Scale = None,
    repeats: Repeats = "first",
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Says what a table of ratings holds, what was left out of it, and what looks wrong."""
    dataset = read(
        path,
        books=books,
        **reading(user_column, book_column, rating_column, separator, scale, repeats, strict),
    )
    diagnosis = examine(dataset)
    if as_json:
        print_json({"intake": dataset.intake.as_dict(), "diagnosis": diagnosis.as_dict()})
        return
    for line in (*dataset.intake.lines(), *diagnosis.lines()):
        console().print(escape(line), soft_wrap=True)
