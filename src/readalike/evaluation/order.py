"""The orders that draws are made in, so that no figure hangs on where a row stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.cells import id_order
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError

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
