"""What the ids and ISBN of an entry say, and how far its title and authors bear them out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from readalike.libraries.asked import Asked, same_author, same_title
from readalike.libraries.entry import Entry
from readalike.libraries.index import Index

_OPEN_LIBRARY = re.compile(r"OL\d+[WM]")


@dataclass(frozen=True)
class Claim:
    """A book that an id or ISBN says an entry is.

    Attributes:
        how: What says so.
        book: Index of the book.
        title: Whether the titles agree; None where one is missing.
        author: Whether the authors agree; None where one is missing.
    """

    how: str
    book: int
    title: bool | None
    author: bool | None

    @property
    def support(self) -> int:
        """How many of title and authors agree: 0 to 2."""
        return (self.title is True) + (self.author is True)

    @property
    def unchecked(self) -> bool:
        """Whether there is neither a title nor an author to check it by."""
        return self.title is None and self.author is None


def claims_of(entry: Entry, asked: Asked, index: Index) -> list[Claim]:
    """All that the ids and ISBN of an entry say, the surest kind first.

    An id that the file does not say the giver of may be the catalogue's or Goodreads'; the title
    must agree, since small numbers are ids of some book everywhere. (goodbooks-10k has both, and
    its own is called `book_id` in one layout, where Goodreads' is in the other.)
    """
    found: dict[tuple[str, int], Claim] = {}
    for how, book, guessed in _said(entry, index):
        title = same_title(asked, index, book)
        author = same_author(asked, index, book)
        if guessed and not title and not (title is None and author is None):
            continue
        found.setdefault((how, book), Claim(how, book, title, author))
    return list(found.values())


def _said(entry: Entry, index: Index) -> Iterator[tuple[str, int, bool]]:
    """Kind, book, and whether the kind is a guess."""
    books = index.catalogue.books
    guess = entry.ids.get("book", "")
    for book in index.by_goodreads.get(entry.ids.get("goodreads", ""), ()):
        yield "goodreads id", book, False
    for book in index.by_work.get(entry.ids.get("work", ""), ()):
        yield "work id", book, False
    for kind in ("openlibrary", "openlibrary edition"):
        outside = entry.ids.get(kind, "").rpartition("/")[2]
        if _OPEN_LIBRARY.fullmatch(outside):
            known = books.index(outside)
            for book in [*([] if known is None else [known]), *index.by_work.get(outside, ())]:
                yield "open library id", book, False
    for isbn in entry.isbn13:
        for book in index.by_isbn.get(isbn, ()):
            yield "isbn", book, False
    known = books.index(guess) if guess else None
    if known is not None:
        yield "catalogue id", known, True
    if entry.title or entry.authors:
        for book in index.by_goodreads.get(guess, ()):
            yield "goodreads id", book, True
