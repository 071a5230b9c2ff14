from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from algorithms.worlds import ratings_of
from readalike.algorithms.mlp import Mlp
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.models.network import NetworkModel
from strategies import same_bits

MLP = Mlp(
    factors=4, hidden=16, layers=1, learning_rate=0.02, batch_size=128, epochs=50, patience=8,
    validation=0.1, regularization=0.02,
)  # fmt: skip
N_USERS, N_ITEMS = 80, 40


def world() -> tuple[Ratings, Catalogue, npt.NDArray[np.int64]]:
    """Stars by what no sum of a reader's and a book's leaning tells: who likes what by taste."""
    draw = np.random.default_rng(0)
    taste = np.equal.outer(np.arange(N_USERS) % 2, np.arange(N_ITEMS) % 2)
    stars = np.where(taste, 5, 2) - draw.integers(0, 2, (N_USERS, N_ITEMS))
    rows = []
    for user in range(N_USERS):
        read = draw.choice(N_ITEMS, 22, False)
        rows.append({int(item): float(stars[user, item]) for item in read})
    ratings = ratings_of(rows, N_ITEMS)
    return ratings, Catalogue.of(ratings.items), stars


@pytest.fixture(scope="module")
def fitted() -> NetworkModel:
    ratings, catalogue, _ = world()
    return MLP.fit(ratings, catalogue)


def unread() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Pairs that were not learnt from: readers, books, stars."""
    ratings, _, stars = world()
    read = ratings.histories.matrix().toarray() > 0
    users, items = np.nonzero(~read)
    return users, items, stars[users, items]


def test_it_forecasts_stars_that_it_has_not_seen(fitted: NetworkModel) -> None:
    users, items, stars = unread()
    wrong = fitted.predict(users, items) - stars
    ratings, _, _ = world()
    assert np.sqrt(np.mean(wrong**2)) < 0.7
    assert np.sqrt(np.mean((ratings.mean - stars) ** 2)) > 1.4, "a constant is far worse"


def test_a_new_reader_is_forecast_by_a_few_stars(fitted: NetworkModel) -> None:
    histories = Histories.of_rows(
        [([0, 2, 5, 7], [5, 5, 1, 2]), ([0, 2, 5, 7], [1, 2, 5, 5])], N_ITEMS
    )
    likes_even, likes_odd = fitted.score(histories)
    even, odd = np.arange(8, N_ITEMS, 2), np.arange(9, N_ITEMS, 2)
    assert likes_even[even].mean() > likes_even[odd].mean() + 1.5
    assert likes_odd[odd].mean() > likes_odd[even].mean() + 1.5


def test_it_starts_at_the_mean_of_the_stars() -> None:
    ratings, catalogue, _ = world()
    still = Mlp(learning_rate=0.0, epochs=1, batch_size=512).fit(ratings, catalogue)
    assert still.score_users(np.array([3])) == pytest.approx(
        np.full((1, N_ITEMS), ratings.mean), abs=0.15
    )


def test_the_same_seed_gives_the_same_bits_in_any_order_of_the_rows(fitted: NetworkModel) -> None:
    ratings, catalogue, _ = world()
    rows = [tuple(part[::-1] for part in ratings.histories.row(u)) for u in range(N_USERS)]
    turned = Histories.of_rows(rows, N_ITEMS)  # type: ignore[arg-type]
    again = MLP.fit(Ratings(turned, ratings.users, ratings.items, ratings.scale), catalogue)
    for name, array in fitted.arrays().items():
        assert same_bits(array, again.arrays()[name])


def test_rows_without_stars_are_not_learnt_from_and_their_readers_are_the_mean() -> None:
    rows: list[dict[int, float]] = [{0: 5, 1: 2, 2: 4}, {1: 3, 2: 5}, {0: np.nan, 3: np.nan}]
    ratings = ratings_of(rows, 5)
    model = Mlp(epochs=2, validation=0.0).fit(ratings, Catalogue.of(ratings.items))
    assert model.user_vectors[2] == pytest.approx(model.user_vectors[:2].mean(axis=0), abs=1e-6)
    assert model.item_vectors[3:] == pytest.approx(
        np.tile(model.item_vectors[:3].mean(axis=0), (2, 1)), abs=1e-6
    )


def test_regularization_shortens_the_vectors() -> None:
    ratings, catalogue, _ = world()
    quick: dict[str, Any] = {"epochs": 10, "learning_rate": 0.02, "batch_size": 256, "hidden": 8}
    lengths = [
        float((Mlp(regularization=r, **quick).fit(ratings, catalogue).item_vectors ** 2).sum())
        for r in (0.0, 0.3)
    ]
    assert lengths[1] < 0.5 * lengths[0]
