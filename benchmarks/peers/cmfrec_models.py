"""cmfrec: implicit ALS, and explicit ALS for stars and for ranking by predicted stars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from harness import Peer, Queries, Table


def implicit(table: Table, settings: Mapping[str, Any]) -> Any:
    """Weighted factors of who read what."""
    from cmfrec import CMF_implicit

    return CMF_implicit(nthreads=table.threads, verbose=False, **settings).fit(
        table.matrix().tocoo()
    )


def explicit(table: Table, settings: Mapping[str, Any]) -> Any:
    """Factors and biases of the stars."""
    from cmfrec import CMF

    model = CMF(nthreads=table.threads, verbose=False, **settings)
    return model.fit(table.matrix(table.stars).tocoo())


def implicit_lists(model: Any, queries: Queries, n: int) -> Any:
    """Known readers by their factors; strangers are folded in."""
    lists = np.full((len(queries.users), n), -1)
    for reader in np.flatnonzero(np.diff(queries.indptr)):
        user, known = (
            queries.users[reader],
            queries.items[slice(*queries.indptr[reader : reader + 2])],
        )
        if user >= 0:
            lists[reader] = model.topN(user, n, exclude=known)
        else:
            read = np.ones(len(known), np.float32)
            lists[reader] = model.topN_warm(n, X_col=known, X_val=read, exclude=known)
    return lists


def explicit_lists(model: Any, queries: Queries, n: int) -> Any:
    """The same with stars; the highest forecasts come first."""
    lists = np.full((len(queries.users), n), -1)
    for reader in np.flatnonzero(np.diff(queries.indptr)):
        span = slice(*queries.indptr[reader : reader + 2])
        user, known, given = queries.users[reader], queries.items[span], queries.stars[span]
        if user >= 0:
            lists[reader] = model.topN(user, n, exclude=known)
        else:
            lists[reader] = model.topN_warm(n, X_col=known, X_val=given, exclude=known)
    return lists


def stars(model: Any, users: Any, items: Any) -> Any:
    """Known readers by their factors, strangers by the book's bias."""
    forecasts = model.glob_mean_ + model.item_bias_[items]
    known = users >= 0
    forecasts[known] = model.predict(users[known], items[known])
    return forecasts


PEERS = {
    "cmfrec implicit ALS": Peer(
        implicit,
        implicit_lists,
        defaults={"k": 40, "lambda_": 1.0, "alpha": 1.0, "niter": 10},
        grid={
            "k": (40, 64, 128),
            "lambda_": (0.3, 1.0, 3.0, 10.0),
            "alpha": (1.0, 3.0, 10.0, 30.0),
            "niter": (10, 15),
        },
        package="cmfrec",
    ),
    "cmfrec CMF": Peer(
        explicit,
        explicit_lists,
        stars,
        defaults={"k": 40, "lambda_": 10.0, "niter": 10},
        grid={
            "k": (20, 40, 60),
            "lambda_": (3.0, 6.0, 10.0, 15.0, 25.0),
            "niter": (10, 20),
            "add_implicit_features": (False, True),
        },
        package="cmfrec",
        note="its lists are by predicted stars",
    ),
}
