"""One regularised least-squares problem a row, all against the same factors.

The rows of one side of a matrix factorization, the other side held fixed: for each row

    (base + c sum_{i in row} f_i f_i') x = sum_{i in row} t_i f_i

with f_i the factors of the other side. Implicit ALS is base = F'F + lambda I, c = alpha,
t = (1 + alpha) p [Hu, Koren, Volinsky 2008, equation 4].
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from readalike.numerics.cholesky import ROUNDING, solve_in_place

F32 = npt.NDArray[np.float32]


@numba.njit(cache=True, parallel=True, nogil=True)
def solve_rows(
    indptr: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int32],
    targets: F32,
    factors: F32,
    base: F32,
    confidence: float,
) -> F32:
    """Solves every row; the same bits for any number of threads.

    Where a row's matrix is positive definite by no more than its rounding, its diagonal is
    lifted until it is.

    Args:
        indptr: Row r has the entries indptr[r] to indptr[r + 1]; shape (n + 1,).
        columns: Row of `factors` that each entry means; shape (nnz,).
        targets: t of each entry; shape (nnz,).
        factors: The other side; shape (m, k).
        base: What every row's matrix starts from, positive definite; shape (k, k).
        confidence: c.

    Returns:
        The solutions; shape (n, k), float32. A row without entries is 0.
    """
    n, k = len(indptr) - 1, factors.shape[1]
    solved = np.zeros((n, k), np.float32)
    for row in numba.prange(n):
        if indptr[row] == indptr[row + 1]:
            continue
        x = np.zeros(k, np.float32)
        lift = np.float32(0)
        done = False
        while not done and np.isfinite(lift):
            A = base.copy()
            x[:] = 0
            for entry in range(indptr[row], indptr[row + 1]):
                f = factors[columns[entry]]
                t = targets[entry]
                for i in range(k):
                    x[i] += t * f[i]
                    scale = np.float32(confidence) * f[i]
                    row_i = A[i]
                    for j in range(i + 1):
                        row_i[j] += scale * f[j]
            highest = np.float32(0)
            for i in range(k):
                highest = max(highest, A[i, i])
                A[i, i] += lift
            done = solve_in_place(A, x, k)
            lift = max(np.float32(10) * lift, np.float32(ROUNDING) * highest)
        solved[row] = x
    return solved
