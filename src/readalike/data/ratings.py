"""The table that algorithms learn from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError


@dataclass(frozen=True, eq=False)
class Ratings:
    """Who read which book and gave it how many stars, one entry a (user, item) pair.

    Attributes:
        histories: One row a user, in the order of `users`; inside a row the order of the source.
        users: Outside ids of the users.
        items: Outside ids of the items.
        scale: The scale of the stars.
    """

    histories: Histories
    users: Vocabulary
    items: Vocabulary
    scale: RatingScale

    def __post_init__(self) -> None:
        if len(self.histories) != len(self.users) or self.histories.n_items != len(self.items):
            raise InputError(
                f"ratings must have a row for each of {len(self.users)} readers and a column for "
                f"each of {len(self.items)} books, got {len(self.histories)} x "
                f"{self.histories.n_items}"
            )

    @classmethod
    def of_rows(
        cls,
        users: npt.NDArray[np.integer],
        items: npt.NDArray[np.integer],
        stars: npt.NDArray[np.floating],
        user_ids: Vocabulary,
        item_ids: Vocabulary,
        scale: RatingScale | None = None,
    ) -> Self:
        """Groups rows of (user index, item index, stars) by user, keeping their order inside.

        Args:
            users: User index of each row; shape (nnz,).
            items: Item index of each row; shape (nnz,).
            stars: Stars of each row, NaN for read without stars; shape (nnz,).
            user_ids: Outside ids of the user indices.
            item_ids: Outside ids of the item indices.
            scale: The scale; found from the stars where none is given.

        Raises:
            InputError: Where a pair stands more than once.
        """
        order = np.argsort(users, kind="stable")
        counts = np.bincount(users, minlength=len(user_ids))
        histories = Histories(
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            items[order].astype(np.int32),
            stars[order].astype(np.float32),
            len(item_ids),
        )
        if histories.repeats:
            raise InputError("a reader must rate a book once; merge repeated rows first")
        return cls(histories, user_ids, item_ids, scale or RatingScale.of(stars))

    def __len__(self) -> int:
        return len(self.histories.items)

    @property
    def mean(self) -> float:
        """Mean of the given stars; the middle of the scale where there are none."""
        given = self.histories.stars[~np.isnan(self.histories.stars)]
        if given.size == 0:
            return (self.scale.lowest + self.scale.highest) / 2
        return float(given.mean(dtype=np.float64))

    @property
    def item_counts(self) -> npt.NDArray[np.int64]:
        """How many users read each item; shape (n_items,)."""
        return np.bincount(self.histories.items, minlength=len(self.items))

    def take(self, users: npt.NDArray[np.integer]) -> Self:
        """The ratings of some users only; the items stay all."""
        ids = Vocabulary(tuple(self.users.ids[u] for u in users))
        return type(self)(self.histories.take(users), ids, self.items, self.scale)

    def without_users(self, user_ids: set[str]) -> Self:
        """The ratings of everybody but the users named."""
        kept = [u for u, outside in enumerate(self.users) if outside not in user_ids]
        return self.take(np.array(kept, dtype=np.int64))

    def fingerprint(self) -> str:
        """SHA-256 of ids, pairs and stars; the same for the same rows in any order."""
        histories = self.histories
        by_item = np.lexsort((histories.items, histories.rows))
        digest = hashlib.sha256()
        for part in (self.users.ids, self.items.ids):
            digest.update("\0".join(part).encode())
            digest.update(b"\1")
        digest.update(np.ascontiguousarray(histories.indptr, "<i8").tobytes())
        digest.update(np.ascontiguousarray(histories.items[by_item], "<i4").tobytes())
        digest.update(np.ascontiguousarray(histories.stars[by_item], "<f4").tobytes())
        return digest.hexdigest()
