"""The two towers in training: one of what was read, one of a book."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from readalike.models.steps import Outcome, Step, run
from readalike.models.towers import TwoTower
from readalike.models.weights import StarWeights
from readalike.neural.backend import keras_on_jax
from readalike.neural.content import Content
from readalike.neural.plans import FLOAT, Planned, glorot, layer, planned, small, values_of

Floats = npt.NDArray[np.float32]


def reader_plan(width: int, hidden: int) -> list[Step]:
    """What was read, and what a dense layer of width `hidden` adds to it."""
    read = Step("reader", options={"columns": [0, width]})
    back = Step("dense", (2,), options={"units": width})
    return [read, *layer(0, hidden, 1), back, Step("add", (0, 3))]


def book_plan(width: int, hidden: int) -> list[Step]:
    """The same for a book, made a unit vector."""
    book = Step("book", options={"columns": [0, width]})
    back = Step("dense", (2,), options={"units": width})
    return [book, *layer(0, hidden, 1), back, Step("add", (0, 3)), Step("unit", (4,))]


@dataclass(frozen=True, eq=False)
class Towers:
    """Both towers in Keras, and below them what makes a vector of a book.

    z = k id + author + series + features W, k being 0 of a book known by its content alone.

    Attributes:
        content: What is known of the books.
        tables: The layers that hold ids, names of authors and series, and W.
        reader: The steps of the reader's tower.
        book: The steps of the book's.
        models: Keras's models: z of ids, k, names and features; the reader of what was read; the
            book of its z.
        temperature: What scores are divided by.
    """

    content: Content
    tables: tuple[Any, Any, Any]
    reader: Planned
    book: Planned
    models: tuple[Any, Any, Any]
    temperature: float

    @classmethod
    def of(cls, content: Content, width: int, hidden: int, temperature: float, seed: int) -> Self:
        """Towers with random weights.

        Args:
            content: What is known of the books.
            width: Numbers of every vector.
            hidden: Width of the dense layer in each tower.
            temperature: What scores are divided by.
            seed: Draws the weights.
        """
        keras, draw = keras_on_jax(), np.random.default_rng(seed)
        layers, (n_items, features) = keras.layers, content.features.shape
        ids = layers.Embedding(
            max(n_items, 1), width, embeddings_initializer=small(draw), dtype=FLOAT
        )
        names = layers.Embedding(
            content.n_names, width, embeddings_initializer=small(draw), dtype=FLOAT
        )
        projection = layers.Dense(
            width, use_bias=False, kernel_initializer=glorot(draw), dtype=FLOAT
        )
        told = [
            keras.Input((), dtype="int32"),
            keras.Input((1,), dtype=FLOAT),
            keras.Input((2,), dtype="int32"),
            keras.Input((features,), dtype=FLOAT),
        ]
        named = keras.ops.sum(names(told[2]), axis=1)
        entry = keras.Model(told, ids(told[0]) * told[1] + named + projection(told[3]))
        found = []
        for op, plan in (("reader", reader_plan), ("book", book_plan)):
            given = keras.Input((width,), dtype=FLOAT)
            tower = planned(plan(width, hidden), {op: given}, draw)
            found.append((tower, keras.Model(given, tower.output)))
        (reader, of_reader), (book, of_book) = found
        tables = ids, names, projection
        return cls(content, tables, reader, book, (entry, of_reader, of_book), temperature)

    @property
    def variables(self) -> list[Any]:
        """All that is learnt, as Keras's variables."""
        return [each for model in self.models for each in model.trainable_variables]

    def loss(
        self,
        weights: list[Any],
        books: Any,
        is_kept: Any,
        names: Any,
        features: Any,
        history: Any,
        shares: Any,
        targets: Any,
        log_chances: Any,
    ) -> Any:
        """How surprised the towers are by the missing books of a batch.

        Args:
            weights: The values of `variables`.
            books: Every book of the batch; shape (books,).
            is_kept: k; shape (books, 1).
            names: Of each; shape (books, 2).
            features: Of each; shape (books, features).
            history: What readers are told, as places in `books`; shape (readers, most).
            shares: How much each counts, 0 of what is no book; shape (readers, most).
            targets: The missing books, as places in `books`; shape (readers,).
            log_chances: Log of the chance of each of these to be drawn; shape (readers,).
        """
        import jax.numpy as jnp

        entry, of_reader, of_book = self.models
        first = len(entry.trainable_variables)
        second = first + len(of_reader.trainable_variables)
        z, _ = entry.stateless_call(weights[:first], [], [books, is_kept, names, features])
        read = jnp.take(z, history, axis=0, mode="clip")
        told = jnp.einsum("rmd,rm->rd", read, shares)
        missing = jnp.take(z, targets, axis=0, mode="clip")
        readers, _ = of_reader.stateless_call(weights[first:second], [], told)
        answers, _ = of_book.stateless_call(weights[second:], [], missing)
        return in_batch_surprise(readers @ answers.T / self.temperature, log_chances)

    def fitted(
        self, trained: npt.NDArray[np.bool_], bias: Floats, weights: StarWeights
    ) -> TwoTower:
        """The model of the present weights.

        Args:
            trained: Books that somebody has read; of the others there is only the content; shape
                (n_items,).
            bias: What is added to the score of each; shape (n_items,).
            weights: How much each book of a history counts.
        """
        ids, names, projection = (values_of(table)[0] for table in self.tables)
        own = np.where(trained[:, None], ids[: len(trained)], 0)
        inputs = own + names[self.content.names].sum(axis=1) + self.content.features @ projection
        book = run(self.book.steps(), Outcome(inputs[:0]), Outcome(inputs)).value
        outputs = np.asarray(book / self.temperature, np.float32)
        return TwoTower(np.asarray(inputs, np.float32), outputs, bias, self.reader.steps(), weights)


def in_batch_surprise(scores: Any, log_chances: Any) -> Any:
    r"""Mean of -log of the softmax share of each reader's book among those of the batch.

    s_ab - log q_b in place of the score s_ab of reader a and book b, q_b being the chance of b
    to be drawn [Yi et al. 2019]: the slopes are then, on average, those of a softmax among all
    books, and a book is not held down for being drawn often. That another reader's book may be
    a's own is a part of it.

    Args:
        scores: Shape (readers, readers); reader a's own book is number a.
        log_chances: log q; shape (readers,).
    """
    import jax
    import jax.numpy as jnp

    shares = jax.nn.log_softmax(scores - log_chances, axis=1)
    return -jnp.diagonal(shares).mean()
