"""Options that several commands have: how a table is read, settings, rules and dials."""

from __future__ import annotations

import copy
import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readalike.cli.output import Screen
from readalike.errors import SettingError
from readalike.recommend.dials import Dials
from readalike.recommend.rules import BOOK_SENSE, Rules

if TYPE_CHECKING:
    from readalike.tables.account import ReadReport
    from readalike.tables.dataset import Dataset


def parse_settings(given: list[str] | None, option: str = "--set ") -> dict[str, object]:
    """Settings by name, of pairs of the form name=value; the option is named in messages."""
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


def reading(
    books: Annotated[
        Path | None,
        typer.Option("--books", metavar="FILE", help="The books, where PATH does not hold them."),
    ] = None,
    user_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of reader ids: its name or number.")
    ] = None,
    book_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of book ids.")
    ] = None,
    rating_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of ratings.")
    ] = None,
    books_id_column: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Column of the table of books with the ratings' ids."),
    ] = None,
    separator: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="What stands between columns; found where not given."),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Encoding of the text, as cp1250; found by itself."),
    ] = None,
    scale: Annotated[
        str | None,
        typer.Option(metavar="LOW..HIGH", help="The scale, as in 1..10; found where not given."),
    ] = None,
    repeats: Annotated[
        str,
        typer.Option(
            metavar="RULE",
            help="Which row of a repeated (reader, book) counts: first, last or mean.",
        ),
    ] = "first",
    strict: Annotated[
        bool, typer.Option("--strict", help="Fail on the first bad row instead of counting it.")
    ] = False,
) -> dict[str, Any]:
    """The keywords of `readalike.read`."""
    named = {
        "user": user_column,
        "book": book_column,
        "rating": rating_column,
        "books_id": books_id_column,
    }
    return {
        "books": books,
        "columns": {role: name for role, name in named.items() if name is not None},
        "separator": separator,
        "encoding": encoding,
        "scale": scale,
        "repeats": repeats,
        "strict": strict,
    }


HEADINGS = {
    "who_of": "Whose books, one of",
    "library_of": "How a library's file is read",
    "rules_of": "What is not listed (a library has --series and --sets by default)",
    "dials_of": "What the order is by",
    "reading": "How the ratings are read",
}
"""What the help writes above the options of a function that `takes` is given."""


def takes(**makers: Callable[..., Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command the options of some functions; it gets what each makes of them.

    Typer reads the options off the signature, so that it is the signature that grows: each of the
    named arguments becomes the options of its function.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)
        options = {name: _under_heading(make) for name, make in makers.items()}
        grown = [
            option.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for name, parameter in own.parameters.items()
            for option in options.get(name, {name: parameter}).values()
        ]

        @functools.wraps(command)
        def call(**given: Any) -> None:
            made = {
                name: make(**{option: given.pop(option) for option in options[name]})
                for name, make in makers.items()
            }
            command(**made, **given)

        call.__signature__ = own.replace(parameters=grown)  # type: ignore[attr-defined]
        call.__annotations__ = {option.name: option.annotation for option in grown}
        return call

    return decorate


def _under_heading(make: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The options of a function, each with the heading of the function."""
    found = {}
    for name, option in inspect.signature(make, eval_str=True).parameters.items():
        kind, declared = option.annotation.__origin__, copy.copy(option.annotation.__metadata__[0])
        declared.rich_help_panel = HEADINGS[make.__name__]
        found[name] = option.replace(annotation=Annotated[kind, declared])
    return found


def say_read(out: Screen, dataset: Dataset, path: Path) -> None:
    """Tells what was read and left out, and that books have no titles where that is so."""
    say_account(out, dataset.intake, path)
    if dataset.books is None and not any(dataset.catalogue.titles):
        out.say("There is no table of books, so they go by their ids; name one with --books FILE.")


def say_account(out: Screen, intake: ReadReport, path: Path) -> None:
    """Tells what was read and left out, one thing a line.

    Files of the folder PATH are told by their names alone: it was typed a moment ago.
    """
    for line in intake.lines():
        out.say(line.replace(f"{path}{os.sep}", ""), style="dim")


Exclude = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Id of an unwanted book; repeatable.")
]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="WHERE", help="Only from a file of books, or your pile to-read."
    ),
]


def rules_of(
    editions: Annotated[
        bool, typer.Option("--editions/--no-editions", help="Leave out other editions.")
    ] = True,
    series: Annotated[
        bool | None, typer.Option("--series/--no-series", help="Of a series only the next volume.")
    ] = None,
    sets: Annotated[
        bool | None, typer.Option("--sets/--no-sets", help="No boxed sets, omnibuses, halves.")
    ] = None,
    by_author: Annotated[
        int, typer.Option(metavar="N", help="At most so many by one author; 0: any.")
    ] = 0,
    language: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Only this language, as en; repeatable."),
    ] = None,
    since: Annotated[
        int | None,
        typer.Option(metavar="YEAR", help="Only books of this year or later; -750 is BC."),
    ] = None,
    until: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Only books of this year or before.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="Only books with this tag; repeatable.")
    ] = None,
    without_tag: Annotated[
        list[str] | None, typer.Option(metavar="TAG", help="No books with this tag; repeatable.")
    ] = None,
) -> Callable[[bool], Rules]:
    """The rules of a command, for a reader's own library or not: what is usual differs."""

    def rules(library: bool) -> Rules:
        usual = BOOK_SENSE if library else Rules()
        return Rules(
            editions=editions,
            series=usual.series if series is None else series,
            sets=usual.sets if sets is None else sets,
            by_author=by_author,
            languages=tuple(language or ()),
            since=since,
            until=until,
            tags=tuple(tag or ()),
            without_tags=tuple(without_tag or ()),
        )

    return rules


def dials_of(
    gems: Annotated[
        float, typer.Option(metavar="X", help="From -1, best known, to 1, hidden gems.")
    ] = 0.0,
    adventure: Annotated[
        float, typer.Option(metavar="X", help="From -1, as what was read, to 1, unlike it.")
    ] = 0.0,
    more: Annotated[
        list[str] | None,
        typer.Option(metavar="TITLE", help="More like this title or id; repeatable."),
    ] = None,
    less: Annotated[
        list[str] | None,
        typer.Option(metavar="TITLE", help="Less like this title or id; repeatable."),
    ] = None,
    mood: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Mood, as funny or dark, or tag; repeatable."),
    ] = None,
) -> Dials:
    """The dials of a command."""
    return Dials(gems, adventure, tuple(more or ()), tuple(less or ()), tuple(mood or ()))
