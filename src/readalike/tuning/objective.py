"""What a search improves, and what of the training table it is measured on.

For an algorithm that is how well lists are ordered for readers who were held out; for a predictor
how close the forecasts of stars are that were held out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Self

import numpy as np

from readalike import algorithms, predictors
from readalike.algorithms.settings import Settings
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.errors import InputError, ModelError, SettingError
from readalike.evaluation import HeldOut, Measure, NewReaders, Result, StrongGeneralisation
from readalike.evaluation.metrics import KINDS, mean_by_reader
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.questions import Task
from readalike.numerics.arrays import F64
from readalike.numerics.intervals import (
    Interval,
    Paired,
    mean_interval,
    paired,
    paired_errors,
    ratio_intervals,
)
from readalike.tables.dataset import Dataset

Kind = Literal["algorithm", "predictor"]
"""Whose settings are searched, as options and files call it."""

Direction = Literal["maximize", "minimize"]
"""Which values are better, in optuna's words."""

READER_SHARE = 0.2
MOST_READERS = 2000
"""Enough to tell settings apart by a hundredth; more would only make each trial slower."""

RATING_SHARE = 0.1
MOST_RATINGS = 100_000
"""Enough to tell settings apart by a thousandth; more would only make each trial slower."""

GIVEN = (5, 20)
"""How many books of new readers the model is given, each on its own."""


@dataclass(frozen=True, eq=False)
class Validation(Protocol):
    """A data set that is divided already, so that every trial has the same task."""

    name: ClassVar[str] = "validation"

    protocol: str
    description: str
    task: Task

    def describe(self) -> str:
        """What was done, in one paragraph."""
        return self.description

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """The task that was made of this data set."""
        return self.task


def share_of(n: int, share: float, most: int) -> float:
    """The share of n that is held out, so that they are at most so many."""
    return min(share, most / max(n, 1))


def strong(dataset: Dataset, seed: int) -> Validation:
    """A fifth of the readers, at most 2,000, most of whose books the model is given."""
    share = share_of(len(dataset.ratings.users), READER_SHARE, MOST_READERS)
    return _lists(StrongGeneralisation(share, seed=seed), dataset)


def new_readers(dataset: Dataset, seed: int) -> Validation:
    """As many readers, of whom 5 and 20 books are given: for settings that matter to short ones."""
    ratings = dataset.ratings
    share = share_of(len(ratings.users), READER_SHARE, MOST_READERS)
    by_id = np.array(sorted(range(len(ratings.users)), key=ratings.users.ids.__getitem__), int)
    drawn = np.random.default_rng(seed).permutation(by_id)[: max(1, int(share * len(by_id)))]
    readers = ratings.take(drawn)
    longest = int(readers.histories.lengths.max(initial=0))
    if longest <= max(GIVEN):
        raise InputError(
            f"a reader of more than {max(GIVEN)} books must be among the {len(drawn)} held out, "
            f"got at most {longest} books; hold out by --protocol {StrongGeneralisation.name}"
        )
    return _lists(NewReaders(readers, GIVEN, seed), dataset)


def held_out(dataset: Dataset, seed: int) -> Validation:
    """A tenth of the ratings, at most 100,000, whose stars are to be forecast."""
    share = share_of(len(dataset.ratings), RATING_SHARE, MOST_RATINGS)
    task = HeldOut(share, seed).prepare(dataset.ratings, dataset.catalogue, dataset.rows)
    description = (
        "Every trial is asked for the same stars. Held out: of all pairs of a reader and a book, "
        f"each once, {100 * share:.3g}% are drawn at random (seed {seed}), and every trial learns "
        "from the others. Stars are forecast for every drawn pair that has them; of its reader "
        "the predictor is told the pairs that were not drawn. It answers how well gaps in known "
        "histories are filled. It cannot answer how a reader fares of whom little is known: who "
        "rated much is drawn more often."
    )
    return Validation(HeldOut.name, description, replace(task, questions=()))


def _lists(protocol: Protocol, dataset: Dataset) -> Validation:
    task = protocol.prepare(dataset.ratings, dataset.catalogue, dataset.rows)
    description = f"Every trial is asked for the same lists of books. {protocol.describe()}"
    return Validation(protocol.name, description, replace(task, star_questions=None))


Maker = Callable[[Dataset, int], Validation]
"""Of what was read, and a seed."""

LISTS: Mapping[str, Maker] = {StrongGeneralisation.name: strong, NewReaders.name: new_readers}
"""Readers are held out, and lists of books asked for."""
STARS: Mapping[str, Maker] = {HeldOut.name: held_out}
"""Ratings are held out, and their stars asked for."""
PROTOCOLS: Mapping[str, Maker] = {**LISTS, **STARS}


