"""The two towers in training: one of what was read, one of a book, on batches of histories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from scipy.special import logsumexp

from readalike.data.histories import Histories
from readalike.data.ratings import kept
from readalike.models.interface import Ranker
from readalike.models.steps import Outcome, Step, run
from readalike.models.towers import TwoTowerModel, shares_of
from readalike.models.weights import StarWeights
from readalike.neural.adam import Batch
from readalike.neural.backend import keras_on_jax
from readalike.neural.book_vectors import BookContent
from readalike.neural.plans import FLOAT, Planned, glorot, layer, planned, table, values_of
from readalike.numerics.arrays import F32, I64, Bools
from readalike.numerics.masks import marks

DRAWS = 4
"""Missing books of a reader in an epoch."""
AT_ONCE = 512
"""Readers whose scores are held in memory while they are judged."""
VALIDATION = 1
"""What is drawn beside the examples of an epoch; it has a stream of its own."""


@dataclass(frozen=True, eq=False)
class HistoryBatches:
    """Examples: some books of a reader, and one other that the reader liked.

    The missing book is drawn in proportion to its weight by stars, where that is above 0; how
    many of the others are told is drawn evenly, and then which.
    """

    histories: Histories
    weights: StarWeights
    content: BookContent
    most: int
    batch_size: int
    id_dropout: float
    seed: int

    @property
    def readers(self) -> int:
        """Readers of a batch, all of them different."""
        return min(self.batch_size, len(self.histories))

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return DRAWS * len(self.histories) // self.readers if self.readers else 0

    @cached_property
    def log_chances(self) -> F32:
        """Log of the chance of each book to be the missing one; shape (n_items,), float32."""
        likes = np.maximum(self.weights.of(self.histories), 0).astype(np.float64)
        rows, n_items = self.histories.rows, self.histories.n_items
        sums = np.bincount(rows, likes, minlength=len(self.histories))
        chances = np.bincount(self.histories.items, likes / sums[rows], minlength=n_items)
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(chances / len(self.histories)), np.float32)

    def epoch(self, number: int) -> Iterator[Batch]:
        """The batches of one epoch, in each of which a reader stands once."""
        draw = np.random.default_rng([self.seed, 0, number])
        for _ in range(self.steps):
            readers = draw.choice(len(self.histories), self.readers, replace=False)
            yield self._batch(self.histories.take(readers), draw)

    def _batch(self, part: Histories, draw: np.random.Generator) -> Batch:
        """The arrays of `Towers.loss`, in its order."""
        missing = one_liked(part, self.weights.of(part), draw)
        lengths = draw.integers(1, np.minimum(part.lengths - 1, self.most), endpoint=True)
        shown = drawn_places(part, missing, draw) < lengths[part.rows]
        history = np.zeros((len(part), self.most), np.int32)
        shares = np.zeros((len(part), self.most), np.float32)
        given = kept(part, shown)
        history[given.rows, given.places] = given.items
        shares[given.rows, given.places] = shares_of(self.weights.of(given), given)
        targets = part.items[missing]
        # the books, each once; as many in every batch: as there can be in one, or all there are
        there = marks(np.append(history, targets), part.n_items)
        found = np.flatnonzero(there)
        books = np.zeros(min(part.n_items, history.size + targets.size), np.int32)
        books[: len(found)] = found
        place = np.cumsum(there, dtype=np.int32) - 1
        history, targets = place[history], place[targets]
        is_kept = draw.random((len(books), 1)) >= self.id_dropout
        return (
            books,
            is_kept.astype(np.float32),
            self.content.names[books],
            self.content.features[books],
            history,
            shares,
            targets,
            self.log_chances[books[targets]],
        )


def divided(
    histories: Histories, weights: StarWeights, share: float, seed: int
) -> tuple[Histories, tuple[Histories, Histories]]:
    """Readers to learn from, and others of whom half is shown and the liked rest is to be found.

    Only readers of two books or more, one of them liked, are among them: of others nothing can be
    missing. Where the share would be nobody, those who are learnt from judge. The order of the
    source does not matter.

    Gives the histories that are learnt from, and of the others those shown and the right answers.
    """
    order = np.lexsort((histories.items, histories.rows))
    sorted_rows = Histories(
        histories.indptr, histories.items[order], histories.stars[order], histories.n_items
    )
    liked = np.bincount(sorted_rows.rows[weights.of(sorted_rows) > 0], minlength=len(sorted_rows))
    usable = np.flatnonzero((sorted_rows.lengths > 1) & (liked > 0))
    draw = np.random.default_rng([seed, VALIDATION])
    drawn = draw.permutation(usable)
    count = int(share * len(usable))
    learnt = sorted_rows.take(np.sort(drawn[count:]))
    judged = sorted_rows.take(np.sort(drawn[:count])) if count else learnt
    missing = one_liked(judged, weights.of(judged), draw)
    shown = drawn_places(judged, missing, draw) < judged.lengths[judged.rows] // 2
    relevant = ~shown & (weights.of(judged) > 0)
    return learnt, (kept(judged, shown), kept(judged, relevant))


def one_liked(histories: Histories, weights: F32, draw: np.random.Generator) -> I64:
    """An entry of each row, in proportion to its weight; one below 0 is never drawn.

    Each row must have a weight above 0. The largest log w + Gumbel noise is such a draw.
    """
    with np.errstate(divide="ignore"):
        luck = np.log(np.maximum(weights, 0)) + draw.gumbel(size=len(weights))
    return np.asarray(np.lexsort((luck, histories.rows))[histories.indptr[1:] - 1], np.int64)


def drawn_places(histories: Histories, last: I64, draw: np.random.Generator) -> I64:
    """The place of each entry in its row in a drawn order, in which some are the last."""
    luck = draw.random(len(histories.items))
    luck[last] = 2.0
    place = np.empty(len(luck), np.int64)
    place[np.lexsort((luck, histories.rows))] = histories.places
    return place


def negative_log_likelihood(model: Ranker, histories: Histories, relevant: Histories) -> float:
    """Mean over readers of -log of the softmax share of a right answer among books not shown.

    Each reader must have a right answer or more.
    """
    losses = []
    for start in range(0, len(histories), AT_ONCE):
        given, wanted = (each.slice(start, start + AT_ONCE) for each in (histories, relevant))
        scores = model.score(given).astype(np.float64)
        scores[given.rows, given.items] = -np.inf
        each = logsumexp(scores, axis=1)[wanted.rows] - scores[wanted.rows, wanted.items]
        counts = np.bincount(wanted.rows, minlength=len(wanted))
        sums = np.bincount(wanted.rows, each, minlength=len(wanted))
        losses.append(sums / counts)
    return float(np.mean(np.concatenate(losses)))


@dataclass(frozen=True, eq=False)
class Towers:
    """Both towers in Keras, and below them what makes a vector of a book.

    z = k id + author + series + features W, k being 0 of a book known by its content alone.
    """

    content: BookContent
    tables: tuple[Any, Any, Any]  # the layers that hold ids, names of authors and series, and W
    reader: Planned
    book: Planned
    models: tuple[Any, Any, Any]
    """Of Keras: z of ids, k, names and features; the reader of what was read; the book of its z."""
    temperature: float

    @classmethod
    def of(
        cls, content: BookContent, width: int, hidden: int, temperature: float, seed: int
    ) -> Self:
        """Towers with random weights."""
        keras, draw = keras_on_jax(), np.random.default_rng(seed)
        n_items, features = content.features.shape
        ids, names = (table(n, width, draw) for n in (n_items, content.n_names))
        projection = keras.layers.Dense(
            width, use_bias=False, kernel_initializer=glorot(draw), dtype=FLOAT
        )
        inputs = [
            keras.Input((), dtype="int32"),
            keras.Input((1,), dtype=FLOAT),
            keras.Input((2,), dtype="int32"),
            keras.Input((features,), dtype=FLOAT),
        ]
        named = keras.ops.sum(names(inputs[2]), axis=1)
        entry = keras.Model(inputs, ids(inputs[0]) * inputs[1] + named + projection(inputs[3]))
        found = []
        for op, ending in (("reader", []), ("book", [Step("unit", (4,))])):
            given = keras.Input((width,), dtype=FLOAT)
            # a vector, and what a dense layer adds to it
            first, back = Step(op, options={"columns": [0, width]}), {"units": width}
            plan = [first, *layer(0, hidden, 1), Step("dense", (2,), options=back)]
            tower = planned([*plan, Step("add", (0, 3)), *ending], {op: given}, draw)
            found.append((tower, keras.Model(given, tower.output)))
        (reader, of_reader), (book, of_book) = found
        models = entry, of_reader, of_book
        return cls(
            content, (ids, names, projection), reader, book, models=models, temperature=temperature
        )

    @property
    def variables(self) -> list[Any]:
        """All that is learnt, as Keras's variables."""
        return [each for model in self.models for each in model.trainable_variables]

    def loss(
        self,
        weights: list[Any],  # the values of `variables`
        books: Any,  # every book of the batch; (books,)
        is_kept: Any,  # k; (books, 1)
        names: Any,  # (books, 2)
        features: Any,  # (books, features)
        history: Any,  # what readers are told, as places in `books`; (readers, most)
        shares: Any,  # how much each counts, 0 of what is no book; (readers, most)
        targets: Any,  # the missing books, as places in `books`; (readers,)
        log_chances: Any,  # log of the chance of each of these to be drawn; (readers,)
    ) -> Any:
        """How surprised the towers are by the missing books of a batch."""
        import jax.numpy as jnp

        entry, of_reader, of_book = self.models
        first = len(entry.trainable_variables)
        second = first + len(of_reader.trainable_variables)
        z, _ = entry.stateless_call(weights[:first], [], [books, is_kept, names, features])
        read = jnp.take(z, history, axis=0, mode="clip")
        summed = jnp.einsum("rmd,rm->rd", read, shares)
        missing = jnp.take(z, targets, axis=0, mode="clip")
        readers, _ = of_reader.stateless_call(weights[first:second], [], summed)
        answers, _ = of_book.stateless_call(weights[second:], [], missing)
        return in_batch_softmax_loss(readers @ answers.T / self.temperature, log_chances)

    def fitted(self, trained: Bools, bias: F32, weights: StarWeights) -> TwoTowerModel:
        """The model of the present weights."""
        ids, names, projection = (values_of(table)[0] for table in self.tables)
        own = np.where(trained[:, None], ids[: len(trained)], 0)
        inputs = own + names[self.content.names].sum(axis=1) + self.content.features @ projection
        book = run(self.book.steps(), Outcome(inputs[:0]), Outcome(inputs)).value
        outputs = np.asarray(book / self.temperature, np.float32)
        return TwoTowerModel(
            np.asarray(inputs, np.float32), outputs, bias, self.reader.steps(), weights
        )


def in_batch_softmax_loss(scores: Any, log_chances: Any) -> Any:
    r"""Mean of -log of the softmax share of each reader's book among those of the batch.

    s_ab - log q_b in place of the score s_ab of reader a and book b, q_b being the chance of b
    to be drawn [Yi et al. 2019]: the slopes are then, on average, those of a softmax among all
    books, and a book is not held down for being drawn often. That another reader's book may be
    a's own is a part of it.
    """
    import jax
    import jax.numpy as jnp

    shares = jax.nn.log_softmax(scores - log_chances, axis=1)
    return -jnp.diagonal(shares).mean()
