"""The systems of equations that a history is folded in by."""

from __future__ import annotations

import numpy as np

from readalike.errors import ModelError
from readalike.numerics.arrays import F64


def solve(system: F64, right: F64) -> F64:
    """The x of A x = b, A of shape (k, k), b (k,) or (k, columns)."""
    try:
        return np.asarray(np.linalg.solve(system, right), np.float64)
    except np.linalg.LinAlgError as error:
        raise _singular() from error


def inverted(systems: F64) -> F64:
    """A^-1 of one A or more; shape (..., k, k)."""
    try:
        return np.asarray(np.linalg.inv(systems), np.float64)
    except np.linalg.LinAlgError as error:
        raise _singular() from error


def _singular() -> ModelError:
    return ModelError(
        "the model's numbers lie so far apart that no history can be folded in; train it again"
    )
