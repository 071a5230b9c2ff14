"""A catalogue's books by what people and files call them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, takewhile

import numpy as np
import numpy.typing as npt

from readalike.bibliography.folding import fold
from readalike.bibliography.isbn import to_isbn13
from readalike.bibliography.other_titles import divided, tells_apart
from readalike.bibliography.people import Codes, Person, codes, names_of, person_of
from readalike.bibliography.series import Volumes, volumes_of
from readalike.bibliography.titles import Title, title_key
from readalike.bibliography.works import works_of
from readalike.data.catalogue import Catalogue

Books = Mapping[str, list[int]]
"""Indices of books, in order, by a text that they have in common; none by an empty one."""


@dataclass(frozen=True, eq=False)
class BookIndex:
    """The books of a catalogue, taken apart and looked up; each table is made when first asked for.

    Whoever holds the catalogue holds its index: there is no other place where it is kept.
    """

    catalogue: Catalogue

    @cached_property
    def titles(self) -> tuple[Title, ...]:
        """The title of each book."""
        return tuple(map(Title, self.catalogue.titles))

    @cached_property
    def other_titles(self) -> Mapping[int, tuple[Title, ...]]:
        """The other titles of the books that have some, by index."""
        texts = enumerate(self.catalogue.other_titles)
        return {at: tuple(map(Title, divided(text))) for at, text in texts if text}

    @cached_property
    def authors(self) -> list[tuple[str, ...]]:
        """The names of the authors of each book; empty where none is known."""
        return names_of(self.catalogue.authors)

    @cached_property
    def _first_names(self) -> list[str]:
        return [names[0] if names else "" for names in self.authors]

    @cached_property
    def first_authors(self) -> Codes:
        """A number for the first author of each book, -1 where none is known; shape (n_books,)."""
        return codes(self._first_names)

    @cached_property
    def works(self) -> npt.NDArray[np.int32]:
        """The number of the work of each book; shape (n_books,)."""
        return works_of(self.catalogue, self._first_names)

    @cached_property
    def volumes(self) -> Volumes:
        """What each book is in its series."""
        return volumes_of(self.catalogue, self.titles, self.works, self.first_authors)

    @cached_property
    def people(self) -> list[tuple[Person, ...]]:
        """The authors of each book, their names taken apart; without anonymous ones."""
        each = {name: person_of(name) for names in self.authors for name in names}
        return [tuple(p for name in names if (p := each[name])) for names in self.authors]

    @cached_property
    def series(self) -> tuple[str, ...]:
        """The key of each book's series; empty where it has none."""
        return tuple(map(title_key, self.catalogue.series))

    @cached_property
    def by_series(self) -> Books:
        """Books by key of the series."""
        return _books(enumerate(self.series))

    @cached_property
    def folded_titles(self) -> tuple[str, ...]:
        """The title of each book with the series behind it, as `fold` writes it."""
        return tuple(map(fold, self.catalogue.titles))

    @cached_property
    def folded_authors(self) -> tuple[str, ...]:
        """The authors of each book, as `fold` writes them."""
        return tuple(map(fold, self.catalogue.authors))

    @cached_property
    def everything(self) -> tuple[str, ...]:
        """Title, authors and id of each book, for words to be looked for in."""
        columns = zip(self.folded_titles, self.folded_authors, self.catalogue.books, strict=True)
        texts = [f" {title} {names} {book.casefold()}" for title, names, book in columns]
        for at, others in self.other_titles.items():
            texts[at] += "".join(f" {other.folded}" for other in others)
        return tuple(texts)

    @cached_property
    def _in_order(self) -> list[tuple[str, int]]:
        return sorted(zip(self.folded_titles, range(len(self.catalogue)), strict=True))

    def beginning(self, text: str) -> list[int]:
        """The books whose folded title begins with a text, by index."""
        behind = islice(self._in_order, bisect_left(self._in_order, (text, -1)), None)
        return sorted(book for _, book in takewhile(lambda each: each[0].startswith(text), behind))

    def called(self, text: str) -> list[int]:
        """The books whose folded title is a text, with the series behind it or without."""
        titles, whole = self.titles, self.folded_titles
        return [b for b in self.beginning(text) if text in (whole[b], titles[b].folded)]

    @cached_property
    def by_other_title(self) -> Books:
        """Books by key of each other title that says which book is meant."""
        return _books(
            (at, other.full)
            for at, others in self.other_titles.items()
            for other in others
            if tells_apart(other, self.titles[at])
        )

    @cached_property
    def _by_folded_other_title(self) -> Books:
        pairs = self.other_titles.items()
        return _books((at, other.folded) for at, others in pairs for other in others)

    def also_called(self, text: str) -> list[int]:
        """The books that have a folded text for another title."""
        return self._by_folded_other_title.get(text, [])

    @cached_property
    def by_title(self) -> Books:
        """Books by key of the full title."""
        return _books((at, title.full) for at, title in enumerate(self.titles))

    @cached_property
    def by_short_title(self) -> Books:
        """Books with a subtitle by what stands before it."""
        return _books((at, title.short) for at, title in enumerate(self.titles) if title.rest)

    @cached_property
    def behind_series(self) -> Books:
        """Books called "Series: Title" by what stands behind the series."""
        return _books(
            (at, title.rest)
            for at, (title, series) in enumerate(zip(self.titles, self.series, strict=True))
            if title.rest and title.short == series
        )

    @cached_property
    def by_isbn(self) -> Books:
        """Books by ISBN-13, their own or that of an id that is an ISBN."""
        ids = (to_isbn13(book) or "" if len(book) >= 10 else "" for book in self.catalogue.books)
        return _books([*enumerate(self.catalogue.isbn13), *enumerate(ids)])

    @cached_property
    def by_goodreads_id(self) -> Books:
        """Books by Goodreads id."""
        return _books(enumerate(self.catalogue.goodreads_ids))

    @cached_property
    def by_work_id(self) -> Books:
        """Books by work id."""
        return _books(enumerate(self.catalogue.work_ids))

    @cached_property
    def by_last_name(self) -> Books:
        """Books by the last name of each author."""
        return _books((at, one.last) for at, people in enumerate(self.people) for one in people)

    @cached_property
    def title_words(self) -> frozenset[str]:
        """All words of all titles: what is one of them is no slip of the pen."""
        return frozenset(word for title in self.titles for word in title.full.split())

    def best_known(self, books: Iterable[int]) -> list[int]:
        """Books by how many people rated them in the world, the most first, then by index."""
        chosen = np.fromiter(books, np.int64)
        counts = np.nan_to_num(self.catalogue.counts[chosen], nan=-1.0)
        found: list[int] = chosen[np.lexsort((chosen, -counts))].tolist()
        return found


def _books(pairs: Iterable[tuple[int, str]]) -> Books:
    found: dict[str, dict[int, None]] = {}
    for at, text in pairs:
        if text:
            found.setdefault(text, {})[at] = None
    return {text: list(books) for text, books in found.items()}
