"""How often two items stand in one history: the Gram matrix X'DX, sparse and exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import scipy.sparse as sp

from readalike.numerics.arrays import F32, I32, I64
from readalike.numerics.compiled import compiled_parallel

CHUNKS = 256
"""Rows are dealt out in this many chunks; more even out the threads, fewer save memory."""

SWEEP = 16
"""Looking at a sixteenth of an array's places costs as much as sweeping over all of it."""


@dataclass(frozen=True, eq=False)
class CoOccurrence:
    """Common readers of pairs of items: rows of a symmetric matrix, sorted by column.

    The diagonal stands apart; a pair with fewer common readers than asked for is not kept.
    """

    indptr: I64  # row i is columns[indptr[i]:indptr[i + 1]]
    columns: I32  # the other items; (pairs,)
    common: F32  # number of common readers; (pairs,)
    gram: F32  # sum of the common readers' weights; (pairs,)
    readers: F32  # of each item; (n_items,)
    diagonal: F32  # sum of the weights of each item's readers; (n_items,)


def co_occurrence(read: sp.csr_array, weights: F32, least: int) -> CoOccurrence:
    """Counts the common readers of each two items.

    The cost is the sum of the squared lengths of the histories. The same bits for any
    number of threads: a row is summed by one thread, in the order of its users. Weights are D of
    each user; a pair of fewer than `least` common readers is not kept.
    """
    by_user = sp.csr_array(read)
    by_item = by_user.T.tocsr()
    by_item.sort_indices()
    parts = (*_parts(by_item), *_parts(by_user))
    sizes = _row_sizes(*parts, least)
    indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    columns = np.empty(indptr[-1], np.int32)
    common = np.empty(indptr[-1], np.float32)
    gram = np.empty(indptr[-1], np.float32)
    _fill_rows(*parts, weights, least, indptr, columns, common, gram)
    users, items = by_user.nonzero()
    diagonal = np.bincount(items, weights[users], minlength=read.shape[1])
    readers = np.diff(by_item.indptr).astype(np.float32)
    return CoOccurrence(
        indptr, columns, common, gram, readers=readers, diagonal=diagonal.astype(np.float32)
    )


def _parts(matrix: Any) -> tuple[I64, I32]:
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)


@compiled_parallel()
def _row_sizes(users_ptr: I64, users: I32, items_ptr: I64, items: I32, least: int) -> I64:
    """How many other items have enough readers in common with each item."""
    n_items = len(users_ptr) - 1
    sizes = np.zeros(n_items, np.int64)
    step = (n_items + CHUNKS - 1) // CHUNKS
    for chunk in numba.prange(CHUNKS):
        count = np.zeros(n_items, np.int32)
        for i in range(chunk * step, min((chunk + 1) * step, n_items)):
            size = 0
            met = 0
            for p in range(users_ptr[i], users_ptr[i + 1]):
                user = users[p]
                met += items_ptr[user + 1] - items_ptr[user]
                for q in range(items_ptr[user], items_ptr[user + 1]):
                    j = items[q]
                    count[j] += 1
                    if count[j] == least and j != i:
                        size += 1
            if met * SWEEP > n_items:
                count[:] = 0
            else:
                for p in range(users_ptr[i], users_ptr[i + 1]):
                    user = users[p]
                    for q in range(items_ptr[user], items_ptr[user + 1]):
                        count[items[q]] = 0
            sizes[i] = size
    return sizes


@compiled_parallel()
def _fill_rows(
    users_ptr: I64,
    users: I32,
    items_ptr: I64,
    items: I32,
    weights: F32,
    least: int,
    indptr: I64,
    columns: I32,
    common: F32,
    gram: F32,
) -> None:
    """Writes the rows, each sorted by column."""
    n_items = len(indptr) - 1
    step = (n_items + CHUNKS - 1) // CHUNKS
    for chunk in numba.prange(CHUNKS):
        count = np.zeros(n_items, np.int32)
        total = np.zeros(n_items, np.float32)
        for i in range(chunk * step, min((chunk + 1) * step, n_items)):
            place = indptr[i]
            met = 0
            for p in range(users_ptr[i], users_ptr[i + 1]):
                user = users[p]
                weight = weights[user]
                met += items_ptr[user + 1] - items_ptr[user]
                for q in range(items_ptr[user], items_ptr[user + 1]):
                    j = items[q]
                    count[j] += 1
                    total[j] += weight
                    if count[j] == least and j != i:
                        columns[place] = j
                        place += 1
            if (place - indptr[i]) * SWEEP > n_items:
                place = indptr[i]
                for j in range(n_items):
                    if count[j] >= least and j != i:
                        columns[place] = j
                        place += 1
            else:
                columns[indptr[i] : place].sort()
            for p in range(indptr[i], place):
                common[p] = count[columns[p]]
                gram[p] = total[columns[p]]
            if met * SWEEP > n_items:
                count[:] = 0
                total[:] = 0.0
            else:
                for p in range(users_ptr[i], users_ptr[i + 1]):
                    user = users[p]
                    for q in range(items_ptr[user], items_ptr[user + 1]):
                        count[items[q]] = 0
                        total[items[q]] = 0.0


def root_length_weights(read: sp.csr_array) -> F32:
    """1 / sqrt(length of the history): who reads everything says less of each book."""
    return np.asarray(1 / np.sqrt(np.maximum(np.diff(read.indptr), 1)), np.float32)


def no_pairs(n_items: int) -> CoOccurrence:
    """Items of which nobody read two."""
    indptr, columns = np.zeros(n_items + 1, np.int64), np.empty(0, np.int32)
    empty, nothing = np.empty(0, np.float32), np.zeros(n_items, np.float32)
    return CoOccurrence(indptr, columns, empty, empty, readers=nothing, diagonal=nothing)
