"""The notebook's model in Keras: embeddings of five numbers, a dot product, five epochs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from harness import Peer, Queries, Table, best

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""


def notebook(table: Table, settings: Mapping[str, Any]) -> Any:
    """Trains as the notebook does."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(table.threads)
    tf.config.threading.set_inter_op_parallelism_threads(table.threads)
    keras.utils.set_random_seed(0)
    book_input = keras.Input(shape=[1], name="Book-Input")
    book_table = keras.layers.Embedding(table.n_items + 1, 5, name="Book-Embedding")(book_input)
    book_vector = keras.layers.Flatten(name="Flatten-Books")(book_table)
    user_input = keras.Input(shape=[1], name="User-Input")
    user_table = keras.layers.Embedding(table.n_users + 1, 5, name="User-Embedding")(user_input)
    user_vector = keras.layers.Flatten(name="Flatten-Users")(user_table)
    product = keras.layers.Dot(name="Dot-Product", axes=1)([book_vector, user_vector])
    model = keras.Model([user_input, book_input], product)
    model.compile("adam", "mean_squared_error")
    rows = [table.users + 1, table.items + 1]
    model.fit(rows, table.stars, batch_size=64, epochs=5, verbose=0)
    return model


def lists(model: Any, queries: Queries, n: int) -> Any:
    """The highest dot products, by the tables: by `predict` it would take hours."""
    users = model.get_layer("User-Embedding").get_weights()[0]
    books = model.get_layer("Book-Embedding").get_weights()[0][1:]
    parts = [queries.part(start, start + 512) for start in range(0, len(queries.users), 512)]
    return np.vstack([best(users[p.users + 1] @ books.T, p.matrix(), n) for p in parts])


def stars(model: Any, users: Any, items: Any) -> Any:
    """The dot products; a stranger has the row that no training moved."""
    return model.predict([users + 1, items + 1], batch_size=4096, verbose=0)[:, 0]


PEERS = {
    "the notebook in Keras": Peer(
        notebook,
        lists,
        stars,
        folds_in=False,
        package="keras",
        note="as the notebook has it: nothing was searched",
    ),
}
