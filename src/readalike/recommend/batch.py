"""The lists of all stored readers, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from readalike.bibliography.works import Editions
from readalike.data.histories import Histories
from readalike.models import ItemScores, Ranker
from readalike.models.interface import KnowsUsers, Scores
from readalike.numerics.mmr import mmr_top_n
from readalike.numerics.topn import top_n
from readalike.recommend.rules import Rulebook, Rules

BATCH = 512

Items = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class BatchRecommender:
    """What the lists of all readers are made with.

    Attributes:
        model: Scores histories; one that has a table of its users looks them up.
        popularity: What a reader is answered who has read nothing.
        rulebook: What the rules look up.
        editions: Of one unread work only one is listed.
        rules: What is not listed beside what was read.
        ties: Items in the order in which equal scores are listed.
    """

    model: Ranker
    popularity: ItemScores
    rulebook: Rulebook
    editions: Editions
    rules: Rules
    ties: npt.NDArray[np.int64]

    def lists(self, histories: Histories, n: int) -> Iterator[tuple[Items, Scores]]:
        """The n best books of each reader.

        Args:
            histories: One row a reader, in the order of the model's users.
            n: How many, at least 1.

        Yields:
            Item indices and scores, shape (batch, n or all books); -1 and -inf where a list is
            shorter.
        """
        for start in range(0, len(histories), BATCH):
            told = histories.slice(start, start + BATCH)
            if isinstance(self.model, KnowsUsers):
                scores = self.model.score_users(np.arange(start, start + len(told)))
            else:
                scores = self.model.score(told)
            scores[told.lengths == 0] = self.popularity.scores
            self._leave(told, scores)
            yield self._best(scores, min(n, self.model.n_items))

    def _leave(self, told: Histories, scores: Scores) -> None:
        """Sets the scores of all that must not be listed to -inf."""
        volumes = self.rulebook.volumes
        known = volumes.known(told)
        if self.rules.series:
            volumes.not_next(known).exclude_from(scores)
        if self.rules.editions:
            known.exclude_from(scores)
        scores[:, self.rulebook.left_out_for_all(self.rules)] = -np.inf
        scores[told.rows, told.items] = -np.inf
        if self.rules.editions:
            scores[self.editions.lesser(scores)] = -np.inf

    def _best(self, scores: Scores, n: int) -> tuple[Items, Scores]:
        if not self.rules.by_author:
            return top_n(scores, n, self.ties)
        found = np.full((len(scores), n), -1, np.int32)
        values = np.full((len(scores), n), -np.inf, np.float32)
        authors = self.rulebook.first_authors
        for row, each in enumerate(scores):
            items = mmr_top_n(each, n, self.ties, authors, self.rules.by_author)
            found[row, : len(items)], values[row, : len(items)] = items, each[items]
        return found, values
