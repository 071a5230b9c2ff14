"""Which books may be listed for each of a batch of readers, and why all others may not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from readalike.bibliography.works import Editions, of_these_works
from readalike.data.histories import Histories
from readalike.models.interface import Scores
from readalike.numerics.arrays import Bools
from readalike.numerics.masks import BatchMask, marks
from readalike.recommend.request import Constraints
from readalike.recommend.results import Forecaster
from readalike.recommend.rules import Exclusion, Rulebook

READ, EXCLUDED, ELSEWHERE, EDITION, STARS = "read", "excluded", "elsewhere", "edition", "stars"
"""What leaves a book out beside the rules; `edition` is a rule too."""


def left_out(
    histories: Histories,
    constraints: Constraints,
    rulebook: Rulebook,
    forecaster: Forecaster | None = None,
) -> list[Exclusion]:
    """What must not be listed for each reader, in the order in which the reasons count.

    What was read, what is excluded, what is not among the books to choose from, what the rules
    leave out, and what the reader would not give so many stars.

    Args:
        histories: What each reader read, one row a reader.
        constraints: What the lists must be.
        rulebook: What the rules look up.
        forecaster: Forecasts stars; needed where `constraints.at_least` is given.

    Raises:
        InputError: `at_least` is outside the scale.
        SettingError: No book of the catalogue has a tag or a language that a rule names.
    """
    n_items, rules = len(rulebook.catalogue), constraints.rules
    read = BatchMask.at(histories.rows, histories.items, n_items)
    found = [Exclusion(READ, read, "you read it")]
    if len(constraints.excluded):
        excluded = marks(constraints.excluded, n_items)
        if rules.editions:
            excluded = of_these_works(rulebook.works, excluded)
        unwanted = BatchMask.everywhere(excluded)
        found.append(Exclusion(EXCLUDED, unwanted, "you gave it up, or do not want it"))
    if constraints.among is not None:
        elsewhere = BatchMask.everywhere(~marks(constraints.among, n_items))
        found.append(Exclusion(ELSEWHERE, elsewhere, "it is not among the books to choose from"))
    found += rulebook.left_out(rules, histories)
    if constraints.at_least is not None and forecaster is not None:
        chances = forecaster.chances(histories, constraints.at_least)
        rows, items = np.nonzero(chances < constraints.sure)
        unlikely = BatchMask.at(rows, items, n_items)
        found.append(Exclusion(STARS, unlikely, "you are not likely to give it so many stars"))
    return found


@dataclass(frozen=True, eq=False)
class Candidates:
    """The books that may be listed for each of a batch of readers.

    Attributes:
        scores: Of all books, -inf of those that must not be listed; shape (readers, n_items).
        left_out: Why not, in the order in which the reasons count.
    """

    scores: Scores
    left_out: tuple[Exclusion, ...]

    @classmethod
    def of(
        cls, scores: Scores, left: Iterable[Exclusion], editions: Editions | None = None
    ) -> Self:
        """The candidates among all books.

        Args:
            scores: Of all books; overwritten with -inf where a book must not be listed; shape
                (readers, n_items).
            left: What must not be listed.
            editions: The books of works that have several, where of each work only the one of the
                highest score may be listed.
        """
        found = list(left)
        for each in found:
            each.mask.exclude_from(scores)
        if editions is not None:
            lesser = BatchMask.at(*editions.lesser(scores), scores.shape[1])
            lesser.exclude_from(scores)
            found.append(Exclusion(EDITION, lesser, "another edition of it stands higher"))
        return cls(scores, tuple(found))

    @cached_property
    def allowed(self) -> Bools:
        """Whether each book may be listed; shape (readers, n_items)."""
        found = np.ones(self.scores.shape, np.bool_)
        for each in self.left_out:
            found &= ~each.mask.dense(len(self.scores))
        return found

    def why_not(self, reader: int, item: int) -> Exclusion | None:
        """The first reason that leaves a book out for a reader; None where it may be listed."""
        n = len(self.scores)
        return next((each for each in self.left_out if each.mask.dense(n)[reader, item]), None)

    def counts(self, reader: int, items: Bools) -> dict[str, int]:
        """How many of some books each reason leaves out, a book counted at its first reason.

        Args:
            reader: Row of the reader.
            items: Which books; shape (n_items,).
        """
        found: dict[str, int] = {}
        rest = items.copy()
        for each in self.left_out:
            mask = each.mask.dense(len(self.scores))[reader]
            found[each.reason] = found.get(each.reason, 0) + int((rest & mask).sum())
            rest &= ~mask
        return {reason: count for reason, count in found.items() if count}
