from __future__ import annotations

import numpy as np
import pytest

import reference
from algorithms.worlds import dense, layers, ratings_of, rows_of, world
from readalike.algorithms.cosine import Cosine
from readalike.data.catalogue import Catalogue


def test_a_table_worked_out_by_hand() -> None:
    """Books 0 and 1, and 0 and 2, have two readers in common, 1 and 2 one; 3 stands alone."""
    ratings = ratings_of([{0: 5, 1: 1}, {0: 4, 1: 3, 2: 5}, {0: 1, 2: 2}, {3: 5}], 4)
    catalogue = Catalogue.of(ratings.items)
    root = 2 / np.sqrt(6)
    (all_pairs,) = layers(Cosine(least_common=1).fit(ratings, catalogue))
    assert all_pairs == pytest.approx(
        np.array([[0, root, root, 0], [root, 0, 0.5, 0], [root, 0.5, 0, 0], [0, 0, 0, 0]])
    )
    (two,) = layers(Cosine(least_common=2).fit(ratings, catalogue))
    assert two == pytest.approx(
        np.array([[0, root, root, 0], [root, 0, 0, 0], [root, 0, 0, 0], [0, 0, 0, 0]])
    )


def test_all_pairs_are_as_the_twin_has_them() -> None:
    ratings, catalogue = world()
    n_items = len(catalogue)
    common, _ = reference.co_occurrence(rows_of(ratings), [1.0] * len(ratings.users), n_items)
    nothing = np.zeros((n_items, 0))
    expected = reference.cosines(reference.whole_gram(common, common, 2, nothing, 0))
    (found,) = layers(Cosine(neighbours=1000).fit(ratings, catalogue))
    assert found == pytest.approx(expected, rel=1e-5)
    assert common.diagonal().tolist() == dense(ratings).sum(axis=0).tolist()


def test_each_book_is_answered_by_its_nearest_ones_only() -> None:
    ratings, catalogue = world()
    (whole,) = layers(Cosine(neighbours=1000, least_common=1).fit(ratings, catalogue))
    (near,) = layers(Cosine(neighbours=3, least_common=1).fit(ratings, catalogue))
    for j in range(len(catalogue)):
        kept = near[:, j] > 0
        assert kept.sum() == min(3, (whole[:, j] > 0).sum())
        assert near[kept, j].tolist() == whole[kept, j].tolist()
        assert sorted(near[kept, j]) == sorted(whole[:, j])[-int(kept.sum()) :] or not kept.any()


def test_stars_weigh_the_history_and_never_the_counts() -> None:
    loved = ratings_of([{0: 5, 1: 5}, {0: 5, 1: 5}, {0: 5, 2: 5}], 3)
    hated = ratings_of([{0: 1, 1: 1}, {0: 1, 1: 1}, {0: 1, 2: 1}], 3)
    one = Cosine().fit(loved, Catalogue.of(loved.items))
    other = Cosine().fit(hated, Catalogue.of(hated.items))
    assert layers(one)[0].tolist() == layers(other)[0].tolist()
    assert one.weights != other.weights
