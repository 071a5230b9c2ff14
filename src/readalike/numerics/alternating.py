"""Alternating least squares: of stars with biases, and of who read what (implicit)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from readalike.numerics.arrays import F32
from readalike.numerics.gibbs import GibbsSide, Rated, residuals
from readalike.numerics.row_solver import Entries, one_blas_thread, padded, solve_rows


def alternate(
    users: GibbsSide,
    items: GibbsSide,
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


def _solved(side: GibbsSide, other: GibbsSide, ratings: Rated, penalty: F32) -> F32:
    targets = ratings.weights * (ratings.stars - other.bias[ratings.columns])
    entries = Entries(ratings.indptr, ratings.columns, ratings.weights, targets)
    return solve_rows(entries, other.factors, np.diag(penalty).astype(np.float32))


def mean_square(users: GibbsSide, items: GibbsSide, by_user: Rated) -> float:
    """Mean squared error of the ratings by their weights; 0 where there are none."""
    left = residuals(users, items, by_user)
    whole = max(float(by_user.weights.sum(dtype=np.float64)), 1e-9)
    return float(np.dot(left * by_user.weights, left)) / whole


def implicit_factors(
    read: sp.csr_array,
    k: int,
    alpha: float,
    regularization: float,
    iterations: int,
    seed: int,
    progress: Callable[[int, int], None],
) -> tuple[F32, F32]:
    r"""Factors p, q that minimise sum (1 + alpha [r read j]) ([r read j] - p_r'q_j)^2 + penalties.

    [Hu, Koren, Volinsky 2008], confidence 1 + alpha of a read item.

    Args:
        read: Users x items; an entry is an item read.
        k: Length of a vector.
        alpha: How much more a read item counts than an unread one.
        regularization: Penalty on the squared lengths of the vectors.
        iterations: Times that both sides are solved.
        seed: Of the first vectors.
        progress: Told how many iterations are done, and how many there are.

    Returns:
        Factors of the users, shape (n_users, k), and of the items, shape (n_items, k).
    """
    by_item = read.T.tocsr()
    random = np.random.default_rng(seed)
    Q = random.standard_normal((by_item.shape[0], k)) / np.sqrt(k)
    Q = Q.astype(np.float32)
    P = np.zeros((read.shape[0], k), np.float32)
    with one_blas_thread():
        for iteration in range(iterations):
            P = solve_implicit(read, Q, alpha, regularization)
            Q = solve_implicit(by_item, P, alpha, regularization)
            progress(iteration + 1, iterations)
    return P, Q


def solve_implicit(side: sp.csr_array, other: F32, alpha: float, regularization: float) -> F32:
    """One side of the factorization, the other held fixed; shape (rows of side, k)."""
    weights = np.full(side.nnz, alpha, np.float32)
    entries = Entries(side.indptr.astype(np.int64), side.indices, weights, weights + 1)
    base = other.T @ other + np.float32(regularization) * np.eye(other.shape[1], dtype=np.float32)
    return solve_rows(entries, padded(other), base)
