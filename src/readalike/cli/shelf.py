"""Whose books: the options of every command that answers one reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.search import find
from readalike.cli.output import name_of, remarks
from readalike.data.scale import RatingScale
from readalike.errors import InputError, SettingError
from readalike.libraries.matches import Unknown
from readalike.recommend.recommender import Recommender
from readalike.recommend.request import History, row_of, unlisted_of
from readalike.tables.account import counted

if TYPE_CHECKING:  # a reader without a library waits for none of it
    from readalike.libraries.corrections import Correction
    from readalike.libraries.entry import Library
    from readalike.libraries.matches import Matches
    from readalike.recommend.request import Shelves

TO_READ = "to-read"
"""The pile of the reader's own library, where a file could be named."""


@dataclass(frozen=True)
class LibraryReading:
    """How the file of a library is read, and what its books of unknown status are."""

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    scale: str | None = None
    unknown: Unknown = "ignore"

    def read(self, file: Path) -> Library:
        """The library of a file."""
        from readalike.libraries.reading import read_library

        return read_library(file, columns=self.columns, encoding=self.encoding, scale=self.scale)


AS_FOUND = LibraryReading()
"""Everything is found from the file."""


def library_of(
    title_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of titles: its name or number.")
    ] = None,
    author_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of authors.")
    ] = None,
    isbn_column: Annotated[str | None, typer.Option(metavar="NAME", help="Column of ISBN.")] = None,
    rating_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of your own stars.")
    ] = None,
    status_column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column that says whether a book was read.")
    ] = None,
    scale: Annotated[
        str | None, typer.Option(metavar="LOW..HIGH", help="Scale of its stars, as in 0..20.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Encoding of its text, as cp1250.")
    ] = None,
    unknown: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="A book of unknown status: ignore (it may be listed), read (it is not listed; "
            "either way it is no history), or history (it counts as read).",
        ),
    ] = "ignore",
) -> LibraryReading:
    """How a library is read."""
    if unknown not in get_args(Unknown):
        raise SettingError(f"--unknown must be {', '.join(get_args(Unknown))}, got {unknown!r}")
    named = {
        "title": title_column,
        "author": author_column,
        "isbn": isbn_column,
        "rating": rating_column,
        "status": status_column,
    }
    columns = {role: name for role, name in named.items() if name is not None}
    return LibraryReading(columns, encoding, scale, unknown)  # type: ignore[arg-type]


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
            "unknown": len(self.shelves.unknown),
            "rejected": len(library.rejected),
            **said_of(library),
        }

    def remarks(self) -> tuple[str, ...]:
        """What was found in it, and what reading and matching note of it, line by line."""
        shelves = self.shelves
        silent = shelves.unknown and not (shelves.read or shelves.given_up or shelves.pile)
        notes = (*self.matches.notes, NOTHING_SAID) if silent else self.matches.notes
        return str(self), *self.matches.library.lines(), *notes

    def __str__(self) -> str:
        shelves, account = self.shelves, _say_library(self.file, self.matches)
        unknown = ""
        if shelves.unknown:
            listed = "not listed" if self.matches.unknown == "read" else "may be listed"
            unknown = f", {len(shelves.unknown):,} not said ({listed})"
        return (
            f"{account}; {len(shelves.read):,} read, {len(shelves.pile):,} to be read, "
            f"{len(shelves.given_up):,} given up{unknown}"
        )


NOTHING_SAID = (
    "nothing in it says which of its books were read, so that none of them is history: name the "
    "column that says it with --status-column NAME, or say --unknown history if all were read"
)


def said_of(library: Library) -> dict[str, Any]:
    """What was taken for what in a file, and all that is unusual about it, as plain JSON."""
    return {
        "columns": dict(library.columns),
        "scale": None if library.scale is None else str(library.scale),
        "notes": [*library.notes],
    }


@dataclass(frozen=True)
class LibrarySource:
    """The only books that a list is made from, by their ids, and what was found, as JSON.

    The account says it in a line; it is "" where the library has said it.
    """

    books: tuple[str, ...]
    summary: dict[str, Any]
    account: str = ""


def owned(
    file: Path,
    corrections: Path | None,
    index: BookIndex,
    scale: RatingScale,
    how: LibraryReading = AS_FOUND,
) -> OwnLibrary:
    """Reads and matches a library, by what was decided in a file of corrections."""
    from readalike.libraries.corrections import read_corrections
    from readalike.recommend.request import shelves_of

    decided = () if corrections is None else read_corrections(corrections)
    matches = matched(how.read(file), index, decided, corrections, how.unknown)
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
    unknown: Unknown = "ignore",
) -> Matches:
    """The matches of a library; the file of corrections is named where one is wrong."""
    from readalike.libraries.matching import match

    try:
        return match(library, index, decided, unknown)
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
    unlisted: tuple[str, ...] = ()  # ids of books that are no history, and not to be listed
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

    def refuse_reading(self, how: LibraryReading) -> None:
        """Refuses options of reading a library where there is none."""
        if how != AS_FOUND and not self.libraries:
            raise SettingError(
                "options of how a library is read, such as --status-column and --unknown, go with "
                "--library FILE"
            )

    def shelf(self, recommender: Recommender, how: LibraryReading = AS_FOUND) -> Shelf:
        """The one reader."""
        catalogue, scale = recommender.catalogue, recommender.scale
        if self.libraries:
            found = owned(self.libraries[0], self.corrections, recommender.index, scale, how)
            unlisted = unlisted_of(found.shelves, how.unknown)
            return Shelf(found.shelves.read, unlisted=unlisted, owned=found)
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
