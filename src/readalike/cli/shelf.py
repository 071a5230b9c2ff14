"""Whose books: the options of every command that answers one reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from readalike.cli.library import Owned, Source, owned
from readalike.cli.listing import name_of
from readalike.cli.output import remarks, say
from readalike.data.history_file import read_history_file
from readalike.data.search import find
from readalike.errors import InputError, SettingError
from readalike.recommender import Recommender
from readalike.told import History, row_of

Reader = Annotated[
    str | None, typer.Option(metavar="ID", help="Id of a reader of the training table.")
]
HistoryFile = Annotated[
    Path | None,
    typer.Option(
        "--history", metavar="FILE", help="CSV (book_id,rating) or JSON of what was read."
    ),
]
Like = Annotated[
    list[str] | None,
    typer.Option(metavar="TITLE", help="Title or id of a book that was liked; repeatable."),
]
LibraryFile = Annotated[
    list[Path] | None,
    typer.Option(
        "--library",
        metavar="FILE",
        help="What Goodreads, StoryGraph or another site exported; given again, a list for all.",
    ),
]
Corrections = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="What you decided by hand, as import writes it."),
]


@dataclass(frozen=True)
class Shelf:
    """One reader, as the command line names one.

    Attributes:
        history: What was read; None of a reader of the training table.
        reader: Id of such a reader.
        given_up: Ids of books that were given up: not to be listed.
        pile: Ids of books still to be read; None where nobody said.
        after: What the answer comes after, in words; "" where that says nothing.
        owned: The library that it comes from, where it comes from one.
    """

    history: History | None
    reader: str | None = None
    given_up: tuple[str, ...] = ()
    pile: tuple[str, ...] | None = None
    after: str = ""
    owned: Owned | None = None

    def remark(self, source: Source | None) -> None:
        """Tells, on the error stream, what was found in the files, once there is an answer."""
        lines = () if self.owned is None else self.owned.remarks()
        for line in (*lines, source.account if source else ""):
            if line:
                say(remarks(), line)

    @property
    def who(self) -> dict[str, Any]:
        """The reader as `Recommender` takes one."""
        return {"history": self.history, "reader": self.reader}


def shelf_of(
    recommender: Recommender,
    reader: str | None,
    history: Path | None,
    like: Sequence[str] | None,
    library: Path | None,
    corrections: Path | None,
) -> Shelf:
    """The reader of a command: of the four options one is given.

    Raises:
        InputError: A file cannot be read, or a known book has stars outside the scale.
        UnknownBook: No book has a title that is given.
        AmbiguousBook: Several have.
    """
    if library is not None:
        found = owned(library, corrections, recommender.catalogue, recommender.scale)
        shelves = found.shelves
        return Shelf(shelves.read, None, shelves.given_up, shelves.pile, owned=found)
    if history is not None:
        return Shelf(told_by(history, recommender))
    if like:
        liked = [find(recommender.catalogue, title) for title in like]
        ids, highest = recommender.catalogue.books.ids, recommender.scale.highest
        after = " and ".join(name_of(recommender.catalogue.book(index)) for index in liked)
        return Shelf({ids[index]: highest for index in liked}, after=after)
    return Shelf(None, reader)


def told_by(history: Path, recommender: Recommender) -> History:
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


def one_of(
    reader: str | None,
    history: Path | None,
    like: Sequence[str] | None,
    library: Sequence[Path],
    **others: bool,
) -> None:
    """Refuses a command that names no reader, or several.

    Args:
        reader: The option of that name.
        history: Likewise.
        like: Likewise.
        library: Likewise.
        others: Whether each option that may stand in the place of these was given.

    Raises:
        SettingError: Not one of them was.
    """
    given = {
        "--reader ID": reader is not None,
        "--history FILE": history is not None,
        "--like TITLE": bool(like),
        "--library FILE": bool(library),
        **{f"--{name}": there for name, there in others.items()},
    }
    if sum(given.values()) != 1:
        *rest, last = given
        raise SettingError(f"give one of {', '.join(rest)} or {last}")
