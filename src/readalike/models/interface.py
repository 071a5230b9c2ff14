"""What every fitted model can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.data.stored import StoredArrays, StoredSettings
from readalike.models.stars import StarDistribution
from readalike.numerics.arrays import F32, F64, Floats, Indices

Arrays = Mapping[str, npt.NDArray[Any]]
Scores = F32


@dataclass(frozen=True)
class Shares:
    """The parts that the scores of k items are the exact sums of, float64."""

    base: F64  # what comes from no book of the reader's (a mean, the book's popularity); shape (k,)
    by_book: F64  # what each book of the history gave, in its order; shape (k, history)

    @property
    def total(self) -> F64:
        """The scores; shape (k,)."""
        return np.asarray(self.base + self.by_book.sum(axis=1))


@runtime_checkable
class Scorer(Protocol):
    """Scores histories: what will this reader pick up next? Higher is sooner.

    A score is no number of stars. Where nothing can be said of an item it is -inf, never NaN.
    """

    @property
    def n_items(self) -> int:
        """Number of items that are scored."""

    def score(self, histories: Histories) -> Scores:
        """Scores of all items, those already read too; shape (n, n_items), float32."""


@runtime_checkable
class Ranker(Scorer, Protocol):
    """One that says why, and that can be kept in a model folder."""

    kind: ClassVar[str]  # the name of this shape of model in a model card
    compares_items: ClassVar[bool]
    """Whether `similar` says how like the item others are; else it is the order for anybody."""

    @property
    def score_means(self) -> str:
        """What a score of this model is, in a few words."""

    def similar(self, item: int) -> Scores:
        """How like one item the others are; shape (n_items,). The item itself is among them."""

    def explain(self, history: Histories, items: Indices) -> Shares:
        """The parts of the scores of some items for a history of one row.

        The totals agree with `score` up to the rounding of float32.
        """

    def arrays(self) -> Arrays:
        """All that has to be kept, by name."""

    def settings(self) -> Mapping[str, Any]:
        """The scalars that have to be kept, by name; plain JSON values."""

    @classmethod
    def of_arrays(cls, arrays: StoredArrays, settings: StoredSettings) -> Self:
        """The model again, from what `arrays` and `settings` gave."""


@runtime_checkable
class RatingPredictor(Protocol):
    """Forecasts stars: how many would this reader give to this book?"""

    def forecast(self, histories: Histories, rows: Indices, items: Indices) -> Floats:
        """Expected stars of pairs of a history and an item, on the data's scale but not clipped.

        The rows are ascending; all three shapes are (pairs,).
        """


@runtime_checkable
class StarPredictor(RatingPredictor, Protocol):
    """A predictor that knows how sure it is."""

    def distribution(self, histories: Histories, rows: Indices, items: Indices) -> StarDistribution:
        """How likely each star is, for the same pairs; the mean is what is forecast."""


@runtime_checkable
class KnowsUsers(Protocol):
    """A model with a table of the users that it was trained on."""

    def score_users(self, users: Indices) -> Scores:
        """Scores of all items for users by their training index; shape (len(users), n_items)."""


@runtime_checkable
class KnowsPairs(Protocol):
    """A predictor with a table of the users that it was trained on."""

    def predict(self, users: Indices, items: Indices) -> Floats:
        """Stars of pairs of a training user and an item; shape (pairs,)."""
