"""Readers' tags made subjects: what a shelf says about its owner is left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from readalike.bibliography.folding import fold_tag
from readalike.data.catalogue import Tags
from readalike.data.cells import people, trimmed_id
from readalike.tables.account import ReadReportBuilder
from readalike.tables.cell_lists import items_of
from readalike.tables.layouts import LaidOutTable
from readalike.tables.workbench import Workbench

MIN_BOOKS = 5
"""A tag on fewer books than this tells few books apart and says little of any."""

_WORDS = """
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
"""
OWNER_WORDS = frozenset(_WORDS.split())
"""Words of what the owner did or means to do with the book, its form, praise, the owner."""
OWNER_TAGS = re.compile(
    "books?|bookclubs?|bookgroup|series|standalones?|standalone books|(in )?english|good|great|"
    "misc|other|unknown|stars|novels?"
)
"""Tags that say nothing of the book where they stand alone."""
OWNER_PHRASES = (
    "e books?|audio books?|book clubs?|book group|part of a series|first in series|in series|"
    "stand alone|did not finish|didn t finish|couldn t finish|gave up|on my|all time|to be read"
)
NOT_OWNERS = frozenset({"own voices", "best friends", "library science", "books about reading"})
_STARS = re.compile(r"(\d|one|two|three|four|five)( \d)? ?stars?( .*)?")
_YEAR_OR_PHRASE = re.compile(rf"\b(?:20[0-4]\d|{OWNER_PHRASES})\b")
_LETTER = re.compile(r"[^\W\d_]")


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
    if OWNER_TAGS.fullmatch(folded) or OWNER_WORDS.intersection(words):
        return None
    if _STARS.fullmatch(folded) or _YEAR_OR_PHRASE.search(folded):
        return None
    return folded


def read_book_tags(
    bench: Workbench,
    source: LaidOutTable,
    names: LaidOutTable,
    goodreads_ids: Sequence[str],
    account: ReadReportBuilder,
) -> Tags:
    """Reads a table of (Goodreads id, tag id, count) and one of tag names.

    A row that repeats a book and tag counts once, with its larger count. Tags that fold to the
    same words are added up. `goodreads_ids` has the id of each book, "" where it has none.
    """
    subjects = _read_names(bench, names, account)
    columns = bench.read(source, coded=source.layout.columns)
    place = {g: at for at, g in enumerate(goodreads_ids) if g}
    vocabulary = sorted({s for s in subjects.values() if s})
    column = {s: at for at, s in enumerate(vocabulary)}
    raw = columns.coded["tag"]
    books = columns.coded["goodreads_id"].mapped(lambda t: place.get(trimmed_id(t), -1), np.int64)
    known = raw.mapped(lambda t: trimmed_id(t) in subjects, bool)
    tags = raw.mapped(lambda t: column.get(subjects.get(trimmed_id(t)) or "", -1), np.int64)
    counts = columns.coded["count"].mapped(lambda t: people(t) or 0, np.int64)
    of_book = books >= 0
    subject_of_book = of_book & (tags >= 0)
    rows = np.flatnonzero(subject_of_book & (counts > 0))
    # largest count first, so that the first of a repeated (book, tag) is the one to keep
    pair = books[rows] * (int(raw.codes.max(initial=0)) + 1) + raw.codes[rows]
    order = np.lexsort((-counts[rows], pair))
    fresh = np.ones(len(order), bool)
    fresh[1:] = pair[order[1:]] != pair[order[:-1]]
    chosen = rows[order[fresh]]
    repeated = np.zeros(columns.rows, bool)
    repeated[rows[order[~fresh]]] = True
    account.take(
        columns,
        {
            "the book is not in the table of books": ~of_book,
            "the tag has no name": of_book & ~known,
            "the tag speaks of its owner, not of the book": of_book & known & (tags < 0),
            "the count is no number of readers, 1 or more": subject_of_book & (counts < 1),
            "the book has the tag in another row": repeated,
        },
        expected=True,
    )
    entries = (counts[chosen].astype(np.float32), (books[chosen], tags[chosen]))
    matrix = sp.csr_array(sp.coo_array(entries, shape=(len(goodreads_ids), len(vocabulary))))
    kept = np.flatnonzero(np.bincount(matrix.indices, minlength=len(vocabulary)) >= MIN_BOOKS)
    if len(kept) < len(vocabulary):
        account.notes.append(
            f"{source.table.label}: {len(vocabulary) - len(kept):,} of {len(vocabulary):,} "
            f"subjects are left out because fewer than {MIN_BOOKS} books have them"
        )
    frequent = sp.csr_array(matrix[:, kept])
    frequent.sort_indices()
    return Tags(tuple(vocabulary[at] for at in kept), frequent)


def _read_names(
    bench: Workbench, source: LaidOutTable, account: ReadReportBuilder
) -> dict[str, str | None]:
    """The subject of each tag by its id; None where the tag speaks of its owner."""
    columns = bench.read(source, texts=source.layout.columns)
    names = columns.texts["name"]
    subjects = [subject(name) for name in names]
    owners = np.array([each is None for each in subjects], bool)
    reason = "the tag speaks of its owner, not of a book"
    example = names[int(owners.argmax())] if names else ""
    account.take(columns, {reason: owners}, {reason: example}, expected=True)
    return dict(zip(map(trimmed_id, columns.texts["tag"]), subjects, strict=True))


def tags_of_cells(cells: Sequence[str]) -> Tags:
    """Tags out of cells of several: `Drama|Musical`, `history; science`, `['Drama', 'Musical']`.

    Where no cell of the column has one of these, commas divide.
    """
    nothing = {"", "no genres listed"}
    commas = not any("|" in cell or ";" in cell for cell in cells)
    each = [set(map(fold_tag, items_of(cell, commas=commas))) - nothing for cell in cells]
    vocabulary = sorted(set().union(*each))
    column_of = {tag: at for at, tag in enumerate(vocabulary)}
    pairs = [(row, column_of[tag]) for row, tags in enumerate(each) for tag in sorted(tags)]
    rows, tags = np.array(pairs, np.int64).reshape(-1, 2).T
    entries = (np.ones(len(pairs), np.float32), (rows, tags))
    shape = (len(cells), len(vocabulary))
    return Tags(tuple(vocabulary), sp.csr_array(sp.coo_array(entries, shape=shape)))
