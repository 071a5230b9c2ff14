"""The slow, obvious twin of `readalike.numerics.gradient`: dense Adam and SGD, in float64.

Keras on TensorFlow squares the gradient of each example before it sums those of one row: its
sparse gradients hold a row once an example (`keras/src/backend/tensorflow/sparse.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
SIDES = {"p": 0, "q": 1, "b_u": 0, "b_i": 1}


@dataclass
class Descent:
    """Tables in training; every parameter is moved at every step."""

    tables: dict[str, Array]
    optimizer: str
    learning_rate: float
    mean: float = 0.0
    regularization: float = 0.0
    counts: tuple[Array, Array] | None = None
    steps: int = 0
    m: dict[str, Array] = field(default_factory=dict)
    v: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tables = {name: table.astype(np.float64) for name, table in self.tables.items()}
        self.m = {name: np.zeros_like(table) for name, table in self.tables.items()}
        self.v = {name: np.zeros_like(table) for name, table in self.tables.items()}

    def predict(self, users: Array, items: Array) -> Array:
        tables = self.tables
        stars = self.mean + (tables["p"][users] * tables["q"][items]).sum(axis=1)
        if "b_u" in tables:
            stars = stars + tables["b_u"][users] + tables["b_i"][items]
        return np.asarray(stars)

    def loss(self, users: Array, items: Array, ratings: Array) -> float:
        """Mean over the batch of the squared error and of the ridge shares of both rows."""
        squared = (ratings - self.predict(users, items)) ** 2
        shares = np.zeros(len(users))
        for name, side in SIDES.items():
            rows = (users, items)[side]
            if name in self.tables and self.counts is not None:
                values = self.tables[name][rows].reshape(len(rows), -1)
                shares += self.regularization / self.counts[side][rows] * (values**2).sum(axis=1)
        return float(np.mean(squared + shares))

    def gradients(self, users: Array, items: Array, ratings: Array) -> list[dict[str, Array]]:
        """The slope of the loss, as one summand for each example of the batch."""
        errors = self.predict(users, items) - ratings
        p, q = self.tables["p"], self.tables["q"]
        summands = []
        for user, item, error in zip(users, items, errors, strict=True):
            slopes = {name: np.zeros_like(table) for name, table in self.tables.items()}
            slopes["p"][user] = error * q[item]
            slopes["q"][item] = error * p[user]
            if "b_u" in slopes:
                slopes["b_u"][user] = slopes["b_i"][item] = error
            for name, side in SIDES.items():
                row = (user, item)[side]
                if name in slopes and self.counts is not None:
                    share = self.regularization / self.counts[side][row]
                    slopes[name][row] += share * self.tables[name][row]
            summands.append({name: 2 / len(users) * slope for name, slope in slopes.items()})
        return summands

    def step(self, users: Array, items: Array, ratings: Array) -> None:
        self.steps += 1
        t = self.steps
        summands = self.gradients(users, items, ratings)
        for name in self.tables:
            g = np.sum([summand[name] for summand in summands], axis=0)
            if self.optimizer == "sgd":
                self.tables[name] -= self.learning_rate * g
                continue
            squares = np.sum([summand[name] ** 2 for summand in summands], axis=0)
            self.m[name] += (g - self.m[name]) * (1 - 0.9)
            self.v[name] += (squares - self.v[name]) * (1 - 0.999)
            rate = self.learning_rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            self.tables[name] -= rate * self.m[name] / (np.sqrt(self.v[name]) + 1e-7)

    def epoch(self, users: Array, items: Array, ratings: Array, batch_size: int) -> float:
        """One pass in the given order; sum of the squared errors before each step."""
        total = 0.0
        for first in range(0, len(users), batch_size):
            batch = slice(first, first + batch_size)
            errors = ratings[batch] - self.predict(users[batch], items[batch])
            total += float((errors**2).sum())
            self.step(users[batch], items[batch], ratings[batch])
        return total
