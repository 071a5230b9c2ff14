"""EASE: the exact linear model over all pairs of books, for comparison."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np
import scipy.sparse as sp
from scipy.linalg import lapack

from readalike.algorithms.settings import Algorithm, Range, setting, star_slope
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.models import ItemItem
from readalike.models.weights import StarWeights
from readalike.numerics.arrays import F32
from readalike.progress import Progress, silent

MOST_ITEMS = 30_000
BYTES = 8
"""Of a pair of books: a number of the dense matrix, which becomes the weight, and its column."""
AT_ONCE = 4_000_000
"""Numbers that are worked on at a time beside the dense matrix."""


@dataclass(frozen=True)
class Ease(Algorithm):
    r"""B = I - P diag(1/P_jj), P = (X'X + lambda I)^{-1} [Steck 2019].

    The cost grows with the cube of the number of books, the memory with its square: 8 bytes a pair,
    those of the finished weights, since the matrix is inverted in place and its numbers become
    the weights.
    """

    name: ClassVar[str] = "ease"

    regularization: float = setting(
        300.0, "lambda: how much the weights are held down", low=1e-6,
        search=Range(1.0, 10_000.0, log=True),
    )  # fmt: skip
    star_slope: float = star_slope(0.0)

    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> ItemItem:
        """Inverts the whole Gram matrix."""
        n_items = len(ratings.items)
        refuse_too_many(n_items)
        progress("inverting the Gram matrix", 0, 1)
        matrix = gram(ratings.histories.matrix())
        matrix[np.diag_indices(n_items)] += np.float32(self.regularization)
        if not inverted(matrix):
            raise SettingError(f"regularization must be larger, got {self.regularization:g}")
        diagonal = np.diag(matrix).copy()
        for rows in blocks(n_items):
            np.negative(matrix[rows], out=matrix[rows])
            np.divide(matrix[rows], diagonal, out=matrix[rows])
        np.fill_diagonal(matrix, 0.0)
        progress("inverting the Gram matrix", 1, 1)
        return ItemItem(compressed(matrix), StarWeights.around_mean(ratings, self.star_slope))


def refuse_too_many(n_items: int) -> None:
    """Looks, before the long work, whether there is room for all pairs."""
    if n_items > MOST_ITEMS:
        raise SettingError(
            f"ease needs a dense matrix of all pairs and takes at most {MOST_ITEMS} books, "
            f"got {n_items}; use --algorithm ridge"
        )
    needed, free = BYTES * n_items**2, free_memory()
    if free is not None and needed > free:
        raise SettingError(
            f"ease needs {needed / 1e9:.1f} GB of memory for all pairs of {n_items:,} books, and "
            f"{free / 1e9:.1f} GB are free; use --algorithm ridge, or close other programs"
        )


def free_memory() -> int | None:
    """Bytes that this process can still take, the least of what is known; None where nothing is.

    The system's own estimate (Linux), what the group of the process may have (version 2), and the
    limit of its address space.
    """
    found: list[int] = []
    with contextlib.suppress(OSError):
        found += [1024 * n for n in _numbers("/proc/meminfo", "MemAvailable:")]
    with contextlib.suppress(OSError):
        group = Path("/sys/fs/cgroup")
        most = [int(n) for n in (group / "memory.max").read_text().split() if n.isdigit()]
        # what was read from files is given back where others need the room
        cached = sum(_numbers(group / "memory.stat", "inactive_file"))
        used = int((group / "memory.current").read_text())
        found += [n - used + cached for n in most]
    with contextlib.suppress(ImportError, OSError):
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        if soft != resource.RLIM_INFINITY:
            found += [soft - 1024 * n for n in _numbers("/proc/self/status", "VmSize:")]
    return max(min(found), 0) if found else None


def _numbers(file: str | Path, name: str) -> list[int]:
    """The numbers behind a name in a file of the system."""
    return [int(n) for n in re.findall(rf"^{name}\s+(\d+)", Path(file).read_text(), re.MULTILINE)]


def blocks(n: int) -> Iterator[slice]:
    """Rows of an n x n matrix, a few at a time."""
    step = max(1, AT_ONCE // max(n, 1))
    return (slice(start, min(start + step, n)) for start in range(0, n, step))


def gram(read: sp.csr_array) -> F32:
    """X'X of who read what, X, as a dense matrix; shape (n_items, n_items)."""
    by_item, n_items = read.T.tocsr(), read.shape[1]
    matrix = np.empty((n_items, n_items), np.float32)
    for rows in blocks(n_items):
        (by_item[rows] @ read).toarray(out=matrix[rows])
    return matrix


def inverted(matrix: F32) -> bool:
    """Puts the inverse of a symmetric matrix in its place; whether it is positive definite."""
    if not len(matrix):
        return True
    # its transpose is itself in the order of Fortran, which LAPACK works on in place
    factor, info = lapack.spotrf(matrix.T, lower=True, overwrite_a=True)
    if info == 0:
        _, info = lapack.spotri(factor, lower=True, overwrite_c=True)
    for rows in blocks(len(matrix)):
        matrix[rows, : rows.start] = matrix[: rows.start, rows].T
        square = matrix[rows, rows]
        square[:] = np.triu(square) + np.triu(square, 1).T
    return bool(info == 0)


def compressed(matrix: F32) -> sp.csr_array:
    """The entries that are not 0, in the place of the dense matrix."""
    lengths = [np.count_nonzero(matrix[rows], axis=1) for rows in blocks(len(matrix))]
    ends = np.cumsum(np.concatenate([[0], *lengths])).astype(np.int32)
    numbers, columns = matrix.reshape(-1), np.empty(ends[-1], np.int32)
    for row, (start, end) in enumerate(pairwise(ends)):
        there = np.flatnonzero(matrix[row])
        numbers[start:end] = matrix[row, there]  # what is written over was read before
        columns[start:end] = there
    return sp.csr_array((numbers[: ends[-1]], columns, ends), matrix.shape)
