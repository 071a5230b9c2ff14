"""What a search is after: a figure of each trial, which way is better, and how sure it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from readalike.evaluation import Measure, Result
from readalike.evaluation.questions import Task
from readalike.numerics.intervals import Interval, Paired
from readalike.tuning.space import Direction

Floats = npt.NDArray[np.float64]


class Aim(ABC):
    """A measure of trials; `str` gives its name.

    Attributes:
        direction: Which way is better.
        asks: What every trial is asked for, in words.
    """

    direction: ClassVar[Direction]
    asks: ClassVar[str]

    @property
    @abstractmethod
    def measures(self) -> tuple[Measure, ...]:
        """What an evaluation must measure of readers' lists for it."""

    @abstractmethod
    def questions(self, task: Task) -> Task:
        """The task without the questions that this says nothing of.

        Raises:
            InputError: None are left.
        """

    @abstractmethod
    def values(self, results: Sequence[Result]) -> Floats:
        """What is kept of a trial, readers by id; shape (readers,) or (readers, columns).

        Raises:
            ModelError: Not all that was asked was answered.
        """

    @abstractmethod
    def value(self, values: Floats) -> float:
        """The figure over all readers."""

    @abstractmethod
    def interval(self, values: Floats, seed: int) -> Interval:
        """The figure with its 95 % interval over readers."""

    @abstractmethod
    def difference(self, first: Floats, second: Floats, seed: int) -> Paired:
        """The figure of the first trial less that of the second; who fares better wins."""

    def loss(self, value: float) -> float:
        """The lower, the better."""
        return value if self.direction == "minimize" else -value
