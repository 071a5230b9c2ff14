"""Which book of a catalogue each entry of a library is: rather none than a wrong one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from readalike.data.catalogue import Catalogue
from readalike.data.intake import counted
from readalike.libraries.asked import Asked, asked_of, first_author
from readalike.libraries.claims import Claim, claims_of
from readalike.libraries.corrections import Correction, by_row, corrected
from readalike.libraries.entry import Entry, Library
from readalike.libraries.index import Index, index_of
from readalike.libraries.matches import (
    CONFIDENCE,
    HALF_AGREED,
    NOT_FIRST_AUTHOR,
    UNCHECKED,
    Match,
    Matches,
)
from readalike.libraries.naming import Named, named

CANDIDATES = 5
"""So many books are offered where it is not certain which one is meant."""
CHECKED = 5
"""From so many Goodreads ids on that can be checked, a majority that is wrong counts."""


def match(
    library: Library, catalogue: Catalogue, corrections: Iterable[Correction] = ()
) -> Matches:
    """Finds each entry in the catalogue.

    First counts what the reader has corrected. Then what an id or an ISBN says, if title or author
    bear it out and the other does not name another book; then title and author (`named` has the
    rules). What is contradictory is ambiguous, never chosen. The order of rows does not matter.

    Args:
        library: What was read.
        catalogue: The books of a model.
        corrections: What the reader decided by hand.

    Raises:
        InputError: A correction names a book that the catalogue does not have.
    """
    index = index_of(catalogue)
    decided = by_row(corrections, catalogue)
    decisions = [corrected(entry, decided) for entry in library.entries]
    asked = [asked_of(entry) for entry in library.entries]
    said = [
        claims_of(entry, words, index) for entry, words in zip(library.entries, asked, strict=True)
    ]
    notes = []
    idle = len(decided) - sum(decision is not None for decision in decisions)
    if idle > 0:
        notes.append(f"{counted(idle, 'correction')} of entries that are not in this file")
    wrong, checked = _wrong_ids(said)
    if checked >= CHECKED and 2 * wrong > checked:
        notes.append(
            f"its Goodreads ids are not believed: {wrong:,} of the {checked:,} that can be checked "
            "are of books with another title and author"
        )
        said = [[c for c in each if c.how != "goodreads id" or c.support == 2] for each in said]
    each = tuple(
        decision or _match(entry, words, claims, index)
        for decision, entry, words, claims in zip(
            decisions, library.entries, asked, said, strict=True
        )
    )
    return Matches(library, catalogue, each, (*notes, *_repeated(each)))


def _match(entry: Entry, asked: Asked, claims: Sequence[Claim], index: Index) -> Match:
    by_name = named(asked, index)
    ids = index.catalogue.books.ids
    borne_out = [claim for claim in claims if claim.support or claim.unchecked]
    strongest = max((claim.support for claim in borne_out), default=0)
    best = [claim for claim in borne_out if claim.support == strongest]
    works = {int(index.works[claim.book]) for claim in best}
    if len(works) > 1:
        return _ambiguous([c.book for c in best], index, f"{_listed(best)} say different books")
    if best:
        return _by_claim(best[0], strongest, by_name, index)
    if by_name.sure:
        book = by_name.books[0]
        confidence = CONFIDENCE[by_name.how]
        confidence -= 0.0 if first_author(asked, index, book) else NOT_FIRST_AUTHOR
        why = f"{_listed(claims)} says another book, which has neither title nor author"
        return Match(
            "matched", ids[book], by_name.how, round(confidence, 2), (), why if claims else ""
        )
    if claims:
        books = [*(claim.book for claim in claims), *by_name.books]
        why = f"{_listed(claims)} says a book with another title and author"
        return _ambiguous(books, index, why)
    if by_name.books:
        return _ambiguous(by_name.books, index, by_name.why)
    why = by_name.why
    if not entry.title:
        why = "it has no title, and its ids and ISBN are not in the catalogue"
    return Match("unmatched", why=why)


def _by_claim(claim: Claim, support: int, by_name: Named, index: Index) -> Match:
    """What an id says, unless title and author say another book as well as they can."""
    works = index.works
    other = [b for b in by_name.books if works[b] != works[claim.book]]
    contradicted = by_name.how and by_name.books and len(other) == len(by_name.books)
    if support < 2 and contradicted:
        why = f"{claim.how} says one book, title and author another"
        return _ambiguous([claim.book, *other], index, why)
    confidence, why = CONFIDENCE[claim.how], ""
    if claim.unchecked:
        confidence -= UNCHECKED
        why = "there is no title or author to check it by"
    elif support == 1 and claim.title is not None and claim.author is not None:
        confidence -= HALF_AGREED
        why = "the author is another one" if claim.title else "the title is another one"
    outside = index.catalogue.books.ids[claim.book]
    return Match("matched", outside, claim.how, round(confidence, 2), (), why)


def _ambiguous(books: Iterable[int], index: Index, why: str) -> Match:
    ids = index.catalogue.books.ids
    chosen = tuple(ids[book] for book in dict.fromkeys(books))
    return Match("ambiguous", candidates=chosen[:CANDIDATES], why=why)


def _listed(claims: Iterable[Claim]) -> str:
    return " and ".join(dict.fromkeys(f"its {claim.how}" for claim in claims))


def _wrong_ids(said: Iterable[Sequence[Claim]]) -> tuple[int, int]:
    """How many Goodreads ids are of books with neither the title nor the author, of how many."""
    ids = [
        claim
        for claims in said
        for claim in claims
        if claim.how == "goodreads id" and claim.title is not None and claim.author is not None
    ]
    return sum(claim.support == 0 for claim in ids), len(ids)


def _repeated(each: Iterable[Match]) -> Iterable[str]:
    counts = Counter(match.book_id for match in each if match.book_id is not None)
    several = sum(count > 1 for count in counts.values())
    if several:
        yield (
            f"{counted(several, 'book')} of the catalogue, each behind more than one entry: "
            "editions that are entries of their own, or a mistake"
        )
