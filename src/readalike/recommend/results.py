"""What a reader is answered: books in order, each with the exact reasons and a forecast."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, overload

import numpy as np

from readalike.data.catalogue import Book, Catalogue
from readalike.data.frames import data_frame
from readalike.data.histories import Histories
from readalike.data.scale import RatingScale
from readalike.models.starfactors import DESCRIBED, RATED, StarFactors
from readalike.models.stars import StarDistribution
from readalike.numerics.arrays import F64, Indices

if TYPE_CHECKING:
    import pandas

Source = Literal["personal", "popular", "similar"]


class Reason(NamedTuple):
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
class ContentNeighbour:
    """A book that one with few readers is placed like.

    Attributes:
        book: The book that is read more.
        share: How much of what is known of the other's readers was taken over from it; the shares
            of all of them add up to 1 of a book that nobody has read, and to less of one that
            some have.
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


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """One book of a list.

    Attributes:
        rank: 1 for the first.
        book: The book.
        score: What the list is ordered by; no number of stars.
        base: The part of the score that comes from no book of the reader's; NaN where no reasons
            were wanted.
        reasons: The reader's books that moved the score, most helpful first.
        forecast: How many stars the reader would give; None where the model forecasts none.
        content_neighbours: Books that it is placed like, as few or none have read it, the nearest
            first.
    """

    rank: int
    book: Book
    score: float
    base: float
    reasons: tuple[Reason, ...]
    forecast: Forecast | None = None
    content_neighbours: tuple[ContentNeighbour, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "rank": self.rank,
            "book_id": self.book.book_id,
            "title": self.book.title,
            "authors": self.book.authors,
            "year": self.book.year,
            "score": self.score,
            "base": None if math.isnan(self.base) else self.base,
            "reasons": [reason.as_dict() for reason in self.reasons],
            "forecast": None if self.forecast is None else self.forecast.as_dict(),
            "content_neighbours": [each.as_dict() for each in self.content_neighbours],
        }


@dataclass(frozen=True, kw_only=True)
class Recommendations(Sequence[Recommendation]):
    """A list of books for one reader.

    Attributes:
        items: The books, best first.
        ignored: Ids of the history that no book of the catalogue answers to.
        source: `personal` from the reader's books, `popular` where none of them speaks
            for it, `similar` for books like one book.
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

    @overload
    def __getitem__(self, at: int) -> Recommendation: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Recommendation, ...]: ...
    def __getitem__(self, at: int | slice) -> Recommendation | tuple[Recommendation, ...]:
        return self.items[at]

    def to_dicts(self) -> list[dict[str, Any]]:
        """The books as plain JSON."""
        return [item.as_dict() for item in self.items]

    def to_pandas(self) -> pandas.DataFrame:
        """The books as a DataFrame, a row a book; reasons are the titles of the reader's books.

        Raises:
            MissingExtra: pandas is not installed.
        """
        names = ("rank", "book_id", "title", "authors", "year", "score", "stars", "because_of")
        rows = [
            (
                item.rank,
                item.book.book_id,
                item.book.title,
                item.book.authors,
                item.book.year,
                item.score,
                None if item.forecast is None else item.forecast.stars,
                "; ".join(reason.book.name for reason in item.reasons),
            )
            for item in self.items
        ]
        return data_frame(rows, names)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "recommendations": self.to_dicts(),
            "ignored": list(self.ignored),
            "source": self.source,
            "score_means": self.score_means,
            "note": self.note,
            "left_out": dict(self.left_out),
        }

    def _repr_html_(self) -> str:
        """A table for notebooks."""
        rows = [
            (
                str(item.rank),
                item.book.name,
                item.book.authors,
                "" if item.forecast is None else f"{item.forecast.stars:.1f}",
                "; ".join(reason.book.name for reason in item.reasons[:3]),
            )
            for item in self.items
        ]
        head = "".join(f"<th>{name}</th>" for name in ("", "Book", "By", "Stars", "Because of"))
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
        )
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"

    def __str__(self) -> str:
        lines = []
        for item in self.items:
            by = f", {item.book.authors}" if item.book.authors else ""
            lines.append(f"{item.rank:>3}. {item.book.name}{by}")
        return "\n".join([*lines, self.note] if self.note else lines)


Basis = Literal["personal", "book", "content", "mean"]

LEVEL = 0.8
"""Of the range that is shown beside a forecast."""


@dataclass(frozen=True)
class StarReason:
    """What one of the reader's own books adds to a forecast.

    Attributes:
        book: The reader's book.
        stars: What it adds, in stars.
    """

    book: Book
    stars: float


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Stars that a reader would give.

    Attributes:
        book: To which book.
        stars: Expected.
        low: 80 of 100 such ratings lie from here ...
        high: ... to here.
        chances: Probability of each rating that can be given.
        basis: What it comes from: `personal` the reader's own books; of a reader of whom nothing
            is known `book` the book's ratings, `content` what the catalogue says of a book without
            ratings, `mean` the mean of all ratings where nothing is known of the book either.
        usual: What a reader of whom nothing is known would give.
        reader: How much more or less this reader gives than others, to any book.
        reasons: What the reader's books add, the largest first.
        scale: What the ends of the scale take; `usual`, `reader`, the reasons and this add up to
            the stars.
    """

    book: Book
    stars: float
    low: float
    high: float
    chances: Mapping[float, float]
    basis: Basis
    usual: float
    reader: float
    reasons: tuple[StarReason, ...]
    scale: float

    @property
    def _distribution(self) -> StarDistribution:
        levels = np.array(list(self.chances))
        return StarDistribution(levels, np.array([list(self.chances.values())]))

    @property
    def spread(self) -> float:
        """Standard deviation of the rating, in stars."""
        return float(self._distribution.spread[0])

    def at_least(self, stars: float) -> float:
        """Probability of so many stars or more."""
        return float(self._distribution.at_least(stars)[0])

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "book_id": self.book.book_id,
            "title": self.book.title,
            "authors": self.book.authors,
            "year": self.book.year,
            "stars": self.stars,
            "low": self.low,
            "high": self.high,
            "chances": {f"{level:g}": chance for level, chance in self.chances.items()},
            "basis": self.basis,
            "usual": self.usual,
            "reader": self.reader,
            "reasons": [
                {"book_id": each.book.book_id, "title": each.book.title, "stars": each.stars}
                for each in self.reasons
            ],
            "scale": self.scale,
        }