def validation(
    name: str, dataset: Dataset, seed: int, known: Mapping[str, Maker] = PROTOCOLS
) -> Validation:
    """Holds something out of the training table."""
    if name not in known:
        raise SettingError(
            f"the protocol of a search must be one of {', '.join(known)}, got {name!r}"
        )
    return known[name](dataset, seed)


@dataclass(frozen=True)
class Accuracy:
    """The mean over readers of a measure of their lists."""

    kind: ClassVar[Kind] = "algorithm"
    known: ClassVar[Mapping[str, type[Settings[Any]]]] = algorithms.ALGORITHMS
    default: ClassVar[str] = algorithms.DEFAULT
    measures: ClassVar = tuple(name for name, kind in KINDS.items() if kind.accuracy)
    default_measure: ClassVar[str] = "ndcg@10"
    protocols: ClassVar[Mapping[str, Maker]] = LISTS
    direction: ClassVar[Direction] = "maximize"

    measure: Measure

    @classmethod
    def of(cls, measure: str | Measure) -> Self:
        """The measure of a name such as `ndcg@10`."""
        name = str(measure).strip().lower()
        if name.partition("@")[0] not in cls.measures:
            raise SettingError(
                "the measure of a search for an algorithm must be one of "
                f"{', '.join(cls.measures)} with the length of the list, such as "
                f"{cls.default_measure}, got {str(measure)!r}"
            )
        return cls(Measure.of(name))

    @property
    def list_measures(self) -> tuple[Measure, ...]:
        """What an evaluation must measure of readers' lists for it."""
        return (self.measure,)

    def values(self, results: Sequence[Result]) -> F64:
        """A reader's mean over the results in which the reader was asked; shape (readers,)."""
        columns = [(result.readers, result.column(self.measure)[:, None]) for result in results]
        return mean_by_reader(columns)[1][:, 0]

    def value(self, values: F64) -> float:
        """The mean."""
        return float(values.mean())

    def interval(self, values: F64, seed: int) -> Interval:
        """The mean with its interval."""
        return mean_interval(values, seed)

    def difference(self, first: F64, second: F64, seed: int) -> Paired:
        """The mean difference; the higher value wins."""
        return paired(first, second, seed)

    def __str__(self) -> str:
        return str(self.measure)


@dataclass(frozen=True)
class ForecastError:
    """The mean over ratings of an error of their forecasts, or the root of it."""

    kind: ClassVar[Kind] = "predictor"
    known: ClassVar[Mapping[str, type[Settings[Any]]]] = predictors.PREDICTORS
    default: ClassVar[str] = predictors.DEFAULT
    measures: ClassVar[tuple[str, ...]] = ("rmse", "mae", "negative_log_likelihood")
    default_measure: ClassVar[str] = "rmse"
    protocols: ClassVar[Mapping[str, Maker]] = STARS
    direction: ClassVar[Direction] = "minimize"
    list_measures: ClassVar[tuple[Measure, ...]] = ()

    error: str

    @classmethod
    def of(cls, measure: str | Measure) -> Self:
        """The error of a name."""
        name = str(measure).strip().lower()
        if name not in cls.measures:
            raise SettingError(
                "the measure of a search for a predictor must be one of "
                f"{', '.join(cls.measures)}, got {str(measure)!r}"
            )
        return cls(name)

    def values(self, results: Sequence[Result]) -> F64:
        """Each reader's sum of errors and number of ratings; shape (readers, 2)."""
        (errors,) = [result.errors for result in results if result.errors]
        if errors.without:  # what is hard to forecast could be left out, and flatter
            raise ModelError(f"no stars are forecast for {errors.without:,} of the ratings")
        return np.column_stack([errors.of(self.error), errors.rows])

    def value(self, values: F64) -> float:
        """The mean over ratings, or its root."""
        errors, rows = values.sum(axis=0)
        return self._figure(float(errors / rows))

    def interval(self, values: F64, seed: int) -> Interval:
        """The same with its interval."""
        (mean,) = ratio_intervals(values[:, :1], values[:, 1], seed)
        return Interval(*map(self._figure, mean))

    def difference(self, first: F64, second: F64, seed: int) -> Paired:
        """The difference of both; the lower error wins."""
        return paired_errors(first[:, 0], second[:, 0], first[:, 1], self._figure, seed)

    def _figure(self, mean: float) -> float:
        return math.sqrt(mean) if self.error == "rmse" else mean

    def __str__(self) -> str:
        return self.error


Objective = Accuracy | ForecastError
"""A figure of each trial, which way is better, and how sure it is; `str` gives its name."""
