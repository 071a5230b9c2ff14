"""Models with more books than they were learnt from: a new one takes over from its kin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.models import ItemItem, StarFactors
from readalike.models.starfactors import DESCRIBED, RATED, UNKNOWN
from readalike.raters.calibration import tilted

F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]


def ranker_with(model: ItemItem, places: I64, kin: sp.csr_array, neighbours: int) -> ItemItem:
    """The ranker with more items, as `readalike.numerics.inheritance` makes them of their kin.

    Args:
        model: Of the old items.
        places: The index of each old item among all, ascending; shape (old items,).
        kin: Row j how much new item j takes over from which others, empty of an old one; rows sum
            to 1 or 0; shape (items, items).
        neighbours: Entries of a layer that a new item takes over at most.
    """
    from readalike.numerics.inheritance import inherit

    n, old = kin.shape[0], model.n_items
    layers = [
        inherit(_placed(model.matrix[start : start + old], places, n), kin, neighbours)
        for start in range(0, model.matrix.shape[0], old)
    ]
    known = kin if model.kin is None else sp.csr_array(_placed(model.kin, places, n) + kin)
    return ItemItem.of_layers(layers, model.weights, model.mixture, known)


def rater_with(model: StarFactors, places: I64, kin: sp.csr_array) -> StarFactors:
    """The rater with more items: what is expected of a new one is the mean of its kin.

    One without kin is as likely to be liked as the mean of all ratings. That a new item was read
    says nothing of a reader's taste, so that forecasts of the old ones stay as they are.

    Args:
        model: Of the old items.
        places: The index of each old item among all, ascending; shape (old items,).
        kin: As in `ranker_with`.
    """
    known = np.where(kin.sum(axis=1) > 0, DESCRIBED, UNKNOWN).astype(np.uint8)
    known[places] = model.known
    rated = model.known == RATED
    everybody = model.book_stars[rated if rated.any() else ~rated].mean(axis=0, dtype=np.float64)
    nothing = tilted(everybody, model.levels, np.array([model.mean]))[0].astype(np.float32)
    expected = np.stack([_rows(rows, places, kin) for rows in model.expected])
    drawn = expected.copy()
    drawn[:, places] = model.drawn
    factors = np.zeros((len(known), model.embedding.factors.shape[1]), np.float32)
    factors[places] = model.embedding.factors
    means = _rows(model.reader_spread.means, places, kin, np.float32(model.mean))
    return replace(
        model,
        drawn=drawn,
        expected=expected,
        embedding=replace(model.embedding, factors=factors),
        known=known,
        book_stars=_rows(model.book_stars, places, kin, nothing),
        reader_spread=replace(model.reader_spread, means=means),
    )


def _placed(matrix: sp.csr_array, places: I64, n: int) -> sp.csr_array:
    """The entries of a square matrix where its items are among n; float32, sorted indices."""
    sizes = np.zeros(n, np.int64)
    sizes[places] = np.diff(matrix.indptr)
    indptr = np.concatenate([[0], np.cumsum(sizes)])
    return sp.csr_array((matrix.data, places[matrix.indices], indptr), (n, n))


def _rows(table: F32, places: I64, kin: sp.csr_array, without_kin: Any = 0.0) -> F32:
    """A row for each item: the old ones as they are, a new one the mean of its kin."""
    found = np.empty((kin.shape[0], *table.shape[1:]), np.float32)
    found[:] = without_kin
    found[places] = table
    heirs = np.flatnonzero(np.diff(kin.indptr))
    found[heirs] = kin[heirs] @ found
    return found
