"""Which of some items are meant, as marks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]


def marks(items: npt.NDArray[np.integer[Any]], n_items: int) -> Bools:
    """True for some items; shape (n_items,)."""
    found = np.zeros(n_items, np.bool_)
    found[items] = True
    return found


def none_of(masks: Iterable[Bools], n_items: int) -> Bools:
    """Items that no mask marks; shape (n_items,)."""
    found = np.zeros(n_items, np.bool_)
    for mask in masks:
        found |= mask
    return ~found
