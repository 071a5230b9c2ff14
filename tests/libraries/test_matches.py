"""How far a match is to be trusted, and what is counted of many."""

from __future__ import annotations

import pytest

from libraries.worlds import catalogue_of, entry, found, library
from readalike.libraries.entry import Entry
from readalike.libraries.matches import CONFIDENCE, Match, Matches

BOOKS = catalogue_of(
    ("Emma", "Jane Austen, Ann Onym"),
    ("Dune", "Frank Herbert"),
    ("Solaris", "Stanisław Lem"),
    ("Maus", "Art Spiegelman"),
    goodreads_ids=("11", "12", "13", "14"),
    isbn13=("", "9780140283334", "", ""),
)


@pytest.mark.parametrize(
    ("one", "how", "confidence", "doubtful"),
    [
        (entry("Emma", "Jane Austen", ids={"goodreads": "11"}), "goodreads id", 0.99, False),
        (entry(ids={"goodreads": "11"}), "goodreads id", 0.94, False),
        (entry("Emma", "Bob", ids={"goodreads": "11"}), "goodreads id", 0.87, True),
        (entry("Ema & I", "Jane Austen", ids={"goodreads": "11"}), "goodreads id", 0.87, True),
        (entry("Dune", "Frank Herbert", isbn13=("9780140283334",)), "isbn", 0.98, False),
        (entry("Emma", "Jane Austen"), "title and author", 0.95, False),
        (entry("Emma", "Ann Onym"), "title and author", 0.87, True),
    ],
)
def test_a_match_is_trusted_by_how_it_was_found_and_how_much_agrees(
    one: Entry, how: str, confidence: float, doubtful: bool
) -> None:
    match = found(BOOKS, one)
    assert (match.state, match.how, match.confidence) == ("matched", how, confidence)
    assert match.doubtful is doubtful


def test_ways_of_matching_are_told_the_surest_first() -> None:
    trust = list(CONFIDENCE.values())
    assert trust == sorted(trust, reverse=True)
    assert trust[0] == 1
    assert trust[-1] > 0.8
    each = (Match("matched", "1", "isbn", 0.98), Match("matched", "2", "goodreads id", 0.99),
            Match("matched", "3", "isbn", 0.89), Match("ambiguous", candidates=("1", "2")),
            Match("unmatched", how="isbn"), Match("matched", "4", "isbn", 0.9))  # fmt: skip
    matches = Matches(library(*(entry() for _ in each)), BOOKS, each)
    assert list(matches.ways().items()) == [("goodreads id", 1), ("isbn", 3)]
    assert matches.states() == {"matched": 4, "ambiguous": 1, "unmatched": 1}
    assert [match for _, match in matches.doubtful()] == [each[2], each[3]]
