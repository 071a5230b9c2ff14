"""Values of the same readers, found in several places, put together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Readers = tuple[str, ...]
Floats = npt.NDArray[np.float64]


def by_reader(parts: Sequence[Readers]) -> tuple[Readers, npt.NDArray[np.int64]]:
    """All readers in the order of their ids, and the place of each reader of each part."""
    readers = tuple(sorted({reader for part in parts for reader in part}))
    place = {reader: at for at, reader in enumerate(readers)}
    return readers, np.array([place[reader] for part in parts for reader in part], np.int64)


def summed(parts: Sequence[Floats], row: npt.NDArray[np.int64], n: int) -> Floats:
    """The rows of all parts, those of one reader added up; shape (n, columns)."""
    sums = np.zeros((n, parts[0].shape[1]))
    np.add.at(sums, row, np.concatenate(parts))
    return sums


def mean_by_reader(parts: Sequence[tuple[Readers, Floats]]) -> tuple[Readers, Floats]:
    """Each reader's mean over the parts that the reader is in.

    Args:
        parts: At least one; readers, and one row of values each, shape (readers, columns).

    Returns:
        All readers in the order of their ids, and their means; shape (readers, columns).
    """
    readers, row = by_reader([part for part, _ in parts])
    sums = summed([values for _, values in parts], row, len(readers))
    return readers, sums / np.bincount(row, minlength=len(readers))[:, None]
