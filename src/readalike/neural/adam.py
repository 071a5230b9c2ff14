"""Weights of a network learnt by Adam, until what was held out is no longer forecast better."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from readalike.errors import SettingError
from readalike.neural.backend import keras_on_jax

Batch = tuple[npt.NDArray[Any], ...]
Loss = Callable[..., Any]
"""Of the weights, as a list, and the arrays of a batch; one number, differentiable by JAX."""
Progress = Callable[[str, int, int], None]


class Examples(Protocol):
    """What is learnt from, a batch at a time."""

    @property
    def steps(self) -> int:
        """Batches of an epoch; 0 where there is nothing to learn from."""

    def epoch(self, number: int) -> Iterator[Batch]:
        """The batches of one epoch, all of the same shapes, so that JAX compiles once."""


@dataclass(frozen=True)
class AdamTrainer:
    """How weights are learnt: Adam [Kingma and Ba 2015] on all of them, with an early stop.

    The step is one function that JAX compiles, around Keras's own optimizer: `Model.fit` would
    want batches as Keras knows them, and takes its losses pair by pair, where one of ours is
    taken over all pairs of a batch.
    """

    learning_rate: float
    epochs: int
    patience: int

    def of(
        self,
        variables: Sequence[Any],
        loss: Loss,
        examples: Examples,
        validation: Callable[[], float],
        progress: Progress,
    ) -> list[float]:
        """Learns; the variables are left as after the best epoch. Gives each epoch's validation.

        The same examples give the same bits on the same machine: XLA adds up in an order that is
        fixed when it compiles, on a processor. Another kind of processor, another number of
        them, or a graphics card may round otherwise.
        """
        total = self.epochs * examples.steps
        if not total:
            return []
        step, state = _compiled(self.learning_rate, variables, loss)
        weights = _values(variables)
        found: list[float] = []
        kept: list[npt.NDArray[Any]] = []
        for epoch in range(self.epochs):
            label = f"epoch {epoch + 1}" + (f", validation {found[-1]:.4f}" if found else "")
            for number, batch in enumerate(examples.epoch(epoch), start=1):
                weights, state = step(weights, state, batch)
                progress(label, epoch * examples.steps + number, total)
            now = [np.array(weight) for weight in weights]
            _assign(variables, now)
            found.append(validation())
            if not math.isfinite(found[-1]):
                raise SettingError(
                    f"learning_rate must be smaller, got {self.learning_rate:g}: after epoch "
                    f"{epoch + 1} the network gives no numbers"
                )
            best = int(np.argmin(found))
            if best == epoch:
                kept = now
            elif epoch - best >= self.patience:
                break
        _assign(variables, kept)
        progress(f"kept epoch {best + 1}, validation {found[best]:.4f}", total, total)
        return found


def _compiled(learning_rate: float, variables: Sequence[Any], loss: Loss) -> tuple[Any, list[Any]]:
    """One step of Adam, (weights, state, batch) -> (weights, state), and the first state."""
    optimizer = keras_on_jax().optimizers.Adam(learning_rate)
    optimizer.build(list(variables))
    import jax

    def step(weights: list[Any], state: list[Any], batch: Batch) -> Any:
        slopes = jax.grad(loss)(weights, *batch)
        return optimizer.stateless_apply(state, slopes, weights)

    # the tables are moved where they lie: a copy of each at every step would double its time
    return jax.jit(step, donate_argnums=(0, 1)), _values(optimizer.variables)


def _values(variables: Sequence[Any]) -> list[Any]:
    """Copies that a step may overwrite."""
    import jax.numpy as jnp

    return [jnp.array(variable.value) for variable in variables]


def _assign(variables: Sequence[Any], values: Sequence[npt.NDArray[Any]]) -> None:
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
