from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from readalike.errors import SettingError
from readalike.neural.adam import AdamTrainer, Batch
from readalike.neural.backend import keras_on_jax

START = np.array([1.0, -2.0, 0.5], np.float32)


@dataclass(frozen=True)
class Targets:
    """Batches of one array each."""

    rows: npt.NDArray[np.float32]

    @property
    def steps(self) -> int:
        return len(self.rows)

    def epoch(self, number: int) -> Iterator[Batch]:
        for row in self.rows:
            yield (row,)


def squares(weights: list[Any], target: Any) -> Any:
    return ((weights[0] - target) ** 2).sum()


def variable() -> Any:
    return keras_on_jax().Variable(START)


def silent(step: str, done: int, total: int) -> None:
    pass


def value(of: Any) -> npt.NDArray[np.float32]:
    return np.array(of.value)


ROWS = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)


def test_steps_are_those_of_adam_one_number_at_a_time() -> None:
    """The formula of the paper, epsilon beside the root as in Keras."""
    moved = variable()
    AdamTrainer(0.05, 2, 2).of([moved], squares, Targets(ROWS), lambda: 1.0, silent)
    after_one = variable()
    AdamTrainer(0.05, 1, 1).of([after_one], squares, Targets(ROWS), lambda: 0.0, silent)
    w, m, v = START.astype(np.float64), np.zeros(3), np.zeros(3)
    for t, row in enumerate(ROWS, start=1):
        g = 2 * (w - row)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w = w - 0.05 * math.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
    assert value(after_one) == pytest.approx(w, rel=1e-4)
    assert value(moved) == pytest.approx(w, rel=1e-4), "the second epoch was no better"


@pytest.mark.parametrize(
    ("judged", "patience", "epochs", "best"),
    [
        ([3.0, 2.0, 2.5, 2.6, 1.0], 2, 4, 1),
        ([3.0, 2.0, 2.5, 2.6, 1.0], 3, 5, 4),
        ([1.0, 2.0, 3.0, 4.0, 5.0], 1, 2, 0),
        ([5.0, 4.0, 3.0, 2.0, 1.0], 1, 5, 4),
        ([2.0, 2.0, 2.0, 2.0, 2.0], 4, 5, 0),
    ],
)
def test_it_stops_when_patience_is_over_and_keeps_the_best_epoch(
    judged: list[float], patience: int, epochs: int, best: int
) -> None:
    moved, seen, told = variable(), [], []

    def validation() -> float:
        seen.append(value(moved))
        return judged[len(seen) - 1]

    found = AdamTrainer(0.05, 5, patience).of(
        [moved], squares, Targets(ROWS), validation, lambda *step: told.append(step)
    )
    assert found == judged[:epochs]
    assert len({each.tobytes() for each in seen}) == epochs, "each epoch moved it"
    assert value(moved).tobytes() == seen[best].tobytes()
    assert told[-1] == (f"kept epoch {best + 1}, validation {judged[best]:.4f}", 20, 20)
    assert [done for _, done, _ in told[:-1]] == list(range(1, 4 * epochs + 1))


def test_it_finds_the_least_loss() -> None:
    moved = variable()
    AdamTrainer(0.05, 60, 60).of(
        [moved], squares, Targets(ROWS), lambda: float(((value(moved) - ROWS) ** 2).sum()), silent
    )
    assert value(moved) == pytest.approx(ROWS.mean(axis=0), abs=0.05)


def test_several_variables_are_learnt_together() -> None:
    keras = keras_on_jax()
    both = [
        keras.Variable(np.array([1.0], np.float32)),
        keras.Variable(np.array([[2.0]], np.float32)),
    ]

    def loss(weights: list[Any], target: Any) -> Any:
        return ((weights[0] * weights[1][0] - target) ** 2).sum()

    AdamTrainer(0.05, 80, 80).of(
        both, loss, Targets(np.array([[6.0]] * 5, np.float32)),
        lambda: float((value(both[0]) * value(both[1])[0] - 6)[0] ** 2), silent,
    )  # fmt: skip
    assert float(value(both[0])[0] * value(both[1])[0, 0]) == pytest.approx(6, abs=0.01)


def test_without_examples_nothing_moves() -> None:
    moved = variable()
    none = Targets(np.zeros((0, 3), np.float32))

    def never() -> float:
        raise AssertionError("there is nothing to judge")

    assert AdamTrainer(0.05, 3, 1).of([moved], squares, none, never, silent) == []
    assert value(moved).tobytes() == START.tobytes()


def test_steps_that_leave_no_numbers_are_told() -> None:
    with pytest.raises(SettingError, match=r"learning_rate must be smaller, got 0\.05"):
        AdamTrainer(0.05, 3, 1).of([variable()], squares, Targets(ROWS), lambda: math.nan, silent)


def test_an_interruption_passes() -> None:
    def interrupt(step: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        AdamTrainer(0.05, 3, 1).of([variable()], squares, Targets(ROWS), lambda: 0.0, interrupt)
