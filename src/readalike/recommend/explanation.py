"""Where one book stands for a reader: in the list, behind it, or not to be listed, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from readalike.data.catalogue import Book
from readalike.data.histories import Histories
from readalike.models.interface import Scores
from readalike.recommend.listing import (
    ELSEWHERE,
    EXCLUDED,
    READ,
    ListContext,
    ScoredRequest,
    history_books,
    ordered_items,
    reasons_of,
    shares_of,
)
from readalike.recommend.results import Reason

MOST_ASKED = 3
"""Of so many books it is told where another would stand without them."""
WHY_NOT = {
    READ: "you read it",
    EXCLUDED: "you gave it up, or do not want it",
    ELSEWHERE: "it is not among the books to choose from",
}
ANOTHER = "another edition of it stands higher"
"""Of a book that no rule leaves out for what was read."""


@dataclass(frozen=True)
class Without:
    """Where a book would stand had the reader not read one other.

    Attributes:
        book: The other.
        rank: The place that it would have.
    """

    book: Book
    rank: int


@dataclass(frozen=True)
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
            not be listed, or the model cannot be asked.
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
    asked: ScoredRequest, item: int, n: int, stock: ListContext, ruled: str | None
) -> Explanation:
    """Where a book stands.

    Args:
        asked: The question.
        item: The book.
        n: Length of the list.
        stock: What lists are made with.
        ruled: What the rules say of it in words, where they leave it out.

    Raises:
        SettingError: n below 1.
    """
    free = asked.candidates
    listed = ordered_items(asked, n, stock).tolist()
    shares = shares_of(asked, np.array([item]))
    base = float(shares.base[0])
    reasons = reasons_of(history_books(asked.row, stock.catalogue), shares.by_book[0], base)
    left_out = next((name for name, mask in asked.left.items() if mask[item]), "")
    rank = None if left_out else rank_of(asked.free_scores, item, stock)
    return Explanation(
        stock.catalogue.book(item),
        rank,
        int(free.sum()),
        listed.index(item) + 1 if item in listed else None,
        left_out,
        (WHY_NOT.get(left_out) or ruled or ANOTHER) if left_out else f"by {asked.means}",
        float(asked.scores[item]),
        base,
        reasons,
        () if left_out else _without(asked, item, shares.by_book[0], stock),
    )


def rank_of(scores: Scores, item: int, stock: ListContext) -> int:
    """The place of an item by scores, from 1, equal ones in the order of ties."""
    before = scores > scores[item]
    before |= (scores == scores[item]) & (stock.places < stock.places[item])
    return int(before.sum()) + 1


def _without(
    asked: ScoredRequest, item: int, amounts: Any, stock: ListContext
) -> tuple[Without, ...]:
    """Where an item would stand without each of the books that helped it most.

    Scored anew from the shorter history, and among the same books, so that the one taken away is
    not listed itself. Of a single book nothing would be left to ask about.
    """
    row = asked.row
    if asked.model is None or len(row.items) < 2:
        return ()
    strongest = [at for at in np.argsort(-amounts, kind="stable")[:MOST_ASKED] if amounts[at] > 0]
    shorter = Histories.of_rows(
        [
            (np.delete(row.items, at).tolist(), np.delete(row.stars, at).tolist())
            for at in strongest
        ],
        row.n_items,
    )
    if not strongest:
        return ()
    free = asked.candidates
    found = np.where(free, asked.model.score(shorter), np.float32(-np.inf))
    return tuple(
        Without(stock.catalogue.book(int(row.items[at])), rank_of(scores, item, stock))
        for at, scores in zip(strongest, found, strict=True)
    )
