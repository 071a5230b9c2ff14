"""LensKit: item neighbours and implicit ALS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from harness import Peer, Queries, Table


def neighbours(table: Table, settings: Mapping[str, Any]) -> Any:
    """Neighbours by cosine."""
    import pandas as pd
    from lenskit import topn_pipeline
    from lenskit.data import from_interactions_df
    from lenskit.knn import ItemKNNScorer

    rows = pd.DataFrame({"user_id": table.users, "item_id": table.items})
    pipeline = topn_pipeline(ItemKNNScorer(feedback="implicit", **settings))
    pipeline.train(from_interactions_df(rows))
    return pipeline


def als(table: Table, settings: Mapping[str, Any]) -> Any:
    """Factors of readers and books."""
    import pandas as pd
    from lenskit import topn_pipeline
    from lenskit.als import ImplicitMFScorer
    from lenskit.data import from_interactions_df

    rows = pd.DataFrame({"user_id": table.users, "item_id": table.items})
    pipeline = topn_pipeline(ImplicitMFScorer(**settings))
    pipeline.train(from_interactions_df(rows))
    return pipeline


def lists(pipeline: Any, queries: Queries, n: int) -> Any:
    """One query a reader, with the told books as its history."""
    from lenskit import recommend
    from lenskit.data import ItemList, RecQuery

    lists = np.full((len(queries.users), n), -1)
    for reader in np.flatnonzero(np.diff(queries.indptr)):
        known = queries.items[queries.indptr[reader] : queries.indptr[reader + 1]]
        query = RecQuery(history_items=ItemList(item_ids=known))
        ranked = recommend(pipeline, query, n).ids()
        lists[reader, : len(ranked)] = ranked
    return lists


PEERS = {
    "LensKit neighbours": Peer(
        neighbours,
        lists,
        defaults={"max_nbrs": 20},
        grid={
            "max_nbrs": (10, 20, 40, 80),
            "save_nbrs": (100, 400, 1000),
            "min_sim": (1e-6, 0.01, 0.03),
        },
        package="lenskit",
    ),
    "LensKit ALS": Peer(
        als,
        lists,
        defaults={"embedding_size": 50, "epochs": 10, "regularization": 0.1, "weight": 40},
        grid={
            "embedding_size": (64, 128),
            "epochs": (10, 15),
            "regularization": (0.01, 0.1, 1.0, 10.0),
            "weight": (3.0, 10.0, 40.0),
        },
        package="lenskit",
    ),
}
