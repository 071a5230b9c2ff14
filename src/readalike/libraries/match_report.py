"""What was matched and what was not: for programs, for spreadsheets, as a page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from readalike.libraries.entry import Entry, Rejected
from readalike.libraries.matches import Match, Matches
from readalike.libraries.sources import READALIKE_COLUMNS
from readalike.tables.spreadsheets import as_text


def as_dict(matches: Matches) -> dict[str, Any]:
    """The matches for JSON; every row is an entry or stands under rejected, merged ones too."""
    library = matches.library
    return {
        "format": library.format,
        "rows": library.rows,
        "columns": dict(library.columns),
        "scale": None if library.scale is None else str(library.scale),
        "notes": [*library.notes, *matches.notes],
        "entries": [_entry(entry, match) for entry, match in matches.pairs()],
        "rejected": [{"line": row.line, "why": row.why} for row in without_entry(matches)],
    }


def json_text(matches: Matches) -> str:
    """The same as text."""
    return json.dumps(as_dict(matches), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def csv_text(matches: Matches) -> str:
    """A row for each row of the library, those without an entry at the end."""
    text = io.StringIO()
    out = csv.DictWriter(text, READALIKE_COLUMNS, restval="", lineterminator="\n")
    out.writeheader()
    for entry, match in matches.pairs():
        row = {"line": entry.line, **_entry(entry, match), **_match(match)}
        if match.book_id is not None:
            book = matches.book(match.book_id)
            row |= {"book_title": book.title, "book_authors": book.authors}
        out.writerow({name: _cell(row.get(name)) for name in READALIKE_COLUMNS})
    for rejected in without_entry(matches):
        out.writerow({"line": rejected.line, "state": "rejected", "why": as_text(rejected.why)})
    return text.getvalue()


def without_entry(matches: Matches) -> list[Rejected]:
    """Rows that are no entry, by line, with the reason: rejected, or merged into another row."""
    library = matches.library
    merged = [Rejected(row.line, f"the same book as row {row.into}") for row in library.merged]
    return sorted([*library.rejected, *merged], key=lambda row: row.line)


def _entry(entry: Entry, match: Match) -> dict[str, Any]:
    return {
        "row": entry.row,
        "title": entry.title,
        "authors": ", ".join(entry.authors),
        "stars": entry.stars,
        "scale": entry.scale and asdict(entry.scale),
        "status": entry.status,
        "match": _match(match),
    }


def _match(match: Match) -> dict[str, Any]:
    words = {"how": match.how or None, "why": match.why or None}
    return asdict(match) | words | {"candidates": list(match.candidates)}


def _cell(value: object) -> object:
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str):
        return as_text(value)
    return "" if value is None else value


STYLE = """
body { font: 16px/1.45 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem; }
caption { text-align: left; font-weight: bold; padding: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.8rem 0.3rem 0;
  border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616; }
  th, td { border-color: #444; } }
"""
STATES = {
    "matched": ("Matched", "Each of these books was found in the catalogue."),
    "unmatched": ("Not matched", "The catalogue has no such book, or it could not be told which."),
}
Cell = str | int | float | None


def html_text(matches: Matches) -> str:
    """A page with the counts, what a person should look at, and every row."""
    library = matches.library
    heading = f"{library.format} library: what was matched"
    notes = "".join(f"<li>{escape(note)}</li>" for note in (*library.lines(), *matches.notes))
    parts = [
        f"<h1>{escape(heading)}</h1>",
        f"<p>{escape(library.file)}</p>",
        f"<ul>{notes}</ul>" if notes else "",
        _table(
            "Counts",
            ("what", "number"),
            [*matches.library.counts().items(), *matches.states().items()],
        ),
        _table("How they were matched", ("by", "number"), list(matches.ways().items())),
        "<h2>Doubtful</h2>",
        "<p>Look at these; what is wrong can be set right with --corrections FILE.</p>",
        _table("", _NAMES, [_row(matches, *pair) for pair in matches.doubtful()]),
    ]
    for state, (title, meaning) in STATES.items():
        rows = [
            _row(matches, entry, match)
            for entry, match in matches.pairs()
            if match.state == state and not match.doubtful
        ]
        parts += [f"<h2>{title}</h2>", f"<p>{meaning}</p>", _table("", _NAMES, rows)]
    gone = [(row.line, row.why) for row in without_entry(matches)]
    parts += ["<h2>Rows that are no entry</h2>", _table("", ("line", "why"), gone)]
    body = "\n".join(part for part in parts if part)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(heading)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


_NAMES = ("row", "in the file", "stars", "status", "in the catalogue", "by", "trust", "remark")


def _row(matches: Matches, entry: Entry, match: Match) -> Sequence[Cell]:
    ids = match.candidates if match.book_id is None else (match.book_id,)
    books = map(matches.book, ids)
    meant = " or ".join(f"{b.name} by {b.authors or 'unknown'} ({b.book_id})" for b in books)
    who = f" by {', '.join(entry.authors)}" if entry.authors else ""
    return (
        entry.row,
        f"{entry.title or entry.source_id}{who}",
        entry.stars,
        entry.status,
        meant,
        match.how,
        match.confidence,
        match.why,
    )


def _table(caption: str, names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    body = "\n".join(f"<tr>{''.join(map(_html_cell, row))}</tr>" for row in rows)
    if not body:
        return "<p>None.</p>" if not caption else ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _html_cell(value: Cell) -> str:
    if isinstance(value, str) or value is None:
        return f"<td>{escape(value or '')}</td>"
    text = f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return f'<td class="number">{text}</td>'
