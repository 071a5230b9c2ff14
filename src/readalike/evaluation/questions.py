"""What a protocol prepares: a table to learn from, and questions with the right answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.errors import InputError


@dataclass(frozen=True, eq=False)
class RankingQueries:
    """Which books come next for these readers?

    Attributes:
        readers: Outside ids, in sorted order.
        users: Training index of each reader, -1 of one who was not in training; shape (readers,).
        histories: What the model is told; these books are not candidates, all others are.
        relevant: The right answers. An index of `histories.n_items` or more is a book that
            training does not know: no list can hold it, and it counts as not found.
        given: How many books of each history were told, where the protocol fixes that.
        left_out: Readers who are not asked, by reason.
        told: Other things to know, with their numbers.
    """

    readers: tuple[str, ...]
    users: npt.NDArray[np.integer[Any]]
    histories: Histories
    relevant: Histories
    given: int | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    told: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.readers)


@dataclass(frozen=True, eq=False)
class RatingQueries:
    """How many stars did these readers give these books?

    Attributes:
        readers: Outside ids, in sorted order.
        users: Training index of each reader, -1 of one who was not in training; shape (readers,).
        histories: What the model is told of each reader.
        rows: Row number of the reader in each question, ascending; shape (questions,).
        items: The book; shape (questions,).
        stars: The right answer; shape (questions,).
    """

    readers: tuple[str, ...]
    users: npt.NDArray[np.integer[Any]]
    histories: Histories
    rows: npt.NDArray[np.int64]
    items: npt.NDArray[np.integer[Any]]
    stars: npt.NDArray[np.float32]

    def only(self, pairs: npt.NDArray[np.integer[Any]]) -> RatingQueries:
        """Some of the questions, and the readers who are asked them.

        Args:
            pairs: Positions of questions, ascending; shape (some,).
        """
        readers, rows = np.unique(self.rows[pairs], return_inverse=True)
        return RatingQueries(
            tuple(self.readers[reader] for reader in readers),
            self.users[readers],
            self.histories.take(readers),
            rows,
            self.items[pairs],
            self.stars[pairs],
        )


@dataclass(frozen=True, eq=False)
class Task:
    """All that an evaluation needs; cannot be made with a right answer in the training rows.

    Attributes:
        training: What algorithms learn from.
        catalogue: What is known of the books, in the order of the training's items.
        questions: One set for each given length; every model is fitted once for all.
        star_questions: Where the protocol asks for stars.
    """

    training: Ratings
    catalogue: Catalogue
    questions: tuple[RankingQueries, ...]
    star_questions: RatingQueries | None = None

    def __post_init__(self) -> None:
        if len(self.training) == 0:
            raise InputError("no rating is left to learn from once the test rows are held out")
        if self.catalogue.books != self.training.items:
            raise InputError("the catalogue must have the books of the ratings, in their order")
        for asked in self.questions:
            if len(asked) == 0:
                reasons = "; ".join(f"{n} with {why}" for why, n in asked.left_out.items())
                raise InputError(f"no reader is left to be asked: {reasons or 'none was given'}")
            self._refuse_known_answers(asked)

    def _refuse_known_answers(self, asked: RankingQueries) -> None:
        learnt = self.training.histories
        width = max(asked.relevant.n_items, learnt.n_items)
        users = self.training.users.indices(asked.readers)[asked.relevant.rows]
        answers = users.astype(np.int64) * width + asked.relevant.items
        known = np.isin(answers[users >= 0], learnt.rows * width + learnt.items)
        shown = np.isin(
            asked.relevant.rows * width + asked.relevant.items,
            asked.histories.rows * width + asked.histories.items,
        )
        if known.any() or shown.any():
            raise InputError(
                f"test rows must not be in training, got {int(known.sum())} of them there and "
                f"{int(shown.sum())} in the histories that the model is told"
            )

    def fingerprint(self) -> str:
        """SHA-256 of what is learnt and what is asked."""
        digest = hashlib.sha256(self.training.fingerprint().encode())
        for asked in self.questions:
            digest.update("\0".join(asked.readers).encode())
            for rows in (asked.histories, asked.relevant):
                by_item = np.lexsort((rows.items, rows.rows))
                digest.update(np.ascontiguousarray(rows.indptr, "<i8").tobytes())
                digest.update(np.ascontiguousarray(rows.items[by_item], "<i4").tobytes())
                digest.update(np.ascontiguousarray(rows.stars[by_item], "<f4").tobytes())
        stars = self.star_questions
        if stars is not None:
            digest.update("\0".join(stars.readers).encode())
            by_item = np.lexsort((stars.stars, stars.items, stars.rows))
            digest.update(np.ascontiguousarray(stars.rows[by_item], "<i8").tobytes())
            digest.update(np.ascontiguousarray(stars.items[by_item], "<i4").tobytes())
            digest.update(np.ascontiguousarray(stars.stars[by_item], "<f4").tobytes())
        return digest.hexdigest()
