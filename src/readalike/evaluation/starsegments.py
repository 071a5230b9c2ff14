"""For whom and for which books stars are forecast well: errors of forecasts of one kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.scale import RatingScale
from readalike.evaluation.bookfacts import BookFacts
from readalike.evaluation.forecasts import StarErrors, added, held_name, summed_errors
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
from readalike.evaluation.questions import StarQuestions
from readalike.evaluation.starforecasts import LEVELS, StarForecasts
from readalike.numerics.intervals import Interval

MEASURES = ("rmse", "mae", "nll", *map(held_name, LEVELS))
"""What is measured in every segment; the last of a model that says how likely each star is."""

POPULARITY = "popularity of the book"

SEGMENTS = tuple(
    (by, name)
    for by, names in ((LENGTH, (*LENGTHS,)), (POPULARITY, THIRDS), (HARSHNESS, HARSH))
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
    found: StarForecasts, asked: StarQuestions, scale: RatingScale, books: BookFacts
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
    for segment, inside in _divided(asked, books):
        pairs = np.flatnonzero(inside & finite)
        if len(pairs):
            members[segment] = summed_errors(*found.only(pairs), asked.only(pairs), scale)
    return members


def _divided(
    asked: StarQuestions, books: BookFacts
) -> Iterator[tuple[tuple[str, str], npt.NDArray[np.bool_]]]:
    """Each segment and which questions are in it; shape (questions,)."""
    places = {
        LENGTH: lengths(asked.histories)[asked.rows],
        POPULARITY: thirds(books)[asked.items],
        HARSHNESS: harshness(asked.histories)[asked.rows],
    }
    names = {LENGTH: tuple(LENGTHS), POPULARITY: THIRDS, HARSHNESS: HARSH}
    for by, name in SEGMENTS:
        yield (by, name), places[by] == names[by].index(name)


def star_segments(parts: Sequence[StarMembers], seed: int) -> tuple[StarSegment, ...]:
    """Segments over all parts of a protocol; errors of a reader are added up, as those of all are.

    Args:
        parts: What `star_members` found in each part.
        seed: Draws the intervals.
    """
    return tuple(
        _segment(segment, added([part[segment] for part in parts if segment in part]), seed)
        for segment in SEGMENTS
        if any(segment in part for part in parts)
    )


def _segment(segment: tuple[str, str], errors: StarErrors, seed: int) -> StarSegment:
    estimates = errors.estimates(seed)
    measures = {name: estimates[name] for name in MEASURES if name in estimates}
    return StarSegment(*segment, len(errors.readers), int(errors.rows.sum()), measures)
