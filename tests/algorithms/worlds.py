"""Small made-up tables to fit algorithms to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue, Tags
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary

F64 = npt.NDArray[np.float64]


def ratings_of(rows: list[dict[int, float]], n_items: int) -> Ratings:
    """Stars by item index, a dict a reader."""
    users = [user for user, row in enumerate(rows) for _ in row]
    return Ratings.of_rows(
        np.array(users, np.int32),
        np.array([item for row in rows for item in row], np.int32),
        np.array([stars for row in rows for stars in row.values()], np.float32),
        Vocabulary.of(f"r{user}" for user in range(len(rows))),
        Vocabulary.of(f"b{item}" for item in range(n_items)),
        RatingScale(1, 5, 1),
    )


def world(seed: int = 0, n_users: int = 70, n_items: int = 50) -> tuple[Ratings, Catalogue]:
    """Readers of two tastes; books with tags, and with counts and likes for most."""
    random = np.random.default_rng(seed)
    taste = np.arange(n_items) % 2
    rows = []
    for user in range(n_users):
        chance = np.where(taste == user % 2, 5.0, 1.0) / np.arange(3, n_items + 3)
        items = random.choice(n_items, random.integers(1, 12), False, chance / chance.sum())
        stars = random.choice([1.0, 2, 3, 4, 4, 5, 5, np.nan], len(items))
        rows.append(dict(zip(items.tolist(), stars.tolist(), strict=True)))
    ratings = ratings_of(rows, n_items)
    counts = random.integers(10, 100_000, n_items).astype(np.float64)
    liked = random.uniform(0.4, 0.95, n_items)
    counts[::7], liked[::9] = np.nan, np.nan
    # each tag on a tenth of the books at most, so that it is used whatever the algorithm
    tags = np.zeros((n_items, 12), np.float32)
    for tag in range(12):
        tags[random.choice(n_items, 3 + tag % 3, False), tag] = random.integers(1, 50, 3 + tag % 3)
    catalogue = Catalogue.of(
        ratings.items,
        counts=counts,
        liked=liked,
        tags=Tags(tuple(f"t{tag}" for tag in range(12)), sp.csr_array(tags)),
    )
    return ratings, catalogue


def described() -> tuple[Ratings, Catalogue]:
    """The world, with something of every aspect known of most of its books."""
    ratings, catalogue = world()
    n = len(catalogue)
    random = np.random.default_rng(1)

    def some(*words: str) -> tuple[str, ...]:
        return tuple(words[at] for at in random.integers(0, len(words), n).tolist())

    return ratings, replace(
        catalogue,
        authors=some("Ann", "Bob, Ann", "Carl", "", "Dora"),
        series=some("", "Moons", "Suns", ""),
        titles=some("A Tale of Hills", "Rivers", "Hills and Rivers", "The Sea", "Seas"),
        languages=some("eng", "eng", "fre", "ger", ""),
        years=tuple(1900 + at for at in random.integers(0, 100, n).tolist()),
    )


def dense(ratings: Ratings) -> F64:
    """Who read what; readers x books."""
    read: F64 = ratings.histories.matrix().toarray().astype(np.float64)
    return read


def rows_of(ratings: Ratings) -> list[list[int]]:
    """The items of each reader."""
    return [ratings.histories.row(user)[0].tolist() for user in range(len(ratings.users))]


def layers(model: Any) -> list[F64]:
    """The layers of an item-item model, dense."""
    whole = model.matrix.toarray().astype(np.float64)
    return list(whole.reshape(-1, model.n_items, model.n_items))
