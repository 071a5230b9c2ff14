"""How well lists of books are ordered: what is searched for in the settings of rankers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from readalike.errors import SettingError
from readalike.evaluation import Measure, Result
from readalike.evaluation.metrics import mean_by_reader
from readalike.evaluation.questions import Task
from readalike.numerics.intervals import Interval, Paired, mean_interval, paired
from readalike.tuning.aim import Aim, Floats

KINDS = ("ndcg", "recall", "p", "hit", "mrr", "map")
"""Kinds of measures that are the better the higher they are."""
DEFAULT = "ndcg@10"


@dataclass(frozen=True)
class Accuracy(Aim):
    """The mean over readers of a measure of their lists."""

    direction = "maximize"
    asks = "lists of books"

    measure: Measure

    @classmethod
    def of(cls, measure: str | Measure) -> Accuracy:
        """The measure of a name such as `ndcg@10`.

        Raises:
            SettingError: No such measure, or more of it is not better.
        """
        name = str(measure).strip().lower()
        if name.partition("@")[0] not in KINDS:
            raise SettingError(
                f"the measure of a search for an algorithm must be one of {', '.join(KINDS)} with "
                f"the length of the list, such as {DEFAULT}, got {str(measure)!r}"
            )
        return cls(Measure.of(name))

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The one."""
        return (self.measure,)

    def questions(self, task: Task) -> Task:
        """Those for lists."""
        return replace(task, star_questions=None)

    def values(self, results: Sequence[Result]) -> Floats:
        """A reader's mean over the results in which the reader was asked; shape (readers,)."""
        found = [(result.readers, result.column(self.measure)[:, None]) for result in results]
        return mean_by_reader(found)[1][:, 0]

    def value(self, values: Floats) -> float:
        """The mean."""
        return float(values.mean())

    def interval(self, values: Floats, seed: int) -> Interval:
        """The mean with its interval."""
        return mean_interval(values, seed)

    def difference(self, first: Floats, second: Floats, seed: int) -> Paired:
        """The mean difference; the higher value wins."""
        return paired(first, second, seed)

    def __str__(self) -> str:
        return str(self.measure)
