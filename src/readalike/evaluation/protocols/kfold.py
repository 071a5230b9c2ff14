"""Every rating tested once: as many models as there are folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.errors import InputError, SettingError
from readalike.evaluation.protocols import Protocol, refuse_below
from readalike.evaluation.questions import Task
from readalike.evaluation.splits import canonical, divided, pairs_by_book


@dataclass(frozen=True)
class KFold(Protocol):
    """Pairs of reader and book in equal folds, each held out once.

    Pairs are drawn in the order of the book's id, then the reader's: rows in any order give
    the same figures, bit by bit. Other names draw other folds unless they sort alike.

    Attributes:
        folds: How many.
        seed: Draws them.
    """

    name: ClassVar[str] = "k-fold"

    folds: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_below("folds", self.folds, 2)
        refuse_below("seed", self.seed, 0)

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return (
            f"K-fold: all pairs of a reader and a book, each once, are drawn into {self.folds} "
            f"folds of equal size (seed {self.seed}). Each fold in turn is held out, and every "
            f"model learns anew from the others: {self.folds} fits, whose times are added up. Of "
            "each fold, right is a held-out book that the reader liked; all books but the "
            "reader's training rows are ranked. A reader's figure is the mean over the folds in "
            "which the reader has a right answer; readers with none in any fold are counted and "
            "left out. Stars are forecast for every pair that has them, once. It answers how "
            "well gaps in known histories are filled, with every rating tested, so that no "
            "lucky draw decides. It cannot answer what comes next or how a new reader fares: the "
            "folds know no time, so that later ratings help to find earlier ones. Equal scores "
            "are listed in an order drawn by the seed of the evaluation."
        )

    def parts(self) -> tuple[Protocol, ...]:
        """One protocol for each fold."""
        return tuple(Fold(self.folds, self.seed, fold) for fold in range(1, self.folds + 1))

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Refuses: there are as many tasks as folds.

        Raises:
            SettingError: Always.
        """
        raise SettingError(f"k-fold makes {self.folds} tasks, not one: prepare each of parts()")


@dataclass(frozen=True)
class Fold(Protocol):
    """One of the folds of `KFold`, held out.

    Attributes:
        folds: How many there are.
        seed: Draws them.
        fold: Which one is held out, from 1.
    """

    name: ClassVar[str] = "k-fold"

    folds: int
    seed: int
    fold: int

    def __post_init__(self) -> None:
        if not 1 <= self.fold <= self.folds:
            raise SettingError(f"fold must be from 1 to {self.folds}, got {self.fold}")

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return f"Fold {self.fold} of {self.folds}. {KFold(self.folds, self.seed).describe()}"

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Draws the folds and holds one of them out.

        Raises:
            InputError: Fewer pairs than folds, or no held-out book was liked.
        """
        pairs = canonical(ratings)
        if len(pairs) < self.folds:
            raise InputError(
                f"there must be a rating for each of {self.folds} folds, got {len(pairs)}; use "
                "fewer folds"
            )
        order = pairs_by_book(pairs)
        drawn = np.random.default_rng(self.seed).permutation(len(pairs))
        held = np.zeros(len(pairs), np.bool_)
        held[order[np.array_split(drawn, self.folds)[self.fold - 1]]] = True
        nothing = len(pairs.users) - len(np.unique(pairs.histories.rows[held]))
        return divided(pairs, catalogue, ~held, ~held, held, {"no held-out book": nothing}, {})
