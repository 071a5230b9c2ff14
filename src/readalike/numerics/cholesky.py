"""Small positive definite systems, solved inside compiled loops without BLAS.

A = U'U in the upper half, row by row: row i of U is row i of A less the rows above it, each
times a number. So every inner loop runs along memory, and four rows are subtracted at a time.
On the diagonal stands 1 / U_ii. What the lower half holds does not matter, before or after.
Sums may be taken in another order on another processor, never on another number of threads.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]

LANES = 8
"""float32 numbers in the vector registers that compilers prefer today."""
ROUNDING = 1e-5
"""Part of a float32 diagonal below which a pivot may be nothing but rounding."""


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def factorize(A: F32, n: int) -> bool:
    """Makes U of A, in place.

    Args:
        A: The upper half of the first n rows; shape (at least n, at least n).
        n: Size of the system.

    Returns:
        Whether A is positive definite beyond rounding; where it is not, A is spoilt.
    """
    width = min(A.shape[1], (n + LANES - 1) // LANES * LANES)
    for i in range(n):
        row, left = A[i], i // LANES * LANES
        least = np.float32(ROUNDING) * row[i]
        p = 0
        while p + 4 <= i:
            r0, r1, r2, r3 = A[p], A[p + 1], A[p + 2], A[p + 3]
            s0, s1, s2, s3 = r0[i], r1[i], r2[i], r3[i]
            for j in range(left, width):
                row[j] -= s0 * r0[j] + s1 * r1[j] + s2 * r2[j] + s3 * r3[j]
            p += 4
        while p < i:
            r0 = A[p]
            s0 = r0[i]
            for j in range(left, width):
                row[j] -= s0 * r0[j]
            p += 1
        if not row[i] > least:
            return False
        inverse = np.float32(1) / np.sqrt(row[i])
        for j in range(left, width):
            row[j] *= inverse
        row[i] = inverse
    return True


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def substitute(U: F32, b: F32, n: int) -> None:
    """Solves U'y = b in place."""
    for i in range(n):
        row = U[i]
        b[i] *= row[i]
        y = b[i]
        for j in range(i + 1, n):
            b[j] -= y * row[j]


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def back_substitute(U: F32, y: F32, n: int) -> None:
    """Solves U x = y in place."""
    for i in range(n - 1, -1, -1):
        row = U[i]
        total = np.float32(0)
        for j in range(i + 1, n):
            total += row[j] * y[j]
        y[i] = (y[i] - total) * row[i]
