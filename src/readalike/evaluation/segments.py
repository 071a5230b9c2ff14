"""For whom a ranker or a predictor works: its figures for readers and books of one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from readalike.data.histories import Histories
from readalike.data.ratings import kept
from readalike.data.scale import RatingScale
from readalike.evaluation.forecast_errors import StarErrors, star_errors
from readalike.evaluation.metrics import Answers, BookFacts, ListValues, Measure
from readalike.evaluation.questions import RankingQueries, RatingQueries
from readalike.numerics.arrays import F64, I64, Bools, Indices
from readalike.numerics.intervals import Interval
from readalike.numerics.ranking_metrics import judge

Key = tuple[str, str]
"""What divides the readers or the books, and which of them are meant."""

LENGTH = "history length"
LENGTHS = {
    "no book": 0,
    "1 to 5 books": 5,
    "6 to 20 books": 20,
    "21 to 50 books": 50,
    "more than 50 books": None,
}
"""How many books the model is told, by the largest number of each segment."""

POPULARITY = "popularity of the right answers"
"""Right answers of another third count as wrong. Readers without a right answer of the third are
not in the segment. A right answer that training does not know is in the last third."""
STAR_POPULARITY = "popularity of the book"
THIRDS = ("most-read third", "middle third", "least-read third")
"""Thirds of the training ratings, the most-read books first; equally read books are together."""

HARSHNESS = "stars given"
HARSH = ("harshest third", "middle third", "mildest third", "no stars")
"""Readers by the mean of the stars that the model is told, below, between and above the two
terciles of the readers asked; a reader at a tercile is in the middle."""

NAMES = {LENGTH: tuple(LENGTHS), POPULARITY: THIRDS, STAR_POPULARITY: THIRDS, HARSHNESS: HARSH}
SEGMENTS = tuple((by, name) for by, names in NAMES.items() for name in names)
"""All segments, in the order in which they are told; readers without a right answer are in none."""

MEASURES = (Measure("ndcg", 10), Measure("recall", 20))
"""What is measured of lists in every segment; of forecasts it is all but the clipped ones."""


@dataclass(frozen=True, kw_only=True)
class Segment:
    """What was measured for readers or books of one kind."""

    by: str
    segment: str
    readers: int
    rows: int | None = None
    measures: Mapping[str, Interval]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "by": self.by,
            "segment": self.segment,
            "readers": self.readers,
            **({} if self.rows is None else {"rows": self.rows}),
            "measures": {name: found._asdict() for name, found in self.measures.items()},
        }


Member = TypeVar("Member", ListValues, StarErrors)
"""What was measured of the members of a segment."""


def list_members(answers: Answers, queries: RankingQueries) -> dict[Key, ListValues]:
    """Divides the readers, three times over; segments without a reader are left out.

    Lists must be at least as long as `MEASURES` look at.
    """

    def measured(inside: Bools) -> ListValues | None:
        right = kept(queries.relevant, inside)
        rows = np.flatnonzero(right.lengths)
        right, lists = right.take(rows), answers.lists[rows]
        judged = judge(lists, right.indptr, right.items)
        own = Answers(lists, judged, answers.books, queries.histories.take(rows))
        readers = tuple(queries.readers[row] for row in rows)
        return ListValues.of(readers, MEASURES, own) if readers else None

    third, items = thirds(answers.books), queries.relevant.items
    of_book = np.append(third, len(THIRDS) - 1)[np.minimum(items, len(third))]
    return _members(queries.histories, queries.relevant.rows, (POPULARITY, of_book), measured)


def star_members(
    forecasts: F64, queries: RatingQueries, scale: RatingScale, books: BookFacts
) -> dict[Key, StarErrors]:
    """Divides the forecasts, three times over; segments without one are left out."""

    def measured(inside: Bools) -> StarErrors | None:
        pairs = np.flatnonzero(inside & np.isfinite(forecasts[:, 0]))
        return star_errors(forecasts[pairs], queries.only(pairs), scale) if len(pairs) else None

    of_book = thirds(books)[queries.items]
    return _members(queries.histories, queries.rows, (STAR_POPULARITY, of_book), measured)


def _members(
    histories: Histories,
    rows: Indices,
    popularity: tuple[str, I64],
    measured: Callable[[Bools], Member | None],
) -> dict[Key, Member]:
    """Divides right answers, or forecasts, by the history of the reader `rows` and by their books.

    `popularity` is what the division by `THIRDS` is called, and the place of the book of each.
    """
    places = {
        LENGTH: lengths(histories)[rows],
        popularity[0]: popularity[1],
        HARSHNESS: harshness(histories)[rows],
    }
    found = {
        (by, name): measured(places[by] == NAMES[by].index(name))
        for by, name in SEGMENTS
        if by in places
    }
    return {key: members for key, members in found.items() if members is not None}


def segments_of(
    parts: Sequence[Mapping[Key, Member]], pooled: Callable[[list[Member]], Member], seed: int
) -> tuple[Segment, ...]:
    """Segments over all parts of a protocol; `pooled` puts the members of several together."""
    segments = []
    for by, name in SEGMENTS:
        members = [part[by, name] for part in parts if (by, name) in part]
        if members:
            all_parts = pooled(members)
            estimates, rows = all_parts.estimates(seed), getattr(all_parts, "rows", None)
            segments.append(
                Segment(
                    by=by,
                    segment=name,
                    readers=len(all_parts.readers),
                    rows=None if rows is None else int(rows.sum()),
                    measures={n: i for n, i in estimates.items() if not n.endswith("_clipped")},
                )
            )
    return tuple(segments)


def lengths(histories: Histories) -> I64:
    """Place in `LENGTHS` of each row; shape (rows,)."""
    return np.searchsorted([n for n in LENGTHS.values() if n is not None], histories.lengths)


def thirds(books: BookFacts) -> I64:
    """Place in `THIRDS` of each book; shape (books,)."""
    return np.searchsorted((1 / 3, 2 / 3), books.above, side="right")


def harshness(histories: Histories) -> I64:
    """Place in `HARSH` of each row; shape (rows,)."""
    starred = kept(histories, ~np.isnan(histories.stars))
    count = starred.lengths
    total = np.bincount(starred.rows, starred.stars.astype(np.float64), minlength=len(histories))
    means = total[count > 0] / count[count > 0]
    place = np.full(len(histories), HARSH.index("no stars"))
    if len(means):
        low, high = np.quantile(means, (1 / 3, 2 / 3))
        place[count > 0] = 1 + (means > high) - (means < low)
    return place
