"""A list for several readers: nobody's last choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Book
from readalike.errors import SettingError
from readalike.numerics.mmr import mmr_top_n
from readalike.recommend.listing import (
    ListContext,
    ScoredRequest,
    history_books,
    reasons_of,
    require_positive,
    shares_of,
)
from readalike.recommend.results import Reason

F64 = npt.NDArray[np.float64]

RULE = (
    "the order is by the place that a book has with whoever wants it least, then by all places "
    "together; what one of them has read is not listed"
)


@dataclass(frozen=True)
class MemberRank:
    """Where a book stands for one of the readers.

    Attributes:
        reader: The name that the reader was given.
        rank: Its place among all books that may be listed, from 1.
        share: How much of its merit is this reader's: 1 / log2(1 + rank), over the sum of all.
        reasons: The reader's books that moved it, most helpful first.
    """

    reader: str
    rank: int
    share: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class GroupRecommendation:
    """One book of a list for several.

    Attributes:
        rank: 1 for the first.
        book: The book.
        places: Where it stands for each reader, in the order in which they were given.
    """

    rank: int
    book: Book
    places: tuple[MemberRank, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "rank": self.rank,
            "book_id": self.book.book_id,
            "title": self.book.title,
            "authors": self.book.authors,
            "year": self.book.year,
            "places": [
                {
                    "reader": place.reader,
                    "rank": place.rank,
                    "share": place.share,
                    "reasons": [reason.as_dict() for reason in place.reasons],
                }
                for place in self.places
            ],
        }


@dataclass(frozen=True)
class GroupRecommendations:
    """A list of books for several readers.

    Attributes:
        items: The books, best first.
        shares: How much of the list is each reader's: the mean share over its books.
        ignored: Ids that no book of the catalogue answers to, by reader.
        rule: What the order is by, in words.
        note: Why the list is shorter than asked; "" where it is not.
    """

    items: tuple[GroupRecommendation, ...]
    shares: Mapping[str, float]
    ignored: Mapping[str, tuple[str, ...]]
    rule: str = RULE
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "recommendations": [item.as_dict() for item in self.items],
            "shares": dict(self.shares),
            "ignored": {name: list(ids) for name, ids in self.ignored.items()},
            "rule": self.rule,
            "note": self.note,
        }


def recommend_group(
    asked: Mapping[str, ScoredRequest], n: int, stock: ListContext
) -> GroupRecommendations:
    """The n books that the readers agree on best.

    Least misery [O'Connor et al. 2001]: a book is as good as its place with whoever wants it
    least. Places and not scores are compared, since a long history has larger scores than a short
    one, and nobody's wishes should count more for that.

    Args:
        asked: The question of each reader, by name; of two or more.
        n: How many.
        stock: What lists are made with.

    Raises:
        SettingError: n below 1, or fewer than two readers.
    """
    require_positive(n)
    if len(asked) < 2:
        raise SettingError(f"a list for several needs two readers or more, got {len(asked)}")
    free = reduce(np.logical_and, (each.candidates for each in asked.values()))
    items = np.flatnonzero(free)
    ranks = np.array([_ranks(each, items, stock) for each in asked.values()])
    worst, total = ranks.max(axis=0, initial=0), ranks.sum(axis=0)
    utilities = np.full(len(free), -np.inf, np.float32)
    order = np.lexsort((stock.places[items], total, worst))
    utilities[items[order]] = -np.arange(len(items), dtype=np.float32)
    by_author = next(iter(asked.values())).by_author
    chosen = mmr_top_n(utilities, min(n, len(free)), stock.ties, stock.first_authors, by_author)
    at = np.searchsorted(items, chosen)
    merit = 1 / np.log2(1 + ranks[:, at])
    shares = merit / merit.sum(axis=0)
    reasons = [_reasons(each, chosen, stock) for each in asked.values()]
    listed = tuple(
        GroupRecommendation(
            place + 1,
            stock.catalogue.book(item),
            tuple(
                MemberRank(
                    name, int(ranks[who, at[place]]), float(shares[who, place]), reasons[who][place]
                )
                for who, name in enumerate(asked)
            ),
        )
        for place, item in enumerate(chosen.tolist())
    )
    short = f"asked for {n} books, but only {len(listed)} can be listed for all of them"
    return GroupRecommendations(
        listed,
        {name: float(shares[who].mean()) if len(listed) else 0.0 for who, name in enumerate(asked)},
        {name: each.ignored for name, each in asked.items()},
        note=short if len(listed) < n else "",
    )


def _ranks(
    asked: ScoredRequest, items: npt.NDArray[np.int64], stock: ListContext
) -> npt.NDArray[np.int64]:
    """The place of each of some items among them, from 1; shape (items,)."""
    order = np.lexsort((stock.places[items], -asked.scores[items]))
    ranks = np.empty(len(items), np.int64)
    ranks[order] = np.arange(1, len(items) + 1)
    return ranks


def _reasons(
    asked: ScoredRequest, items: npt.NDArray[np.int32], stock: ListContext
) -> Sequence[tuple[Reason, ...]]:
    shares, told = shares_of(asked, items), history_books(asked.row, stock.catalogue)
    return [
        reasons_of(told, parts, float(base))
        for parts, base in zip(shares.by_book, shares.base, strict=True)
    ]
