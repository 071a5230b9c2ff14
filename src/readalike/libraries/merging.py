"""One entry a book: rows of the same book become one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from readalike.libraries.entry import Entry, Merged, Status
from readalike.libraries.titles import title_of, words_of

RULE = (
    "of rows of the same book, one that was read counts before one that was not, then one with "
    "stars, then the one read last, then the last row"
)
_PRECEDENCE: dict[Status | None, int] = {
    "read": 4, "unfinished": 3, "reading": 2, "to-read": 1, None: 0,
}  # fmt: skip


def merged(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], tuple[Merged, ...]]:
    """The books of some rows, and the rows that another row counts for.

    Rows are of one book where they have the same id and the same title or authors, the same ISBN
    and the same title, or the same title, volume and authors. The row that counts is chosen by
    `RULE`; ids and ISBN of the others are kept with it, since they are of the same book.
    """
    together: dict[int, list[Entry]] = {}
    for first, entry in zip(_groups(entries), entries, strict=True):
        together.setdefault(first, []).append(entry)
    kept: list[Entry] = []
    gone: list[Merged] = []
    for rows in together.values():
        best = max(rows, key=_weight)
        others = [row for row in rows if row is not best]
        kept.append(_with_ids(best, others) if others else best)
        gone += [Merged(row.row, row.line, best.row) for row in others]
    kept.sort(key=lambda entry: entry.row)
    gone.sort(key=lambda row: row.row)
    return tuple(kept), tuple(gone)


def _weight(entry: Entry) -> tuple[int, bool, date, int]:
    day = entry.read_on or date.min
    return _PRECEDENCE[entry.status], entry.stars is not None, day, entry.row


def _with_ids(best: Entry, others: Iterable[Entry]) -> Entry:
    ids = dict(best.ids)
    given, valid = dict.fromkeys(best.isbn_given), dict.fromkeys(best.isbn13)
    for row in others:
        ids |= {kind: outside for kind, outside in row.ids.items() if kind not in ids}
        given |= dict.fromkeys(row.isbn_given)
        valid |= dict.fromkeys(row.isbn13)
    return replace(best, ids=ids, isbn_given=tuple(given), isbn13=tuple(valid))


def _groups(entries: Sequence[Entry]) -> list[int]:
    """For each entry the place of the first one of its book."""
    parent = list(range(len(entries)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    first: dict[tuple[str, ...], int] = {}
    for at, entry in enumerate(entries):
        for common in _in_common(entry):
            one, other = root(first.setdefault(common, at)), root(at)
            parent[max(one, other)] = min(one, other)
    return [root(at) for at in range(len(entries))]


def _in_common(entry: Entry) -> Iterator[tuple[str, ...]]:
    """What no two books have in common."""
    title = title_of(entry.title)
    name = (title.full, entry.volume or title.volume, title.part)
    authors = " ".join(sorted(words_of(" ".join(entry.authors))))
    for kind, outside in entry.ids.items():
        yield "id", kind, outside, *name
        if authors and kind != "book":
            yield "id", kind, outside, authors
    for isbn in entry.isbn13:
        yield "isbn", isbn, *name
    if title.full and authors:
        yield "name", *name, authors
