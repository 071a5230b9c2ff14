from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from readalike.algorithms.notebook import Notebook
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import SettingError
from readalike.models.embedding import EmbeddingModel
from readalike.numerics import gradient
from strategies import same_bits

GOLDEN = Path(__file__).parents[1] / "golden" / "keras_notebook.npz"
TUNED = Notebook(factors=20, biases=True, regularization=5.0)
"""Chosen on a tenth of the training rows; all else is the notebook's."""


def grouped(rows: Any, n_users: int, n_items: int) -> tuple[Ratings, Catalogue]:
    """Rows of user, item, stars as they are, repeated pairs too: the notebook keeps them."""
    order = np.argsort(rows[:, 0], kind="stable")
    counts = np.bincount(rows[:, 0].astype(np.int64), minlength=n_users)
    histories = Histories(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        rows[order, 1].astype(np.int32),
        rows[order, 2].astype(np.float32),
        n_items,
    )
    books = Vocabulary.of(range(1, n_items + 1))
    users = Vocabulary.of(range(1, n_users + 1))
    return Ratings(histories, users, books, RatingScale(1, 5, 1)), Catalogue.of(books)


@pytest.fixture(scope="module")
def small() -> tuple[Ratings, Catalogue]:
    """30 users x 20 items, two thirds of the pairs, stars from two biases and a product."""
    random = np.random.default_rng(1)
    user, item = np.divmod(random.permutation(600)[:400], 20)
    u, i = random.normal(size=(30, 2)), random.normal(size=(20, 2))
    stars = np.clip(np.round(3.5 + u[user, 0] + i[item, 0] + u[user, 1] * i[item, 1]), 1, 5)
    return grouped(np.column_stack([user, item, stars]), 30, 20)


def errors(model: EmbeddingModel, ratings: Ratings) -> Any:
    histories = ratings.histories
    return model.predict(histories.rows, histories.items) - histories.stars


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_it_moves_the_tables_as_keras_does(optimizer: str) -> None:
    """Up to 200 steps of Keras; the rows that only the first batch holds coast along."""
    kept = np.load(GOLDEN)
    steps, batch = kept["users"].shape
    rates = gradient.learning_rates(
        0.001 if optimizer == "adam" else float(kept["sgd_learning_rate"]), optimizer == "adam"
    )
    powers = gradient.decay_powers(steps)
    for stop in (1, 10, 200):
        sides = []
        for start in (kept["start_users"], kept["start_items"]):
            n, factors = start.shape
            rows = np.zeros((n, 24 if optimizer == "adam" else 8), np.float32)
            rows[:, :factors] = start
            room = np.zeros((batch, 16), np.float32), np.zeros(batch, np.int32)
            sides.append(
                gradient.Side(rows, np.zeros((n, 2), np.int32), np.zeros(n, np.float32), *room, -1)
            )
        gradient.descend(
            sides[0],
            sides[1],
            kept["users"][:stop].ravel().astype(np.int32),
            items=kept["items"][:stop].ravel().astype(np.int32),
            ratings=kept["ratings"][:stop].ravel().astype(np.float32),
            mean=0.0, step=0, rates=rates, powers=powers,
        )  # fmt: skip
        for name, side in zip(("users", "items"), sides, strict=True):
            gradient.settle(side, stop, rates, powers)
            expected = kept[f"{optimizer}_{name}_{stop}"]
            assert np.abs(side.rows[:, :5] - expected).max() < 5e-6


def test_none_leaves_the_random_start(small: tuple[Ratings, Catalogue]) -> None:
    model = Notebook(optimizer="none", seed=3).fit(*small)
    again = Notebook(epochs=0, seed=3).fit(*small)
    for table in (model.user_factors, model.item_factors):
        assert np.abs(table).max() <= 0.05
        assert table.std() == pytest.approx(0.05 / np.sqrt(3), rel=0.2)
    assert same_bits(model.item_factors, again.item_factors)
    assert model.mean == 0
    assert model.user_bias is None


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
@pytest.mark.parametrize("biases", [False, True])
def test_the_loss_falls_and_is_told(
    optimizer: str, biases: bool, small: tuple[Ratings, Catalogue]
) -> None:
    told: list[tuple[str, int, int]] = []
    settings: dict[str, Any] = {"optimizer": optimizer, "biases": biases, "epochs": 300}
    rate = 0.01 if optimizer == "adam" else 0.5
    algorithm = Notebook(learning_rate=rate, batch_size=16, **settings)
    model = algorithm.fit(*small, lambda *call: told.append(call))
    losses = [float(label.rsplit(" ", 1)[1]) for label, _, _ in told]
    assert [(done, total) for _, done, total in told] == [(e, 300) for e in range(1, 301)]
    assert losses[-1] < 0.25 * losses[0]
    assert float(np.mean(errors(model, small[0]) ** 2)) < 0.25 * losses[0]


def test_the_same_seed_gives_the_same_bits(small: tuple[Ratings, Catalogue]) -> None:
    one, same, other = (Notebook(seed=seed, biases=True).fit(*small) for seed in (1, 1, 2))
    for name, array in one.arrays().items():
        assert same_bits(array, same.arrays()[name])
        assert not same_bits(array, other.arrays()[name])


def test_the_order_of_the_rows_does_not_matter(small: tuple[Ratings, Catalogue]) -> None:
    ratings, catalogue = small
    backwards = [tuple(part[::-1] for part in ratings.histories.row(r)) for r in range(30)]
    turned = Histories.of_rows(backwards, 20)  # type: ignore[arg-type]
    again = Ratings(turned, ratings.users, ratings.items, ratings.scale)
    for name, array in Notebook().fit(ratings, catalogue).arrays().items():
        assert same_bits(array, Notebook().fit(again, catalogue).arrays()[name])


