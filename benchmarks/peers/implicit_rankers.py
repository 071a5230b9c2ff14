"""implicit: alternating least squares, and neighbours by cosine and BM25."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from harness import Peer, Queries, Table


def als(table: Table, settings: Mapping[str, Any]) -> Any:
    """Factors of the readers and books."""
    from implicit.als import AlternatingLeastSquares

    model = AlternatingLeastSquares(num_threads=table.threads, random_state=0, **settings)
    model.fit(table.matrix(), show_progress=False)
    return model


def als_lists(model: Any, queries: Queries, n: int) -> Any:
    """Readers are folded in: their factors are computed from what they are told."""
    readers = np.arange(len(queries.users))
    return model.recommend(readers, queries.matrix(), N=n, recalculate_user=True)[0]


def cosine(table: Table, settings: Mapping[str, Any]) -> Any:
    """Neighbours by cosine."""
    from implicit.nearest_neighbours import CosineRecommender

    model = CosineRecommender(num_threads=table.threads, **settings)
    model.fit(table.matrix(), show_progress=False)
    return model


def bm25(table: Table, settings: Mapping[str, Any]) -> Any:
    """Neighbours by BM25."""
    from implicit.nearest_neighbours import BM25Recommender

    model = BM25Recommender(num_threads=table.threads, **settings)
    model.fit(table.matrix(), show_progress=False)
    return model


def neighbour_lists(model: Any, queries: Queries, n: int) -> Any:
    """Neighbours of the told books; what it fills short lists with has no score."""
    books, scores = model.recommend(np.arange(len(queries.users)), queries.matrix(), N=n)
    return np.where(scores > 0, books, -1)


PEERS = {
    "implicit ALS": Peer(
        als,
        als_lists,
        defaults={"factors": 100, "regularization": 0.01, "alpha": 1.0, "iterations": 15},
        grid={
            "factors": (64, 128, 192),
            "regularization": (0.01, 0.1, 1.0, 10.0),
            "alpha": (1.0, 3.0, 10.0, 30.0),
            "iterations": (10, 15),
        },
        package="implicit",
    ),
    "implicit cosine": Peer(
        cosine,
        neighbour_lists,
        defaults={"K": 20},
        grid={"K": (20, 50, 100, 200, 400, 800)},
        package="implicit",
    ),
    "implicit BM25": Peer(
        bm25,
        neighbour_lists,
        defaults={"K": 20, "K1": 1.2, "B": 0.75},
        grid={
            "K": (20, 50, 100, 200, 400),
            "K1": (0.1, 0.3, 1.2, 5.0, 50.0),
            "B": (0.0, 0.25, 0.5, 0.75, 1.0),
        },
        package="implicit",
    ),
}
