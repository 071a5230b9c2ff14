"""Lists for all readers, made as serving makes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.errors import ModelError
from readalike.models.protocols import KnowsUsers, Ranker, Scores
from readalike.numerics.topn import top_n

ENTRIES = 10_000_000
"""Scores held in memory at a time: 40 MB."""

Indices = npt.NDArray[np.integer[Any]]


def batch_size(n_items: int) -> int:
    """Readers scored together."""
    return max(1, ENTRIES // max(n_items, 1))


def ranked_lists(
    model: Ranker,
    users: Indices,
    histories: Histories,
    n: int,
    ties: Indices,
    progress: Callable[[int, int], None],
) -> npt.NDArray[np.int32]:
    """The n best books of each reader that are not in the history.

    Args:
        model: Scores histories; one that has a table of its users looks known ones up.
        users: Training index of each reader, -1 of one who was not in training.
        histories: What each reader has read; one row a reader.
        n: Length of a list.
        ties: Order in which books of equal score are listed.
        progress: Told how many readers are done, and how many there are.

    Returns:
        Item indices, -1 where a list is shorter; shape (readers, n).

    Raises:
        ModelError: The scores are NaN, or not one for each reader and book.
    """
    lists = np.empty((len(histories), n), np.int32)
    step = batch_size(histories.n_items)
    for start in range(0, len(histories), step):
        told = histories.slice(start, start + step)
        scores = _scores(model, users[start : start + step], told)
        scores[told.rows, told.items] = -np.inf
        lists[start : start + step] = top_n(scores, n, ties)[0]
        progress(start + len(told), len(histories))
    return lists


def _scores(model: Ranker, users: Indices, histories: Histories) -> Scores:
    known = users >= 0
    if not (isinstance(model, KnowsUsers) and known.any()):
        # a copy: what the model hands out may be its own
        return np.array(checked(model.score(histories), histories), dtype=np.float32)
    scores = np.empty((len(histories), histories.n_items), np.float32)
    scores[known] = model.score_users(users[known])
    if not known.all():
        others = histories.take(np.flatnonzero(~known))
        scores[~known] = checked(model.score(others), others)
    return scores


def checked(scores: Scores, histories: Histories) -> Scores:
    """The scores, where there is one for each row and item."""
    wanted = (len(histories), histories.n_items)
    if scores.shape != wanted:
        raise ModelError(f"a model must score {wanted} rows and books, got {scores.shape}")
    return scores
