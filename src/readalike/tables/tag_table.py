"""Readers' tags made subjects: what a shelf says about its owner is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.bibliography.folding import fold_tag
from readalike.data.catalogue import Tags
from readalike.data.cells import people, trimmed_id, whole
from readalike.tables.account import ReadReportBuilder
from readalike.tables.columns import read_columns
from readalike.tables.layouts import Layout
from readalike.tables.workbench import Table, Workbench

MIN_BOOKS = 5
"""A tag on fewer books than this tells few books apart and says little of any."""

OWNER_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        read reads reading reread rereads rereading unread readed toread tbr dnf
        unfinished finished abandoned currently current wish wishlist want wanted buy
        bought purchased borrowed lent loaned owned own reviewed recommended
        recommendations rec challenge challenges pending hold skip skipped paused queue
        someday maybe later next priority started donated sold giveaway giveaways
        netgalley arc arcs
        kindle ebook ebooks audiobook audiobooks audible audio nook paperback paperbacks
        hardcover hardcovers hardback calibre epub pdf overdrive library libraries shelf
        shelves bookshelf bookshelves bookcase collection default goodreads shelfari
        librarything ibooks
        favorite favorites favourite favourites fave faves fav favs favorits loved best
        my mine i ive have haves had mom dad
        """,
    )
)
"""Words of what the owner did or means to do with the book, its form, praise, the owner."""
OWNER_TAGS = frozenset(
    {
        "book",
        "books",
        "bookclub",
        "bookclubs",
        "bookgroup",
        "series",
        "standalone",
        "standalones",
        "standalone books",
        "english",
        "in english",
        "good",
        "great",
        "misc",
        "other",
        "unknown",
        "stars",
        "novel",
        "novels",
    }
)
OWNER_PHRASES = (
    "e book", "e books", "audio book", "audio books", "book club", "book clubs", "book group",
    "part of a series", "first in series", "in series", "stand alone", "did not finish",
    "didn t finish", "couldn t finish", "gave up", "on my", "all time", "to be read",
)  # fmt: skip
NOT_OWNERS = frozenset({"own voices", "best friends", "library science", "books about reading"})
_STARS = re.compile(r"(\d|one|two|three|four|five)( \d)? ?stars?( .*)?")
_YEAR_OR_PHRASE = re.compile(rf"\b(?:20[0-4]\d|{'|'.join(OWNER_PHRASES)})\b")
_LETTER = re.compile(r"[^\W\d_]")
_SPLIT = re.compile(r"[|;]")


def subject(name: str) -> str | None:
    """The subject that a tag names, or None where it speaks of its owner.

    Left out are tags without a letter, with a year from 2000 on (shelves such as "read in
    2015"), with a number of stars, with one of `OWNER_WORDS` as a word or `OWNER_PHRASES`
    inside, and those that are one of `OWNER_TAGS` as a whole.
    """
    folded = fold_tag(name)
    if folded in NOT_OWNERS:
        return folded
    words = folded.split()
    if not _LETTER.search(folded):
        return None
    if folded in OWNER_TAGS or OWNER_WORDS.intersection(words):
        return None
    if _STARS.fullmatch(folded) or _YEAR_OR_PHRASE.search(folded):
        return None
    return folded


