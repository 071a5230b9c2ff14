"""How many stars a reader would give a book, how sure that is, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Book, Catalogue
from readalike.data.histories import Histories
from readalike.data.scale import RatingScale
from readalike.models.starfactors import DESCRIBED, RATED, StarFactors
from readalike.models.stars import StarDistribution

Basis = Literal["personal", "book", "content", "mean"]
Indices = npt.NDArray[np.integer[Any]]

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


@dataclass(frozen=True)
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
    """A rater with what turns its indices into books.

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

    def forecasts(self, row: Histories, items: Indices) -> tuple[Forecast, ...]:
        """The forecasts of some items for a history of one row, in their order.

        A book that the history holds is forecast as if it were not there.
        """
        read = np.isin(items, row.items)
        found = dict(zip(items[~read].tolist(), self._of(row, items[~read]), strict=True))
        for item in items[read].tolist():
            others = row.items != item
            rest = Histories.of_rows([(row.items[others], row.stars[others])], row.n_items)
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
                self.catalogue.book(item),
                float(shares.total[at]),
                float(low[at]),
                float(high[at]),
                dict(zip(levels, chances.probabilities[at].tolist(), strict=True)),
                self._basis(row, item),
                float(shares.book[at]),
                float(shares.reader[at]),
                _reasons(books, shares.by_book[at]),
                float(shares.scale[at]),
            )
            for at, item in enumerate(items.tolist())
        ]

    def _basis(self, row: Histories, item: int) -> Basis:
        if len(row.items):
            return "personal"
        return {RATED: "book", DESCRIBED: "content"}.get(int(self.model.known[item]), "mean")  # type: ignore[return-value]


def _reasons(books: list[Book], stars: npt.NDArray[np.float64]) -> tuple[StarReason, ...]:
    order = np.argsort(-np.abs(stars), kind="stable").tolist()
    return tuple(StarReason(books[at], float(stars[at])) for at in order if stars[at] != 0)
