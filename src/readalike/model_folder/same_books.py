"""Which rows of a table of new books are books that are there already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from readalike.bibliography.book_index import BookIndex
from readalike.data.catalogue import Catalogue
from readalike.libraries.entry import Entry, Library
from readalike.libraries.matching import match
from readalike.libraries.reading import numbers_of_books

SAME = frozenset(
    ("goodreads id", "isbn", "title and author", "series, title and author",
     "original title and author")
)  # fmt: skip
"""Ways of matching that say that a row is a book of the model; a slip of the pen is not enough."""


@dataclass(frozen=True)
class SameBook:
    """A row of a table of new books that is a book there already.

    Attributes:
        book_id: Its id.
        same_as: The id of that book, in the model or in an earlier row.
    """

    book_id: str
    same_as: str


@dataclass(frozen=True)
class Clash:
    """A row whose Goodreads id or ISBN says another book than its title and author.

    Attributes:
        book_id: Its id.
        said: The ids of the books that it may be, in the model or in earlier rows.
    """

    book_id: str
    said: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class NewRows:
    """New books beside those of a model."""

    model: Catalogue
    books: Catalogue

    @cached_property
    def _entries(self) -> tuple[Entry, ...]:
        authors, books = BookIndex(self.books).authors, range(len(self.books))
        return tuple(self._entry(at, authors[at]) for at in books)

    def _entry(self, at: int, authors: tuple[str, ...]) -> Entry:
        book = self.books.book(at)
        isbn = (book.isbn13,) if book.isbn13 else ()
        return Entry(
            row=at + 1,
            line=at + 2,
            title=book.title,
            authors=authors,
            ids={"goodreads": book.goodreads_id} if book.goodreads_id else {},
            isbn_given=isbn,
            isbn13=isbn,
            series=book.series,
            volume=book.volume,
        )

    def sorted_out(self) -> tuple[list[str], tuple[SameBook, ...], tuple[Clash, ...]]:
        """The ids that are new, the rows that are a book already, and those that are doubtful.

        A row is a book of the model as an entry of a library is, and one of an earlier row as
        rows of one library are.
        """
        entries, index, ids = self._entries, BookIndex(self.model), self.books.books.ids
        library = Library(file="", format="", rows=len(entries), entries=entries)
        found = match(library, index).each
        numbers = numbers_of_books(entries)
        new: list[str] = []
        same: list[SameBook] = []
        clashes: list[Clash] = []
        first: dict[int, str] = {}
        owner: dict[tuple[str, str], str] = {}
        for outside, entry, given, number in zip(ids, entries, found, numbers, strict=True):
            said = dict.fromkeys(owner[each] for each in _numbers(entry) if each in owner)
            if given.state == "matched" and given.how in SAME and given.book_id is not None:
                same.append(SameBook(outside, given.book_id))
            elif given.state == "ambiguous" and _is_said(entry, index):
                clashes.append(Clash(outside, given.candidates))
            elif number in first:
                same.append(SameBook(outside, first[number]))
            elif said:
                clashes.append(Clash(outside, tuple(said)))
            else:
                new.append(outside)
            if number not in first:
                first[number] = _known_as(outside, same)
            owner |= {each: first[number] for each in _numbers(entry) if each not in owner}
        return new, tuple(same), tuple(clashes)


def _known_as(outside: str, same: list[SameBook]) -> str:
    return same[-1].same_as if same and same[-1].book_id == outside else outside


def _numbers(entry: Entry) -> list[tuple[str, str]]:
    """What no two books have in common."""
    return [*entry.ids.items(), *(("isbn", isbn) for isbn in entry.isbn13)]


def _is_said(entry: Entry, index: BookIndex) -> bool:
    """Whether a book of the model has the Goodreads id or the ISBN of a row."""
    known: Mapping[str, list[int]] = index.by_goodreads_id
    by_isbn = any(isbn in index.by_isbn for isbn in entry.isbn13)
    return by_isbn or entry.ids.get("goodreads", "") in known
