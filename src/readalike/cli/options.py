"""Options that several commands have: how a table is read, settings, rules and dials."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readalike.cli.output import say
from readalike.errors import SettingError
from readalike.recommend.dials import Dials
from readalike.recommend.rules import BOOK_SENSE, Rules

if TYPE_CHECKING:
    from rich.console import Console

    from readalike.tables.account import ReadReport
    from readalike.tables.dataset import Dataset

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A setting of the algorithm; 'readalike algorithms' lists them.",
    ),
]


def parse_settings(given: list[str] | None, option: str = "--set ") -> dict[str, object]:
    """Settings by name.

    Args:
        given: Pairs of the form name=value.
        option: How each was given, for messages.

    Raises:
        SettingError: Not of the form name=value, or a name given twice.
    """
    settings: dict[str, object] = {}
    for pair in given or []:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise SettingError(
                f"{option}NAME=VALUE must name a setting and its value, got {pair!r}; "
                "'readalike algorithms' lists them"
            )
        if name.strip() in settings:
            raise SettingError(f"{option}{name.strip()} must be given once, got it twice")
        settings[name.strip()] = value.strip()
    return settings


RatingsPath = Annotated[
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


def account(intake: ReadReport, path: Path) -> list[str]:
    """What was read and left out, one thing a line.

    Files of the folder PATH are told by their names alone: it was typed a moment ago.
    """
    return [line.replace(f"{path}{os.sep}", "") for line in intake.lines()]


Texts = Sequence[str] | None

Exclude = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Id of a book that is not wanted; repeatable."),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="WHERE",
        help="Only from these books: to-read, the pile of your library, or a file of books.",
    ),
]
Editions = Annotated[
    bool,
    typer.Option(
        "--editions/--no-editions", help="Other editions of what was read are read as well."
    ),
]
Series = Annotated[
    bool | None,
    typer.Option(
        "--series/--no-series", help="Of a series only the next volume; so by default of a library."
    ),
]
Sets = Annotated[
    bool | None,
    typer.Option(
        "--sets/--no-sets",
        help="No boxed sets, omnibuses and halves of volumes; so by default of a library.",
    ),
]
ByAuthor = Annotated[
    int, typer.Option(metavar="N", help="At most so many books by one author; 0 for any number.")
]
Language = Annotated[
    list[str] | None,
    typer.Option(metavar="CODE", help="Only books in this language, such as en; repeatable."),
]
Since = Annotated[
    int | None, typer.Option(metavar="YEAR", help="Only books of this year or later; -750 is BC.")
]
Until = Annotated[
    int | None, typer.Option(metavar="YEAR", help="Only books of this year or before.")
]
Tag = Annotated[
    list[str] | None, typer.Option(metavar="TAG", help="Only books with this tag; repeatable.")
]
WithoutTag = Annotated[
    list[str] | None, typer.Option(metavar="TAG", help="No books with this tag; repeatable.")
]
Gems = Annotated[
    float,
    typer.Option(metavar="X", help="From -1, the best known, to 1, hidden gems; 0 as it comes."),
]
Adventure = Annotated[
    float,
    typer.Option(
        metavar="X", help="From -1, close to what was read, to 1, unlike it and each other."
    ),
]
More = Annotated[
    list[str] | None,
    typer.Option(metavar="TITLE", help="Title or id: more like this book; repeatable."),
]
Less = Annotated[
    list[str] | None,
    typer.Option(metavar="TITLE", help="Title or id: less like this book; repeatable."),
]
Mood = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="A mood, such as funny or dark, or a tag; repeatable."),
]


def rules_of(
    library: bool,
    editions: bool,
    series: bool | None,
    sets: bool | None,
    by_author: int,
    language: Texts,
    since: int | None,
    until: int | None,
    tag: Texts,
    without_tag: Texts,
) -> Rules:
    """The rules of a command; where nothing is said, those that are usual of a library, or not."""
    usual = BOOK_SENSE if library else Rules()
    return Rules(
        editions,
        usual.series if series is None else series,
        usual.sets if sets is None else sets,
        by_author,
        tuple(language or ()),
        since,
        until,
        tuple(tag or ()),
        tuple(without_tag or ()),
    )


def dials_of(gems: float, adventure: float, more: Texts, less: Texts, mood: Texts) -> Dials:
    """The dials of a command."""
    return Dials(gems, adventure, tuple(more or ()), tuple(less or ()), tuple(mood or ()))
