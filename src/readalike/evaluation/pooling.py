"""What one algorithm reached in each part of a protocol, made into one result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from readalike.algorithms.settings import Value
from readalike.evaluation.by_reader import by_reader, mean_by_reader, summed
from readalike.evaluation.forecasts import StarErrors
from readalike.evaluation.measured import Measured
from readalike.evaluation.measures import Measure
from readalike.evaluation.questions import Questions
from readalike.evaluation.report import Result
from readalike.evaluation.segments import segments_of

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answered:
    """One set of questions of one part, answered by one model.

    Attributes:
        asked: The questions.
        measured: What the lists are worth.
        fit_seconds: Time of the fit.
        rank_seconds: Time of scoring and listing.
        errors: Errors of the forecasts of stars, where there are any.
    """

    asked: Questions
    measured: Measured
    fit_seconds: float
    rank_seconds: float
    errors: StarErrors | None


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
    readers, values = mean_by_reader([(p.measured.readers, p.measured.values) for p in parts])
    times = {
        each: sum((part.measured.times[each] for part in parts[1:]), first)
        for each, first in parts[0].measured.times.items()
    }
    return Result(
        name,
        settings,
        parts[0].asked.given,
        readers,
        measures,
        values,
        _left_out([part.asked for part in parts], len(readers)),
        _told([part.asked for part in parts]),
        sum(part.fit_seconds for part in parts),
        sum(part.rank_seconds for part in parts),
        _errors([part.errors for part in parts if part.errors is not None]),
        seed,
        {str(each): each.value(found) for each, found in times.items()},
        segments_of([part.measured.members for part in parts], seed),
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


def _errors(parts: Sequence[StarErrors]) -> StarErrors | None:
    if not parts:
        return None
    readers, row = by_reader([part.readers for part in parts])
    n = len(readers)
    return StarErrors(
        readers,
        summed([part.rows[:, None] for part in parts], row, n)[:, 0],
        summed([part.squared for part in parts], row, n),
        summed([part.absolute for part in parts], row, n),
        sum(part.without for part in parts),
    )