@dataclass(frozen=True, eq=False)
class Forecaster:
    """A predictor with what turns its indices into books.

    Attributes:
        model: Forecasts stars.
        catalogue: The books, in the order of the model's items.
        scale: The scale of the stars.
    """

    model: StarFactors
    catalogue: Catalogue
    scale: RatingScale

    def distribution(self, row: Histories, items: Indices) -> StarDistribution:
        """How likely each star is of some items, for a history of one row."""
        return self.model.distribution(row, np.zeros(len(items), np.int64), np.asarray(items))

    def chances(self, histories: Histories, stars: float) -> F64:
        """How likely each reader gives each book so many stars or more; (readers, n_items).

        Raises:
            InputError: `stars` is outside the scale.
        """
        self.scale.check(stars)
        every = np.arange(histories.n_items)
        rows = (histories.slice(row, row + 1) for row in range(len(histories)))
        return np.array([self.distribution(row, every).at_least(stars) for row in rows])

    def forecasts(self, row: Histories, items: Indices) -> tuple[Forecast, ...]:
        """The forecasts of some items for a history of one row, in their order.

        A book that the history holds is forecast as if it were not there.
        """
        read = np.isin(items, row.items)
        found = dict(zip(items[~read].tolist(), self._of(row, items[~read]), strict=True))
        for item in items[read].tolist():
            others = row.items != item
            ends = np.array([0, others.sum()])
            rest = replace(row, indptr=ends, items=row.items[others], stars=row.stars[others])
            found[item] = self._of(rest, np.array([item]))[0]
        return tuple(found[item] for item in items.tolist())

    def _of(self, row: Histories, items: Indices) -> list[Forecast]:
        if not len(items):
            return []
        chances = self.distribution(row, items)
        low, high = (self.scale.clip(end) for end in chances.interval(LEVEL))
        shares = self.model.explain(row, items, chances.mean)
        books = [self.catalogue.book(item) for item in row.items.tolist()]
        levels = chances.levels.tolist()
        return [
            Forecast(
                book=self.catalogue.book(item),
                stars=float(shares.total[at]),
                low=float(low[at]),
                high=float(high[at]),
                chances=dict(zip(levels, chances.probabilities[at].tolist(), strict=True)),
                basis=self._basis(row, item),
                usual=float(shares.book[at]),
                reader=float(shares.reader[at]),
                reasons=_reasons(books, shares.by_book[at]),
                scale=float(shares.scale[at]),
            )
            for at, item in enumerate(items.tolist())
        ]

    def _basis(self, row: Histories, item: int) -> Basis:
        if len(row.items):
            return "personal"
        return {RATED: "book", DESCRIBED: "content"}.get(int(self.model.known[item]), "mean")  # type: ignore[return-value]


def _reasons(books: list[Book], stars: F64) -> tuple[StarReason, ...]:
    order = np.argsort(-np.abs(stars), kind="stable").tolist()
    return tuple(StarReason(books[at], float(stars[at])) for at in order if stars[at] != 0)
