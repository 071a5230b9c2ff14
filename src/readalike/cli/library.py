"""A reader's own library on the command line: read, matched, and told of in a line or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readalike.data.catalogue import Catalogue
from readalike.data.intake import counted
from readalike.data.scale import RatingScale
from readalike.errors import InputError, SettingError
from readalike.libraries import (
    Correction,
    Library,
    Matches,
    match,
    read_corrections,
    read_library,
)
from readalike.libraries.shelves import Shelves, books_of, shelves_of

TO_READ = "to-read"
"""The pile of the reader's own library, where a file could be named."""


@dataclass(frozen=True)
class Owned:
    """A library, matched.

    Attributes:
        file: Where it was read from.
        matches: Its entries beside the catalogue.
        shelves: Its matched books by shelf.
    """

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
        read, pile, given_up = (
            len(books) for books in (self.shelves.read, self.shelves.pile, self.shelves.given_up)
        )
        account = _account(self.file, self.matches)
        return f"{account}; {read:,} read, {pile:,} to be read, {given_up:,} given up"


@dataclass(frozen=True)
class Source:
    """The only books that a list is made from.

    Attributes:
        books: Their ids.
        told: What was found, as JSON.
        account: The same in a line; "" where the library has said it.
    """

    books: tuple[str, ...]
    told: dict[str, Any]
    account: str = ""


def owned(file: Path, corrections: Path | None, catalogue: Catalogue, scale: RatingScale) -> Owned:
    """Reads and matches a library.

    Raises:
        InputError: A file cannot be read, or a correction names a book that is not there.
    """
    decided = () if corrections is None else read_corrections(corrections)
    matches = matched(read_library(file), catalogue, decided, corrections)
    return Owned(file, matches, shelves_of(matches, scale))


def source_of(wanted: str, library: Owned | None, catalogue: Catalogue) -> Source:
    """The books that a list is made from: the reader's pile, or those of a file.

    Args:
        wanted: `to-read`, or a file.
        library: The reader's, where one is given.
        catalogue: The books.

    Raises:
        SettingError: There is no library to have a pile.
        InputError: The file cannot be read.
    """
    if wanted == TO_READ:
        if library is None:
            raise SettingError("--from to-read goes with --library FILE, whose pile it is")
        pile = library.shelves.pile
        return Source(pile, {"file": str(library.file), "books": len(pile)})
    matches = matched(read_library(wanted), catalogue)
    books = books_of(matches)
    told = {"file": wanted, "books": len(books), **matches.states()}
    return Source(books, told, _account(Path(wanted), matches))


def matched(
    library: Library,
    catalogue: Catalogue,
    decided: Sequence[Correction] = (),
    corrections: Path | None = None,
) -> Matches:
    """The matches of a library, by what was decided in a file of corrections.

    Raises:
        InputError: A correction names a book that is not there; the file is named.
    """
    try:
        return match(library, catalogue, decided)
    except InputError as error:
        raise InputError(
            error.why, file=corrections, line=error.line, column=error.column
        ) from error


def _account(file: Path, matches: Matches) -> str:
    library = matches.library
    states = ", ".join(f"{state} {number:,}" for state, number in matches.states().items())
    lost = f", {counted(len(library.rejected), 'row')} cannot be read" if library.rejected else ""
    return f"{file}: {library.format}, {counted(len(library.entries), 'book')}: {states}{lost}"
