"""Whether a ranking of a pile tells what a reader marked to be read from what nobody did.

A pile is half marked books and half others. Whoever ranks by fame alone tells the two apart, since
famous books are marked by many. So each marked book stands beside one that as many other readers
marked: fame is then worth a half. Matched is the number of marks and not that of readers, since it
tells more of what is marked. The reader's own mark is not counted: it would make a marked book seem
more famous than it is.

Marks and ratings have no times: a book may have been marked before or after any of those that the
ranker is told. It is asked what a reader wants, not what comes next. No ranker learns from marks;
a known reader's ratings are learnt from, as they are in serving.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.errors import InputError
from readalike.evaluation.run import batch_size, checked
from readalike.models.interface import Ranker
from readalike.tables.dataset import read

F64 = npt.NDArray[np.float64]
Books = npt.NDArray[np.int64]

Others = Callable[[Books, Books, npt.NDArray[np.bool_], np.random.Generator], Books]
"""From marked books, the marks of each book, which are free, and a draw to as many free books."""


@dataclass(frozen=True, eq=False)
class Piles:
    """A pile of each reader: books that were marked, and for each one that was not.

    Attributes:
        readers: Outside ids.
        histories: What each reader has read; one row a reader.
        marked: Books that a reader marked and has not read; one row a reader.
        others: For each marked book, in the same place, one neither marked nor read.
        marks: How many readers marked each book; shape (n_items,).
        read_since: Marks of these readers that are left aside, as they have read the book.
    """

    readers: tuple[str, ...]
    histories: Histories
    marked: Histories
    others: Histories
    marks: npt.NDArray[np.int64]
    read_since: int

    def __len__(self) -> int:
        return len(self.readers)

    def shown(self, n: int) -> Self:
        """The same piles of readers who tell no more than the first n books of their histories."""
        return replace(self, histories=self.histories.first(n))

    def pile(self, at: int) -> tuple[Books, npt.NDArray[np.bool_]]:
        """The books of one pile, and which of them were marked; shape (2 * marked,) each."""
        marked, others = self.marked.row(at)[0], self.others.row(at)[0]
        books = np.concatenate([marked, others]).astype(np.int64)
        return books, np.arange(len(books)) < len(marked)


class Areas(NamedTuple):
    """What a ranker makes of each pile; each of shape (readers,).

    Attributes:
        auc: The chance that a marked book has a higher score than another, equal ones counting
            half.
        listed: That it is listed above it: of equal scores, the more popular book comes first.
        tied: Share of the pairs of a marked book and another that have the same score.
    """

    auc: F64
    listed: F64
    tied: F64


def auc(scores: npt.NDArray[np.number[Any]], right: npt.NDArray[np.bool_]) -> float:
    """The chance that a right one has a higher score than another, equal ones counting half.

    By ranks, U / (right * others) [Mann and Whitney 1947].

    Args:
        scores: Shape (n,).
        right: Whether each is right; shape (n,).

    Raises:
        ValueError: All are right, or none, or a score is NaN.
    """
    positive, negative = _counted(scores, right)
    ranks = float(rankdata(scores)[right].sum())
    return (ranks - positive * (positive + 1) / 2) / (positive * negative)


def tied(scores: npt.NDArray[np.number[Any]], right: npt.NDArray[np.bool_]) -> float:
    """Share of the pairs of a right one and another that have the same score.

    Args:
        scores: Shape (n,).
        right: Whether each is right; shape (n,).

    Raises:
        ValueError: All are right, or none, or a score is NaN.
    """
    positive, negative = _counted(scores, right)
    values, codes = np.unique(scores, return_inverse=True)
    above = np.bincount(codes[right], minlength=len(values))
    beside = np.bincount(codes[~right], minlength=len(values))
    return float(above @ beside) / (positive * negative)


def _counted(scores: npt.NDArray[np.number[Any]], right: npt.NDArray[np.bool_]) -> tuple[int, int]:
    positive = int(right.sum())
    negative = len(right) - positive
    if not positive or not negative:
        raise ValueError(f"there must be right ones and others, got {positive} and {negative}")
    if np.isnan(scores).any():
        raise ValueError("a score must be a number, got NaN")
    return positive, negative


def as_often_marked(
    wanted: Books, marks: Books, free: npt.NDArray[np.bool_], draw: np.random.Generator
) -> Books:
    """For each wanted book in a drawn order the free one whose marks are nearest, taken once.

    Of those that are as near, each is as likely.
    """
    left = free.copy()
    found = np.empty(len(wanted), np.int64)
    for at in draw.permutation(len(wanted)).tolist():
        near = np.flatnonzero(left)
        # but for the reader's own mark, which no other book of the pile has
        distance = np.abs(marks[near] - (marks[wanted[at]] - 1))
        found[at] = draw.choice(near[distance == distance.min()])
        left[found[at]] = False
    return found


def any_others(
    wanted: Books, marks: Books, free: npt.NDArray[np.bool_], draw: np.random.Generator
) -> Books:
    """As many free books as are wanted, all being equally likely."""
    return draw.choice(np.flatnonzero(free), len(wanted), replace=False)


def read_marks(file: Path, ratings: Ratings) -> Ratings:
    """Which books readers mean to read; those that the ratings do not know are left out.

    Args:
        file: Pairs of a reader and a book, as `to_read.csv` of goodbooks-10k has them.
        ratings: Whose books are meant.
    """
    rows = read(file).rows
    items = ratings.items.indices(rows.item_ids.ids)[rows.items]
    known = items >= 0
    marked = replace(
        rows,
        users=rows.users[known],
        items=items[known],
        stars=rows.stars[known],
        item_ids=ratings.items,
        scale=ratings.scale,
    )
    return marked.merged()[0]


def piles_of(ratings: Ratings, marks: Ratings, others: Others, n: int, seed: int) -> Piles:
    """Piles of readers who have read something and marked something else.

    The same seed draws the same readers, however others are drawn. Whoever leaves fewer books
    free than they marked has no pile.

    Args:
        ratings: What was read.
        marks: What was marked, by these readers and by everybody else.
        others: How the books beside the marked ones are drawn.
        n: How many readers at most.
        seed: Draws readers and others.

    Raises:
        InputError: Ratings and marks are not of the same books.
    """
    if ratings.items.ids != marks.items.ids:
        raise InputError("marks must be of the books of the ratings; read both as one data set")
    draw = np.random.default_rng(seed)
    counts = marks.item_counts
    row_of = ratings.users.indices(marks.users.ids)
    kept: list[int] = []
    pairs: list[tuple[Books, Books]] = []
    read_since = 0
    for reader in draw.permutation(np.flatnonzero(row_of >= 0)).tolist():
        if len(kept) == n:
            break
        read, meant = ratings.histories.row(row_of[reader])[0], marks.histories.row(reader)[0]
        wanted = np.setdiff1d(meant, read).astype(np.int64)
        free = np.ones(len(counts), np.bool_)
        free[read] = free[meant] = False
        if not len(read) or not 0 < len(wanted) <= free.sum():
            continue
        kept.append(reader)
        pairs.append((wanted, others(wanted, counts, free, draw)))
        read_since += len(meant) - len(wanted)
    return Piles(
        tuple(marks.users.ids[reader] for reader in kept),
        ratings.histories.take(row_of[kept]),
        _rows([wanted for wanted, _ in pairs], len(counts)),
        _rows([other for _, other in pairs], len(counts)),
        counts,
        read_since,
    )


def areas(model: Ranker, piles: Piles, popularity: npt.NDArray[np.floating[Any]]) -> Areas:
    """Judges a ranker that is told each reader's history.

    Args:
        model: Scores histories.
        piles: What it ranks.
        popularity: What tells equal scores apart in a list; shape (n_items,).

    Raises:
        ModelError: The scores are not one for each reader and book.
    """
    found = np.empty((3, len(piles)))
    step = batch_size(piles.histories.n_items)
    for start in range(0, len(piles), step):
        shown = piles.histories.slice(start, start + step)
        for at, scores in enumerate(checked(model.score(shown), shown), start=start):
            books, right = piles.pile(at)
            own = scores[books]
            places = np.unique(
                np.column_stack([own, popularity[books]]), axis=0, return_inverse=True
            )[1].ravel()
            found[:, at] = auc(own, right), auc(places, right), tied(own, right)
    return Areas(*found)


def areas_of_marks(piles: Piles) -> F64:
    """The AUC of how many other readers marked each book, ties half; shape (readers,)."""
    found = np.empty(len(piles))
    for at in range(len(piles)):
        books, right = piles.pile(at)
        found[at] = auc(piles.marks[books] - right, right)
    return found


def _rows(books: list[Books], n_items: int) -> Histories:
    return Histories.of_rows([(row.tolist(), [np.nan] * len(row)) for row in books], n_items)