def read_book_tags(
    bench: Workbench,
    tables: tuple[Table, Layout],
    names: tuple[Table, Layout],
    goodreads_ids: Sequence[str],
    account: ReadReportBuilder,
) -> Tags:
    """Reads a table of (Goodreads id, tag id, count) and one of tag names.

    A row that repeats a book and tag counts once, with its larger count. Tags that fold to the
    same words are added up.

    Args:
        bench: Where to read.
        tables: The counts.
        names: The names.
        goodreads_ids: Goodreads id of each book; "" where it has none.
        account: Where to enter what was left out.
    """
    subjects = _read_names(bench, *names, account)
    table, layout = tables
    columns = read_columns(bench, table, layout.header, layout.columns)
    place = {g: at for at, g in enumerate(goodreads_ids) if g}
    vocabulary = sorted({s for s in subjects.values() if s})
    column = {s: at for at, s in enumerate(vocabulary)}
    raw = columns.coded["tag"]
    books = columns.coded["goodreads_id"].mapped(lambda t: place.get(trimmed_id(t), -1), np.int64)
    known = raw.mapped(lambda t: trimmed_id(t) in subjects, bool)
    tags = raw.mapped(lambda t: column.get(subjects.get(trimmed_id(t)) or "", -1), np.int64)
    counts = columns.coded["count"].mapped(lambda t: people(t) or 0, np.int64)
    usable = (books >= 0) & (tags >= 0) & (counts > 0)
    rows = np.flatnonzero(usable)
    # largest count first, so that the first of a repeated (book, tag) is the one to keep
    pair = books[rows] * (int(raw.codes.max(initial=0)) + 1) + raw.codes[rows]
    order = np.lexsort((-counts[rows], pair))
    fresh = np.ones(len(order), bool)
    fresh[1:] = pair[order[1:]] != pair[order[:-1]]
    chosen = rows[order[fresh]]
    matrix = _matrix(books[chosen], tags[chosen], counts[chosen], len(goodreads_ids), vocabulary)
    repeated = np.sort(rows[order[~fresh]])
    account.take(
        table,
        layout,
        columns.rows,
        columns.rejected,
        [
            ("the book is not in the table of books", np.flatnonzero(books < 0), ""),
            ("the tag has no name", np.flatnonzero((books >= 0) & ~known), ""),
            (
                "the tag speaks of its owner, not of the book",
                np.flatnonzero((books >= 0) & known & (tags < 0)),
                "",
            ),
            (
                "the count is no number of readers, 1 or more",
                np.flatnonzero((books >= 0) & (tags >= 0) & (counts < 1)),
                "",
            ),
            ("the book has the tag in another row", repeated, ""),
        ],
        expected=True,
    )
    return _frequent(matrix, account, table.label)


def _read_names(
    bench: Workbench, table: Table, layout: Layout, account: ReadReportBuilder
) -> dict[str, str | None]:
    columns = read_columns(bench, table, layout.header, texts=layout.columns)
    names = columns.texts["name"]
    found = [subject(name) for name in names]
    left = np.flatnonzero([s is None for s in found])
    example = names[left[0]] if len(left) else ""
    reason = "the tag speaks of its owner, not of a book"
    account.take(
        table,
        layout,
        columns.rows,
        columns.rejected,
        [(reason, left, example)],
        expected=True,
    )
    return dict(zip(map(trimmed_id, columns.texts["tag"]), found, strict=True))


def tags_of_cells(
    cells: Sequence[str] | None,
    flags: Mapping[str, Sequence[str]],
    account: ReadReportBuilder,
    label: str,
) -> Tags | None:
    """Tags out of a cell of several (`Drama|Musical`, `history; science`) or columns of 0 and 1."""
    if cells is None and not flags:
        return None
    n = len(cells) if cells is not None else len(next(iter(flags.values())))
    each: list[set[str]] = [set() for _ in range(n)]
    for row, cell in enumerate(cells or ()):
        each[row] |= {fold_tag(tag) for tag in _SPLIT.split(cell)} - {"", "no genres listed"}
    for name, column in flags.items():
        for row, cell in enumerate(column):
            if whole(cell):
                each[row].add(fold_tag(name))
    vocabulary = sorted(set().union(*each))
    column_of = {tag: at for at, tag in enumerate(vocabulary)}
    pairs = [(row, column_of[tag]) for row, tags in enumerate(each) for tag in sorted(tags)]
    rows, tags = np.array(pairs, np.int64).reshape(-1, 2).T
    return _matrix(rows, tags, np.ones(len(pairs)), n, vocabulary)


def _matrix(
    books: npt.NDArray[Any],
    tags: npt.NDArray[Any],
    counts: npt.NDArray[Any],
    n: int,
    names: Iterable[str],
) -> Tags:
    named = tuple(names)
    entries = (counts.astype(np.float32), (books, tags))
    return Tags(named, sp.csr_array(sp.coo_array(entries, shape=(n, len(named)))))


def _frequent(tags: Tags, account: ReadReportBuilder, label: str) -> Tags:
    """The tags that stand on enough books."""
    books = np.bincount(tags.counts.indices, minlength=len(tags.names))
    kept = np.flatnonzero(books >= MIN_BOOKS)
    if len(kept) < len(tags.names):
        account.notes.append(
            f"{label}: {len(tags.names) - len(kept):,} of {len(tags.names):,} subjects are left "
            f"out because fewer than {MIN_BOOKS} books have them"
        )
    counts = sp.csr_array(tags.counts[:, kept])
    counts.sort_indices()
    return Tags(tuple(tags.names[at] for at in kept), counts)
