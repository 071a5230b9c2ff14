"""New readers scored once, to be listed in several ways, and their lists judged."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from readalike.evaluation.questions import RankingQueries
from readalike.models import Ranker
from readalike.models.interface import Scores
from readalike.numerics.ranking_metrics import judge, ndcg


def scored(model: Ranker, queries: RankingQueries) -> Scores:
    """Scores of all books, -inf of those told; shape (readers, books)."""
    scores = np.array(model.score(queries.histories))
    scores[queries.histories.rows, queries.histories.items] = -np.inf
    return scores


def ndcg_of(queries: RankingQueries, lists: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
    """NDCG of each reader at the length of the lists; shape (readers,)."""
    relevant = queries.relevant
    return ndcg(judge(lists, relevant.indptr, relevant.items), lists.shape[1])
