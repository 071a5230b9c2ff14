from __future__ import annotations

import numpy as np
import pytest

import reference
from algorithms.worlds import dense, layers, ratings_of, rows_of, world
from readalike.algorithms.ease import Ease
from readalike.algorithms.ridge import Ridge
from readalike.data.catalogue import Catalogue


@pytest.mark.parametrize("neighbours", [3, 12])
def test_each_column_is_the_regression_inside_its_neighbourhood(neighbours: int) -> None:
    ratings, catalogue = world()
    n_items = len(catalogue)
    rows = rows_of(ratings)
    common, gram = reference.co_occurrence(rows, [len(row) ** -0.5 for row in rows], n_items)
    whole = reference.whole_gram(common, gram, 2, np.zeros((n_items, 0)), 0)
    cosines = reference.cosines(whole)
    (found,) = layers(Ridge(neighbours=neighbours).fit(ratings, catalogue))
    compared = 0
    for j in range(n_items):
        order = [int(k) for k in np.argsort(-cosines[j]) if cosines[j, k] > 0]
        if len(order) > neighbours and np.isclose(
            cosines[j, order[neighbours - 1]], cosines[j, order[neighbours]], rtol=1e-5
        ):
            continue  # a tie at the cut: either book may be the neighbour
        group = sorted(order[:neighbours])
        expected = np.zeros(n_items)
        expected[group] = np.maximum(reference.ridge(whole, j, group, 5.0), 0)
        assert found[:, j] == pytest.approx(expected, abs=1e-5)
        compared += 1
    assert compared > n_items / 2


def test_with_all_books_as_neighbours_it_is_ease_without_what_is_below_zero() -> None:
    """Histories of the same length L: D = I / sqrt(L), so lambda / sqrt(L) is EASE's lambda."""
    random = np.random.default_rng(2)
    rows = [dict.fromkeys(random.choice(12, 6, False).tolist(), 4.0) for _ in range(90)]
    ratings = ratings_of(rows, 12)
    read = dense(ratings)
    assert (read.T @ read > 0).all(), "every two books have a reader in common"
    catalogue = Catalogue.of(ratings.items)
    ridge = Ridge(neighbours=11, regularization=20 / np.sqrt(6), least_common=1)
    (found,) = layers(ridge.fit(ratings, catalogue))
    (ease,) = layers(Ease(regularization=20.0).fit(ratings, catalogue))
    assert (ease < -0.01).any()
    assert (ease > 0.05).any()
    assert found == pytest.approx(np.maximum(ease, 0), abs=1e-5)


def test_who_reads_everything_says_less_of_each_book() -> None:
    pairs = [{0: 5.0, 1: 5.0}] * 4
    ratings = ratings_of([*pairs, *[dict.fromkeys([0, *range(2, 30)], 5.0)] * 4], 30)
    (found,) = layers(Ridge(neighbours=1).fit(ratings, Catalogue.of(ratings.items)))
    assert found[1, 0] > 0, "the nearest to book 0 is the one that is read with it alone"
    assert not found[2:, 0].any()
