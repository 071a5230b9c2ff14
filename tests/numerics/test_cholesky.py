from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.numerics.row_solver import LANES, back_substitute, factorize, substitute

F32 = npt.NDArray[np.float32]


def system(seed: int, n: int, width: int) -> tuple[F32, F32]:
    """A well-conditioned matrix in the upper half of a larger array, and a right-hand side."""
    random = np.random.default_rng(seed)
    root = random.normal(size=(n, n))
    A = np.full((n, width), np.nan, np.float32)
    A[:, :n] = np.triu(root @ root.T + n * np.eye(n)) + np.tril(np.full((n, n), 7.0), -1)
    return A, random.normal(size=n).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3 * LANES), st.integers(0, LANES))
def test_it_solves_as_the_long_way_round_does(seed: int, n: int, more: int) -> None:
    A, b = system(seed, n, n + more)
    whole = np.triu(A[:, :n]) + np.triu(A[:, :n], 1).T
    assert factorize(A, n)
    half = b.copy()
    substitute(A, half, n)
    assert half @ half == pytest.approx(b @ np.linalg.solve(whole, b), rel=1e-3)
    back_substitute(A, half, n)
    assert half == pytest.approx(np.linalg.solve(whole, b), abs=1e-4)


def test_the_factor_times_itself_is_the_matrix() -> None:
    A, _ = system(1, 11, 16)
    whole = np.triu(A[:, :11]) + np.triu(A[:, :11], 1).T
    assert factorize(A, 11)
    U = np.triu(A[:, :11]).astype(np.float64)
    U[np.diag_indices(11)] = 1 / np.diag(U)
    assert pytest.approx(whole, rel=1e-4, abs=1e-3) == U.T @ U


@pytest.mark.parametrize(
    "matrix",
    [[[1.0, 2.0], [2.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]]],
    ids=["indefinite", "singular", "zero"],
)
def test_what_is_not_positive_definite_is_refused(matrix: list[list[float]]) -> None:
    assert not factorize(np.array(matrix, np.float32), 2)


def test_nan_is_refused() -> None:
    assert not factorize(np.array([[np.nan]], np.float32), 1)
