"""Small positive definite systems, solved inside compiled loops without BLAS."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]

ROUNDING = 1e-5
"""Part of a float32 diagonal below which a pivot may be nothing but rounding."""


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def solve_in_place(A: F32, x: F32, n: int) -> bool:
    """Solves A x = b by Cholesky, A = L L'.

    Row by row, so that the inner sums run along memory and in vector registers. The sums may
    be taken in another order on another processor, never on another number of threads.

    Args:
        A: The lower half of the first n rows; becomes L, with 1 / L_ii on the diagonal.
        x: b, and then the solution; its first n entries.
        n: Size of the system.

    Returns:
        Whether A is positive definite beyond rounding; x is not the solution where it is not.
    """
    for i in range(n):
        for j in range(i):
            total = np.float32(0)
            for k in range(j):
                total += A[i, k] * A[j, k]
            A[i, j] = (A[i, j] - total) * A[j, j]
        total = np.float32(0)
        for k in range(i):
            total += A[i, k] * A[i, k]
        pivot = A[i, i] - total
        if not pivot > np.float32(ROUNDING) * A[i, i]:
            return False
        A[i, i] = np.float32(1) / np.sqrt(pivot)
    for i in range(n):
        total = np.float32(0)
        for k in range(i):
            total += A[i, k] * x[k]
        x[i] = (x[i] - total) * A[i, i]
    for i in range(n - 1, -1, -1):
        x[i] *= A[i, i]
        for k in range(i):
            x[k] -= A[i, k] * x[i]
    return True
