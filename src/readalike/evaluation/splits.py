"""From marks on the ratings, learnt from or held out, to the test sets that they make."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.cells import id_order
from readalike.data.histories import Histories
from readalike.data.ratings import RatingRows, Ratings, kept
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.evaluation.questions import RankingQueries, RatingQueries, Task
from readalike.numerics.arrays import I64, Bools, Indices
from readalike.numerics.masks import marks

ENOUGH = 20
"""Neighbouring books that would stand by id by chance once in 2^20 tables."""


def id_ranks(ids: Vocabulary) -> I64:
    """Place of each index in the order of the ids, whole numbers by value; shape (len(ids),)."""
    ranks = np.empty(len(ids), np.int64)
    ranks[sorted(range(len(ids)), key=lambda i: id_order(ids.ids[i]))] = np.arange(len(ids))
    return ranks


def readers_by_id(ratings: Ratings) -> Ratings:
    """The ratings with readers in the order of their ids; each history keeps its own order."""
    order = sorted(range(len(ratings.users)), key=ratings.users.ids.__getitem__)
    return ratings.take(np.array(order, dtype=np.int64))


def arranged(ratings: Ratings, *keys: npt.NDArray[np.number[Any]]) -> Ratings:
    """The same ratings, the entries of each reader by ascending keys, the last first; (nnz,)."""
    old = ratings.histories
    order = np.lexsort((*keys, old.rows))
    histories = Histories(old.indptr, old.items[order], old.stars[order], old.n_items)
    return Ratings(histories, ratings.users, ratings.items, ratings.scale)


def canonical(ratings: Ratings) -> Ratings:
    """Readers by id, and the books of each by id: the same bits for rows in any order."""
    found = readers_by_id(ratings)
    return arranged(found, id_ranks(found.items)[found.histories.items])


def drawn_order(ratings: Ratings, draw: np.random.Generator) -> Ratings:
    """The books of each reader in an order drawn for one reader and entry after the other."""
    return arranged(ratings, draw.random(len(ratings)))


def pairs_by_book(ratings: Ratings) -> I64:
    """Entries in the order of the book's id, then the reader's; shape (nnz,).

    It is the order of the rows of goodbooks-10k as Kaggle serves it, so that a draw over it is
    the draw that others make over that file.
    """
    histories = ratings.histories
    books, readers = id_ranks(ratings.items), id_ranks(ratings.users)
    return np.lexsort((readers[histories.rows], books[histories.items]))


def refuse_order_of_ids(ratings: Ratings, instead: str) -> None:
    """Refuses rows that cannot be in the order of reading, since they are in that of the ids."""
    histories = ratings.histories
    steps = np.diff(id_ranks(ratings.items)[histories.items])[np.diff(histories.rows) == 0]
    if len(steps) >= ENOUGH and ((steps > 0).all() or (steps < 0).all()):
        raise InputError(
            "each reader's rows must stand in the order of reading, got a table in which the books "
            f"of every reader are sorted by id; {instead}"
        )


def without_one(ratings: Ratings, held_out: Bools) -> int:
    """How many readers have no entry that is held out; shape of the marks (nnz,)."""
    return len(ratings.users) - len(np.unique(ratings.histories.rows[held_out]))


def held_out(ratings: Ratings, catalogue: Catalogue, entries: Indices) -> Task:
    """The task of finding some entries, learnt from all others."""
    chosen = marks(entries, len(ratings))
    left_out = {"no held-out book": without_one(ratings, chosen)}
    return divided(ratings, catalogue, held_out=chosen, left_out=left_out)


def divided(
    ratings: Ratings,
    catalogue: Catalogue,
    *,
    held_out: Bools,
    learnt: Bools | None = None,
    shown: Bools | None = None,
    left_out: Mapping[str, int],
    notes: Mapping[str, int] | None = None,
) -> Task:
    """The task of finding the held-out books that readers liked, and of forecasting all stars.

    The ratings have readers in the order of their ids; the marks, (nnz,), say which are held out,
    which are learnt from, by default all others, and which the model is given with a question,
    by default those that are learnt from.
    """
    learnt = ~held_out if learnt is None else learnt
    shown = learnt if shown is None else shown
    both = int((held_out & (learnt | shown)).sum())
    if both:
        raise InputError(f"test rows must not be in training, got {both} of them there")
    training, tested = kept(ratings.histories, learnt), kept(ratings.histories, held_out)
    liked = kept(tested, tested.stars >= ratings.scale.liked_from)
    unliked = (tested.lengths > 0) & (liked.lengths == 0)
    return task_of(
        Ratings(training, ratings.users, ratings.items, ratings.scale),
        catalogue,
        histories=kept(ratings.histories, shown),
        relevant=liked,
        tested=tested,
        left_out={**left_out, "no liked book held out": int(unliked.sum())},
        notes={**(notes or {}), "readers without a training row": untrained(training, liked)},
    )


def untrained(learnt: Histories, relevant: Histories) -> int:
    """How many readers with a right answer have nothing that is learnt from."""
    return int(((relevant.lengths > 0) & (learnt.lengths == 0)).sum())


def task_of(
    learnt: Ratings,
    catalogue: Catalogue,
    *,
    histories: Histories,
    relevant: Histories,
    tested: Histories,
    left_out: Mapping[str, int],
    notes: Mapping[str, int],
) -> Task:
    """The task of asking readers in the order of their ids, one row each in all tables.

    The model is told the histories; readers without a relevant book are not asked for books; of
    the books asked, of which one may stand twice, those with stars are to be forecast.
    """
    trained = np.flatnonzero(learnt.histories.lengths)
    users = np.full(len(learnt.users), -1)
    users[trained] = np.arange(len(trained))
    starred = kept(tested, ~np.isnan(tested.stars))
    ranked, rated = np.flatnonzero(relevant.lengths), np.flatnonzero(starred.lengths)
    books = RankingQueries(
        readers=tuple(learnt.users.ids[reader] for reader in ranked),
        users=users[ranked],
        histories=histories.take(ranked),
        relevant=relevant.take(ranked),
        left_out=left_out,
        notes=notes,
    )
    stars = RatingQueries(
        readers=tuple(learnt.users.ids[reader] for reader in rated),
        users=users[rated],
        histories=histories.take(rated),
        rows=starred.take(rated).rows,
        items=starred.items,
        stars=starred.stars,
    )
    return Task(learnt.take(trained), catalogue, (books,), stars if len(rated) else None)


def held_out_count(n: int, share: float, what: str) -> int:
    """How many of n are held out: the share of them, rounded down; `what` they are."""
    count = math.floor(n * share + 1e-9)  # 0.29 of 100 are 29, though the product is 28.99...
    if not 0 < count < n:
        raise InputError(
            f"a share of {share:g} must leave {what} to learn from and {what} to test, got {n} "
            "in all"
        )
    return count


def pair_times(ratings: Ratings, rows: RatingRows | None) -> tuple[I64, I64] | None:
    """First and last time of each pair; shape (nnz,) each. None where the rows have no times.

    Raises:
        InputError: The ratings are of other rows.
    """
    if rows is None or rows.times is None:
        return None
    histories, width = ratings.histories, max(len(ratings.items), 1)
    users = ratings.users.indices(rows.user_ids.ids)[rows.users].astype(np.int64)
    items = ratings.items.indices(rows.item_ids.ids)[rows.items]
    pairs = histories.rows * width + histories.items
    of_rows = np.where((users >= 0) & (items >= 0), users * width + items, -1)
    there = np.unique(of_rows)
    if not len(pairs) or not np.isin(there, pairs).all():
        raise InputError("the ratings must be made of the raw rows, got a row of another pair")
    if len(there) < len(pairs):
        raise InputError("the ratings must be made of the raw rows, got a pair without a row")
    order = np.argsort(pairs)
    entry = order[np.searchsorted(pairs, of_rows, sorter=order)]
    first = np.full(len(pairs), np.iinfo(np.int64).max)
    last = np.full(len(pairs), np.iinfo(np.int64).min)
    np.minimum.at(first, entry, rows.times)
    np.maximum.at(last, entry, rows.times)
    return first, last
