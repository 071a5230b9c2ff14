"""What needs no library but numpy: popularity, chance, and exact EASE in a dozen lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from harness import Peer, Queries, Table, best


def popularity(table: Table, settings: Mapping[str, Any]) -> Any:
    """How many training readers read each book."""
    return np.bincount(table.items, minlength=table.n_items)


def chance(table: Table, settings: Mapping[str, Any]) -> Any:
    """A number drawn for each book."""
    return np.random.default_rng(0).random(table.n_items)


def same_for_all(scores: Any, queries: Queries, n: int) -> Any:
    """The same order for everybody, ties drawn, less what was read."""
    order = np.lexsort((np.random.default_rng(0).permutation(len(scores)), -scores))
    lists = np.full((len(queries.users), n), -1)
    for reader in range(len(queries.users)):
        known = queries.items[queries.indptr[reader] : queries.indptr[reader + 1]]
        first = order[: n + len(known)]
        lists[reader] = first[~np.isin(first, known)][:n]
    return lists


def ease(table: Table, settings: Mapping[str, Any]) -> Any:
    """B = I - P diag(1/P_jj), P = (X'X + lambda I)^-1 [Steck 2019]."""
    read = table.matrix()
    gram = (read.T @ read).toarray()
    gram[np.diag_indices(table.n_items)] += settings["regularization"]
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


def ease_lists(weights: Any, queries: Queries, n: int) -> Any:
    """The sum of the told books' rows."""
    parts = [queries.part(start, start + 512) for start in range(0, len(queries.users), 512)]
    known = [part.matrix() for part in parts]
    return np.vstack([best(rows @ weights, rows, n) for rows in known])


def mean_stars(table: Table, settings: Mapping[str, Any]) -> Any:
    """The mean, and shrunk offsets of books and then of readers."""
    given = np.isfinite(table.stars)
    users, items, stars = table.users[given], table.items[given], table.stars[given]
    mean = stars.mean()
    books = np.bincount(items, stars - mean, table.n_items)
    books /= np.bincount(items, minlength=table.n_items) + settings["book_shrinkage"]
    readers = np.bincount(users, stars - mean - books[items], table.n_users)
    readers /= np.bincount(users, minlength=table.n_users) + settings["reader_shrinkage"]
    return mean, readers, books


def mean_forecasts(model: Any, users: Any, items: Any) -> Any:
    """Mean plus both offsets; of a stranger, the book's alone."""
    mean, readers, books = model
    return mean + books[items] + np.where(users >= 0, readers[users], 0.0)


PEERS = {
    "popularity": Peer(
        popularity, same_for_all, package="numpy", threaded=False, note="counts of training rows"
    ),
    "random": Peer(chance, same_for_all, package="numpy", threaded=False),
    "EASE in numpy": Peer(
        ease,
        ease_lists,
        defaults={"regularization": 300.0},
        grid={"regularization": (100.0, 200.0, 300.0, 500.0, 1000.0, 2000.0)},
        package="numpy",
    ),
    "mean and offsets": Peer(
        mean_stars,
        stars=mean_forecasts,
        defaults={"book_shrinkage": 5.0, "reader_shrinkage": 5.0},
        grid={"book_shrinkage": (0.0, 2.0, 5.0, 10.0), "reader_shrinkage": (0.0, 2.0, 5.0, 10.0)},
        package="numpy",
        threaded=False,
    ),
}
