"""`readalike import`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from readalike.bibliography.book_index import BookIndex
from readalike.cli.app import app
from readalike.cli.options import takes
from readalike.cli.output import Json, Screen, cell, console, print_json, remarks, table_of, typed
from readalike.cli.shelf import LibraryReading, library_of, matched
from readalike.data.catalogue import Catalogue
from readalike.errors import SettingError
from readalike.files import PRIVATE, refuse_target, replace_file, unwritable
from readalike.libraries.corrections import read_corrections, with_undecided, write_corrections
from readalike.libraries.entry import Entry, Library
from readalike.libraries.match_report import (
    as_dict,
    csv_text,
    html_text,
    json_text,
    without_entry,
)
from readalike.libraries.matches import Match, Matches, Unknown
from readalike.model_folder import store
from readalike.tables.account import counted

REPORTS: dict[str, Callable[[Matches], str]] = {
    ".html": html_text,
    ".csv": csv_text,
    ".json": json_text,
}
SHOWN = 20
"""So many doubtful entries, and so many rows that are no entry, are printed; a report has all."""


@app.command("import")
@takes(how=library_of)
def import_library(
    *,
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="What Goodreads, StoryGraph, LibraryThing or another site exported, or a CSV.",
            show_default=False,
        ),
    ],
    model: Annotated[
        Path, typer.Option(metavar="DIR", help="The model folder whose books are looked for.")
    ],
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write what became of each row: a .html, .csv or .json file."
        ),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=(
                "CSV of what you decided by hand; it is made where it is missing, with a row to "
                "fill in for each ambiguous book."
            ),
        ),
    ] = None,
    how: LibraryReading,
    as_json: Json = False,
) -> None:
    """Finds the books of your own library in a model.

    Says which of them it is not sure of. Nothing is kept but the files that you name.
    """
    write = None if report is None else _writer(report)
    library = how.read(file)
    matches = _matched(library, BookIndex(store.load_catalogue(model)), corrections, how.unknown)
    if report is not None and write is not None:
        text = write(matches)
        _replaced(report, lambda part: part.write_text(text, encoding="utf-8", newline=""))
    if as_json:
        print_json(as_dict(matches))
        return
    out = console()
    _show(out, matches)
    for what, where in (("report", report), ("corrections", corrections)):
        if where is not None:
            remarks().say(f"Wrote the {what} into {where}.")
    open_ = matches.states()["ambiguous"]
    if open_ and corrections is None:
        how_read = typed(context, but=("report", "as_json"))
        out.say_next("import", file, *how_read, "--corrections", "corrections.csv")
        return
    if open_:
        out.say(f"Fill in a book_id, or none, for each open row of {corrections}; import again.")
    found = matches.states()["matched"]
    if found:
        how_read = typed(context, but=("model", "report", "as_json"))
        out.say_next("recommend", model, "--library", file, *how_read)


def _matched(
    library: Library, index: BookIndex, corrections: Path | None, unknown: Unknown
) -> Matches:
    """The matches, by the corrections of a file, which gets a row for each that is ambiguous."""
    if corrections is None:
        return matched(library, index, unknown=unknown)
    decided = read_corrections(corrections) if corrections.exists() else ()
    matches = matched(library, index, decided, corrections, unknown)
    kept = with_undecided(decided, matches)
    _replaced(corrections, lambda part: write_corrections(kept, part))
    return matches


def _writer(report: Path) -> Callable[[Matches], str]:
    write = REPORTS.get(report.suffix.casefold())
    if write is None:
        raise SettingError(
            f"--report must be a file that ends in {', '.join(REPORTS)}, got {str(report)!r}"
        )
    refuse_target(report)
    return write


def _replaced(path: Path, write: Callable[[Path], object]) -> None:
    refuse_target(path)
    try:
        replace_file(path, write, PRIVATE)
    except OSError as error:
        raise unwritable(path, error) from error


def _show(out: Screen, matches: Matches) -> None:
    library = matches.library
    out.say(str(library))
    for line in (*library.lines(), *matches.notes):
        out.say(line, style="dim")
    states = ", ".join(f"{state} {number:,}" for state, number in matches.states().items())
    out.say(f"Of {counted(len(library.entries), 'book')}: {states}.")
    ways = "; ".join(f"{how} {number:,}" for how, number in matches.ways().items())
    if ways:
        out.say(f"Matched by {ways}.")
    doubtful = matches.doubtful()
    if doubtful:
        out.say(f"To be looked at: {len(doubtful):,}{_first(len(doubtful))}")
        table = table_of("row", "in the file", "in the catalogue", "because")
        for entry, found in doubtful[:SHOWN]:
            table.add_row(*map(cell, _doubt(matches.catalogue, entry, found)))
        out.show(table)
    gone = without_entry(matches)
    if gone:
        out.say(f"Rows that are no entry: {len(gone):,}{_first(len(gone))}")
        for row in gone[:SHOWN]:
            out.say(f"  line {row.line}: {row.why}")


def _first(number: int) -> str:
    return f"; the first {SHOWN}, all with --report report.html" if number > SHOWN else ""


def _doubt(catalogue: Catalogue, entry: Entry, found: Match) -> tuple[str, str, str, str]:
    ids = found.candidates if found.book_id is None else (found.book_id,)
    indices = (catalogue.books.index(outside) for outside in ids)
    books = (catalogue.book(index) for index in indices if index is not None)
    meant = " or ".join(f"{b.name} by {b.authors or 'unknown'} ({b.book_id})" for b in books)
    who = f" by {', '.join(entry.authors)}" if entry.authors else ""
    perhaps = "perhaps " if found.book_id is None else ""
    return (
        str(entry.row),
        f"{entry.title or entry.source_id}{who}",
        f"{perhaps}{meant}",
        found.why or f"only by {found.how}",
    )
