"""What `questions.py` compares with the algorithms: baselines, and the loop written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from numba import njit

from readalike.algorithms import algorithm_of
from readalike.algorithms.notebook import START
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.settings import Algorithm
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.models.embedding import EmbeddingModel
from readalike.models.interface import Ranker, Scores
from readalike.progress import Progress, silent

Values = npt.NDArray[Any]


def starred(ratings: Ratings) -> tuple[Values, Values, Values]:
    """User, item and stars of each row that has stars."""
    histories = ratings.histories
    rows = ~np.isnan(histories.stars)
    return histories.rows[rows], histories.items[rows], histories.stars[rows].astype(np.float64)


def without_vectors(
    ratings: Ratings, mean: float, users: Values | None = None, items: Values | None = None
) -> EmbeddingModel:
    """A forecast of mean and biases alone."""
    nothing = [np.zeros((len(side), 1), np.float32) for side in (ratings.users, ratings.items)]
    return EmbeddingModel(nothing[0], nothing[1], users, items, mean)


@dataclass(frozen=True)
class Constant(Algorithm):
    """The same stars for every pair: the mean of the training rows, or their median."""

    name: ClassVar[str] = "constant"

    median: bool = False

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> EmbeddingModel:
        """Finds the constant."""
        stars = starred(ratings)[2]
        return without_vectors(ratings, float(np.median(stars) if self.median else stars.mean()))


@dataclass(frozen=True)
class Biases(Algorithm):
    """Mean, a book's and then a reader's mean deviation, as of `shrinkage` more average rows."""

    name: ClassVar[str] = "biases"

    shrinkage: float = 3.0

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> EmbeddingModel:
        """Two counts and two divisions."""
        users, items, stars = starred(ratings)
        mean = float(stars.mean())
        of_items = self._shrunk(items, stars - mean, len(ratings.items))
        of_users = self._shrunk(users, stars - mean - of_items[items], len(ratings.users))
        return without_vectors(ratings, mean, of_users, of_items)

    def _shrunk(self, rows: Values, deviation: Values, n: int) -> Values:
        sums = np.bincount(rows, deviation, n)
        return (sums / (np.bincount(rows, minlength=n) + self.shrinkage)).astype(np.float32)


def by_hand(
    p: Values, q: Values, users: Values, items: Values, stars: Values, rate: float, at_once: bool
) -> None:
    """One epoch of the loop that the notebook sketches; changes both tables.

    Args:
        p: Vectors of the readers.
        q: Vectors of the books.
        users: Reader of each rating.
        items: Book of each rating.
        stars: Stars of each rating.
        rate: Size of a step.
        at_once: Whether the book moves by the reader's vector as it was when the error was made;
            otherwise by the one that has moved already.
    """
    for n in range(len(stars)):
        u, i = users[n], items[n]
        error = stars[n] - np.dot(p[u], q[i])
        reader = p[u].copy()
        p[u] += rate * error * q[i]
        q[i] += rate * error * (reader if at_once else p[u])


compiled = njit(by_hand)
"""The same lines, through numba's one decorator."""


@dataclass(frozen=True)
class ByHand(Algorithm):
    """The notebook's model, learnt by the loop above, one rating a step."""

    name: ClassVar[str] = "by hand"

    rate: float = 0.03
    at_once: bool = True
    factors: int = 5
    epochs: int = 5
    seed: int = 42

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> EmbeddingModel:
        """Shuffles and learns, epoch by epoch."""
        users, items, stars = starred(ratings)
        draw = np.random.default_rng(self.seed)
        p, q = (
            draw.uniform(-START, START, (len(side), self.factors))
            for side in (ratings.users, ratings.items)
        )
        for _ in range(self.epochs):
            order = draw.permutation(len(stars))
            compiled(p, q, users[order], items[order], stars[order], self.rate, self.at_once)
        return EmbeddingModel(p.astype(np.float32), q.astype(np.float32))


@dataclass(frozen=True, eq=False)
class Wrapped:
    """A model whose scores are changed on their way out.

    Attributes:
        model: What scores.
        lengths: What each book's score is divided by; its vector's length makes it a cosine.
        unknown: Scores for a history without a book; None: those of the model.
    """

    shape: ClassVar[str] = "wrapped"
    score_means: ClassVar[str] = "of no use outside the measurement"

    model: Ranker
    lengths: Values
    unknown: Values | None = None

    @property
    def n_items(self) -> int:
        """Number of books."""
        return self.model.n_items

    def score(self, histories: Histories) -> Scores:
        """Scores of all books."""
        scores = self.model.score(histories) / self.lengths
        if self.unknown is not None:
            scores[histories.lengths == 0] = self.unknown
        return np.asarray(scores, np.float32)


@dataclass(frozen=True, eq=False)
class Given(Algorithm):
    """A model that has been fitted already."""

    name: ClassVar[str] = "given"

    model: Any = None

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> Ranker:
        """Hands it out."""
        return self.model  # type: ignore[no-any-return]


@dataclass(frozen=True)
class AsServed(Algorithm):
    """An algorithm as `Recommender` serves it: without a history the most popular books."""

    name: ClassVar[str] = "as served"

    algorithm: str = "blend"

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> Any:
        """Fits the algorithm, and popularity beside it."""
        model = algorithm_of(self.algorithm).fit(ratings, catalogue, progress)
        popular = Popularity().fit(ratings, catalogue).scores
        return Wrapped(model, np.ones(model.n_items, np.float32), popular)
