"""irspack: SLIM, P3alpha and implicit ALS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from harness import Peer, Queries, Table, best


def slim(table: Table, settings: Mapping[str, Any]) -> Any:
    """Sparse linear weights between books."""
    from irspack import SLIMRecommender

    return SLIMRecommender(table.matrix(), n_threads=table.threads, **settings).learn()


def p3alpha(table: Table, settings: Mapping[str, Any]) -> Any:
    """Walks of three steps between readers and books."""
    from irspack import P3alphaRecommender

    return P3alphaRecommender(table.matrix(), n_threads=table.threads, **settings).learn()


def ials(table: Table, settings: Mapping[str, Any]) -> Any:
    """Factors of readers and books."""
    from irspack import IALSRecommender

    return IALSRecommender(table.matrix(), n_threads=table.threads, **settings).learn()


def lists(model: Any, queries: Queries, n: int) -> Any:
    """Scores of readers unknown to the model, a few hundred at a time."""
    parts = [queries.part(start, start + 512) for start in range(0, len(queries.users), 512)]
    known = [part.matrix() for part in parts]
    return np.vstack([best(model.get_score_cold_user(rows), rows, n) for rows in known])


def ranker(fit: Callable[..., Any], grid: Mapping[str, tuple[Any, ...]], **defaults: Any) -> Peer:
    """One of the three."""
    return Peer(fit, lists, defaults=defaults, grid=grid, package="irspack")


PEERS = {
    "irspack SLIM": ranker(
        slim,
        {
            "alpha": (0.01, 0.05, 0.2, 0.5, 1.0),
            "l1_ratio": (0.001, 0.01, 0.05, 0.2),
            "top_k": (None, 100, 300),
        },
    ),
    "irspack P3alpha": ranker(
        p3alpha,
        {
            "alpha": (0.5, 0.7, 1.0, 1.3, 1.6, 2.0),
            "top_k": (None, 50, 100, 200, 400),
            "normalize_weight": (False, True),
        },
    ),
    "irspack iALS": ranker(
        ials,
        {
            "n_components": (64, 128, 192),
            "alpha0": (0.03, 0.1, 0.3, 1.0),
            "reg": (0.001, 0.003, 0.01, 0.03),
            "train_epochs": (8, 12, 16),
        },
    ),
}
