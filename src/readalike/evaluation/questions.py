"""What a protocol prepares: a table to learn from, and questions with the right answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.errors import InputError
from readalike.numerics.arrays import F32, I64, Indices


@dataclass(frozen=True, eq=False, kw_only=True)
class RankingQueries:
    """Which books come next for these readers?"""

    readers: tuple[str, ...]  # outside ids, in sorted order
    users: Indices  # training index of each, -1 of one who was not in training; (readers,)
    histories: Histories  # what the model is told; these books are no candidates, all others are
    relevant: Histories
    """The right answers. An index of `histories.n_items` or more is a book that training does not
    know: no list can hold it, and it counts as not found."""
    given: int | None = None  # how many books of each were told, where the protocol fixes that
    left_out: Mapping[str, int] = field(default_factory=dict)  # who is not asked, by reason
    notes: Mapping[str, int] = field(default_factory=dict)  # other things to know

    def __len__(self) -> int:
        return len(self.readers)


@dataclass(frozen=True, eq=False, kw_only=True)
class RatingQueries:
    """How many stars did these readers give these books?"""

    readers: tuple[str, ...]  # outside ids, in sorted order
    users: Indices  # training index of each, -1 of one who was not in training; (readers,)
    histories: Histories  # what the model is told of each
    rows: I64  # row of the reader in each question, ascending; (questions,)
    items: Indices  # (questions,)
    stars: F32  # the right answers; (questions,)

    def only(self, pairs: Indices) -> RatingQueries:
        """Some of the questions, by ascending positions, and the readers who are asked them."""
        readers, rows = np.unique(self.rows[pairs], return_inverse=True)
        return RatingQueries(
            readers=tuple(self.readers[reader] for reader in readers),
            users=self.users[readers],
            histories=self.histories.take(readers),
            rows=rows,
            items=self.items[pairs],
            stars=self.stars[pairs],
        )


@dataclass(frozen=True, eq=False)
class Task:
    """All that an evaluation needs; cannot be made with a right answer in the training rows."""

    training: Ratings
    catalogue: Catalogue
    questions: tuple[RankingQueries, ...]
    star_questions: RatingQueries | None = None

    def __post_init__(self) -> None:
        if len(self.training) == 0:
            raise InputError("no rating is left to learn from once the test rows are held out")
        if self.catalogue.books != self.training.items:
            raise InputError("the catalogue must have the books of the ratings, in their order")
        for queries in self.questions:
            if len(queries) == 0:
                reasons = "; ".join(f"{n} with {why}" for why, n in queries.left_out.items())
                raise InputError(f"no reader is left to be asked: {reasons or 'none was given'}")
            self._refuse_known_answers(queries)

    def _refuse_known_answers(self, queries: RankingQueries) -> None:
        learnt, right, given = self.training.histories, queries.relevant, queries.histories
        width = max(right.n_items, learnt.n_items)
        users = self.training.users.indices(queries.readers)[right.rows].astype(np.int64)
        known = np.isin(
            (users * width + right.items)[users >= 0], learnt.rows * width + learnt.items
        )
        shown = np.isin(right.rows * width + right.items, given.rows * width + given.items)
        if known.any() or shown.any():
            raise InputError(
                f"test rows must not be in training, got {int(known.sum())} of them there and "
                f"{int(shown.sum())} in the histories that the model is told"
            )

    def fingerprint(self) -> str:
        """SHA-256 of what is learnt and what is asked."""
        digest = hashlib.sha256(self.training.fingerprint().encode())

        def add(rows: Indices, items: Indices, stars: F32) -> None:
            for numbers, kind in ((rows, "<i8"), (items, "<i4"), (stars, "<f4")):
                digest.update(np.ascontiguousarray(numbers, kind).tobytes())

        for queries in self.questions:
            digest.update("\0".join(queries.readers).encode())
            for each in (queries.histories, queries.relevant):
                order = np.lexsort((each.items, each.rows))
                add(each.indptr, each.items[order], each.stars[order])
        pairs = self.star_questions
        if pairs is not None:
            digest.update("\0".join(pairs.readers).encode())
            order = np.lexsort((pairs.stars, pairs.items, pairs.rows))
            add(pairs.rows[order], pairs.items[order], pairs.stars[order])
        return digest.hexdigest()
