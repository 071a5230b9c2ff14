"""One normal equation a row: the kernel of every factorization here, and of every new reader."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

import numba
import numpy as np
from threadpoolctl import ThreadpoolController

from readalike.numerics.arrays import F32, I32, I64, Floats
from readalike.numerics.compiled import compiled, compiled_parallel, one_caller

LANES = 8
"""float32 numbers in the vector registers that compilers prefer today."""
ROUNDING = 1e-5
"""Part of a float32 diagonal below which a pivot may be nothing but rounding."""


@compiled(nogil=True, fastmath={"reassoc", "contract"})
def factorize(A: F32, n: int) -> bool:
    """Makes U of the upper half of A's first n rows, in place.

    Says whether A is positive definite beyond rounding; where it is not, A is spoilt.
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


@compiled(nogil=True, fastmath={"reassoc", "contract"})
def substitute(U: F32, b: F32, n: int) -> None:
    """Solves U'y = b in place."""
    for i in range(n):
        row = U[i]
        b[i] *= row[i]
        y = b[i]
        for j in range(i + 1, n):
            b[j] -= y * row[j]


@compiled(nogil=True, fastmath={"reassoc", "contract"})
def back_substitute(U: F32, y: F32, n: int) -> None:
    """Solves U x = y in place."""
    for i in range(n - 1, -1, -1):
        row = U[i]
        total = np.float32(0)
        for j in range(i + 1, n):
            total += row[j] * y[j]
        y[i] = (y[i] - total) * row[i]


CHUNKS = 64
"""Parts of about equal work, the same for any number of threads."""
BLOCK = 64
"""Entries gathered before they are added to a row's matrix."""
WORTHWHILE = 1_000_000
"""Multiplications for each further thread, about half a millisecond. Threads wait for each other
some microseconds where all cores are free, and a millisecond where other programs run."""
FAST = {"reassoc", "contract"}


class Entries(NamedTuple):
    """What each row has to say of the other side: row r has the entries indptr[r] to indptr[r + 1].

    Each entry means a row of the other side, `columns`, with its w, at least 0, and its t.
    """

    indptr: I64
    columns: I32
    weights: F32
    targets: F32


