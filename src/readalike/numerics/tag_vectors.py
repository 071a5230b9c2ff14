"""Content as vectors: what the books are about, comparable by cosine."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from readalike.numerics.arrays import Floats


def tag_features(counts: sp.csr_array, fewest: int, most: float) -> sp.csr_array:
    """Unit rows of log(1 + count) log(n / n_t), n_t the number of books with tag t (tf-idf).

    A tag on nearly every book says nothing, and one on a single book compares it with none: those
    of fewer than `fewest` books, or of a larger share than `most`, are left out. Counts are books
    x tags, and so is what is found, float32.
    """
    n_items = counts.shape[0]
    books = np.bincount(counts.indices[counts.data > 0], minlength=counts.shape[1])
    used = np.flatnonzero((books >= fewest) & (books <= max(most * n_items, fewest)))
    weights = sp.csr_array(counts[:, used], dtype=np.float64)
    rarity = np.log(n_items / np.maximum(books[used], 1))
    weights.data = np.log1p(np.maximum(weights.data, 0)) * rarity[weights.indices]
    return unit_rows(weights)


def unit_rows(matrix: sp.csr_array) -> sp.csr_array:
    """The rows, each divided by its length; float32, sorted by column, zeros left out."""
    lengths = np.sqrt(matrix.multiply(matrix).sum(axis=1))
    scaled = sp.csr_array(matrix, copy=True)
    scaled.data = scaled.data / np.repeat(np.maximum(lengths, 1e-12), np.diff(scaled.indptr))
    scaled.eliminate_zeros()
    scaled.sort_indices()
    return scaled.astype(np.float32)


def mean_length(matrix: sp.csr_array) -> float:
    """Mean length of the rows; 1 where all are empty."""
    squares = matrix.multiply(matrix).sum(axis=1, dtype=np.float64)
    return float(np.sqrt(squares).mean()) if matrix.nnz else 1.0


def scaled(matrix: sp.csr_array, rows: Floats, columns: Floats) -> sp.csr_array:
    """diag(rows) matrix diag(columns); float32."""
    data = matrix.data * np.repeat(rows, np.diff(matrix.indptr)) * columns[matrix.indices]
    return sp.csr_array((data.astype(np.float32), matrix.indices, matrix.indptr), matrix.shape)
