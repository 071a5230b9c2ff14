"""Whose books: the options of every command that answers one reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.search import find
from readalike.cli.output import name_of, remarks
from readalike.data.scale import RatingScale
from readalike.errors import InputError, SettingError
from readalike.recommend.recommender import Recommender
from readalike.recommend.request import History, row_of
from readalike.tables.account import counted

if TYPE_CHECKING:  # a reader without a library waits for none of it
    from readalike.libraries.corrections import Correction
    from readalike.libraries.entry import Library
    from readalike.libraries.matches import Matches
    from readalike.recommend.request import Shelves

TO_READ = "to-read"
"""The pile of the reader's own library, where a file could be named."""


@dataclass(frozen=True)
class OwnLibrary:
    """A library of a file, matched, and its matched books by shelf."""

    file: Path
    matches: Matches
    shelves: Shelves

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        library = self.matches.library
        return {
            "file": str(self.file),
            "format": library.format,
            "rows": library.rows,
            "entries": len(library.entries),
            **self.matches.states(),
            "read": len(self.shelves.read),
            "to_read": len(self.shelves.pile),
            "given_up": len(self.shelves.given_up),
            "rejected": len(library.rejected),
        }

    def remarks(self) -> tuple[str, ...]:
        """What was found in it, and what matching notes of it, line by line."""
        return str(self), *self.matches.notes

    def __str__(self) -> str:
        shelves, account = self.shelves, _say_library(self.file, self.matches)
        return (
            f"{account}; {len(shelves.read):,} read, {len(shelves.pile):,} to be read, "
            f"{len(shelves.given_up):,} given up"
        )


@dataclass(frozen=True)
class LibrarySource:
    """The only books that a list is made from, by their ids, and what was found, as JSON.

    The account says it in a line; it is "" where the library has said it.
    """

    books: tuple[str, ...]
    summary: dict[str, Any]
    account: str = ""


def owned(file: Path, corrections: Path | None, index: BookIndex, scale: RatingScale) -> OwnLibrary:
    """Reads and matches a library, by what was decided in a file of corrections."""
    from readalike.libraries.corrections import read_corrections
    from readalike.libraries.reading import read_library
    from readalike.recommend.request import shelves_of

    decided = () if corrections is None else read_corrections(corrections)
    matches = matched(read_library(file), index, decided, corrections)
    return OwnLibrary(file, matches, shelves_of(matches, scale))


def source_of(wanted: str, library: OwnLibrary | None, index: BookIndex) -> LibrarySource:
    """The books that a list is made from: `to-read`, the reader's pile, or those of a file."""
    from readalike.libraries.matches import books_of
    from readalike.libraries.reading import read_library

    if wanted == TO_READ:
        if library is None:
            raise SettingError("--from to-read goes with --library FILE, whose pile it is")
        pile = library.shelves.pile
        return LibrarySource(pile, {"file": str(library.file), "books": len(pile)})
    matches = matched(read_library(wanted), index)
    books = books_of(matches)
    summary = {"file": wanted, "books": len(books), **matches.states()}
    return LibrarySource(books, summary, _say_library(Path(wanted), matches))


def matched(
    library: Library,
    index: BookIndex,
    decided: Sequence[Correction] = (),
    corrections: Path | None = None,
) -> Matches:
    """The matches of a library; the file of corrections is named where one is wrong."""
    from readalike.libraries.matching import match

    try:
        return match(library, index, decided)
    except InputError as error:
        raise InputError(
            error.why, file=corrections, line=error.line, column=error.column
        ) from error


def _say_library(file: Path, matches: Matches) -> str:
    library = matches.library
    states = ", ".join(f"{state} {number:,}" for state, number in matches.states().items())
    lost = f", {counted(len(library.rejected), 'row')} cannot be read" if library.rejected else ""
    return f"{file}: {library.format}, {counted(len(library.entries), 'book')}: {states}{lost}"


Reader = Annotated[
    str | None, typer.Option(metavar="ID", help="Id of a reader of the training table.")
]
HistoryFile = Annotated[
    Path | None,
    typer.Option(
        "--history", metavar="FILE", help="CSV (book_id,rating) or JSON of what was read."
    ),
]


@dataclass(frozen=True)
class Shelf:
    """One reader, as the command line names one."""

    history: History | None  # what was read; None of a reader of the training table
    reader: str | None = None
    given_up: tuple[str, ...] = ()  # ids of books that are not to be listed
    after: str = ""
    """What the answer comes after, in words; "" where that says nothing."""
    owned: OwnLibrary | None = None

    def remark(self, source: LibrarySource | None) -> None:
        """Tells, on the error stream, what was found in the files, once there is an answer."""
        lines = () if self.owned is None else self.owned.remarks()
        for line in (*lines, source.account if source else ""):
            if line:
                remarks().say(line)

    @property
    def who(self) -> dict[str, Any]:
        """The reader as `Recommender` takes one."""
        return {"history": self.history, "reader": self.reader}


@dataclass(frozen=True)
class Who:
    """The options that say whose books are meant."""

    reader: str | None
    history: Path | None
    like: tuple[str, ...]
    libraries: tuple[Path, ...]
    corrections: Path | None

    def require_one(self, **others: bool) -> None:
        """Refuses a command that names no reader, or several; others may stand in their place."""
        given = {
            "--reader ID": self.reader is not None,
            "--history FILE": self.history is not None,
            "--like TITLE": bool(self.like),
            "--library FILE": bool(self.libraries),
            **{f"--{name}": there for name, there in others.items()},
        }
        if sum(given.values()) != 1:
            *rest, last = given
            raise SettingError(f"give one of {', '.join(rest)} or {last}")

    def shelf(self, recommender: Recommender) -> Shelf:
        """The one reader."""
        catalogue, scale = recommender.catalogue, recommender.scale
        if self.libraries:
            found = owned(self.libraries[0], self.corrections, recommender.index, scale)
            shelves = found.shelves
            return Shelf(shelves.read, given_up=shelves.given_up, owned=found)
        if self.history is not None:
            return Shelf(history_of_file(self.history, recommender))
        if self.like:
            liked = [find(recommender.index, title) for title in self.like]
            after = " and ".join(name_of(catalogue.book(index)) for index in liked)
            return Shelf({catalogue.books.ids[at]: scale.highest for at in liked}, after=after)
        return Shelf(None, self.reader)


def who_of(
    reader: Reader = None,
    history: HistoryFile = None,
    like: Annotated[
        list[str] | None,
        typer.Option(metavar="TITLE", help="Title or id of a liked book; repeatable."),
    ] = None,
    library: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="What Goodreads or another site exported; given again, one list for all.",
        ),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What you decided by hand, as import writes it."),
    ] = None,
) -> Who:
    """The options of a command that answers one reader."""
    return Who(reader, history, tuple(like or ()), tuple(library or ()), corrections)


def history_of_file(history: Path, recommender: Recommender) -> History:
    """What a file says was read, with a remark on what it repeats."""
    from readalike.tables.history_file import read_history_file

    read = read_history_file(history)
    if read.repeated:
        books = ", ".join(read.repeated)
        remarks().say(f"readalike: {history}: the last row counts of what is repeated: {books}")
    try:
        row_of(read.books, recommender.catalogue, recommender.scale)
    except InputError as error:
        raise InputError(error.why, file=history) from error
    return dict(read.books)
