"""A list for several readers: nobody's last choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from readalike.data.catalogue import Book
from readalike.errors import SettingError
from readalike.numerics.arrays import I32, I64
from readalike.numerics.topn import mmr_top_n
from readalike.recommend.listing import (
    ListContext,
    ScoredRequest,
    reasons_of,
    shares_of,
)
from readalike.recommend.results import Reason

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
        note: Why the list is shorter than asked, and whose books speak for none of it; "" where
            neither.
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
    requests: Mapping[str, ScoredRequest], n: int, context: ListContext
) -> GroupRecommendations:
    """The n books that the readers agree on best.

    Least misery [O'Connor et al. 2001]: a book is as good as its place with whoever wants it
    least. Places and not scores are compared, since a long history has larger scores than a short
    one, and nobody's wishes should count more for that.

    Args:
        requests: The request of each reader, by name; of two or more.
        n: How many, at least 1.
        context: What lists are made with.

    Raises:
        SettingError: Fewer than two readers.
    """
    if len(requests) < 2:
        raise SettingError(f"a list for several needs two readers or more, got {len(requests)}")
    allowed = reduce(np.logical_and, (each.candidates.allowed[0] for each in requests.values()))
    items = np.flatnonzero(allowed)
    ranks = np.array([_ranks(each, items, context) for each in requests.values()])
    worst, total = ranks.max(axis=0), ranks.sum(axis=0)
    utilities = np.full(len(allowed), -np.inf, np.float32)
    order = np.lexsort((context.places[items], total, worst))
    utilities[items[order]] = -np.arange(len(items), dtype=np.float32)
    by_author = next(iter(requests.values())).constraints.rules.by_author
    chosen = mmr_top_n(
        utilities,
        min(n, len(allowed)),
        context.ties,
        groups=context.first_authors,
        most=by_author,
    )
    at = np.searchsorted(items, chosen)
    merit = 1 / np.log2(1 + ranks[:, at])
    shares = merit / merit.sum(axis=0)
    reasons = [_reasons(each, chosen, context) for each in requests.values()]
    listed = tuple(
        GroupRecommendation(
            place + 1,
            context.catalogue.book(item),
            tuple(
                MemberRank(
                    name, int(ranks[who, at[place]]), float(shares[who, place]), reasons[who][place]
                )
                for who, name in enumerate(requests)
            ),
        )
        for place, item in enumerate(chosen.tolist())
    )
    short = f"asked for {n} books, but only {len(listed)} can be listed for all of them"
    silent = [
        name
        for name, each in requests.items()
        if each.source != "personal" or not each.rests_on_books(chosen).any()
    ]
    notes = [f"of what {' and '.join(silent)} read nothing speaks for these books"] * bool(silent)
    means = [float(each.mean()) if len(listed) else 0.0 for each in shares]
    return GroupRecommendations(
        listed,
        dict(zip(requests, means, strict=True)),
        {name: each.ignored for name, each in requests.items()},
        note="; ".join([*notes, *([short] if len(listed) < n else [])]),
    )


def _ranks(request: ScoredRequest, items: I64, context: ListContext) -> I64:
    """The place of each of some items among them, from 1; shape (items,)."""
    order = np.lexsort((context.places[items], -request.scores[items]))
    ranks = np.empty(len(items), np.int64)
    ranks[order] = np.arange(1, len(items) + 1)
    return ranks


def _reasons(
    request: ScoredRequest, items: I32, context: ListContext
) -> Sequence[tuple[Reason, ...]]:
    return reasons_of(request.row, shares_of(request, items), context.catalogue)
