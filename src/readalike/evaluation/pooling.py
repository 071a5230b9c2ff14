"""What one algorithm reached in each part of a protocol, made into one result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from readalike.algorithms.settings import Value
from readalike.evaluation.by_reader import mean_by_reader
from readalike.evaluation.forecasts import StarErrors, added
from readalike.evaluation.measured import Measured
from readalike.evaluation.measures import Measure
from readalike.evaluation.questions import Questions
from readalike.evaluation.report import Result
from readalike.evaluation.segments import segments_of
from readalike.evaluation.starsegments import StarMembers, star_segments


@dataclass(frozen=True, eq=False)
class Answered:
    """One set of questions of one part, answered by one model.

    Attributes:
        asked: The questions; None of a rater, which has no lists.
        measured: What the lists are worth; None of a rater.
        fit_seconds: Time of the fit.
        rank_seconds: Time of scoring and listing.
        errors: Errors of the forecasts of stars, where there are any.
        star_members: The same errors, segment by segment.
    """

    asked: Questions | None
    measured: Measured | None
    fit_seconds: float
    rank_seconds: float
    errors: StarErrors | None
    star_members: StarMembers = field(default_factory=dict)

    @property
    def given(self) -> int | None:
        """How many books of each reader were told, where the protocol fixes that."""
        return None if self.asked is None else self.asked.given


def pooled(
    name: str,
    settings: Mapping[str, Value],
    measures: tuple[Measure, ...],
    parts: Sequence[Answered],
    seed: int,
) -> Result:
    """One result of the same algorithm and given length in every part.

    A reader's value is the mean over the parts in which the reader was asked; times, errors of
    stars, what is told in numbers, and how often each book was listed are added up.

    Args:
        name: What the algorithm is called.
        settings: Its settings.
        measures: What was measured of each reader's list.
        parts: At least one.
        seed: Draws the intervals.
    """
    asked = [part.asked for part in parts if part.asked is not None]
    judged = [part.measured for part in parts if part.measured is not None]
    found = [part.errors for part in parts if part.errors is not None]
    errors = added(found) if found else None
    of_stars = star_segments([part.star_members for part in parts], seed)
    fit_seconds = sum(part.fit_seconds for part in parts)
    if not judged:
        nothing = np.empty((0, 0))
        return Result(
            name, settings, None, (), (), nothing, {}, {}, fit_seconds, 0.0, errors, seed,
            star_segments=of_stars,
        )  # fmt: skip
    readers, values = mean_by_reader([(each.readers, each.values) for each in judged])
    times = {
        each: sum((more.times[each] for more in judged[1:]), first)
        for each, first in judged[0].times.items()
    }
    return Result(
        name,
        settings,
        parts[0].given,
        readers,
        measures,
        values,
        _left_out(asked, len(readers)),
        _told(asked),
        fit_seconds,
        sum(part.rank_seconds for part in parts),
        errors,
        seed,
        {str(each): each.value(listed) for each, listed in times.items()},
        segments_of([each.members for each in judged], seed),
        of_stars,
    )


def _left_out(parts: Sequence[Questions], asked: int) -> Mapping[str, int]:
    """Of several parts only those count whom no part asks; each part knows all readers."""
    if len(parts) == 1:
        return parts[0].left_out
    everybody = max(len(part) + sum(part.left_out.values()) for part in parts)
    return {"no right answer in any part": everybody - asked}


def _told(parts: Sequence[Questions]) -> Mapping[str, int]:
    names = dict.fromkeys(name for part in parts for name in part.told)
    return {name: sum(part.told.get(name, 0) for part in parts) for name in names}
