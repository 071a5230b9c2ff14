"""Which rows are learnt from and which are asked for."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.errors import SettingError

Rows = npt.NDArray[np.int64]


def notebook_split(n_rows: int, test_share: float = 0.2, seed: int = 42) -> tuple[Rows, Rows]:
    """The rows that scikit-learn's `train_test_split(..., test_size, random_state)` chooses.

    Args:
        n_rows: Number of rows.
        test_share: Share of the rows that are held out, rounded up to a whole row.
        seed: The `random_state`.

    Returns:
        Row numbers for training and for testing, in scikit-learn's order.

    Raises:
        SettingError: A share that leaves no row on one of the two sides.
    """
    if not 0 < test_share < 1:
        raise SettingError(f"test_share must be between 0 and 1, got {test_share:g}")
    n_test = math.ceil(test_share * n_rows)
    if not 0 < n_test < n_rows:
        raise SettingError(
            f"at least one row must be left to learn from and one to test, got {n_rows} rows and "
            f"a test_share of {test_share:g}"
        )
    # RandomState's stream is frozen [NEP 19], so this is the same split in every release
    order = np.random.RandomState(seed).permutation(n_rows)
    return order[n_test:], order[:n_test]


def split_given(histories: Histories, h: int) -> tuple[Histories, Histories]:
    """The first h books of each row in stored order, and the rest.

    A row of no more than h books leaves no rest.
    """
    if h < 0:
        raise SettingError(f"given must be at least 0, got {h}")
    return histories.first(h), kept(histories, histories.places >= h)


def kept(histories: Histories, entries: npt.NDArray[np.bool_]) -> Histories:
    """The same rows with some of their entries; shape of entries (nnz,)."""
    lengths = np.bincount(histories.rows[entries], minlength=len(histories))
    return Histories(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        histories.items[entries],
        histories.stars[entries],
        histories.n_items,
    )
