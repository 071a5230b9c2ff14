"""skrecsys: EASE, SLIM, item neighbours and RP3beta, in the style of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from harness import Peer, Queries, Table


def ease(table: Table, settings: Mapping[str, Any]) -> Any:
    """The exact linear model."""
    from skrecsys.recommendation import EASE

    return EASE(n_jobs=table.threads, **settings).fit(np.column_stack([table.users, table.items]))


def slim(table: Table, settings: Mapping[str, Any]) -> Any:
    """Sparse linear weights between books."""
    from skrecsys.recommendation import SLIMElasticNet

    model = SLIMElasticNet(n_jobs=table.threads, **settings)
    return model.fit(np.column_stack([table.users, table.items]))


def neighbours(table: Table, settings: Mapping[str, Any]) -> Any:
    """Neighbours by cosine."""
    from skrecsys.recommendation import ItemKNNRecommender

    model = ItemKNNRecommender(n_jobs=table.threads, **settings)
    return model.fit(np.column_stack([table.users, table.items]))


def rp3beta(table: Table, settings: Mapping[str, Any]) -> Any:
    """Walks of three steps, less drawn to popular books."""
    from skrecsys.recommendation import RP3Beta

    model = RP3Beta(n_jobs=table.threads, **settings)
    return model.fit(np.column_stack([table.users, table.items]))


def lists(model: Any, queries: Queries, n: int) -> Any:
    """Lists of readers by their number."""
    return model.recommend(queries.users, n_recommendations=n)[0]


NOTE = "takes readers it was trained on only: the told books are added to the training rows"
PEERS = {
    "skrecsys EASE": Peer(
        ease,
        lists,
        defaults={"l2_reg": 500.0},
        grid={"l2_reg": (100.0, 200.0, 300.0, 500.0, 1000.0, 2000.0)},
        folds_in=False,
        package="skrecsys",
        note=NOTE,
    ),
    "skrecsys SLIM": Peer(
        slim,
        lists,
        defaults={"alpha": 1.0, "l1_ratio": 0.1, "n_neighbors": 100},
        grid={
            "alpha": (0.01, 0.03, 0.1, 0.3),
            "l1_ratio": (0.003, 0.01, 0.03, 0.1),
            "n_neighbors": (50, 100, 200),
        },
        folds_in=False,
        package="skrecsys",
        note="not asked of new readers: it takes readers it was trained on only, and a fit for "
        "each length is over the limit; with its default penalty all weights are 0, and its grid "
        "was set after a look at answers on the quick notebook split, which can only favour it",
    ),
    "skrecsys neighbours": Peer(
        neighbours,
        lists,
        defaults={"n_neighbors": 50, "shrink": 0.0},
        grid={"n_neighbors": (50, 100, 200, 400, 800), "shrink": (0.0, 5.0, 20.0, 100.0)},
        folds_in=False,
        package="skrecsys",
        note=NOTE,
    ),
    "skrecsys RP3beta": Peer(
        rp3beta,
        lists,
        defaults={"n_neighbors": 100, "alpha": 1.0, "beta": 0.6},
        grid={
            "n_neighbors": (50, 100, 200, 400),
            "alpha": (0.5, 0.7, 1.0, 1.3),
            "beta": (0.0, 0.2, 0.4, 0.6),
        },
        folds_in=False,
        package="skrecsys",
        note=NOTE,
    ),
}
