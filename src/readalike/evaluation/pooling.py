"""What one algorithm reached in each part of a protocol, made into one result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
        asked: The questions; None of a rater, which has no lists.
        measured: What the lists are worth; None of a rater.
        fit_seconds: Time of the fit.
        rank_seconds: Time of scoring and listing.
        errors: Errors of the forecasts of stars, where there are any.
    """

    asked: Questions | None
    measured: Measured | None
    fit_seconds: float
    rank_seconds: float
    errors: StarErrors | None

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
    errors = _errors([part.errors for part in parts if part.errors is not None])
    fit_seconds = sum(part.fit_seconds for part in parts)
    if not judged:
        nothing = np.empty((0, 0))
        return Result(
            name, settings, None, (), (), nothing, {}, {}, fit_seconds, 0.0, errors, seed
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
        {str(each): each.value(found) for each, found in times.items()},
        segments_of([each.members for each in judged], seed),
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
        _all_or_none([part.chances for part in parts], lambda tables: summed(tables, row, n)),
        _all_or_none([part.calibration for part in parts], lambda tables: np.sum(tables, axis=0)),
    )


def _all_or_none(
    tables: Sequence[Floats | None], made: Callable[[Sequence[Floats]], Floats]
) -> Floats | None:
    """One table of those of all parts; none where a part has none."""
    there = [table for table in tables if table is not None]
    return made(there) if len(there) == len(tables) else None
