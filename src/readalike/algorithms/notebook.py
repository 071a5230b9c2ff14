"""The tutorial notebook's model: vectors of users and books, learnt by gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from readalike.algorithms.settings import Algorithm, Range, fold_in, setting
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.models.embedding import EmbeddingModel
from readalike.numerics.arrays import Indices
from readalike.progress import Progress, silent

if TYPE_CHECKING:
    from readalike.numerics.gradient import Side

START = 0.05
"""Start values are uniform between -0.05 and 0.05, as Keras's Embedding draws them."""


@dataclass(frozen=True)
class Notebook(Algorithm):
    """Embeddings whose product forecasts stars, by default exactly the notebook's.

    Kept for comparison: without mean and biases it forecasts worse than a constant, and books
    ranked by forecast stars are not the books that people read next.
    """

    name: ClassVar[str] = "notebook"

    factors: int = setting(5, "numbers in each vector", low=1, search=Range(2, 64, log=True))
    optimizer: str = setting(
        "adam", "how a batch moves the vectors; none leaves them random",
        choices=("adam", "sgd", "none"),
        search=("adam", "sgd"),
    )  # fmt: skip
    learning_rate: float = setting(
        0.001, "size of a step", low=0.0, search=Range(1e-4, 0.1, log=True)
    )
    batch_size: int = setting(64, "ratings a step", low=1, search=Range(16, 1024, log=True))
    epochs: int = setting(5, "passes over the ratings", low=0, search=Range(1, 20))
    biases: bool = setting(
        False, "add the mean and a learnt bias of each reader and book", search=(False, True)
    )
    regularization: float = setting(
        0.0, "ridge penalty on each vector and bias, against the sum of squared errors", low=0.0,
        search=Range(0.0, 30.0),
    )  # fmt: skip
    fold_in_regularization: float = fold_in(2.0)
    seed: int = setting(42, "start of the random numbers", low=0)

    def fit(
        self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent
    ) -> EmbeddingModel:
        """Learns from the rows with stars; the catalogue is not looked at."""
        from readalike.numerics import gradient

        histories = ratings.histories
        # in the order of pairs, so that the same ratings in another order give the same model
        pairs = histories.rows * histories.n_items + histories.items
        entries = np.argsort(pairs, kind="stable")
        entries = entries[~np.isnan(histories.stars[entries])]
        users = histories.rows[entries].astype(np.int32)
        items, stars = histories.items[entries], histories.stars[entries]
        draw = np.random.default_rng(self.seed)
        user_side = self._start(draw, users, len(ratings.users), 1)
        item_side = self._start(draw, items, len(ratings.items), 0)
        mean = ratings.mean if self.biases else 0.0

        epochs = 0 if self.optimizer == "none" or not len(stars) else self.epochs
        steps = -(-len(stars) // self.batch_size)
        rates = gradient.learning_rates(self.learning_rate, self.optimizer == "adam")
        powers = gradient.decay_powers(epochs * steps)
        for epoch in range(epochs):
            order = draw.permutation(len(stars))
            batches = users[order], items[order], stars[order]
            loss = gradient.descend(
                user_side, item_side, *batches, mean, epoch * steps, rates, powers
            )
            label = f"epoch {epoch + 1}, mean squared error {loss / len(stars):.4f}"
            progress(label, epoch + 1, epochs)
        for side in (user_side, item_side):
            gradient.settle(side, epochs * steps, rates, powers)

        k = self.factors
        return EmbeddingModel(
            user_side.rows[:, :k].copy(),
            item_side.rows[:, :k].copy(),
            user_side.rows[:, k].copy() if self.biases else None,
            item_side.rows[:, k + 1].copy() if self.biases else None,
            mean=mean,
            fold_in=self.fold_in_regularization,
        )

    def _start(self, draw: np.random.Generator, rows: Indices, n: int, one: int) -> Side:
        """A table of random vectors; with biases column k + ``one`` holds ones, the other 0."""
        from readalike.numerics.gradient import LANES, Side

        used = self.factors + 2 * self.biases
        width = -(-used // LANES) * LANES
        table = np.zeros((n, width * (3 if self.optimizer == "adam" else 1)), np.float32)
        table[:, : self.factors] = draw.uniform(-START, START, (n, self.factors))
        fixed = self.factors + one if self.biases else -1
        if self.biases:
            table[:, fixed] = 1.0
        counts = np.maximum(np.bincount(rows, minlength=n), 1)
        return Side(
            table,
            np.zeros((n, 2), np.int32),
            (self.regularization / counts).astype(np.float32),
            slopes=np.zeros((self.batch_size, 2 * width), np.float32),
            touched=np.zeros(self.batch_size, np.int32),
            fixed=fixed,
        )
