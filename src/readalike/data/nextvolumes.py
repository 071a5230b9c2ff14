"""What many readers know, and which volume is next for each: a batch of histories at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.data.histories import Histories
from readalike.data.volumes import Bools, Volumes

Places = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
"""Rows and books, side by side."""


@dataclass(frozen=True, eq=False)
class NextVolumes:
    """`Volumes.known` and `Volumes.entries` of a batch, of which only what differs is looked at.

    Most series no reader has touched, and their entries are those of a reader of nothing.

    Attributes:
        volumes: What the books are.
    """

    volumes: Volumes

    def known(self, histories: Histories) -> Places:
        """The books that hold nothing new for each reader, by row."""
        volumes = self.volumes
        shape = (len(histories), volumes.gives.shape[0])
        entries = (np.ones(len(histories.items), np.int32), histories.items, histories.indptr)
        read = sp.csr_array(entries, shape) @ self._editions
        units = (read @ volumes.gives).astype(np.bool_).astype(np.int32)
        held = sp.coo_array(units @ self._needed)
        whole = held.data == np.diff(volumes.needs.indptr)[held.col]
        both = sp.csr_array((held.data[whole], (held.row[whole], held.col[whole])), shape) + read
        found = sp.coo_array(both @ self._editions)
        return found.row.astype(np.int64), found.col.astype(np.int64)

    def beyond(self, n_rows: int, known: Places) -> tuple[Bools, Places, Bools]:
        """Which books are not the next ones.

        Args:
            n_rows: How many readers there are.
            known: What they know.

        Returns:
            The books that are not next for a reader of nothing, shape (n_books,); the rows and
            books of all series of which a reader knows something; and which of these are not next.
        """
        volumes, n = self.volumes, len(self.volumes.series)
        rows, items = known
        of = volumes.series[items]
        pairs = np.unique(rows[of >= 0] * self._width + of[of >= 0])
        row, series = np.divmod(pairs, self._width)
        starts, counts = self._starts[series], self._counts[series]
        ends = np.cumsum(counts)
        at = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + counts, counts)
        book, pair = self._by_series[at], np.repeat(np.arange(len(pairs)), counts)
        row = row[pair]
        knows = np.isin(row * n + book, rows * n + items)
        ranks = volumes.ranks[book]
        unread = np.where(volumes.leads[book] & ~knows, ranks, np.inf)
        following = np.full(len(pairs), np.inf)
        np.minimum.at(following, pair, unread)
        entries = volumes.following(book, following[pair]) & ~knows
        return ~self._first, (row, book), ~entries

    @cached_property
    def _editions(self) -> sp.csr_array:
        """Books x books, 1 where both are one work."""
        works = self.volumes.works
        n_works = int(works.max(initial=-1)) + 1
        ones = np.ones(len(works), np.int32)
        of = sp.csr_array((ones, (np.arange(len(works)), works)), (len(works), n_works))
        return sp.csr_array(of @ of.T)

    @cached_property
    def _needed(self) -> sp.csr_array:
        return sp.csr_array(self.volumes.needs.T)

    @cached_property
    def _first(self) -> Bools:
        """The entries of a reader of nothing."""
        return self.volumes.entries(np.zeros(len(self.volumes.series), np.bool_))

    @property
    def _width(self) -> int:
        return len(self.volumes.names) + 1

    @cached_property
    def _by_series(self) -> npt.NDArray[np.int64]:
        """All books, by series; those of none first."""
        return np.argsort(self.volumes.series, kind="stable")

    @cached_property
    def _counts(self) -> npt.NDArray[np.int64]:
        return np.bincount(
            self.volumes.series[self.volumes.series >= 0], minlength=len(self.volumes.names)
        )

    @cached_property
    def _starts(self) -> npt.NDArray[Any]:
        ends = np.cumsum(self._counts)
        return ends - self._counts + int((self.volumes.series < 0).sum())
