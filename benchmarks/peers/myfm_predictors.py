"""myFM: Bayesian factorisation machines by Gibbs sampling, which forecast stars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse as sp
from harness import Peer, Table


def one_hot(index: Any, width: int) -> Any:
    """A row for each index; an index of -1 gets an empty row."""
    known = np.flatnonzero(index >= 0)
    values = (np.ones(len(known)), (known, index[known]))
    return sp.csr_matrix(values, shape=(len(index), width))


def pairs(table: Table, settings: Mapping[str, Any]) -> Any:
    """Reader and book as the only features."""
    from myfm import MyFMRegressor

    shapes = [table.n_users, table.n_items]
    rows = sp.hstack([one_hot(table.users, shapes[0]), one_hot(table.items, shapes[1])], "csr")
    model = MyFMRegressor(rank=settings["rank"], random_seed=0)
    sweeps = settings["sweeps"]
    model.fit(rows, table.stars, n_iter=sweeps, n_kept_samples=sweeps // 2, group_shapes=shapes)
    return model, shapes


def pair_stars(fitted: Any, users: Any, items: Any) -> Any:
    """The mean over the kept sweeps."""
    model, shapes = fitted
    return model.predict(sp.hstack([one_hot(users, shapes[0]), one_hot(items, shapes[1])], "csr"))


def blocks(table: Table, settings: Mapping[str, Any]) -> Any:
    """SVD++ both ways: who read what, and by whom a book was read."""
    from myfm import MyFMRegressor, RelationBlock

    read = table.matrix()
    by_reader = sp.diags(1 / np.sqrt(np.maximum(read.getnnz(1), 1))) @ read
    by_book = sp.diags(1 / np.sqrt(np.maximum(read.getnnz(0), 1))) @ read.T
    readers = sp.hstack([sp.identity(table.n_users), by_reader], "csr").astype(np.float64)
    books = sp.hstack([sp.identity(table.n_items), by_book], "csr").astype(np.float64)
    shapes = [table.n_users, table.n_items, table.n_items, table.n_users]
    model = MyFMRegressor(rank=settings["rank"], random_seed=0)
    sweeps = settings["sweeps"]
    model.fit(
        None,
        table.stars,
        X_rel=[RelationBlock(table.users, readers), RelationBlock(table.items, books)],
        n_iter=sweeps,
        n_kept_samples=sweeps // 2,
        group_shapes=shapes,
    )
    return model, readers, books


def block_stars(fitted: Any, users: Any, items: Any) -> Any:
    """The mean over the kept sweeps; a stranger gets an empty row of features."""
    from myfm import RelationBlock

    model, readers, books = fitted
    readers = sp.vstack([readers, sp.csr_matrix((1, readers.shape[1]))], "csr")
    users = np.where(users < 0, readers.shape[0] - 1, users)
    return model.predict(None, [RelationBlock(users, readers), RelationBlock(items, books)])


PEERS = {
    "myFM": Peer(
        pairs,
        stars=pair_stars,
        defaults={"rank": 16, "sweeps": 100},
        package="myfm",
        threaded=False,
        note="100 sweeps, no settings to search: it draws its own regularisation",
    ),
    "myFM, SVD++ both ways": Peer(
        blocks,
        stars=block_stars,
        defaults={"rank": 16, "sweeps": 100},
        package="myfm",
        threaded=False,
        note="100 sweeps, no settings to search: it draws its own regularisation",
    ),
}
