"""What a reader decided by hand: a small CSV that is kept, and counts before everything else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from readalike.bibliography.folding import fold
from readalike.data.catalogue import Catalogue
from readalike.data.cells import trimmed_id
from readalike.errors import InputError
from readalike.libraries.entry import Entry
from readalike.libraries.matches import Match, Matches
from readalike.tables.layouts import key, roles
from readalike.tables.spreadsheets import as_text, text_of
from readalike.tables.text import BROKEN, read_text

NEEDED = ("title", "author", "source_id", "book_id")
COLUMNS = (*NEEDED, "candidates")
WANTED = "must be corrections: a CSV with the columns title, author, source_id and book_id"
NONE = "none"
"""In place of a book id: the catalogue does not have the book."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Correction:
    """What one entry is.

    Attributes:
        title: Title of the entry.
        author: Its authors, joined by ", ".
        source_id: Its id in the source, or else its ISBN-13.
        book_id: The book of the catalogue; "none" for none of it; empty where undecided.
        candidates: Books that it may be, for the eyes of who decides.
        line: Line of the file, where it comes from one.
    """

    title: str
    author: str
    source_id: str
    book_id: str = ""
    candidates: str = ""
    line: int | None = None

    @property
    def key(self) -> Key:
        """What tells the entry from others."""
        return fold(self.title), fold(self.author), self.source_id


def read_corrections(path: Path | str) -> tuple[Correction, ...]:
    """Reads what `write_corrections` wrote and a person filled in, undecided rows too.

    Raises:
        InputError: It cannot be read, lacks a column, or a row cannot be divided into cells.
    """
    text = read_text(Path(path), WANTED)
    separator = max(",;\t", key=text.head.count)
    names = text.names(separator)
    columns = roles(names, {name: [key(name)] for name in COLUMNS})
    if not columns.keys() >= set(NEEDED):
        raise InputError(
            f"must have the columns {', '.join(NEEDED)}, got {', '.join(map(repr, names))}; name a "
            "new file to begin anew",
            file=path,
            line=text.first,
        )
    corrections = []
    for line, row in text.rows(separator):
        if row is None:
            raise InputError(BROKEN, file=path, line=line)
        given = [text_of(cell) for cell in row] + [""] * len(names)
        cells = {name: given[at] for name, at in columns.items()}
        corrections.append(
            Correction(
                title=cells["title"].strip(),
                author=cells["author"].strip(),
                source_id=trimmed_id(cells["source_id"]),
                book_id=trimmed_id(cells["book_id"]),
                candidates=cells.get("candidates", ""),
                line=line,
            )
        )
    return tuple(corrections)


def write_corrections(corrections: Iterable[Correction], path: Path | str) -> None:
    """Writes a CSV of one row a correction; raises OSError where it cannot be written."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    for each in corrections:
        cells = (each.title, each.author, each.source_id, each.book_id, each.candidates)
        out.writerow(map(as_text, cells))
    Path(path).write_text(text.getvalue(), encoding="utf-8", newline="")


def correction_of(entry: Entry, book_id: str = "", candidates: str = "") -> Correction:
    """The correction that says which book an entry is."""
    return Correction(entry.title, ", ".join(entry.authors), entry.source_id, book_id, candidates)


def by_row(corrections: Iterable[Correction], catalogue: Catalogue) -> Mapping[Key, str]:
    """Decisions by entry; of several on one entry the last counts."""
    decided: dict[Key, str] = {}
    for each in corrections:
        if not each.book_id:
            continue
        none = each.book_id.casefold() == NONE
        if not none and each.book_id not in catalogue.books:
            raise InputError(
                f"book_id must be the id of a book of the model, or {NONE!r}, got "
                f"{each.book_id!r}; find it with 'readalike search DIR TEXT'",
                line=each.line,
                column="book_id",
            )
        decided[each.key] = NONE if none else each.book_id
    return decided


def corrected(entry: Entry, decided: Mapping[Key, str]) -> Match | None:
    """What a reader decided of an entry; None where nothing."""
    book = decided.get(correction_of(entry).key) if decided else None
    if book is None:
        return None
    if book == NONE:
        return Match("unmatched", why="a correction says that it is no book of the catalogue")
    return Match("matched", book, "correction", 1.0)


def with_undecided(corrections: Iterable[Correction], matches: Matches) -> tuple[Correction, ...]:
    """All decisions, and a row to fill in for each entry that is ambiguous."""
    kept = [each for each in corrections if each.book_id]
    for entry, found in matches.pairs():
        if found.state == "ambiguous":
            books = map(matches.book, found.candidates)
            shown = (f"{b.book_id} = {b.name} / {b.authors or 'unknown'}" for b in books)
            kept.append(correction_of(entry, candidates="; ".join(shown)))
    return tuple(kept)
