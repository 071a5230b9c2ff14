"""Which books of a catalogue a library's entries are, and what that says to a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from readalike.data.catalogue import Book, Catalogue
from readalike.libraries.entry import Entry, Library

State = Literal["matched", "ambiguous", "unmatched"]
Unknown = Literal["ignore", "read", "history"]
"""What becomes of a book without stars of which nothing says whether it was read.

`ignore`: it may be listed; `read`: it is not listed. Neither is a word for its like. `history`: the
reader says that it was read, and it counts as such.
"""
SURE = 0.9
"""Below this confidence a match is to be looked at by a person."""

CONFIDENCE = {
    "correction": 1.0,
    "goodreads id": 0.99,
    "isbn": 0.98,
    "work id": 0.98,
    "open library id": 0.98,
    "catalogue id": 0.97,
    "title and author": 0.95,
    "series, title and author": 0.92,
    "original title and author": 0.90,
    "short title and author": 0.88,
    "title nearly and author": 0.85,
}
"""Ways of matching, the surest first. The numbers are an order of trust, not probabilities."""
HALF_AGREED = 0.12
"""Less, where of title and author only one agrees with what an id or ISBN says ..."""
UNCHECKED = 0.05
"""... where there was neither to check it by ..."""
NOT_FIRST_AUTHOR = 0.08
"""... where only an author behind the first agrees."""


@dataclass(frozen=True, slots=True)
class Match:
    """What one entry is.

    Attributes:
        state: Whether it is one book of the catalogue, one of several or a doubtful one, or none.
        book_id: The book, where matched.
        how: By what, one of `CONFIDENCE`; empty where not matched.
        confidence: How far that is to be trusted, up to 1; None where not matched.
        candidates: Ids of books that it may be, where ambiguous.
        why: Why it is not matched, or what speaks against the match; empty where nothing does.
    """

    state: State
    book_id: str | None = None
    how: str = ""
    confidence: float | None = None
    candidates: tuple[str, ...] = ()
    why: str = ""

    @property
    def doubtful(self) -> bool:
        """Whether a person should look at it: ambiguous, or matched by little."""
        if self.state == "matched":
            return self.confidence is not None and self.confidence < SURE
        return self.state == "ambiguous"


@dataclass(frozen=True, eq=False)
class Matches:
    """A library beside a catalogue.

    Attributes:
        library: The library.
        catalogue: The books that it was looked for in.
        each: One for each entry of the library, in its order.
        notes: What else was found, in words.
        unknown: What a book is of which nothing says whether it was read.
    """

    library: Library
    catalogue: Catalogue
    each: tuple[Match, ...]
    notes: tuple[str, ...] = ()
    unknown: Unknown = "ignore"

    def pairs(self) -> Iterator[tuple[Entry, Match]]:
        """Each entry with what it is."""
        return zip(self.library.entries, self.each, strict=True)

    def book(self, outside: str) -> Book:
        """The book that a match names by its id."""
        index = self.catalogue.books.index(outside)
        assert index is not None
        return self.catalogue.book(index)

    def states(self) -> dict[str, int]:
        """How many entries are matched, ambiguous and unmatched."""
        counts = Counter(match.state for match in self.each)
        return {state: counts[state] for state in get_args(State)}

    def ways(self) -> dict[str, int]:
        """How many entries were matched in each way, the surest way first."""
        counts = Counter(match.how for match in self.each if match.state == "matched")
        return {how: counts[how] for how in CONFIDENCE if counts[how]}

    def doubtful(self) -> tuple[tuple[Entry, Match], ...]:
        """What a person should look at."""
        return tuple((entry, match) for entry, match in self.pairs() if match.doubtful)


def books_of(matches: Matches) -> tuple[str, ...]:
    """The matched books of a list, whatever their status, each once and in its order."""
    return tuple(dict.fromkeys(found.book_id for found in matches.each if found.book_id))
