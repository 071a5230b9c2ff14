"""The nearest items of each item.

They are read off a Gram matrix G = X'DX + t F F' that is never written down: the first part
is sparse (who read what, `CoOccurrence`), the second the product of unit rows of content
features (F, items x features), which counts as if t readers had read all books of a feature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Self

import numba
import numpy as np
import scipy.sparse as sp

from readalike.numerics.arrays import F32, I32, I64, Bools
from readalike.numerics.compiled import compiled_parallel
from readalike.numerics.cooccurrence import CoOccurrence

CHUNKS = 256


class Sparse(NamedTuple):
    """A sparse matrix as the compiled loops take it: row r is indptr[r] to indptr[r + 1]."""

    indptr: I64
    columns: I32
    values: F32

    @classmethod
    def of(cls, matrix: sp.csr_array) -> Self:
        """The parts of a matrix."""
        indptr, columns = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
        return cls(indptr, columns, matrix.data)


@compiled_parallel()
def nearest(
    pairs: Sparse,
    norms: F32,
    known: Sparse,
    by_feature: Sparse,
    content: float,
    neighbours: int,
    room: I64,
) -> tuple[I32, F32, I64, F32]:
    """The items k of the largest cosine G_jk / (norm_j norm_k) above 0, for each item j.

    Args:
        pairs: X'DX without the diagonal.
        norms: Root of the diagonal of G; shape (n_items,).
        known: F.
        by_feature: F transposed.
        content: t.
        neighbours: How many.
        room: Where the neighbours of j go: from `room[j]`, up to `room[j + 1]`.

    Returns:
        Items, sorted by index inside each room, and their cosines, both of shape (room[-1],);
        how many there are of each item; G_jk with its content part for the pairs of `gram`, none
        where there are no features.
    """
    indptr, columns, gram = pairs
    features_ptr, features, values = known
    items_ptr, items, item_values = by_feature
    n_items = len(norms)
    found = np.full(room[-1], -1, np.int32)
    cosines = np.zeros(room[-1], np.float32)
    sizes = np.zeros(n_items, np.int64)
    whole = np.empty(len(gram) if len(features) else 0, np.float32)
    step = (n_items + CHUNKS - 1) // CHUNKS
    for chunk in numba.prange(CHUNKS):
        row = np.zeros(n_items, np.float32)
        met = np.zeros(
            n_items, np.bool_
        )  # a product of small values may be 0 and is met all the same
        touched = np.empty(n_items, np.int32)
        ranked = np.empty(n_items, np.float32)
        for j in range(chunk * step, min((chunk + 1) * step, n_items)):
            size = 0
            for p in range(indptr[j], indptr[j + 1]):
                row[columns[p]] = gram[p]
                met[columns[p]] = True
                touched[size] = columns[p]
                size += 1
            for p in range(features_ptr[j], features_ptr[j + 1]):
                feature = features[p]
                value = np.float32(content) * values[p]
                for q in range(items_ptr[feature], items_ptr[feature + 1]):
                    k = items[q]
                    if not met[k] and k != j:
                        met[k] = True
                        touched[size] = k
                        size += 1
                    row[k] += value * item_values[q]
            row[j] = 0.0
            if len(whole):
                for p in range(indptr[j], indptr[j + 1]):
                    whole[p] = row[columns[p]]
            for p in range(size):
                k = touched[p]
                row[k] /= norms[j] * norms[k]
                ranked[p] = row[k]
            cut = np.float32(0.0)
            if size > neighbours:
                cut = np.partition(ranked[:size], size - neighbours)[size - neighbours]
            above = 0
            for p in range(size):
                above += row[touched[p]] > cut
            equal = neighbours - above  # so many of those exactly at the cut, in the order met
            place = room[j]
            for p in range(size):
                k = touched[p]
                if row[k] > 0 and (row[k] > cut or (row[k] == cut and equal > 0)):
                    equal -= row[k] == cut
                    found[place] = k
                    place += 1
            found[room[j] : place].sort()
            for p in range(room[j], place):
                cosines[p] = row[found[p]]
            sizes[j] = place - room[j]
            for p in range(size):
                row[touched[p]] = 0.0
                met[touched[p]] = False
    return found, cosines, sizes, whole


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """The nearest items of each item."""

    indptr: I64  # item j has the neighbours indptr[j] to indptr[j + 1]
    items: I32  # the neighbours, those of an item sorted by index
    cosines: F32  # of each of them
    gram: F32  # G of the co-occurring pairs, with the content part; (pairs,)
    diagonal: F32  # of G; (n_items,)
    features: sp.csr_array  # F, unit rows; (n_items, features)
    content: float  # t

    def matrix(self, weights: F32) -> sp.csr_array:
        """Row i, column j: what the neighbour i gives to j; positive weights only."""
        n_items = len(self.indptr) - 1
        kept = weights > 0
        before = np.concatenate([[0], np.cumsum(kept)])[self.indptr]
        entries = (weights[kept], self.items[kept], before)
        return sp.csr_array(sp.csr_array(entries, (n_items, n_items)).T.tocsr())


def neighbourhoods(
    pairs: CoOccurrence,
    values: F32,
    diagonal: F32,
    n: int,
    features: sp.csr_array | None = None,
    *,
    content: float = 0.0,
) -> Neighbourhoods:
    """The n items of the largest cosine for each item, itself left out.

    Args:
        pairs: Which items have readers in common.
        values: X'DX for these pairs; shape (pairs,).
        diagonal: X'DX for an item with itself; shape (n_items,).
        n: How many; fewer where fewer have a cosine above 0.
        features: F, unit rows; None where nothing is known of the items.
        content: t.
    """
    if features is None:
        features = sp.csr_array((len(diagonal), 0), dtype=np.float32)
    described = np.diff(features.indptr) > 0
    whole = diagonal + np.float32(content) * described
    by_feature = features.T.tocsr()
    by_feature.sort_indices()
    most = np.where(described, len(diagonal), np.diff(pairs.indptr))
    found, cosines, sizes, with_content = nearest(
        Sparse(pairs.indptr, pairs.columns, values),
        np.sqrt(np.maximum(whole, np.float32(1e-12))),
        Sparse.of(features),
        Sparse.of(by_feature),
        content,
        neighbours=n,
        room=_pointers(np.minimum(most, n)),
    )
    gram = with_content if features.nnz else values
    taken = found >= 0
    return Neighbourhoods(
        indptr=_pointers(sizes),
        items=found[taken],
        cosines=cosines[taken],
        gram=gram,
        diagonal=whole.astype(np.float32),
        features=features,
        content=content,
    )


def most_similar(features: sp.csr_array, wanted: Bools, among: Bools, n: int) -> sp.csr_array:
    """The cosines of the items asked for with the n most alike among others, by content alone.

    Of unit rows of features; shape (n_items, n_items), float32, no entry but those above 0.
    """
    n_items = features.shape[0]
    of_others = only(features, among).T.tocsr()
    of_others.sort_indices()
    none = Sparse.of(sp.csr_array((n_items, n_items), dtype=np.float32))
    room = _pointers(np.where(wanted, min(int(among.sum()), n), 0))
    ones, known = np.ones(n_items, np.float32), Sparse.of(only(features, wanted))
    found, cosines, sizes, _ = nearest(
        none, ones, known, Sparse.of(of_others), 1.0, neighbours=n, room=room
    )
    taken = found >= 0
    return sp.csr_array((cosines[taken], found[taken], _pointers(sizes)), (n_items, n_items))


def only(matrix: sp.csr_array, rows: Bools) -> sp.csr_array:
    """The matrix with all other rows empty."""
    lengths = np.diff(matrix.indptr)
    kept = np.repeat(rows, lengths)
    indptr = _pointers(np.where(rows, lengths, 0))
    return sp.csr_array((matrix.data[kept], matrix.indices[kept], indptr), matrix.shape)


def _pointers(sizes: I64) -> I64:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
