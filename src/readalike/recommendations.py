"""What a reader is answered: books in order, each with the exact reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from readalike.data.catalogue import Book
from readalike.forecasts import Forecast

Source = Literal["personal", "popular", "similar"]


@dataclass(frozen=True)
class Reason:
    """What one of the reader's own books gave to a score.

    Attributes:
        book: The reader's book.
        amount: Its part of the score; the amounts of all reasons and `Recommendation.base`
            add up to the score.
        share: The amount as a part of the score's size; the shares and that of the base
            add up to 1 (-1 where the score is negative).
        stars: What the reader gave to it; None where it was read without stars.
    """

    book: Book
    amount: float
    share: float
    stars: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "book_id": self.book.book_id,
            "title": self.book.title,
            "share": self.share,
            "amount": self.amount,
            "stars": self.stars,
        }


@dataclass(frozen=True)
class Kin:
    """A book that one with few readers is placed like.

    Attributes:
        book: The book that is read more.
        share: How much of what is known of the other's readers was taken over from it; the shares
            of all kin add up to 1 of a book that nobody has read, and to less of one that some
            have.
        common: Authors, series and subjects that both have, in words.
    """

    book: Book
    share: float
    common: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "book_id": self.book.book_id,
            "title": self.book.title,
            "share": self.share,
            "common": list(self.common),
        }


@dataclass(frozen=True)
class Recommendation:
    """One book of a list.

    Attributes:
        rank: 1 for the first.
        book: The book.
        score: What the list is ordered by; no number of stars.
        base: The part of the score that comes from no book of the reader's.
        reasons: The reader's books that moved the score, most helpful first.
        forecast: How many stars the reader would give; None where the model forecasts none.
        kin: Books that it is placed like, as few or none have read it, the nearest first.
    """

    rank: int
    book: Book
    score: float
    base: float
    reasons: tuple[Reason, ...]
    forecast: Forecast | None = None
    kin: tuple[Kin, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "rank": self.rank,
            "book_id": self.book.book_id,
            "title": self.book.title,
            "authors": self.book.authors,
            "year": self.book.year,
            "score": self.score,
            "base": self.base,
            "reasons": [reason.as_dict() for reason in self.reasons],
            "forecast": None if self.forecast is None else self.forecast.as_dict(),
            "kin": [each.as_dict() for each in self.kin],
        }


@dataclass(frozen=True)
class Recommendations:
    """A list of books for one reader.

    Attributes:
        items: The books, best first.
        ignored: Ids of the history that no book of the catalogue answers to.
        source: `personal` from the reader's books, `popular` where nothing is known of the
            reader, `similar` for books like one book.
        score_means: What the scores are.
        note: Why the list is shorter than asked, or not personal; "" where neither.
        left_out: Where the list is from some books only: how many of them are not listed, by why,
            each once, by the first reason.
    """

    items: tuple[Recommendation, ...]
    ignored: tuple[str, ...]
    source: Source
    score_means: str
    note: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.items)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "recommendations": [item.as_dict() for item in self.items],
            "ignored": list(self.ignored),
            "source": self.source,
            "score_means": self.score_means,
            "note": self.note,
            "left_out": dict(self.left_out),
        }

    def __str__(self) -> str:
        lines = []
        for item in self.items:
            by = f", {item.book.authors}" if item.book.authors else ""
            lines.append(f"{item.rank:>3}. {item.book.name}{by}")
        return "\n".join([*lines, self.note] if self.note else lines)
