"""Ridge regressions inside the neighbourhood of each item."""

from __future__ import annotations

import numba
import numpy as np

from readalike.numerics.arrays import F32, I32, I64
from readalike.numerics.compiled import compiled_parallel
from readalike.numerics.cooccurrence import CoOccurrence
from readalike.numerics.neighbourhood import CHUNKS, Neighbourhoods, Sparse
from readalike.numerics.row_solver import LANES, back_substitute, factorize, substitute


@compiled_parallel()
def neighbourhood_ridge(
    found_ptr: I64,
    found: I32,
    pairs: Sparse,
    diagonal: F32,
    known: Sparse,
    n_features: int,
    content: float,
    regularization: float,
) -> F32:
    """w_j = (G_NN + lambda I)^-1 G_Nj for each item j with the neighbours N.

    G lacks the pairs with too few common readers and may so have eigenvalues below 0. Where
    G_NN + lambda I is not positive definite, lambda is ten times as large for that item, and
    so on.

    Args:
        found_ptr: Item j has the neighbours found_ptr[j] to found_ptr[j + 1]; shape (n_items + 1,).
        found: The neighbours, those of an item sorted by index; shape (neighbours,).
        pairs: G_jk of the co-occurring pairs, with the content part, without the diagonal.
        diagonal: The diagonal of G; shape (n_items,).
        known: F.
        n_features: Number of features.
        content: t.
        regularization: lambda, above 0.

    Returns:
        The weight of each neighbour; shape (neighbours,).
    """
    indptr, columns, gram = pairs
    features_ptr, features, values = known
    n_items = len(found_ptr) - 1
    K = 0
    for j in range(n_items):
        K = max(K, found_ptr[j + 1] - found_ptr[j])
    weights = np.zeros(len(found), np.float32)
    step = (n_items + CHUNKS - 1) // CHUNKS
    for chunk in numba.prange(CHUNKS):
        spread = np.zeros(max(n_features, 1), np.float32)
        A = np.empty((K + 1, (K // LANES + 1) * LANES), np.float32)
        group = np.empty(K + 1, np.int32)
        for j in range(chunk * step, min((chunk + 1) * step, n_items)):
            begin, end = found_ptr[j], found_ptr[j + 1]
            size = end - begin
            group[:size] = found[begin:end]
            group[size] = j  # its row of G, against the neighbours, is the right-hand side
            penalty = np.float32(regularization)
            solved = False
            while not solved and np.isfinite(penalty):
                for a in range(size + 1):
                    i = group[a]
                    scattered = False
                    p, stop = indptr[i], indptr[i + 1]
                    for b in range(min(a, size)):
                        k = group[b]
                        p += np.searchsorted(columns[p:stop], k)
                        if p < stop and columns[p] == k:
                            A[b, a] = gram[p]
                            continue
                        if not scattered:
                            for q in range(features_ptr[i], features_ptr[i + 1]):
                                spread[features[q]] = np.float32(content) * values[q]
                            scattered = True
                        total = np.float32(0)
                        for q in range(features_ptr[k], features_ptr[k + 1]):
                            total += spread[features[q]] * values[q]
                        A[b, a] = total
                    A[a, a] = diagonal[i] + penalty
                    if scattered:
                        for q in range(features_ptr[i], features_ptr[i + 1]):
                            spread[features[q]] = 0.0
                weights[begin:end] = A[:size, size]
                solved = factorize(A, size)
                substitute(A, weights[begin:end], size)
                back_substitute(A, weights[begin:end], size)
                penalty *= np.float32(10)
    return weights


def ridge_weights(near: Neighbourhoods, pairs: CoOccurrence, regularization: float) -> F32:
    """The weight of each of the neighbours, which were found among the pairs; as `near.items`."""
    gram = Sparse(pairs.indptr, pairs.columns, near.gram)
    known, n_features = Sparse.of(near.features), near.features.shape[1]
    system = gram, near.diagonal, known, n_features, near.content, regularization
    weights: F32 = neighbourhood_ridge(near.indptr, near.items, *system)
    return weights
