from __future__ import annotations

import numpy as np
import pytest

import reference
from algorithms.worlds import F64, dense, layers, ratings_of, world
from readalike.algorithms import ease
from readalike.algorithms.ease import Ease
from readalike.data.catalogue import Catalogue
from readalike.errors import SettingError


@pytest.mark.parametrize("regularization", [1.0, 30.0])
def test_the_closed_form_is_the_regression_of_each_column(regularization: float) -> None:
    ratings, catalogue = world()
    (found,) = layers(Ease(regularization=regularization).fit(ratings, catalogue))
    assert found.diagonal().tolist() == [0.0] * len(catalogue)
    assert found == pytest.approx(reference.ease(dense(ratings), regularization), abs=1e-4)


def test_no_small_step_off_the_diagonal_lowers_the_loss() -> None:
    ratings, catalogue = world()
    X = dense(ratings)

    def loss(B: F64) -> float:
        return float(((X - X @ B) ** 2).sum() + 10.0 * (B**2).sum())

    (B,) = layers(Ease(regularization=10.0).fit(ratings, catalogue))
    random = np.random.default_rng(0)
    for _ in range(50):
        step = random.normal(size=B.shape)
        np.fill_diagonal(step, 0)
        assert loss(B + 0.05 * step / np.linalg.norm(step)) > loss(B)
    free = B + 0.05 * np.eye(len(B))
    assert loss(free) < loss(B), "without the diagonal held at 0 it would copy each book"


def test_more_books_than_a_dense_matrix_can_hold_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ratings, catalogue = world()
    monkeypatch.setattr(ease, "MOST_ITEMS", 49)
    with pytest.raises(SettingError, match="at most 49 books, got 50; use --algorithm ridge"):
        Ease().fit(ratings, catalogue)


def test_a_matrix_that_cannot_be_inverted_is_refused_in_words() -> None:
    """Two books that nobody tells apart, and a lambda that is lost in rounding."""
    ratings = ratings_of([dict.fromkeys(range(9), 5.0)] * 300, 9)
    with pytest.raises(SettingError, match=r"^regularization must be larger, got 1e-06"):
        Ease(regularization=1e-6).fit(ratings, Catalogue.of(ratings.items))
