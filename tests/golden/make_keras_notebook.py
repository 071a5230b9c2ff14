"""What Keras's optimizers do to the notebook's two tables: makes ``keras_notebook.npz``.

Run in an environment of its own, not in the project's::

    python3 -m venv /tmp/keras && /tmp/keras/bin/pip install keras tensorflow-cpu
    /tmp/keras/bin/python tests/golden/make_keras_notebook.py

The kept file was made with the versions stored in it under ``versions``. It holds the start
tables, 200 batches, and both tables after 1, 10 and 200 steps of ``train_on_batch``. One user
and one book appear in the first batch only, so that their rows coast on Adam's momentum.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf

USERS, ITEMS, FACTORS, BATCH, STEPS = 60, 40, 5, 64, 200
KEPT = (1, 10, 200)


def notebook_model(users: np.ndarray, items: np.ndarray) -> keras.Model:
    """The notebook's model, starting from the given tables."""
    book_input = keras.Input((1,), name="Book-Input")
    user_input = keras.Input((1,), name="User-Input")
    book_table = keras.layers.Embedding(ITEMS, FACTORS, name="Book-Embedding")
    user_table = keras.layers.Embedding(USERS, FACTORS, name="User-Embedding")
    books = keras.layers.Flatten(name="Flatten-Books")(book_table(book_input))
    readers = keras.layers.Flatten(name="Flatten-Users")(user_table(user_input))
    product = keras.layers.Dot(name="Dot-Product", axes=1)([books, readers])
    model = keras.Model([user_input, book_input], product)
    book_table.set_weights([items])
    user_table.set_weights([users])
    return model


def main() -> None:
    """Train with both optimizers and write the file beside this script."""
    draw = np.random.default_rng(20)
    start_users = draw.uniform(-0.05, 0.05, (USERS, FACTORS)).astype(np.float32)
    start_items = draw.uniform(-0.05, 0.05, (ITEMS, FACTORS)).astype(np.float32)
    users = draw.integers(0, USERS - 1, (STEPS, BATCH)).astype(np.int32)
    items = draw.integers(0, ITEMS - 1, (STEPS, BATCH)).astype(np.int32)
    users[0, 0], items[0, 0] = USERS - 1, ITEMS - 1
    ratings = draw.integers(1, 6, (STEPS, BATCH)).astype(np.float32)
    arrays = {
        "start_users": start_users,
        "start_items": start_items,
        "users": users.astype(np.uint8),
        "items": items.astype(np.uint8),
        "ratings": ratings.astype(np.uint8),
        "versions": np.array(
            f"python {platform.python_version()}, keras {keras.__version__}, "
            f"tensorflow {tf.__version__}, numpy {np.__version__}"
        ),
        "sgd_learning_rate": np.array(0.1),
    }
    for name, optimizer in (
        ("adam", keras.optimizers.Adam()),
        ("sgd", keras.optimizers.SGD(0.1)),
    ):
        model = notebook_model(start_users, start_items)
        model.compile(optimizer, "mean_squared_error")
        for step in range(STEPS):
            model.train_on_batch([users[step], items[step]], ratings[step])
            if step + 1 in KEPT:
                for side, layer in (("users", "User-Embedding"), ("items", "Book-Embedding")):
                    arrays[f"{name}_{side}_{step + 1}"] = model.get_layer(layer).get_weights()[0]
    np.savez_compressed(Path(__file__).with_name("keras_notebook.npz"), **arrays)


if __name__ == "__main__":
    main()
