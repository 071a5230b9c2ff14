from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

import reference
from readalike.numerics.rows import solve_rows
from strategies import same_bits


def problem(seed: int, n: int = 30, m: int = 12, k: int = 5) -> tuple[Any, Any, Any, Any, Any]:
    random = np.random.default_rng(seed)
    lengths = random.integers(0, m, n)
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    columns = np.concatenate([random.permutation(m)[:length] for length in lengths])
    factors = random.normal(size=(m, k)).astype(np.float32)
    base = (factors.T @ factors + 2 * np.eye(k)).astype(np.float32)
    targets = random.normal(size=len(columns)).astype(np.float32)
    return indptr, columns.astype(np.int32), targets, factors, base


@pytest.mark.parametrize("seed", range(5))
def test_each_row_agrees_with_the_slow_twin(seed: int) -> None:
    indptr, columns, targets, factors, base = problem(seed)
    solved = solve_rows(indptr, columns, targets, factors, base, 3.0)
    for row in range(len(indptr) - 1):
        span = slice(indptr[row], indptr[row + 1])
        expected = reference.implicit_reader(
            factors.astype(float), columns[span].tolist(), targets[span].tolist(),
            base.astype(float), 3.0,
        )  # fmt: skip
        assert solved[row] == pytest.approx(expected, abs=1e-4)


def test_a_row_without_entries_is_zero() -> None:
    factors = np.ones((2, 3), np.float32)
    solved = solve_rows(
        np.array([0, 0]), np.empty(0, np.int32), np.empty(0, np.float32), factors,
        np.eye(3, dtype=np.float32), 1.0,
    )  # fmt: skip
    assert solved.tolist() == [[0.0, 0.0, 0.0]]


def test_one_thread_or_two_give_the_same_bits() -> None:
    arguments = problem(7, n=200)
    threads = numba.get_num_threads()
    both = solve_rows(*arguments, 2.0)
    numba.set_num_threads(1)
    try:
        assert same_bits(solve_rows(*arguments, 2.0), both)
    finally:
        numba.set_num_threads(threads)
