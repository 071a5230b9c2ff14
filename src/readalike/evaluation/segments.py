"""For whom a ranker or a predictor works: its figures for readers and books of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.data.ratings import kept
from readalike.data.scale import RatingScale
from readalike.evaluation.forecast_errors import (
    LEVELS,
    StarErrors,
    StarForecasts,
    added,
    held_name,
    summed_errors,
)
from readalike.evaluation.metrics import Answers, BookFacts, Measure, mean_by_reader
from readalike.evaluation.questions import RatingQueries
from readalike.numerics.intervals import Interval, mean_intervals
from readalike.numerics.ranking_metrics import judge

Places = npt.NDArray[np.int64]

LENGTH = "history length"
LENGTHS = {
    "no book": 0,
    "1 to 5 books": 5,
    "6 to 20 books": 20,
    "21 to 50 books": 50,
    "more than 50 books": None,
}
"""How many books the model is told, by the largest number of each segment."""

THIRDS = ("most-read third", "middle third", "least-read third")
"""Thirds of the training ratings, the most-read books first; equally read books are together."""

HARSHNESS = "stars given"
HARSH = ("harshest third", "middle third", "mildest third", "no stars")
"""Readers by the mean of the stars that the model is told, below, between and above the two
terciles of the readers asked; a reader at a tercile is in the middle."""


def lengths(told: Histories) -> Places:
    """Place in `LENGTHS` of each row; shape (rows,)."""
    return np.searchsorted([n for n in LENGTHS.values() if n is not None], told.lengths)


def thirds(books: BookFacts) -> Places:
    """Place in `THIRDS` of each book; shape (books,)."""
    return np.searchsorted((1 / 3, 2 / 3), books.above, side="right")


def harshness(told: Histories) -> Places:
    """Place in `HARSH` of each row; shape (rows,)."""
    starred = ~np.isnan(told.stars)
    rows = told.rows[starred]
    count = np.bincount(rows, minlength=len(told))
    total = np.bincount(rows, told.stars[starred].astype(np.float64), minlength=len(told))
    means = total[count > 0] / count[count > 0]
    place = np.full(len(told), HARSH.index("no stars"))
    if len(means):
        low, high = np.quantile(means, (1 / 3, 2 / 3))
        place[count > 0] = 1 + (means > high) - (means < low)
    return place


MEASURES = (Measure("ndcg", 10), Measure("recall", 20))
"""What is measured in every segment."""

POPULARITY = "popularity of the right answers"
"""Right answers of another third count as wrong. Readers without a right answer of the third are
not in the segment. A right answer that training does not know is in the last third."""

SEGMENTS = tuple(
    (by, name)
    for by, names in ((LENGTH, (*LENGTHS,)), (POPULARITY, THIRDS), (HARSHNESS, HARSH))
    for name in names
)
"""All segments, in the order in which they are told."""


@dataclass(frozen=True)
class Segment:
    """What was measured for the readers of one kind.

    Attributes:
        by: What divides the readers.
        segment: Which of them these are.
        readers: How many they are.
        measures: Means by name of the measure, each with its interval.
    """

    by: str
    segment: str
    readers: int
    measures: dict[str, Interval]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "by": self.by,
            "segment": self.segment,
            "readers": self.readers,
            "measures": {name: found._asdict() for name, found in self.measures.items()},
        }


@dataclass(frozen=True, eq=False)
class Members:
    """The readers of one segment in one part of a protocol.

    Attributes:
        by: What divides the readers.
        segment: Which of them these are.
        readers: Their outside ids.
        values: One value a reader and measure; shape (readers, len(MEASURES)).
    """

    by: str
    segment: str
    readers: tuple[str, ...]
    values: npt.NDArray[np.float64]


def members(answers: Answers, relevant: Histories, readers: Sequence[str]) -> tuple[Members, ...]:
    """Divides the readers, three times over; segments without a reader are left out.

    Args:
        answers: Lists of at least the length that `MEASURES` look at.
        relevant: The right answers.
        readers: Outside ids.
    """
    ids = np.array(readers, dtype=object)
    return tuple(
        Members(by, name, tuple(ids[rows]), values[rows])
        for by, name, rows, values in _divided(answers, relevant)
        if len(rows)
    )


def segments_of(parts: Iterable[Sequence[Members]], seed: int) -> tuple[Segment, ...]:
    """Segments over all parts of a protocol.

    The value of a reader is the mean over the parts in which the reader was in the segment.

    Args:
        parts: What `members` found in each part.
        seed: Draws the intervals.
    """
    found: dict[tuple[str, str], list[Members]] = {}
    for part in parts:
        for each in part:
            found.setdefault((each.by, each.segment), []).append(each)
    return tuple(_segment(found[key], seed) for key in SEGMENTS if key in found)


def _segment(parts: Sequence[Members], seed: int) -> Segment:
    readers, means = mean_by_reader([(part.readers, part.values) for part in parts])
    names = map(str, MEASURES)
    intervals = dict(zip(names, mean_intervals(means, seed), strict=True))
    return Segment(parts[0].by, parts[0].segment, len(readers), intervals)


Divided = tuple[str, str, npt.NDArray[np.int64], npt.NDArray[np.float64]]


def _divided(answers: Answers, relevant: Histories) -> Iterator[Divided]:
    """By what, which, the rows, and the values of all rows."""
    values = _values(answers)
    length = lengths(answers.histories)
    for at, name in enumerate(LENGTHS):
        yield LENGTH, name, np.flatnonzero(length == at), values
    third = np.append(thirds(answers.books), THIRDS.index("least-read third"))
    of_answer = third[np.minimum(relevant.items, len(third) - 1)]
    for at, name in enumerate(THIRDS):
        right = kept(relevant, of_answer == at)
        judged = judge(answers.lists, right.indptr, right.items)
        rows = np.flatnonzero(right.lengths)
        yield POPULARITY, name, rows, _values(replace(answers, judged=judged))
    harsh = harshness(answers.histories)
    for at, name in enumerate(HARSH):
        yield HARSHNESS, name, np.flatnonzero(harsh == at), values


def _values(answers: Answers) -> npt.NDArray[np.float64]:
    return np.column_stack([measure.values(answers) for measure in MEASURES])


STAR_MEASURES = ("rmse", "mae", "nll", *map(held_name, LEVELS))
"""What is measured in every segment; the last of a model that says how likely each star is."""

STAR_POPULARITY = "popularity of the book"

STAR_SEGMENTS = tuple(
    (by, name)
    for by, names in ((LENGTH, (*LENGTHS,)), (STAR_POPULARITY, THIRDS), (HARSHNESS, HARSH))
    for name in names
)
"""All segments, in the order in which they are told."""

StarMembers = Mapping[tuple[str, str], StarErrors]
"""The errors of each of `SEGMENTS` that has forecasts, in one part of a protocol."""


@dataclass(frozen=True)
class StarSegment:
    """What was measured for forecasts of one kind.

    Attributes:
        by: What divides the forecasts.
        segment: Which of them these are.
        readers: How many readers they are for.
        rows: How many forecasts they are.
        measures: Means over the forecasts by name, each with its interval over readers.
    """

    by: str
    segment: str
    readers: int
    rows: int
    measures: dict[str, Interval]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "by": self.by,
            "segment": self.segment,
            "readers": self.readers,
            "rows": self.rows,
            "measures": {name: found._asdict() for name, found in self.measures.items()},
        }


def star_members(
    found: StarForecasts, asked: RatingQueries, scale: RatingScale, books: BookFacts
) -> StarMembers:
    """Divides the forecasts, three times over; segments without one are left out.

    Args:
        found: Forecasts; one that is no number is in no segment.
        asked: What they are forecasts of.
        scale: Of the stars.
        books: What is known of the books.
    """
    finite = np.isfinite(found.means)
    members = {}
    for segment, inside in _star_divided(asked, books):
        pairs = np.flatnonzero(inside & finite)
        if len(pairs):
            members[segment] = summed_errors(*found.only(pairs), asked.only(pairs), scale)
    return members


def _star_divided(
    asked: RatingQueries, books: BookFacts
) -> Iterator[tuple[tuple[str, str], npt.NDArray[np.bool_]]]:
    """Each segment and which questions are in it; shape (questions,)."""
    places = {
        LENGTH: lengths(asked.histories)[asked.rows],
        STAR_POPULARITY: thirds(books)[asked.items],
        HARSHNESS: harshness(asked.histories)[asked.rows],
    }
    names = {LENGTH: tuple(LENGTHS), STAR_POPULARITY: THIRDS, HARSHNESS: HARSH}
    for by, name in STAR_SEGMENTS:
        yield (by, name), places[by] == names[by].index(name)


def star_segments(parts: Sequence[StarMembers], seed: int) -> tuple[StarSegment, ...]:
    """Segments over all parts of a protocol; errors of a reader are added up, as those of all are.

    Args:
        parts: What `star_members` found in each part.
        seed: Draws the intervals.
    """
    return tuple(
        _star_segment(segment, added([part[segment] for part in parts if segment in part]), seed)
        for segment in STAR_SEGMENTS
        if any(segment in part for part in parts)
    )


def _star_segment(segment: tuple[str, str], errors: StarErrors, seed: int) -> StarSegment:
    estimates = errors.estimates(seed)
    measures = {name: estimates[name] for name in STAR_MEASURES if name in estimates}
    return StarSegment(*segment, len(errors.readers), int(errors.rows.sum()), measures)
