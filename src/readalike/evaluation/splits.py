"""From marks on the ratings, learnt from or held out, to the test sets that they make."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.cells import id_order
from readalike.data.histories import Histories
from readalike.data.ratings import RatingRows, Ratings, kept
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.evaluation.questions import RankingQueries, RatingQueries, Task

Keys = npt.NDArray[np.number[Any]]

ENOUGH = 20
"""Neighbouring books that would stand by id by chance once in 2^20 tables."""


def id_ranks(ids: Vocabulary) -> npt.NDArray[np.int64]:
    """Place of each index in the order of the ids, whole numbers by value; shape (len(ids),)."""
    ranks = np.empty(len(ids), np.int64)
    ranks[sorted(range(len(ids)), key=lambda i: id_order(ids.ids[i]))] = np.arange(len(ids))
    return ranks


def readers_by_id(ratings: Ratings) -> Ratings:
    """The ratings with readers in the order of their ids; each history keeps its own order."""
    order = sorted(range(len(ratings.users)), key=ratings.users.ids.__getitem__)
    return ratings.take(np.array(order, dtype=np.int64))


def arranged(histories: Histories, keys: Keys) -> Histories:
    """The same rows, each with its entries by ascending key; shape of keys (nnz,)."""
    order = np.lexsort((keys, histories.rows))
    return Histories(
        histories.indptr, histories.items[order], histories.stars[order], histories.n_items
    )


def canonical(ratings: Ratings) -> Ratings:
    """Readers by id, and the books of each by id: the same bits for rows in any order."""
    found = readers_by_id(ratings)
    rows = arranged(found.histories, id_ranks(found.items)[found.histories.items])
    return Ratings(rows, found.users, found.items, found.scale)


def pairs_by_book(ratings: Ratings) -> npt.NDArray[np.int64]:
    """Entries in the order of the book's id, then the reader's; shape (nnz,).

    It is the order of the rows of goodbooks-10k as Kaggle serves it, so that a draw over it is
    the draw that others make over that file.
    """
    histories = ratings.histories
    books, readers = id_ranks(ratings.items), id_ranks(ratings.users)
    return np.lexsort((readers[histories.rows], books[histories.items]))


def drawn_order(histories: Histories, draw: np.random.Generator) -> Histories:
    """Each row in an order of its own, drawn for one row and entry after the other."""
    return arranged(histories, draw.random(len(histories.items)))


def refuse_order_of_ids(histories: Histories, items: Vocabulary, instead: str) -> None:
    """Refuses rows that cannot be in the order of reading, since they are in that of the ids.

    Args:
        histories: What each reader read, in the order of the rows.
        items: Outside ids of the books.
        instead: What to use in place of a protocol by reading order.

    Raises:
        InputError: The books of all readers ascend, or all descend, by id.
    """
    steps = np.diff(id_ranks(items)[histories.items])[np.diff(histories.rows) == 0]
    if len(steps) >= ENOUGH and ((steps > 0).all() or (steps < 0).all()):
        raise InputError(
            "each reader's rows must stand in the order of reading, got a table in which the "
            f"books of every reader are sorted by id; {instead}"
        )


Marks = npt.NDArray[np.bool_]


def divided(
    ratings: Ratings,
    catalogue: Catalogue,
    learnt: Marks,
    shown: Marks,
    held: Marks,
    left_out: Mapping[str, int],
    told: Mapping[str, int],
) -> Task:
    """The task of finding the held-out books that readers liked, and of forecasting all stars.

    Args:
        ratings: The data set, readers in the order of their ids.
        catalogue: What is known of its books.
        learnt: Ratings that algorithms learn from; shape (nnz,).
        shown: Ratings that the model is told of when it is asked; shape (nnz,).
        held: Ratings that are asked for; shape (nnz,).
        left_out: Readers of whom nothing is held out, by reason.
        told: Other things to know, with their numbers.

    Raises:
        InputError: A rating is learnt from or shown and asked for, or a side is empty.
    """
    both = int((held & (learnt | shown)).sum())
    if both:
        raise InputError(f"test rows must not be in training, got {both} of them there")
    training, histories = kept(ratings.histories, learnt), kept(ratings.histories, shown)
    trained = np.flatnonzero(training.lengths)
    users = np.full(len(ratings.users), -1)
    users[trained] = np.arange(len(trained))
    asked_for = kept(ratings.histories, held)
    liked = kept(asked_for, asked_for.stars >= ratings.scale.liked_from)
    asked = np.flatnonzero(liked.lengths)
    questions = RankingQueries(
        tuple(ratings.users.ids[user] for user in asked),
        users[asked],
        histories.take(asked),
        liked.take(asked),
        None,
        {
            **left_out,
            "no liked book held out": int((asked_for.lengths > 0).sum()) - len(asked),
        },
        {**told, "readers without a training row": int((users[asked] < 0).sum())},
    )
    learnt_from = Ratings(training, ratings.users, ratings.items, ratings.scale).take(trained)
    return Task(learnt_from, catalogue, (questions,), _stars(ratings, users, histories, asked_for))


def _stars(
    ratings: Ratings, users: npt.NDArray[np.int64], histories: Histories, asked_for: Histories
) -> RatingQueries | None:
    starred = kept(asked_for, ~np.isnan(asked_for.stars))
    readers = np.flatnonzero(starred.lengths)
    if not len(readers):
        return None
    asked = starred.take(readers)
    return RatingQueries(
        tuple(ratings.users.ids[user] for user in readers),
        users[readers],
        histories.take(readers),
        asked.rows,
        asked.items,
        asked.stars,
    )


def held_count(n: int, share: float, what: str) -> int:
    """How many of n are held out: the share of them, rounded down.

    Args:
        n: How many there are.
        share: Share to hold out.
        what: What they are, for the message.

    Raises:
        InputError: Nothing is left on one of the two sides.
    """
    count = math.floor(n * share + 1e-9)  # 0.29 of 100 are 29, though the product is 28.99...
    if not 0 < count < n:
        raise InputError(
            f"a share of {share:g} must leave {what} to learn from and {what} to test, got "
            f"{n} in all"
        )
    return count


Times = npt.NDArray[np.int64]


class PairTimes(NamedTuple):
    """First and last time of each pair; both have shape (nnz,).

    Attributes:
        first: Time of the earliest row of the pair.
        last: Time of its latest row.
    """

    first: Times
    last: Times


def pair_times(ratings: Ratings, rows: RatingRows | None) -> PairTimes | None:
    """Times in the order of the ratings' entries; None where the rows have none.

    Args:
        ratings: One entry a pair.
        rows: The rows they were made of.

    Raises:
        InputError: The ratings are of other rows.
    """
    if rows is None or rows.times is None:
        return None
    histories = ratings.histories
    width = max(len(ratings.items), 1)
    users = ratings.users.indices(rows.user_ids.ids)[rows.users].astype(np.int64)
    items = ratings.items.indices(rows.item_ids.ids)[rows.items]
    pairs = histories.rows * width + histories.items
    order = np.argsort(pairs)
    wanted = np.where((users >= 0) & (items >= 0), users * width + items, -1)
    place = np.searchsorted(pairs, wanted, sorter=order)
    entry = order[np.minimum(place, len(order) - 1)] if len(order) else place
    if not len(order) or not np.array_equal(pairs[entry], wanted):
        raise InputError("the ratings must be made of the raw rows, got a row of another pair")
    if len(np.unique(entry)) < len(pairs):
        raise InputError("the ratings must be made of the raw rows, got a pair without a row")
    first = np.full(len(pairs), np.iinfo(np.int64).max)
    last = np.full(len(pairs), np.iinfo(np.int64).min)
    np.minimum.at(first, entry, rows.times)
    np.maximum.at(last, entry, rows.times)
    return PairTimes(first, last)
