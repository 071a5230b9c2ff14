"""Sparse item-item matrices: a score is a sum over the reader's own books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp

from readalike.data.histories import Histories, entries_of
from readalike.data.stored import StoredArrays, StoredSettings, refuse_entries, wrong
from readalike.errors import ModelError
from readalike.models.interface import Arrays, Scores, Shares
from readalike.models.weights import StarWeights, effective_lengths
from readalike.numerics.arrays import F32, Bools, Indices
from readalike.numerics.masks import marks

AT_ONCE = 128
"""Rows whose entries `explain` holds in memory."""
MANY = 1024
"""New rows from which the whole matrix is looked at: one walk through it and no list of entries."""


@dataclass(frozen=True)
class Mixture:
    """Weights that move with the length h of a history: short + (long - short) h / (h + half)."""

    short: tuple[float, ...] = (1.0,)
    long: tuple[float, ...] = (1.0,)
    half: float = 1.0

    @classmethod
    def of_settings(cls, settings: StoredSettings) -> Self:
        """The mixture again, of its fields by name."""
        short, long = settings.numbers("short"), settings.numbers("long")
        if len(short) != len(long):
            raise ModelError(
                f"settings 'short' and 'long' must be of one length, got {len(short)} and "
                f"{len(long)}"
            )
        return cls(short, long, settings.above_zero("half"))

    def of(self, lengths: Indices) -> F32:
        """Weight of each layer for histories of these lengths; shape (n, layers), float32."""
        place = (lengths / (lengths + self.half))[:, None]
        short, long = np.array(self.short), np.array(self.long)
        return np.asarray(short + (long - short) * place, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class ItemItem:
    r"""Layers of item-item matrices, mixed by the length of the history.

    score_j = \sum_{i in history} w(r_i) \sum_l a_l(h) B^l_{ij}

    with w the weight of a book with r_i stars, h the length of the history and a_l the
    mixture. Algorithms that mix nothing have one layer.

    The matrix has the layers one below the other, row `l * n_items + i` what having read i gives
    to each item; float32, sorted indices. Row j of the kin says how much book j, as few have read
    it, takes over from which others by content, at most 1; None where no book does.
    """

    kind: ClassVar[str] = "item-item"
    compares_items: ClassVar[bool] = True
    score_means: ClassVar[str] = "how strongly the reader's own books point to this one"

    matrix: sp.csr_array
    weights: StarWeights = field(default_factory=StarWeights)
    mixture: Mixture = field(default_factory=Mixture)
    kin: sp.csr_array | None = None

    @classmethod
    def of_layers(
        cls,
        layers: Sequence[sp.csr_array],
        weights: StarWeights | None = None,
        mixture: Mixture | None = None,
        kin: sp.csr_array | None = None,
    ) -> Self:
        """A model of one or more n_items x n_items matrices."""
        matrix = sp.csr_array(sp.vstack(layers, format="csr"), dtype=np.float32)
        matrix.sort_indices()
        taken = kin if kin is not None and kin.nnz else None
        return cls(matrix, weights or StarWeights(), mixture or Mixture(), taken)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return int(self.matrix.shape[1])

    @cached_property
    def _unseen(self) -> Bools:
        """Which rows were mapped and nobody has looked at yet; none of a fitted model; (rows,)."""
        return np.zeros(self.matrix.shape[0], np.bool_)

    def _look_at(self, rows: Indices) -> None:
        """Looks at rows that are used for the first time: compiled code trusts their indices."""
        fresh = rows[self._unseen[rows]]
        if not len(fresh):
            return
        fresh = np.unique(fresh)
        if len(fresh) > MANY:
            refuse_entries(self.matrix, slice(None))
            self._unseen[:] = False
        else:
            refuse_entries(self.matrix, entries_of(self.matrix.indptr, fresh))
            self._unseen[fresh] = False

    def _layered(self, histories: Histories) -> sp.csr_array:
        """Histories x rows of the matrix, with all that a row is multiplied by."""
        weights = self.weights.of(histories)
        lengths = effective_lengths(histories, weights)
        layers = len(self.mixture.short)
        by_layer = self.mixture.of(lengths)[histories.rows] * weights[:, None]
        rows = histories.items[:, None] + self.n_items * np.arange(layers, dtype=np.int32)
        self._look_at(rows.ravel())
        # scipy would copy the whole matrix where the two index types differ
        kind = self.matrix.indptr.dtype
        indptr = (histories.indptr * layers).astype(kind)
        entries = (by_layer.ravel(), rows.ravel().astype(kind), indptr)
        shape = (len(histories), layers * self.n_items)
        return sp.csr_array(entries, shape)

    def score(self, histories: Histories) -> Scores:
        """Scores of all items; 0 where no book of the history says anything; (n, n_items)."""
        return np.asarray((self._layered(histories) @ self.matrix).toarray())

    def similar(self, item: int) -> Scores:
        """What the item gives to others in a long history; shape (n_items,).

        The mixture of short histories leans to what most readers pick up next, whatever the
        book; that of long ones to what sets the book apart.
        """
        rows = item + self.n_items * np.arange(len(self.mixture.long))
        self._look_at(rows)
        return np.asarray(np.array(self.mixture.long, np.float32) @ self.matrix[rows].toarray())

    def explain(self, history: Histories, items: Indices) -> Shares:
        """What each book of a history of one row gave to some items."""
        layered = self._layered(history)
        wanted = marks(items, self.n_items)
        place = np.zeros(self.n_items, dtype=np.int64)
        place[items] = np.arange(len(items))
        shares = np.zeros((len(items), len(history.items)))
        for first in range(0, len(layered.indices), AT_ONCE):
            part = layered.indices[first : first + AT_ONCE]
            entries = entries_of(self.matrix.indptr, part)
            counts = self.matrix.indptr[part + 1] - self.matrix.indptr[part]
            columns = self.matrix.indices[entries]
            hit = np.flatnonzero(wanted[columns])
            source = first + np.repeat(np.arange(len(counts)), counts)[hit]
            gains = self.matrix.data[entries[hit]].astype(np.float64) * layered.data[source]
            book = source // len(self.mixture.short)
            np.add.at(shares, (place[columns[hit]], book), gains)
        return Shares(np.zeros(len(items)), shares)

    def arrays(self) -> Arrays:
        """The matrix, and the kin where there is some."""
        parts = ("data", "indices", "indptr")
        found = {name: getattr(self.matrix, name) for name in parts}
        if self.kin is not None:
            found |= {f"kin_{name}": getattr(self.kin, name) for name in parts}
        return found

    def settings(self) -> Mapping[str, Any]:
        """Weights and mixture."""
        return {"weights": dict(vars(self.weights)), "mixture": dict(vars(self.mixture))}

    @classmethod
    def of_arrays(cls, arrays: StoredArrays, settings: StoredSettings) -> Self:
        """The model again."""
        mixture = Mixture.of_settings(settings.part("mixture"))
        starts = arrays.array("indptr", (None,), np.int32, np.int64)
        n, left = divmod(len(starts) - 1, len(mixture.short))
        if left:
            wanted = f"a row of each book for each of {len(mixture.short)} layers"
            raise wrong("indptr", wanted, f"{len(starts) - 1} rows")
        matrix = arrays.mapped_rows("", n)
        has_kin = any(name.startswith("kin_") for name in arrays.found)
        kin = arrays.rows("kin_", n, n) if has_kin else None
        model = cls(matrix, StarWeights.of_settings(settings.part("weights")), mixture, kin)
        model._unseen[:] = not arrays.verify
        return model
