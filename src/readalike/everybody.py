"""The lists of all stored readers, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.models import ItemScores, Ranker
from readalike.models.protocols import KnowsUsers, Scores
from readalike.numerics.topn import top_n
from readalike.rules import Rulebook, Rules

BATCH = 512


def lists_of_all(
    model: Ranker,
    histories: Histories,
    popularity: ItemScores,
    rulebook: Rulebook,
    rules: Rules,
    ties: npt.NDArray[np.int64],
    n: int,
) -> Iterator[tuple[npt.NDArray[np.int32], Scores]]:
    """The n best books of each reader.

    Args:
        model: Scores histories; one that has a table of its users looks them up.
        histories: One row a reader, in the order of the model's users.
        popularity: What a reader is answered who has read nothing.
        rulebook: What the rules look up.
        rules: What is not listed beside what was read.
        ties: Items in the order in which equal scores are listed.
        n: How many, at least 1.

    Yields:
        Item indices and scores, shape (batch, n or all books); -1 and -inf where a list is
        shorter.
    """
    for start in range(0, len(histories), BATCH):
        told = histories.slice(start, start + BATCH)
        if isinstance(model, KnowsUsers):
            scores = model.score_users(np.arange(start, start + len(told)))
        else:
            scores = model.score(told)
        scores[told.lengths == 0] = popularity.scores
        scores[told.rows, told.items] = -np.inf
        for row, history in enumerate(np.split(told.items, told.indptr[1:-1])):
            for mask in rulebook.left_out(rules, history).values():
                scores[row, mask] = -np.inf
        yield top_n(scores, min(n, model.n_items), ties)
