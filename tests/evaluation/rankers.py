"""Rankers whose worth is known, and data whose ids are in the order of popularity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from readalike.algorithms.settings import Algorithm, Value
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.models.interface import Arrays, Scores, Shares
from readalike.progress import Progress, silent

Rows = list[tuple[str, str, float]]
Floats = npt.NDArray[np.float32]
Scoring = Callable[[Histories], Floats]

FIVE_STARS = RatingScale(1, 5, 1)


@dataclass(frozen=True, eq=False)
class Scored:
    """A ranker made of a function of histories."""

    shape: ClassVar[str] = "scored"
    compares_items: ClassVar[bool] = False
    score_means: ClassVar[str] = "whatever the test wants"

    n_items: int
    scoring: Scoring

    def score(self, histories: Histories) -> Scores:
        return self.scoring(histories)

    def explain(self, history: Histories, items: npt.NDArray[np.integer[Any]]) -> Shares:
        raise NotImplementedError

    def arrays(self) -> Arrays:
        raise NotImplementedError

    def settings(self) -> Mapping[str, Any]:
        raise NotImplementedError

    @classmethod
    def of_arrays(cls, arrays: Arrays, settings: Mapping[str, Any]) -> Self:
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Forecasting(Scored):
    """One that also forecasts stars, by the same function."""

    def forecast(
        self,
        histories: Histories,
        rows: npt.NDArray[np.integer[Any]],
        items: npt.NDArray[np.integer[Any]],
    ) -> Floats:
        stars: Floats = self.scoring(histories)[rows, items]
        return stars


@dataclass(frozen=True, eq=False)
class WithUsers(Forecasting):
    """One that also has a table of scores of its users."""

    table: Floats

    def score_users(self, users: npt.NDArray[np.integer[Any]]) -> Scores:
        scores: Scores = self.table[users]
        return scores

    def predict(
        self, users: npt.NDArray[np.integer[Any]], items: npt.NDArray[np.integer[Any]]
    ) -> Floats:
        stars: Floats = self.table[users, items]
        return stars


@dataclass(frozen=True)
class Making(Algorithm):
    """An algorithm that is a function of the training ratings."""

    name: ClassVar[str] = "making"

    make: Callable[[Ratings], Any]

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> Any:
        progress("making", 1, 1)
        return self.make(ratings)

    def as_dict(self) -> dict[str, Value]:
        return {}


def making(scoring: Scoring) -> Making:
    return Making(lambda ratings: Scored(len(ratings.items), scoring))


def constant(value: float = 0.0) -> Making:
    return making(lambda h: np.full((len(h), h.n_items), value, np.float32))


def chance(seed: int = 0) -> Making:
    random = np.random.default_rng(seed)
    return making(lambda h: random.random((len(h), h.n_items), np.float32))


def popularity() -> Making:
    def make(ratings: Ratings) -> Scored:
        counts = ratings.item_counts.astype(np.float32)
        return Scored(len(counts), lambda h: np.tile(counts, (len(h), 1)))

    return Making(make)


def oracle(answers: Mapping[tuple[int, ...], set[int]]) -> Making:
    """Knows the right answers by the books that it is told."""

    def scoring(histories: Histories) -> npt.NDArray[np.float32]:
        scores = np.zeros((len(histories), histories.n_items), np.float32)
        for row in range(len(histories)):
            given = tuple(int(item) for item in histories.row(row)[0])
            scores[row, [i for i in answers[given] if i < histories.n_items]] = 1
        return scores

    return making(scoring)


def ratings_of(rows: Rows, books: list[str] | None = None) -> Ratings:
    """Ratings of (reader, book, stars) in the order of reading, books in the order given."""
    readers = Vocabulary.of(dict.fromkeys(reader for reader, _, _ in rows))
    known = Vocabulary.of(books or dict.fromkeys(book for _, book, _ in rows))
    return Ratings.of_rows(
        readers.indices([reader for reader, _, _ in rows]),
        known.indices([book for _, book, _ in rows]),
        np.array([stars for _, _, stars in rows], np.float32),
        readers,
        known,
        FIVE_STARS,
    )


def popular_world(readers: int, books: int, prefix: str, seed: int) -> Rows:
    """Readers who read popular books more often, book b000 most; about 30 books each."""
    random = np.random.default_rng(seed)
    chances = 1 / np.arange(1, books + 1)
    rows: Rows = []
    for reader in range(readers):
        read = random.choice(books, size=30, replace=False, p=chances / chances.sum())
        rows += [
            (f"{prefix}{reader:04}", f"b{book:03}", float(random.integers(1, 6))) for book in read
        ]
    return rows


def books_of(n: int) -> list[str]:
    return [f"b{book:03}" for book in range(n)]
