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
from readalike.numerics.arrays import F32, I32, Bools, Indices

AT_ONCE = 256
"""So many rows are looked at in one go, since their entries are listed for that."""


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
    to each item; float32, sorted indices. Row j of the counts.
        content_neighbours: says how much book j, as few have read
    it, takes over from which others
            by content, at most 1; None where no book does.
    """

    kind: ClassVar[str] = "item-item"
    compares_items: ClassVar[bool] = True
    score_means: ClassVar[str] = "how strongly the reader's own books point to this one"

    matrix: sp.csr_array
    weights: StarWeights = field(default_factory=StarWeights)
    mixture: Mixture = field(default_factory=Mixture)
    content_neighbours: sp.csr_array | None = None

    @classmethod
    def of_layers(
        cls,
        layers: Sequence[sp.csr_array],
        weights: StarWeights | None = None,
        mixture: Mixture | None = None,
        content_neighbours: sp.csr_array | None = None,
    ) -> Self:
        """A model of one or more n_items x n_items matrices."""
        matrix = sp.csr_array(sp.vstack(layers, format="csr"), dtype=np.float32)
        matrix.sort_indices()
        if matrix.nnz < np.iinfo(np.int32).max:  # half the memory of what a long history looks at
            matrix.indices = matrix.indices.astype(np.int32, copy=False)
            matrix.indptr = matrix.indptr.astype(np.int32, copy=False)
        if content_neighbours is not None and not content_neighbours.nnz:
            content_neighbours = None
        return cls(matrix, weights or StarWeights(), mixture or Mixture(), content_neighbours)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return int(self.matrix.shape[1])

    @cached_property
    def _unseen(self) -> Bools:
        """Which rows were mapped and nobody has looked at yet; none of a fitted model; (rows,)."""
        return np.zeros(self.matrix.shape[0], np.bool_)

    def _look_at(self, rows: Indices) -> None:
        """Looks at rows that are used for the first time: compiled code trusts their indices.

        `explain` seeks in them, and would miss what stands out of order.

        Raises:
            ModelError: One holds something that it must not.
        """
        fresh = rows[self._unseen[rows]]
        if not len(fresh):
            return
        fresh = np.unique(fresh)
        if 2 * len(fresh) > len(self._unseen):  # one walk through the whole, and no list of entries
            fresh = np.arange(len(self._unseen))
            refuse_entries(self.matrix, slice(None))
            in_order = self.matrix.has_canonical_format
        else:
            parts = np.array_split(fresh, range(AT_ONCE, len(fresh), AT_ONCE))
            for part in parts:
                refuse_entries(self.matrix, entries_of(self.matrix.indptr, part))
            in_order = all(self.matrix[part].has_canonical_format for part in parts)
        if not in_order:
            raise wrong("indices", "numbers that rise in each row", "others")
        self._unseen[fresh] = False

    def _layered(self, histories: Histories) -> tuple[F32, I32]:
        """Rows of the matrix, those of each book side by side, and what each is multiplied by.

        Both of shape (nnz * layers,).
        """
        weights = self.weights.of(histories)
        lengths = effective_lengths(histories, weights)
        by_layer = self.mixture.of(lengths)[histories.rows] * weights[:, None]
        layers = np.arange(len(self.mixture.short), dtype=np.int32)
        rows = (histories.items[:, None] + self.n_items * layers).ravel()
        self._look_at(rows)
        return by_layer.ravel(), rows

    def score(self, histories: Histories) -> Scores:
        """Scores of all items; 0 where no book of the history says anything; (n, n_items)."""
        factors, rows = self._layered(histories)
        # scipy would copy the whole matrix where the two index types differ
        kind = self.matrix.indptr.dtype
        indptr = (histories.indptr * len(self.mixture.short)).astype(kind)
        shape = (len(histories), self.matrix.shape[0])
        layered = sp.csr_array((factors, rows.astype(kind), indptr), shape)
        return np.asarray((layered @ self.matrix).toarray())

    def similar(self, item: int) -> Scores:
        """What the item gives to others in a long history; shape (n_items,).

        The mixture of short histories leans to what most readers pick up next, whatever the
        book; that of long ones to what sets the book apart. A book that is placed like others is
        as like them as they point to it.
        """
        layers = self.n_items * np.arange(len(self.mixture.long))
        long = np.array(self.mixture.long, np.float32)
        self._look_at(item + layers)
        scores = np.asarray(long @ self.matrix[item + layers].toarray())
        if (near := self.content_neighbours) is not None:
            others = near.indices[near.indptr[item] : near.indptr[item + 1]]
            rows = (others[:, None] + layers).ravel()
            self._look_at(rows)
            back = self.matrix[rows][:, [item]].toarray().reshape(len(others), len(long)) @ long
            scores[others] = np.maximum(scores[others], back)
        return scores

    def explain(self, history: Histories, items: Indices) -> Shares:
        """What each book of a history of one row gave to some items."""
        factors, rows = self._layered(history)
        starts, stops = self.matrix.indptr[rows], self.matrix.indptr[rows + 1]
        order, columns = np.argsort(items), self.matrix.indices
        wanted = items[order].astype(columns.dtype)  # of another type each row would be copied
        spans = zip(starts.tolist(), stops.tolist(), strict=True)
        places = np.empty((len(rows), len(items)), np.int64)
        for at, (start, stop) in enumerate(spans):
            places[at] = columns[start:stop].searchsorted(wanted)
        entries = starts[:, None] + places
        row, item = np.nonzero(entries < stops[:, None])
        same = columns[entries[row, item]] == wanted[item]
        row, item = row[same], item[same]
        gains = self.matrix.data[entries[row, item]].astype(np.float64) * factors[row]
        shares = np.zeros((len(items), len(history.items)))
        np.add.at(shares, (order[item], row // len(self.mixture.short)), gains)
        return Shares(np.zeros(len(items)), shares)

    def arrays(self) -> Arrays:
        """The matrix, and the content neighbours where there are some."""
        parts = ("data", "indices", "indptr")
        found = {name: getattr(self.matrix, name) for name in parts}
        if (near := self.content_neighbours) is not None:
            found |= {f"content_neighbours_{name}": getattr(near, name) for name in parts}
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
        prefix = "content_neighbours_"
        has_some = any(name.startswith(prefix) for name in arrays.found)
        near = arrays.rows(prefix, n, n) if has_some else None
        model = cls(matrix, StarWeights.of_settings(settings.part("weights")), mixture, near)
        model._unseen[:] = True
        if arrays.verify:
            model._look_at(np.arange(len(model._unseen)))
        return model
