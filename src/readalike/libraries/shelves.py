"""What a library tells a model: what was read, what was given up, and the pile still to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from readalike.data.scale import RatingScale
from readalike.libraries.entry import stars_on
from readalike.libraries.matches import Matches

SHELVED = ("Goodreads",)
"""Formats in which each book stands on a shelf that tells its status, or is one of the reader's own
that tells nothing."""


@dataclass(frozen=True)
class Shelves:
    """The matched books of a library, each on one shelf.

    Attributes:
        read: Stars on the model's scale by book id, None of a book without an opinion; books
            being read are among them, and books that were given up with a low rating.
        given_up: Ids of books that were begun and given up without one: no likes, and not to be
            listed.
        pile: Ids of books to be read, in the order of the file.
    """

    read: Mapping[str, float | None]
    given_up: tuple[str, ...]
    pile: tuple[str, ...]


def shelves_of(matches: Matches, scale: RatingScale) -> Shelves:
    """Sorts the matched entries onto the shelves.

    A book in several entries is read if one of them says so, with the first opinion among them. A
    book whose status the source does not say is read; but one on a shelf of the reader's own, which
    could have been the one of books read, only if it has stars.

    Args:
        matches: The library beside the catalogue.
        scale: The model's.
    """
    read: dict[str, float | None] = {}
    given_up: dict[str, None] = {}
    pile: dict[str, None] = {}
    for entry, found in matches.pairs():
        book, opinion = found.book_id, entry.opinion
        if book is None:
            continue
        if entry.status is None and opinion is None and matches.library.format in SHELVED:
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
