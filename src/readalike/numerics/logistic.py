"""The logistic function, without loading all of scipy's special functions for it."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Real = TypeVar("Real", bound=np.floating[Any])


def logistic(z: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """1 / (1 + exp(-z)) of each number, of the same type; exp never overflows."""
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1, small) / (1 + small), z.dtype)
