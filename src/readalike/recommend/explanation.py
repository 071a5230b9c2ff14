"""Where one book stands for a reader: in the list, behind it, or not to be listed, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from readalike.data.catalogue import Book
from readalike.data.histories import Histories
from readalike.models.interface import Scores
from readalike.recommend.listing import (
    ListContext,
    ScoredRequest,
    ordered_items,
    reasons_of,
    shares_of,
)
from readalike.recommend.results import Reason
from readalike.recommend.rules import Rulebook

MOST_WITHOUT = 3
"""For so many books of the history it is said where another book would stand without them."""


@dataclass(frozen=True)
class Without:
    """Where a book would stand had the reader not read one other.

    Attributes:
        book: The other.
        rank: The place that it would have.
    """

    book: Book
    rank: int


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Where a book stands for a reader.

    Attributes:
        book: The book.
        rank: Its place by score among all books that may be listed, from 1; None where it must
            not be listed.
        among: How many books may be listed.
        place: Its place in the list, from 1; None where it is not in it. Dials and a limit by
            author can make it another than the rank.
        left_out: Name of what leaves it out; "" where it may be listed.
        why: The same in words, or what the rank is by.
        score: What the model gives.
        base: The part of the score that comes from no book of the reader's.
        reasons: The reader's books that moved the score, most helpful first.
        without: Where it would stand without each of the strongest of them; empty where it must
            not be listed, or the model cannot score other histories.
    """

    book: Book
    rank: int | None
    among: int
    place: int | None
    left_out: str
    why: str
    score: float
    base: float
    reasons: tuple[Reason, ...]
    without: tuple[Without, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "book_id": self.book.book_id,
            "title": self.book.title,
            "authors": self.book.authors,
            "rank": self.rank,
            "among": self.among,
            "place": self.place,
            "left_out": self.left_out,
            "why": self.why,
            "score": self.score,
            "base": self.base,
            "reasons": [reason.as_dict() for reason in self.reasons],
            "without": [
                {"book_id": each.book.book_id, "title": each.book.title, "rank": each.rank}
                for each in self.without
            ],
        }


def explain(
    request: ScoredRequest, item: int, n: int, context: ListContext, rulebook: Rulebook
) -> Explanation:
    """Where a book stands.

    Args:
        request: The request, scored.
        item: The book.
        n: Length of the list.
        context: What lists are made with.
        rulebook: Has the words for what the rules leave out.
    """
    listed = ordered_items(request, n, context).tolist()
    shares = shares_of(request, np.array([item]))
    left = request.candidates.why_not(0, item)
    if left is None:
        why = f"by {request.means}"
        if request.source == "personal" and not request.rests_on_books(np.array([item])).any():
            why = f"{why}; nothing that was read speaks for it or against it"
    else:
        rules, read = request.constraints.rules, request.row.items
        why = left.words or rulebook.in_words(left.reason, rules, read, item)
    return Explanation(
        book=context.catalogue.book(item),
        rank=None if left else rank_of(request.free_scores, item, context),
        among=int(request.candidates.allowed.sum()),
        place=listed.index(item) + 1 if item in listed else None,
        left_out=left.reason if left else "",
        why=why,
        score=float(request.scores[item]),
        base=float(shares.base[0]),
        reasons=reasons_of(request.row, shares, context.catalogue)[0],
        without=() if left else _without(request, item, shares.by_book[0], context),
    )


def rank_of(scores: Scores, item: int, context: ListContext) -> int:
    """The place of an item by scores, from 1, equal ones in the order of ties."""
    before = scores > scores[item]
    before |= (scores == scores[item]) & (context.places < context.places[item])
    return int(before.sum()) + 1


def _without(
    request: ScoredRequest, item: int, amounts: Any, context: ListContext
) -> tuple[Without, ...]:
    """Where an item would stand without each of the books that helped it most.

    Scored anew from the shorter history, and among the same books, so that the one taken away is
    not listed itself. Of a single book nothing would be left to ask about.
    """
    row = request.row
    if request.model is None or len(row.items) < 2:
        return ()
    strongest = [at for at in np.argsort(-amounts, kind="stable")[:MOST_WITHOUT] if amounts[at] > 0]
    shorter = Histories.of_rows(
        [
            (np.delete(row.items, at).tolist(), np.delete(row.stars, at).tolist())
            for at in strongest
        ],
        row.n_items,
    )
    if not strongest:
        return ()
    allowed = request.candidates.allowed
    found = np.where(allowed, request.model.score(shorter), np.float32(-np.inf))
    return tuple(
        Without(context.catalogue.book(int(row.items[at])), rank_of(scores, item, context))
        for at, scores in zip(strongest, found, strict=True)
    )
