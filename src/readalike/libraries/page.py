"""The matches as one HTML file that needs nothing else: no script, no font, no network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from readalike.libraries.entry import Entry
from readalike.libraries.matches import Match, Matches
from readalike.libraries.report import counts, without_entry

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
    parts = [
        f"<h1>{escape(heading)}</h1>",
        f"<p>{escape(library.file)}</p>",
        _list((*library.notes, *matches.notes)),
        _table("Counts", ("what", "number"), [*counts(matches), *matches.states().items()]),
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
    books = match.candidates if match.book_id is None else (match.book_id,)
    meant = " or ".join(_shown(matches, book) for book in books)
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


def _shown(matches: Matches, outside: str) -> str:
    index = matches.catalogue.books.index(outside)
    assert index is not None
    book = matches.catalogue.book(index)
    return f"{book.name} by {book.authors or 'unknown'} ({outside})"


def _list(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>{items}</ul>" if items else ""


def _table(caption: str, names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    body = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    if not body:
        return "<p>None.</p>" if not caption else ""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"


def _cell(value: Cell) -> str:
    if isinstance(value, str) or value is None:
        return f"<td>{escape(value or '')}</td>"
    text = f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return f'<td class="number">{text}</td>'
