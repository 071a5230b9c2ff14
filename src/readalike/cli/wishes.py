"""What a list must be: the options of rules and dials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from readalike.dials import Dials
from readalike.rules import BOOK_SENSE, Rules

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
