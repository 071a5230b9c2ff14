"""What was matched and what was not, for programs and for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from readalike.data.catalogue import join_authors
from readalike.libraries.entry import Entry, Rejected
from readalike.libraries.matches import Match, Matches
from readalike.libraries.sources.readalike import COLUMNS
from readalike.libraries.spreadsheets import as_text


def as_dict(matches: Matches) -> dict[str, Any]:
    """The matches for JSON; every row is an entry or stands under rejected, merged ones too."""
    library = matches.library
    return {
        "format": library.format,
        "rows": library.rows,
        "entries": [_entry(entry, match) for entry, match in matches.pairs()],
        "rejected": [{"line": row.line, "why": row.why} for row in without_entry(matches)],
    }


def json_text(matches: Matches) -> str:
    """The same as text."""
    return json.dumps(as_dict(matches), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def csv_text(matches: Matches) -> str:
    """A row for each row of the library, those without an entry at the end."""
    text = io.StringIO()
    out = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    out.writeheader()
    for entry, match in matches.pairs():
        row = {"line": entry.line, **_entry(entry, match), **_match(match), **_book(matches, match)}
        out.writerow({name: _cell(row[name]) for name in COLUMNS})
    for rejected in without_entry(matches):
        out.writerow({"line": rejected.line, "state": "rejected", "why": as_text(rejected.why)})
    return text.getvalue()


def without_entry(matches: Matches) -> list[Rejected]:
    """Rows that are no entry, by line, with the reason: rejected, or merged into another row."""
    library = matches.library
    merged = [Rejected(row.line, f"the same book as row {row.into}") for row in library.merged]
    return sorted([*library.rejected, *merged], key=lambda row: row.line)


def counts(matches: Matches) -> Iterator[tuple[str, int]]:
    """What became of the rows, in words and numbers."""
    library = matches.library
    yield "rows", library.rows
    yield "books", len(library.entries)
    yield "with stars", sum(entry.stars is not None for entry in library.entries)
    for status in ("read", "reading", "to-read", "unfinished", None):
        number = sum(entry.status == status for entry in library.entries)
        if number:
            yield status or "not said whether read", number
    if library.merged:
        yield "merged into another row of the same book", len(library.merged)
    if library.rejected:
        yield "rejected", len(library.rejected)


def _entry(entry: Entry, match: Match) -> dict[str, Any]:
    scale = entry.scale
    return {
        "row": entry.row,
        "title": entry.title,
        "authors": join_authors(entry.authors),
        "stars": entry.stars,
        "scale": None
        if scale is None
        else {"lowest": scale.lowest, "highest": scale.highest, "step": scale.step},
        "status": entry.status,
        "match": _match(match),
    }


def _match(match: Match) -> dict[str, Any]:
    return {
        "state": match.state,
        "book_id": match.book_id,
        "how": match.how or None,
        "confidence": match.confidence,
        "candidates": list(match.candidates),
        "why": match.why or None,
    }


def _book(matches: Matches, match: Match) -> dict[str, str]:
    index = None if match.book_id is None else matches.catalogue.books.index(match.book_id)
    if index is None:
        return {"book_title": "", "book_authors": ""}
    catalogue = matches.catalogue
    return {"book_title": catalogue.titles[index], "book_authors": catalogue.authors[index]}


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str):
        return as_text(value)
    return "" if value is None else value
