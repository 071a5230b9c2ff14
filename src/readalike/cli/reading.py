"""The options by which every command that reads ratings is told how, and the account of it."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from readalike.cli.output import say
from readalike.data.intake import Intake
from readalike.data.load import Dataset

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
    books: Books = None,
    user_column: UserColumn = None,
    book_column: BookColumn = None,
    rating_column: RatingColumn = None,
    separator: Separator = None,
    scale: Scale = None,
    repeats: Repeats = "first",
    strict: Strict = False,
) -> dict[str, Any]:
    """The keywords of `readalike.read`."""
    named = {"user": user_column, "book": book_column, "rating": rating_column}
    return {
        "books": books,
        "columns": {role: name for role, name in named.items() if name is not None},
        "separator": separator,
        "scale": scale,
        "repeats": repeats,
        "strict": strict,
    }


def reads_ratings(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options of `reading`, before its `as_json`, and their outcome as `how`.

    Typer reads the options off the signature, so that it is the signature that grows.
    """
    options = inspect.signature(reading, eval_str=True).parameters
    own = inspect.signature(command, eval_str=True)
    grown: list[inspect.Parameter] = []
    for name, parameter in own.parameters.items():
        if name == "as_json":
            grown += options.values()
        if name != "how":
            grown.append(parameter)
    keyword = [parameter.replace(kind=parameter.KEYWORD_ONLY) for parameter in grown]

    @functools.wraps(command)
    def call(**given: Any) -> None:
        how = reading(**{name: given.pop(name) for name in options})
        command(how=how, **given)

    call.__signature__ = own.replace(parameters=keyword)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in keyword}
    return call


def say_read(out: Console, dataset: Dataset, path: Path) -> None:
    """Tells what was read and left out, and that books have no titles where that is so."""
    for line in account(dataset.intake, path):
        say(out, line, style="dim")
    if not dataset.id_column:
        say(out, "There is no table of books, so they go by their ids; name one with --books FILE.")


def account(intake: Intake, path: Path) -> list[str]:
    """What was read and left out, one thing a line.

    Files of the folder PATH are told by their names alone: it was typed a moment ago.
    """
    return [line.replace(f"{path}{os.sep}", "") for line in intake.lines()]
