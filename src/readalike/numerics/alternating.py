"""Alternating least squares of stars, biases included: both sides in turn, each exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from readalike.numerics.gibbs import Rated, Side, residuals
from readalike.numerics.rows import Entries, one_blas_thread, solve_rows

F32 = npt.NDArray[np.float32]


def alternate(
    users: Side,
    items: Side,
    by_user: Rated,
    by_item: Rated,
    penalties: tuple[F32, F32],
    iterations: int,
    progress: Callable[[int], None],
) -> None:
    r"""Lowers sum (y - b_u - b_j - p_u'q_j)^2 + sum_u x_u'P x_u + sum_j x_j'Q x_j, x = [p, b].

    Args:
        users: The readers' rows, changed in place.
        items: The books' rows, changed in place; what the first step starts from.
        by_user: The ratings by reader.
        by_item: The same by book.
        penalties: Diagonals of P and Q; shapes (k + 1,).
        iterations: Times that both sides are solved.
        progress: Told how many are done.
    """
    with one_blas_thread():
        for iteration in range(iterations):
            users.means = users.rows = _solved(users, items, by_user, penalties[0])
            items.means = items.rows = _solved(items, users, by_item, penalties[1])
            progress(iteration + 1)


def _solved(side: Side, other: Side, ratings: Rated, penalty: F32) -> F32:
    targets = ratings.weights * (ratings.stars - other.bias[ratings.columns])
    entries = Entries(ratings.indptr, ratings.columns, ratings.weights, targets)
    return solve_rows(entries, other.factors, np.diag(penalty).astype(np.float32))


def mean_square(users: Side, items: Side, by_user: Rated) -> float:
    """Mean squared error of the ratings by their weights; 0 where there are none."""
    left = residuals(users, items, by_user)
    whole = max(float(by_user.weights.sum(dtype=np.float64)), 1e-9)
    return float(np.dot(left * by_user.weights, left)) / whole
