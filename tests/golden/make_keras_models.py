"""Small models as Keras saves them, with what Keras makes of them: `keras_models/` beside this.

Run once with Keras 2 and once with Keras 3, each in an environment of its own::

    python3 -m venv /tmp/keras2 && /tmp/keras2/bin/pip install "tensorflow-cpu==2.15.*" "numpy<2"
    /tmp/keras2/bin/python tests/golden/make_keras_models.py keras2
    python3 -m venv /tmp/keras3 && /tmp/keras3/bin/pip install keras "jax[cpu]"
    KERAS_BACKEND=jax /tmp/keras3/bin/python tests/golden/make_keras_models.py keras3

Readers are 0 to 20 and books 0 to 10. `keras2.npz` and `keras3.npz` hold the scores of all pairs
by the name of the model, shape (21, 11), and the version under `version`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

if sys.argv[1] == "keras2":
    from tensorflow import keras
else:
    import keras

READERS, BOOKS = 21, 11
SAVED = {
    "keras2": ("dot.h5", "dot.weights.h5", "dense.h5", "dense.keras", "nested.h5", "nested.keras"),
    "keras3": ("dot.weights.h5", "cosine.h5", "dense.h5", "nested.keras", "neumf.keras"),
}
L = keras.layers


def inputs(book: str, reader: str, shape: tuple[int, ...]) -> list[keras.KerasTensor]:
    """The two inputs."""
    return [L.Input(shape, name=book), L.Input(shape, name=reader)]


def dot(normalize: bool = False) -> keras.Model:
    """The notebook's model."""
    book, reader = inputs("Book-Input", "User-Input", (1,))
    books = L.Flatten()(L.Embedding(BOOKS, 3, name="Book-Embedding")(book))
    readers = L.Flatten()(L.Embedding(READERS, 3, name="User-Embedding")(reader))
    return keras.Model([reader, book], L.Dot(axes=1, normalize=normalize)([books, readers]))


def dense() -> keras.Model:
    """Dense layers with what is done to them between."""
    book, reader = inputs("book", "user", (1,))
    books = L.Flatten()(L.Embedding(BOOKS, 3)(book))
    x = L.Concatenate()([books, L.Flatten()(L.Embedding(READERS, 4)(reader))])
    x = L.BatchNormalization()(L.Dense(8, activation="relu")(L.Dropout(0.2)(x)))
    x = L.Dense(1, activation="sigmoid")(L.Activation("selu")(L.Dense(4)(x)))
    return keras.Model([reader, book], L.Rescaling(4.0, 1.0)(x))


def nested() -> keras.Model:
    """A product of two models' outcomes, and biases, one of them a sequential model."""
    book, reader = inputs("item_id", "user_id", (1,))

    def tower(rows: int, name: str) -> keras.Model:
        ids = L.Input((1,))
        return keras.Model(ids, L.Flatten()(L.Embedding(rows, 3)(ids)), name=name)

    of_book = L.Flatten()(L.Embedding(BOOKS, 1)(book))
    towers = [tower(READERS, "user_tower")(reader), tower(BOOKS, "item_tower")(book)]
    layers = [L.Input((1,)), L.Embedding(READERS, 1), L.Flatten()]
    of_reader = keras.Sequential(layers, name="user_bias")(reader)
    return keras.Model([reader, book], L.Add()([L.Dot(axes=-1)(towers), of_reader, of_book]))


def neumf() -> keras.Model:
    """Two embeddings of each side, multiplied and joined."""
    book, reader = inputs("movie", "member", ())
    product = L.Multiply()([L.Embedding(READERS, 3)(reader), L.Embedding(BOOKS, 3)(book)])
    x = L.Concatenate()([L.Embedding(READERS, 2)(reader), L.Embedding(BOOKS, 2)(book)])
    x = L.Concatenate()([product, L.Dense(3, "softplus")(L.Dense(4, "elu")(x))])
    return keras.Model([reader, book], L.Dense(1, "tanh", use_bias=False)(x))


MODELS: dict[str, Callable[[], keras.Model]] = {
    "dot": dot,
    "cosine": lambda: dot(normalize=True),
    "dense": dense,
    "nested": nested,
    "neumf": neumf,
}


def main() -> None:
    """Fill each model with random weights, train it one step, score all pairs, save it."""
    which = sys.argv[1]
    folder = Path(__file__).parent / "keras_models"
    folder.mkdir(exist_ok=True)
    readers, books = (
        side.ravel() for side in np.meshgrid(np.arange(READERS), np.arange(BOOKS), indexing="ij")
    )
    scores = {}
    for name, make in MODELS.items():
        files = [file for file in SAVED[which] if file.startswith(f"{name}.")]
        if not files:
            continue
        model, draw = make(), np.random.default_rng(1)
        model.set_weights([
            draw.uniform(0.1, 1.1, w.shape) if w.ndim == 1 else draw.normal(size=w.shape)
            for w in model.get_weights()
        ])  # fmt: skip
        model.compile("adam", "mse")
        model.fit([readers, books], np.ones(len(books)), epochs=1, verbose=0)
        scores[name] = model.predict([readers, books], verbose=0).reshape(READERS, BOOKS)
        for file in files:
            path = str(folder / f"{which}-{file}")
            (model.save_weights if "weights" in file else model.save)(path)
    version = getattr(keras, "__version__", "2.15")
    np.savez_compressed(folder / f"{which}.npz", version=np.array(version), **scores)


if __name__ == "__main__":
    main()
