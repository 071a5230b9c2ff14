"""Spark's ALS: implicit for lists, explicit for stars."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from harness import Peer, Queries, Table

SCRATCH = tempfile.TemporaryDirectory(prefix="spark-")
"""Where Spark writes its checkpoints, without which more than ten iterations overflow its stack."""


def fitted(table: Table, values: Any, settings: Mapping[str, Any], implicit: bool) -> Any:
    """A session on this machine, and the model."""
    import pandas as pd
    from pyspark.ml.recommendation import ALS
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master(f"local[{table.threads}]")
        .config("spark.driver.memory", "6g")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.execution.arrow.pyspark.enabled", "true")
        .getOrCreate()
    )
    rows = pd.DataFrame({"user": table.users, "item": table.items, "rating": values})
    session.sparkContext.setCheckpointDir(SCRATCH.name)
    learner = ALS(implicitPrefs=implicit, seed=0, checkpointInterval=5, **settings)
    return session, learner.fit(session.createDataFrame(rows))


def implicit(table: Table, settings: Mapping[str, Any]) -> Any:
    """Factors of who read what."""
    return fitted(table, np.ones(len(table.users), np.float32), settings, implicit=True)


def explicit(table: Table, settings: Mapping[str, Any]) -> Any:
    """Factors of the stars."""
    return fitted(table, table.stars, settings, implicit=False)


def lists(model: Any, queries: Queries, n: int) -> Any:
    """Its lists, so much longer that they can do without what was read."""
    import pandas as pd

    session, als = model
    longest = int(np.diff(queries.indptr).max())
    readers = session.createDataFrame(pd.DataFrame({"user": queries.users}))
    rows = als.recommendForUserSubset(readers, n + longest).toPandas()
    place = {user: row for row, user in enumerate(queries.users.tolist())}
    lists = np.full((len(queries.users), n), -1)
    for user, ranked in zip(rows["user"], rows["recommendations"], strict=True):
        reader = place[user]
        known = set(queries.items[queries.indptr[reader] : queries.indptr[reader + 1]].tolist())
        kept = [book["item"] for book in ranked if book["item"] not in known][:n]
        lists[reader, : len(kept)] = kept
    return lists


def stars(model: Any, users: Any, items: Any) -> Any:
    """Forecasts of pairs; NaN of readers and books it does not know."""
    import pandas as pd

    session, als = model
    pairs = pd.DataFrame({"row": np.arange(len(users)), "user": users, "item": items})
    forecasts = als.transform(session.createDataFrame(pairs)).toPandas()
    return forecasts.sort_values("row")["prediction"].to_numpy()


NOTE = "takes readers it was trained on only: the told books are added to the training rows"
PEERS = {
    "Spark ALS, implicit": Peer(
        implicit,
        lists,
        defaults={"rank": 10, "regParam": 0.1, "alpha": 1.0, "maxIter": 10},
        grid={
            "rank": (32, 64),
            "regParam": (0.01, 0.03, 0.1, 0.3),
            "alpha": (1.0, 3.0, 10.0, 30.0),
            "maxIter": (10,),
        },
        folds_in=False,
        package="pyspark",
        note=NOTE,
    ),
    "Spark ALS, explicit": Peer(
        explicit,
        stars=stars,
        defaults={"rank": 10, "regParam": 0.1, "maxIter": 10},
        grid={"rank": (8, 16, 32), "regParam": (0.05, 0.1, 0.15, 0.2), "maxIter": (10, 15)},
        folds_in=False,
        package="pyspark",
    ),
}
