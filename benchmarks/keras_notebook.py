"""Trains the notebook's model in Keras, exactly as the notebook does, and says how it went.

Runs in an environment with keras and tensorflow, which readalike does not need::

    python benchmarks/keras_notebook.py SPLIT.npz RESULT.json [--epochs 5] [--seed 0]

SPLIT.npz holds ``train_users, train_items, train_ratings`` and the same three of the test part,
with the notebook's ids from 1. `notebook_speed.py` writes it and calls this script.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf


class Clock(keras.callbacks.Callback):  # type: ignore[misc]
    """Notes the seconds of each epoch and, outside them, the RMSE on the test part."""

    def __init__(self, test: tuple[Any, Any, Any]) -> None:
        super().__init__()
        self.test = test
        self.seconds: list[float] = []
        self.rmse: list[float] = []
        self.rmse_clipped: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Starts the clock."""
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Stops the clock; then predicts by the tables, which is quicker than by the model."""
        self.seconds.append(time.perf_counter() - self.started)
        users, items, ratings = self.test
        user_table = self.model.get_layer("User-Embedding").get_weights()[0]
        item_table = self.model.get_layer("Book-Embedding").get_weights()[0]
        forecast = (user_table[users] * item_table[items]).sum(axis=1)
        self.rmse.append(rmse(forecast, ratings))
        self.rmse_clipped.append(rmse(np.clip(forecast, 1, 5), ratings))


def rmse(forecast: Any, ratings: Any) -> float:
    """Root of the mean squared error."""
    return float(np.sqrt(np.mean((forecast - ratings) ** 2)))


def main() -> None:
    """Trains and writes the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("split", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    keras.utils.set_random_seed(options.seed)
    split = np.load(options.split)
    n_books = len(np.unique(np.r_[split["train_items"], split["test_items"]]))
    n_users = len(np.unique(np.r_[split["train_users"], split["test_users"]]))

    book_input = keras.Input(shape=[1], name="Book-Input")
    book_table = keras.layers.Embedding(n_books + 1, 5, name="Book-Embedding")(book_input)
    book_vector = keras.layers.Flatten(name="Flatten-Books")(book_table)
    user_input = keras.Input(shape=[1], name="User-Input")
    user_table = keras.layers.Embedding(n_users + 1, 5, name="User-Embedding")(user_input)
    user_vector = keras.layers.Flatten(name="Flatten-Users")(user_table)
    product = keras.layers.Dot(name="Dot-Product", axes=1)([book_vector, user_vector])
    model = keras.Model([user_input, book_input], product)
    model.compile("adam", "mean_squared_error")

    clock = Clock((split["test_users"], split["test_items"], split["test_ratings"]))
    started = time.perf_counter()
    model.fit(
        [split["train_users"], split["train_items"]],
        split["train_ratings"],
        batch_size=64,
        epochs=options.epochs,
        verbose=0,
        callbacks=[clock],
    )
    result = {
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "seed": options.seed,
        "seconds_per_epoch": clock.seconds,
        "seconds_epochs": sum(clock.seconds),
        "seconds_fit": time.perf_counter() - started,
        "rmse_per_epoch": clock.rmse,
        "rmse": clock.rmse[-1],
        "rmse_clipped": clock.rmse_clipped[-1],
    }
    options.result.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