def test_rows_without_stars_are_not_trained_on(small: tuple[Ratings, Catalogue]) -> None:
    ratings, catalogue = small
    rows = [ratings.histories.row(r) for r in range(30)]
    unread = [np.setdiff1d(np.arange(20), items) for items, _ in rows]
    padded = Histories.of_rows(
        [(np.r_[u, i], np.r_[np.full(len(u), np.nan), s])
         for u, (i, s) in zip(unread, rows, strict=True)], 20,
    )  # fmt: skip
    more = Ratings(padded, ratings.users, ratings.items, ratings.scale)
    for name, array in Notebook(biases=True).fit(ratings, catalogue).arrays().items():
        assert same_bits(array, Notebook(biases=True).fit(more, catalogue).arrays()[name])


def test_with_biases_a_mean_and_both_biases_are_learnt(small: tuple[Ratings, Catalogue]) -> None:
    ratings, _ = small
    model = Notebook(biases=True, epochs=200, learning_rate=0.01).fit(*small)
    assert model.mean == ratings.mean
    assert model.user_bias is not None
    assert model.item_bias is not None
    sums = np.bincount(ratings.histories.items, ratings.histories.stars)
    means = sums / ratings.item_counts
    assert np.corrcoef(model.item_bias, means)[0, 1] > 0.7


def test_it_settles_where_the_ridge_loss_is_stationary(small: tuple[Ratings, Catalogue]) -> None:
    """sum (r - prediction)^2 + lambda sum |row|^2: full batches, small steps, long training."""
    ratings, catalogue = small
    algorithm = Notebook(
        factors=2, biases=True, regularization=6.0, optimizer="sgd", learning_rate=2.0,
        batch_size=len(ratings), epochs=4000,
    )  # fmt: skip
    model = algorithm.fit(ratings, catalogue)
    users, items = ratings.histories.rows, ratings.histories.items
    wrong = errors(model, ratings).astype(np.float64)
    assert model.user_bias is not None
    assert model.item_bias is not None
    assert np.bincount(users, wrong) == pytest.approx(-6 * model.user_bias, abs=1e-3)
    assert np.bincount(items, wrong) == pytest.approx(-6 * model.item_bias, abs=1e-3)
    for f in range(2):
        slope = np.bincount(users, wrong * model.item_factors[items, f])
        assert slope == pytest.approx(-6 * model.user_factors[:, f], abs=1e-3)


def test_regularization_shortens_the_vectors(small: tuple[Ratings, Catalogue]) -> None:
    lengths = [
        float((Notebook(epochs=100, regularization=r).fit(*small).item_factors ** 2).sum())
        for r in (0.0, 2.0, 20.0)
    ]
    assert lengths[0] > lengths[1] > lengths[2]


@pytest.mark.parametrize("optimizer", ["adam", "sgd", "none"])
@pytest.mark.parametrize(
    "rows", [[[0, 0, 4.0]], [[0, 0, np.nan]], [[0, 0, 4.0], [0, 1, 2.0]], np.empty((0, 3))]
)
def test_the_smallest_tables(rows: Any, optimizer: str) -> None:
    table = np.asarray(rows, dtype=np.float64)
    n_items = int(table[:, 1].max(initial=0)) + 1
    ratings, catalogue = grouped(table, 1, n_items)
    model = Notebook(optimizer=optimizer, biases=True).fit(ratings, catalogue)
    assert np.isfinite(model.score(ratings.histories)).all()
    assert np.isfinite(model.score_users(np.array([0]))).all()


def test_settings_are_checked() -> None:
    assert Notebook.of({"optimizer": "sgd", "biases": "yes"}) == Notebook(
        optimizer="sgd", biases=True
    )
    for wrong in ({"optimizer": "rmsprop"}, {"factors": 0}, {"fold_in_regularization": 0.0}):
        with pytest.raises(SettingError, match="must be"):
            Notebook.of(wrong)


def test_importing_it_loads_no_compiler() -> None:
    code = (
        "import sys, readalike.algorithms.notebook, readalike.models.embedding; "
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture(scope="module")
def notebook_split(real_data: Path) -> tuple[Any, Any]:
    """The notebook's own split of the raw rows: user and book from 0, stars."""
    split = pytest.importorskip("sklearn.model_selection", reason="the notebook's own split")
    file = real_data / "goodbooks-10k" / "ratings.csv"
    rows = np.loadtxt(file, delimiter=",", skiprows=1, dtype=np.int32)[:, [1, 0, 2]]
    train, test = split.train_test_split(rows - [1, 1, 0], test_size=0.2, random_state=42)
    return train, test


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("algorithm", "lowest", "highest"),
    [(Notebook(seed=0), 1.086 - 0.02, 1.086 + 0.02), (TUNED, 0.80, 0.840)],
    ids=["as in the notebook", "tuned"],
)
def test_rmse_on_the_notebooks_own_split(
    algorithm: Notebook, lowest: float, highest: float, notebook_split: tuple[Any, Any]
) -> None:
    """Keras got 1.086. It hangs on the random start, here as there: the seed is pinned."""
    train, test = notebook_split
    assert (len(train), len(test)) == (785_404, 196_352)
    model = algorithm.fit(*grouped(train, 53_424, 10_000))
    wrong = model.predict(test[:, 0], test[:, 1]) - test[:, 2]
    assert lowest <= np.sqrt(np.mean(wrong**2)) <= highest
