"""What docs/questions.md measures with: each baseline against its formula on a small table."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.models import ItemScores
from readalike.models.embedding import EmbeddingModel

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("question_models")


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("questions")


def ratings(rows: dict[str, dict[str, float]]) -> Ratings:
    """Stars by reader and book, on the scale of 1 to 5."""
    books = Vocabulary(tuple(sorted({book for read in rows.values() for book in read})))
    readers = Vocabulary(tuple(rows))
    users = np.repeat(np.arange(len(rows)), [len(read) for read in rows.values()])
    items = books.indices([book for read in rows.values() for book in read])
    stars = np.array([s for read in rows.values() for s in read.values()], np.float32)
    return Ratings.of_rows(users, items, stars, readers, books, RatingScale(1.0, 5.0, 1.0))


SMALL = ratings({"ann": {"a": 5, "b": 3}, "ben": {"a": 4, "c": 1}, "cem": {"b": 2}})


def fitted(algorithm: Any, table: Ratings = SMALL) -> Any:
    return algorithm.fit(table, Catalogue.of(table.items))


def test_the_constants_are_the_mean_and_the_median(models: Any) -> None:
    assert fitted(models.Constant()).mean == pytest.approx(3.0)
    assert fitted(models.Constant(median=True)).mean == pytest.approx(3.0)
    skewed = ratings({"ann": {"a": 5, "b": 5}, "ben": {"a": 2}})
    assert fitted(models.Constant(), skewed).mean == pytest.approx(4.0)
    assert fitted(models.Constant(median=True), skewed).mean == pytest.approx(5.0)


def test_biases_are_shrunk_deviations_the_books_first(models: Any) -> None:
    model = fitted(models.Biases(shrinkage=1.0))
    assert model.item_bias == pytest.approx([3 / 3, -1 / 3, -2 / 2])
    assert model.user_bias == pytest.approx([(1 + 1 / 3) / 3, (0 - 1) / 3, (-2 / 3) / 2], abs=1e-6)
    pairs = model.predict(np.array([0, 1]), np.array([2, 1]))
    assert pairs == pytest.approx([3 - 1 + 4 / 9, 3 - 1 / 3 - 1 / 3], abs=1e-6)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_step_of_the_loop_is_the_gradient_of_half_the_squared_error(
    models: Any, at_once: bool
) -> None:
    p, q = np.array([[0.5, -1.0]]), np.array([[2.0, 0.25]])
    models.by_hand(p, q, np.array([0]), np.array([0]), np.array([4.0]), 0.1, at_once)
    error = 4.0 - (0.5 * 2.0 - 1.0 * 0.25)
    new_p = np.array([0.5, -1.0]) + 0.1 * error * np.array([2.0, 0.25])
    moved_by = np.array([0.5, -1.0]) if at_once else new_p
    np.testing.assert_allclose(p, [new_p])
    np.testing.assert_allclose(q, [np.array([2.0, 0.25]) + 0.1 * error * moved_by])


def test_the_compiled_loop_is_the_same_loop(models: Any) -> None:
    draw = np.random.default_rng(3)
    users, items = draw.integers(0, 5, 40), draw.integers(0, 4, 40)
    stars = draw.uniform(1, 5, 40)
    tables = []
    for loop in (models.by_hand, models.compiled):
        p, q = np.random.default_rng(1).random((5, 3)), np.random.default_rng(2).random((4, 3))
        loop(p, q, users, items, stars, 0.05, True)
        tables.append((p, q))
    for plain, compiled in zip(*tables, strict=True):
        np.testing.assert_allclose(plain, compiled, rtol=1e-12)


def test_the_loop_learns_a_table_that_a_product_can_hold(models: Any) -> None:
    table = ratings({u: {"a": 4.0 * s, "b": 2.0 * s} for u, s in (("x", 1), ("y", 0.5))})
    model = fitted(models.ByHand(rate=0.05, epochs=2000, factors=2), table)
    forecast = model.predict(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert forecast == pytest.approx([4, 2, 2, 1], abs=0.05)


def test_a_wrapped_model_divides_by_lengths_and_answers_strangers_by_popularity(
    models: Any,
) -> None:
    scores = ItemScores(np.array([2.0, 9.0], np.float32), "x")
    popular = np.array([7.0, 8.0], np.float32)
    wrapped = models.Wrapped(scores, np.array([1.0, 3.0], np.float32), popular)
    histories = Histories.of_rows([([], []), ([0], [5.0])], 2)
    np.testing.assert_array_equal(wrapped.score(histories), [[7, 8], [2, 3]])


def test_products_of_two_numbers_have_two_singular_values(questions: Any) -> None:
    draw = np.random.default_rng(0)
    p, q = draw.random((2000, 2), np.float32), draw.random((20, 2), np.float32)
    values = questions.straightness(EmbeddingModel(p, q))["singular"]
    assert values[1] > 0.01 * values[0]
    assert values[2] < 1e-12 * values[0]
