"""Which books of a catalogue a library's entries are, and what that says to a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from readalike.data.catalogue import Book, Catalogue
from readalike.data.scale import RatingScale
from readalike.libraries.entry import Entry, Library, stars_on

State = Literal["matched", "ambiguous", "unmatched"]
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


@dataclass(frozen=True)
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
    """

    library: Library
    catalogue: Catalogue
    each: tuple[Match, ...]
    notes: tuple[str, ...] = ()

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


@dataclass(frozen=True)
class Shelves:
    """The matched books of a library, each on one shelf.

    `read` has stars on the model's scale by book id, None of a book without an opinion; books being
    read are among them, and books that were given up with a low rating. Those given up without one
    are no likes, and not to be listed. `pile` are books to be read, in the order of the file.
    """

    read: Mapping[str, float | None]
    given_up: tuple[str, ...]
    pile: tuple[str, ...]


def shelves_of(matches: Matches, scale: RatingScale) -> Shelves:
    """Sorts the matched entries onto the shelves, their stars on the scale of the model.

    A book in several entries is read if one of them says so, with the first opinion among them. A
    book whose status the source does not say is read; but one on a shelf of the reader's own, which
    could have been the one of books read, only if it has stars.
    """
    read: dict[str, float | None] = {}
    given_up: dict[str, None] = {}
    pile: dict[str, None] = {}
    for entry, found in matches.pairs():
        book, opinion = found.book_id, entry.opinion
        if book is None:
            continue
        # there each book stands on a shelf of its status, or on one of the reader's own
        shelved = matches.library.format == "Goodreads"
        if entry.status is None and opinion is None and shelved:
            continue
        if entry.status == "to-read":
            pile[book] = None
        elif entry.status == "unfinished" and opinion is None:
            given_up[book] = None
        else:
            stars = None
            if opinion is not None and entry.scale is not None:
                stars = stars_on(opinion, entry.scale, scale)
            if read.get(book) is None:
                read[book] = stars
    return Shelves(
        read,
        tuple(book for book in given_up if book not in read),
        tuple(book for book in pile if book not in read and book not in given_up),
    )


def books_of(matches: Matches) -> tuple[str, ...]:
    """The matched books of a list, whatever their status, each once and in its order."""
    return tuple(dict.fromkeys(found.book_id for found in matches.each if found.book_id))