def padded(factors: Floats) -> F32:
    """The rows with zeros behind, so that their length is a multiple of the vector registers'."""
    n, k = factors.shape
    rows = np.zeros((n, -(-k // LANES) * LANES), np.float32)
    rows[:, :k] = factors
    return rows


def solve_rows(entries: Entries, factors: F32, base: F32, start: F32 | None = None) -> F32:
    """The solutions of `draw_rows` alone; shape (n, k), float32."""
    return draw_rows(entries, factors, base, start, None)[0]


def draw_rows(
    entries: Entries, factors: F32, base: F32, start: F32 | None, noise: F32 | None
) -> tuple[F32, F32]:
    """The solutions, and with z added a draw of the posterior that they are the means of.

    The same bits for any number of threads. Where a row's matrix is positive definite by no more
    than its rounding, its diagonal is lifted until it is.

    Args:
        entries: What is known of each row.
        factors: The other side, padded; shape (m, width).
        base: What every row's matrix starts from, positive definite; shape (k, k).
        start: What every row's right-hand side starts from; shape (n, k), or none: 0.
        noise: z; shape (n, k), or none: no draws.

    Returns:
        Solutions, shape (n, k), and draws, as many as there is noise; float32.
    """
    n, k = len(entries.indptr) - 1, len(base)
    start, noise = (np.empty((0, k), np.float32) if x is None else x for x in (start, noise))
    solved, drawn = np.empty((n, k), np.float32), np.empty((len(noise), k), np.float32)
    work = _work(entries.indptr, k)
    with _threads(k * work[-1]):
        _solve_rows(
            _writeable(entries),
            factors,
            padded(base),
            start=start,
            noise=noise,
            bounds=_bounds(work),
            solved=solved,
            drawn=drawn,
        )
    return solved, drawn


def forecast_rows(
    entries: Entries, factors: F32, targets: F32, base: F32, start: F32, wanted: tuple[I64, I32]
) -> tuple[F32, F32]:
    """Mean f'x and variance f' A^-1 f of the products that are asked for.

    Args:
        entries: What is known of each row.
        factors: The other side, that x is solved from, padded; shape (m, width).
        targets: f of each column that can be asked for, padded; shape (m, width).
        base: What every row's matrix starts from, positive definite; shape (k, k).
        start: What the right-hand side starts from for each column wanted; shape (wanted, k).
        wanted: Row r asks for the columns `wanted[1][wanted[0][r]:wanted[0][r + 1]]`.

    Returns:
        Means and variances, one each for every column asked for.
    """
    means = np.empty(len(wanted[1]), np.float32)
    variances = np.empty(len(wanted[1]), np.float32)
    work = _work(entries.indptr + wanted[0], len(base))
    parts = padded(base), start, *wanted, _bounds(work), means, variances
    with _threads(len(base) * work[-1]):
        _forecast_rows(_writeable(entries), factors, targets, *parts)
    return means, variances


def products(entries: Entries, rows: F32, factors: F32) -> F32:
    """x_r'f of every entry, x and f padded to the same width; shape (nnz,)."""
    with _threads(len(entries.columns) * rows.shape[1]):
        return _products(entries, rows, factors)


@compiled_parallel(fastmath=FAST)
def _products(entries: Entries, rows: F32, factors: F32) -> F32:
    indptr, columns = entries.indptr, entries.columns
    found = np.empty(len(columns), np.float32)
    for r in numba.prange(len(indptr) - 1):
        x = rows[r]
        for e in range(indptr[r], indptr[r + 1]):
            f = factors[columns[e]]
            total = np.float32(0)
            for j in range(len(x)):
                total += x[j] * f[j]
            found[e] = total
    return found


@cache
def _libraries() -> ThreadpoolController:
    """What is loaded by now; scipy's own BLAS, which its optimizer uses, must be among it."""
    import scipy.linalg  # noqa: F401

    return ThreadpoolController()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Holds BLAS to one thread while rows are solved: its own threads would wait in every row.

    Going in and out takes longer than a small call, so that it belongs around a fit. The number is
    that of the whole process, so that whoever holds it is the one caller of compiled code.
    """
    with one_caller(), _libraries().limit(limits=1, user_api="blas"):
        yield


def _writeable(entries: Entries) -> Entries:
    """Copies of arrays that must not be written, for which all would be compiled once more."""
    columns = entries.columns
    return entries if columns.flags.writeable else entries._replace(columns=columns.copy())


def _work(indptr: I64, k: int) -> I64:
    """Multiplications over k before each row, and in all; shape (n + 1,)."""
    return k * indptr + (k * k // 3 + 1) * np.arange(len(indptr))


def _bounds(work: I64) -> I64:
    """Rows at which the chunks begin and end, so that each is about the same work."""
    bounds = np.searchsorted(work, np.linspace(0, work[-1], CHUNKS + 1))
    bounds[0], bounds[-1] = 0, len(work) - 1
    return np.minimum(bounds, len(work) - 1).astype(np.int64)


@contextmanager
def _threads(multiplications: int) -> Iterator[None]:
    """As many threads as have enough to do."""
    most = numba.get_num_threads()
    numba.set_num_threads(min(most, 1 + int(multiplications) // WORTHWHILE))
    try:
        yield
    finally:
        numba.set_num_threads(most)


@compiled(nogil=True, fastmath=FAST)
def _gather(entries: Entries, r: int, factors: F32, space: F32, A: F32, b: F32) -> None:
    """Adds the entries of a row to A and to b, a block at a time by one product of matrices."""
    columns, weights, targets = entries.columns, entries.weights, entries.targets
    width = factors.shape[1]
    plain, weighed, product = space[:BLOCK], space[BLOCK : 2 * BLOCK], space[2 * BLOCK :]
    e, end = entries.indptr[r], entries.indptr[r + 1]
    while e < end:
        n = min(BLOCK, end - e)
        for q in range(n):
            f, w, t = factors[columns[e + q]], weights[e + q], targets[e + q]
            for j in range(width):
                plain[q, j] = f[j]
                weighed[q, j] = w * f[j]
                b[j] += t * f[j]
        np.dot(weighed[:n].T, plain[:n], product)
        for i in range(len(A)):
            for j in range(width):
                A[i, j] += product[i, j]
        e += n


@compiled(nogil=True, fastmath=FAST)
def _system(
    entries: Entries, r: int, factors: F32, base: F32, start: F32, space: F32, A: F32, b: F32
) -> None:
    """Makes A = U'U in its upper half and b for a row."""
    k = len(base)
    lift = np.float32(0)
    done = False
    while not done and np.isfinite(lift):
        A[:] = base
        b[:] = 0
        if len(start):
            b[:k] = start[r]
        _gather(entries, r, factors, space=space, A=A, b=b)
        highest = np.float32(0)
        for i in range(k):
            highest = max(highest, A[i, i])
            A[i, i] += lift
        done = factorize(A, k)
        lift = max(np.float32(10) * lift, np.float32(ROUNDING) * highest)


@compiled_parallel(fastmath=FAST)
def _solve_rows(
    entries: Entries,
    factors: F32,
    base: F32,
    start: F32,
    noise: F32,
    bounds: I64,
    solved: F32,
    drawn: F32,
) -> None:
    k = len(base)
    for chunk in numba.prange(CHUNKS):
        A = np.empty_like(base)
        b = np.empty(base.shape[1], np.float32)
        space = np.empty((2 * BLOCK + base.shape[1], base.shape[1]), np.float32)
        for r in range(bounds[chunk], bounds[chunk + 1]):
            _system(entries, r, factors, base=base, start=start, space=space, A=A, b=b)
            substitute(A, b, k)
            if len(noise):
                for i in range(k):
                    drawn[r, i] = b[i] + noise[r, i]
                back_substitute(A, drawn[r], k)
            back_substitute(A, b, k)
            solved[r] = b[:k]


@compiled_parallel(fastmath=FAST)
def _forecast_rows(
    entries: Entries,
    factors: F32,
    targets: F32,
    base: F32,
    start: F32,
    wanted_ptr: I64,
    wanted: I32,
    bounds: I64,
    means: F32,
    variances: F32,
) -> None:
    k = len(base)
    for chunk in numba.prange(CHUNKS):
        A = np.empty_like(base)
        x = np.empty(base.shape[1], np.float32)
        v, s = np.empty_like(x), np.empty_like(x)
        space = np.empty((2 * BLOCK + base.shape[1], base.shape[1]), np.float32)
        for r in range(bounds[chunk], bounds[chunk + 1]):
            if wanted_ptr[r] == wanted_ptr[r + 1]:
                continue
            _system(entries, r, factors, base=base, start=start[:0], space=space, A=A, b=x)
            substitute(A, x, k)
            for e in range(wanted_ptr[r], wanted_ptr[r + 1]):
                v[:] = targets[wanted[e]]
                s[:k] = start[e]
                substitute(A, v, k)
                substitute(A, s, k)
                mean, variance = np.float32(0), np.float32(0)
                for i in range(k):  # f' A^-1 b = (U'^-1 f)'(U'^-1 b)
                    mean += v[i] * (x[i] + s[i])
                    variance += v[i] * v[i]
                means[e], variances[e] = mean, variance
