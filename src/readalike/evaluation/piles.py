"""Whether a ranking of a pile tells what a reader marked to be read from what nobody did.

Marks and ratings have no times here: a mark may be younger or older than any rating. No ranker
learns from marks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.models.protocols import Ranker
from readalike.numerics.auc import auc

F64 = npt.NDArray[np.float64]
AT_ONCE = 1_000
"""Readers whose scores are held in memory: 40 MB for 10,000 books."""


@dataclass(frozen=True, eq=False)
class Piles:
    """A pile of each reader: books that were marked, and for each one that was not.

    Attributes:
        histories: What each reader has read; one row a reader.
        marked: Books that a reader marked and has not read; one row a reader.
        others: For each marked book one that the reader neither marked nor read; shape
            (marked,), int32.
        read_since: Marks that are left aside, as the reader has read the book.
    """

    histories: Histories
    marked: Histories
    others: npt.NDArray[np.int32]
    read_since: int

    def __len__(self) -> int:
        return len(self.marked)


def piles_of(
    ratings: Ratings, marks: Ratings, fame: npt.NDArray[np.floating[Any]] | None, n: int, seed: int
) -> Piles:
    """Piles of readers who have read something and marked something else.

    The other of a marked book is the one next to it in the order of fame that is not in the pile
    yet, on the side that a coin tells where both are as near; without fame any, all being equally
    likely.

    Args:
        ratings: What was read.
        marks: What was marked; of the same books.
        fame: How known each book is; only the order counts; shape (n_items,). None for none.
        n: How many readers at most, drawn by the seed.
        seed: Draws readers, others and sides.
    """
    draw = np.random.default_rng(seed)
    users = ratings.users.indices(marks.users.ids)
    who = np.flatnonzero((users >= 0) & (marks.histories.lengths > 0))
    who = who[ratings.histories.lengths[users[who]] > 0]
    order = draw.permutation(ratings.histories.n_items)
    if fame is not None:
        order = order[np.argsort(-fame[order], kind="stable")]
    rows: list[tuple[list[int], list[float]]] = []
    kept: list[int] = []
    others: list[npt.NDArray[np.int32]] = []
    read_since = 0
    for reader in draw.permutation(who).tolist():
        if len(kept) == n:
            break
        read = ratings.histories.row(users[reader])[0]
        all_marked = marks.histories.row(reader)[0]
        wanted = np.setdiff1d(all_marked, read)
        read_since += len(all_marked) - len(wanted)
        taken = np.zeros(len(order), np.bool_)
        taken[read] = taken[wanted] = True
        if not len(wanted) or (~taken).sum() < len(wanted):
            continue
        kept.append(reader)
        rows.append((wanted.tolist(), [np.nan] * len(wanted)))
        others.append(
            draw.choice(np.flatnonzero(~taken), len(wanted), replace=False).astype(np.int32)
            if fame is None
            else _next_to(wanted, order, taken, draw)
        )
    marked = Histories.of_rows(rows, ratings.histories.n_items)
    each = np.concatenate(others) if others else np.zeros(0, np.int32)
    return Piles(ratings.histories.take(users[kept]), marked, each, read_since)


def areas(model: Ranker, piles: Piles) -> F64:
    """The AUC of each reader's pile by a ranker that is told the history; shape (readers,)."""
    found = np.empty(len(piles))
    for start in range(0, len(piles), AT_ONCE):
        scores = model.score(piles.histories.slice(start, start + AT_ONCE))
        for at, row in enumerate(scores, start=start):
            span = slice(piles.marked.indptr[at], piles.marked.indptr[at + 1])
            marked = row[piles.marked.items[span]]
            right = np.arange(2 * len(marked)) < len(marked)
            found[at] = auc(np.concatenate([marked, row[piles.others[span]]]), right)
    return found


def _next_to(
    wanted: npt.NDArray[np.int32],
    order: npt.NDArray[np.int64],
    taken: npt.NDArray[np.bool_],
    draw: np.random.Generator,
) -> npt.NDArray[np.int32]:
    """A free book next to each wanted one in an order; each is taken once."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    free = ~taken[order]
    found = np.empty(len(wanted), np.int32)
    for at in draw.permutation(len(wanted)).tolist():
        near = np.flatnonzero(free)
        distance = np.abs(near - place[wanted[at]])
        nearest = near[distance == distance.min()]
        chosen = int(nearest[draw.integers(len(nearest))])
        free[chosen] = False
        found[at] = order[chosen]
    return found
