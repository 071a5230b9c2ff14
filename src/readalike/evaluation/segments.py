"""For whom a ranker works: the same measures, for readers and right answers of one kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.data.splitting import kept
from readalike.evaluation.answers import Answers
from readalike.evaluation.by_reader import mean_by_reader
from readalike.evaluation.kinds import (
    HARSH,
    HARSHNESS,
    LENGTH,
    LENGTHS,
    THIRDS,
    harshness,
    lengths,
    thirds,
)
from readalike.evaluation.measures import Measure
from readalike.numerics.intervals import Interval, mean_intervals
from readalike.numerics.metrics import judge

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
