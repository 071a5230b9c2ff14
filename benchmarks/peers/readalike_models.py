"""Readalike's own algorithms, run just as the others are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from harness import Peer, Queries, Table

from readalike.algorithms import algorithm_of
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.evaluation.run import ranked_lists, tie_order_by_id
from readalike.evaluation.split_files import read_split
from readalike.predictors import predictor_of


@cache
def known(folder: Path) -> Catalogue:
    """What the split files say of the books, in the order of their numbers; read once."""
    catalogue = read_split(folder).catalogue
    with np.load(folder / "arrays.npz") as arrays:
        ids = [catalogue.books.ids[index] for index in arrays["book_order"]]
    return catalogue.reindexed(Vocabulary(tuple(ids)))


def prepared(table: Table) -> tuple[Ratings, Catalogue]:
    """The rows as the library holds them."""
    catalogue = known(table.folder)
    if table.n_items < len(catalogue):
        catalogue = catalogue.reindexed(Vocabulary(catalogue.books.ids[: table.n_items]))
    users = Vocabulary.of(range(table.n_users))
    columns = (table.users, table.items, table.stars)
    ratings = Ratings.of_rows(*columns, users, catalogue.books, RatingScale.of(table.stars))
    return ratings, catalogue


def fit(name: str, table: Table, settings: Mapping[str, Any]) -> Any:
    """Learns."""
    ratings, catalogue = prepared(table)
    return algorithm_of(name, settings).fit(ratings, catalogue), ratings


def lists(fitted: Any, queries: Queries, n: int) -> Any:
    """Lists by history; the ties as the library's own evaluation draws them."""
    model, ratings = fitted
    histories = Histories(queries.indptr, queries.items, queries.stars, queries.n_items)
    ties = tie_order_by_id(ratings.items, 0)
    return ranked_lists(
        model, queries.users, histories, n=n, ties=ties, progress=lambda done, total: None
    )


def stars(fitted: Any, users: Any, items: Any) -> Any:
    """Known readers by their row, strangers by an empty history."""
    model, _ = fitted
    strangers = model.forecast(nobody(model), np.zeros(len(items), np.int64), items)
    return with_known(model, users, items, strangers)


def network_stars(fitted: Any, users: Any, items: Any) -> Any:
    """Known readers by their vector, strangers by the mean one."""
    model, _ = fitted
    return with_known(model, users, items, model.score(nobody(model))[0][items])


def nobody(model: Any) -> Histories:
    """One empty history."""
    return Histories.of_rows([([], [])], model.n_items)


def with_known(model: Any, users: Any, items: Any, strangers: Any) -> Any:
    """Forecasts of strangers, with those of known readers in their places."""
    forecasts = strangers.astype(np.float64)
    met = users >= 0
    forecasts[met] = model.predict(users[met], items[met])
    return forecasts


def fit_predictor(name: str, table: Table, settings: Mapping[str, Any]) -> Any:
    """Learns to forecast stars."""
    ratings, catalogue = prepared(table)
    return predictor_of(name, settings).fit(ratings, catalogue), ratings.histories


def chances(fitted: Any, users: Any, items: Any) -> Any:
    """Means and medians of pairs; readers by their rows, strangers by an empty history."""
    model, histories = fitted
    strangers = np.append(histories.indptr, histories.indptr[-1])
    known = Histories(strangers, histories.items, histories.stars, histories.n_items)
    rows = np.where(users < 0, len(histories), users)
    order = np.argsort(rows, kind="stable")
    found = model.distribution(known, rows[order], items[order])
    forecasts = np.empty((2, len(items)))
    forecasts[:, order] = found.mean, found.median
    return forecasts


def predictor(name: str, note: str = "", **grid: tuple[Any, ...]) -> Peer:
    """A predictor with its defaults as the first trial."""
    return Peer(
        partial(fit_predictor, name),
        stars=chances,
        defaults=dict(predictor_of(name).as_dict()),
        grid=grid,
        package="readalike",
        note=note,
    )


def ranker(algorithm: str, note: str = "", **grid: tuple[Any, ...]) -> Peer:
    """An algorithm with its defaults as the first trial."""
    return Peer(
        partial(fit, algorithm),
        lists,
        defaults=dict(algorithm_of(algorithm).as_dict()),
        grid=grid,
        package="readalike",
        note=note,
    )


PEERS = {
    "readalike blend": ranker(
        "blend",
        "its defaults were chosen on the tuned half of the new readers, which do not count here",
        neighbours=(60, 80, 120),
        star_slope=(0.3, 0.6, 0.9),
        content=(2.0, 5.0, 10.0),
        liked=(0.0, 0.5, 1.25),
        correction=(True, False),
    ),
    "readalike ridge": ranker(
        "ridge",
        neighbours=(50, 100, 200),
        regularization=(2.0, 5.0, 10.0, 20.0),
        star_slope=(0.0, 0.3, 0.6),
    ),
    "readalike cosine": ranker(
        "cosine", neighbours=(50, 100, 200, 400, 800), star_slope=(0.0, 0.3, 0.6)
    ),
    "readalike ALS": ranker("als"),
    "readalike popularity": ranker("popularity", "counts of the catalogue: the world's"),
    "readalike notebook, biases": Peer(
        partial(fit, "notebook"),
        lists,
        stars,
        defaults={"factors": 20, "biases": True, "regularization": 5.0},
        grid={
            "factors": (5, 10, 20, 40),
            "regularization": (2.0, 5.0, 10.0, 20.0),
            "epochs": (5, 10, 15),
        },
        package="readalike",
        note="its lists are by predicted stars",
    ),
    "readalike notebook": Peer(
        partial(fit, "notebook"),
        lists,
        stars,
        package="readalike",
        note="as the notebook has it: nothing was searched",
    ),
    "readalike bayes": predictor("bayes", "knows the books' tags, authors, years, and mean stars"),
    "readalike bayes, short": replace(
        predictor("bayes", "17 sweeps instead of 95"),
        defaults={"burn_in": 5, "sweeps": 12, "samples": 12},
    ),
    "readalike mf": predictor(
        "mf",
        factors=(8, 16, 32),
        regularization=(6.0, 12.0, 24.0),
        bias_regularization=(2.0, 4.0, 8.0),
    ),
    "readalike baseline": predictor(
        "baseline", reader_shrinkage=(2.0, 4.0, 8.0), book_shrinkage=(2.0, 4.0, 8.0)
    ),
    "readalike two-tower": ranker(
        "two-tower",
        factors=(32, 64, 96),
        hidden=(64, 128, 256),
        temperature=(0.05, 0.1, 0.2),
        learning_rate=(0.001, 0.002),
    ),
    "readalike neumf": ranker(
        "neumf",
        factors=(16, 32, 64),
        layers=(1, 2, 3),
        regularization=(1e-4, 1e-3),
        negatives=(2, 4, 8),
    ),
    "readalike mlp": replace(
        ranker(
            "mlp",
            "its lists are by predicted stars",
            factors=(8, 16, 32),
            hidden=(32, 64, 128),
            layers=(1, 2, 3),
            regularization=(0.01, 0.03, 0.1),
        ),
        stars=network_stars,
    ),
}
