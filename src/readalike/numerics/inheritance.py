"""What a book with few readers takes over from well-read books that are like it."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from readalike.numerics.arrays import I64, Bools
from readalike.numerics.neighbourhood import most_similar
from readalike.numerics.tag_vectors import mean_length

OWN = 0.5
"""What reading a neighbour itself is worth to an heir, in mean row lengths."""
AT_ONCE = 2_000
"""Heirs whose entries are held in memory before the strongest are chosen."""


def find_content_neighbours(features: sp.csr_array, readers: I64, few: int, n: int) -> sp.csr_array:
    """The neighbours of each item with few readers, an heir, by content.

    Row j is (1 - readers_j / few) times that of `nearest_by_content` among the items with at
    least `few` readers, by unit rows of features; shape (n_items, n_items), float64. Rows sum to
    less than 1, or to 1 without a reader. Other items have empty rows, and so has an heir that no
    such item is like.
    """
    content_neighbours = nearest_by_content(features, readers < few, readers >= few, n)
    content_neighbours.data *= np.repeat(
        1 - readers / max(few, 1), np.diff(content_neighbours.indptr)
    )
    return content_neighbours


def nearest_by_content(features: sp.csr_array, heirs: Bools, among: Bools, n: int) -> sp.csr_array:
    """The items that are most like each heir, by content.

    Row j is c_jk^2 / sum_k c_jk^2 over the n items k of the largest cosine c of unit rows, `among`
    those looked at; shape (n_items, n_items), float64; rows sum to 1, or 0 where none is alike.
    """
    n_items = len(heirs)
    if not (heirs.any() and among.any()):
        return sp.csr_array((n_items, n_items))
    content_neighbours = sp.csr_array(most_similar(features, heirs, among, n), dtype=np.float64)
    content_neighbours.data **= 2
    content_neighbours.data /= np.repeat(
        content_neighbours.sum(axis=1), np.diff(content_neighbours.indptr)
    )
    return content_neighbours


def inherit(layer: sp.csr_array, content_neighbours: sp.csr_array, most: int) -> sp.csr_array:
    r"""A layer in which heirs take over from their neighbours, as answers and as evidence.

    With s_j the sum of row j of the neighbours K and L the mean length of a row of B, column j is
    (1 - s_j) B_.j + \sum_k K_jk (B_.k + L/2 e_k), and then row j likewise of the rows; of each only
    the largest entries, `most` at most. float32; the layer itself where nobody is an heir.
    """
    if not content_neighbours.nnz:
        return layer
    left = 1 - content_neighbours.sum(axis=1)
    nearness = OWN * mean_length(layer) * content_neighbours
    gained = _strongest_products(content_neighbours, sp.csr_array(layer.T.tocsr()), nearness, most)
    columns = layer @ sp.diags_array(left) + gained.T
    nothing = sp.csr_array(content_neighbours.shape)
    rows = _strongest_products(content_neighbours, sp.csr_array(columns.tocsr()), nothing, most)
    whole = sp.csr_array((sp.diags_array(left) @ columns + rows).tocsr(), dtype=np.float32)
    whole.eliminate_zeros()
    whole.sort_indices()
    return whole


def _strongest_products(
    content_neighbours: sp.csr_array, matrix: sp.csr_array, added: sp.csr_array, most: int
) -> sp.csr_array:
    """The largest entries of each row of K M + A."""
    heirs = np.flatnonzero(np.diff(content_neighbours.indptr))
    parts = []
    for start in range(0, len(heirs), AT_ONCE):
        chunk = heirs[start : start + AT_ONCE]
        parts.append(
            strongest(sp.csr_array(content_neighbours[chunk] @ matrix + added[chunk]), most)
        )
    found = sp.csr_array(sp.vstack(parts, format="csr"))
    sizes = np.zeros(content_neighbours.shape[0], np.int64)
    sizes[heirs] = np.diff(found.indptr)
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    return sp.csr_array((found.data, found.indices, indptr), content_neighbours.shape)


def strongest(matrix: sp.csr_array, most: int) -> sp.csr_array:
    """The largest entries of each row, of equal ones the first; the others are left out."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    place = np.arange(len(order)) - matrix.indptr[rows]  # rows are ascending in the order too
    kept = np.sort(order[place < most])
    sizes = np.minimum(np.diff(matrix.indptr), most)
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    return sp.csr_array((matrix.data[kept], matrix.indices[kept], indptr), matrix.shape)
