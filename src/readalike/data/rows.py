"""The rows of a ratings table before repeated pairs are merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import SettingError

Repeats = Literal["first", "last", "mean"]
"""What becomes of a pair that stands more than once: its first or last row, or the mean stars."""


@dataclass(frozen=True)
class Merge:
    """How many rows became how many pairs.

    Attributes:
        rule: Which row of a repeated pair counts.
        rows: Rows before.
        pairs: Distinct (reader, book) pairs after.
        exact_repeats: Rows that say the same as an earlier row of the pair.
        repeated_pairs: Pairs that stand more than once.
        conflicting_pairs: Those of them with different stars.
    """

    rule: Repeats
    rows: int
    pairs: int
    exact_repeats: int
    repeated_pairs: int
    conflicting_pairs: int


@dataclass(frozen=True, eq=False)
class RatingRows:
    """The usable rows of a ratings table, in the order of the file.

    Attributes:
        users: User index of each row; shape (rows,), int32.
        items: Item index of each row; shape (rows,), int32.
        stars: Stars of each row, NaN for read without stars; shape (rows,), float32.
        user_ids: Outside ids of the users.
        item_ids: Outside ids of the items.
        scale: The scale of the stars.
        times: Seconds or any other count that grows with time, where the table has it;
            shape (rows,), int64.
    """

    users: npt.NDArray[np.int32]
    items: npt.NDArray[np.int32]
    stars: npt.NDArray[np.float32]
    user_ids: Vocabulary
    item_ids: Vocabulary
    scale: RatingScale
    times: npt.NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        for array in (self.users, self.items, self.stars, self.times):
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.users)

    def merged(self, rule: Repeats = "first") -> tuple[Ratings, Merge]:
        """Makes one rating of each pair, in the order in which the pairs first stand.

        Where stars conflict, the first row counts by default: on goodbooks-10k it agrees with
        the reader's real rating in 23 of 35 cases that can be checked, the last row in 12. A
        row with stars always goes before a row without.

        Raises:
            SettingError: An unknown rule.
        """
        if rule not in get_args(Repeats):
            raise SettingError(
                f"repeats must be one of {', '.join(get_args(Repeats))}, got {rule!r}"
            )
        pairs = self.users.astype(np.int64) * len(self.item_ids) + self.items
        order = np.argsort(pairs, kind="stable")
        fresh = np.ones(len(order), bool)
        fresh[1:] = pairs[order[1:]] != pairs[order[:-1]]
        group = np.cumsum(fresh) - 1
        starts = np.flatnonzero(fresh)
        stars = self.stars[order].astype(np.float64)
        merged = _merged_stars(stars, group, starts, rule)

        place = np.argsort(order[starts], kind="stable")
        rows = order[starts][place]
        ratings = Ratings.of_rows(
            self.users[rows],
            self.items[rows],
            merged[place].astype(np.float32),
            self.user_ids,
            self.item_ids,
            self.scale,
        )
        distinct = np.bincount(group[_first_of_value(stars, group)], minlength=len(starts))
        return ratings, Merge(
            rule=rule,
            rows=len(self),
            pairs=len(starts),
            exact_repeats=int(len(self) - distinct.sum()),
            repeated_pairs=int((np.bincount(group, minlength=len(starts)) > 1).sum()),
            conflicting_pairs=int((distinct > 1).sum()),
        )


def _merged_stars(
    stars: npt.NDArray[np.float64],
    group: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    rule: Repeats,
) -> npt.NDArray[np.float64]:
    """One value for each group: NaN only where no row of it has stars."""
    starred = np.flatnonzero(~np.isnan(stars))
    merged = np.full(len(starts), np.nan)
    if rule == "mean":
        count = np.bincount(group[starred], minlength=len(starts))
        total = np.bincount(group[starred], weights=stars[starred], minlength=len(starts))
        merged[count > 0] = total[count > 0] / count[count > 0]
        return merged
    chosen = starred[::-1] if rule == "first" else starred
    merged[group[chosen]] = stars[chosen]
    return merged


def _first_of_value(
    stars: npt.NDArray[np.float64], group: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Positions of the first row of each (group, stars); NaN equals NaN."""
    by_value = np.lexsort((stars, group))
    value, owner = stars[by_value], group[by_value]
    same = (owner[1:] == owner[:-1]) & (
        (value[1:] == value[:-1]) | (np.isnan(value[1:]) & np.isnan(value[:-1]))
    )
    first: npt.NDArray[np.int64] = by_value[np.append(np.ones(min(1, len(stars)), bool), ~same)]
    return first
