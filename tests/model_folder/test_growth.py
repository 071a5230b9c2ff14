from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from models.starmodels import N, model
from readalike.data.histories import Histories
from readalike.model_folder.new_books import predictor_with, ranker_with
from readalike.models import ItemItem
from readalike.models.itemitem import Mixture
from readalike.models.starfactors import DESCRIBED, UNKNOWN
from readalike.models.weights import StarWeights
from readalike.numerics.inheritance import OWN

PLACES = np.array([0, 2, 3, 5])
"""Four old items among six; 1 and 4 are new."""
NEIGHBOURS = 9
"""More entries of a layer than there are items."""


def neighbours_of(*rows: tuple[int, int, float], n: int = 6) -> sp.csr_array:
    heirs, others, shares = zip(*rows, strict=True)
    return sp.csr_array((np.array(shares), (np.array(heirs), np.array(others))), (n, n))


CONTENT_NEIGHBOURS = neighbours_of((1, 0, 0.25), (1, 3, 0.75))


def ranker() -> ItemItem:
    random = np.random.default_rng(3)
    layers = [sp.csr_array(random.random((4, 4)).astype(np.float32)) for _ in range(2)]
    return ItemItem.of_layers(layers, StarWeights(), Mixture((0.0, 0.5), (1.0, 0.0), 5.0))


def test_old_items_give_each_other_what_they_gave() -> None:
    before, after = ranker(), ranker_with(ranker(), PLACES, CONTENT_NEIGHBOURS, NEIGHBOURS)
    assert after.n_items == 6
    assert (after.weights, after.mixture) == (before.weights, before.mixture)
    for layer in range(2):
        old = before.matrix[4 * layer : 4 * layer + 4].toarray()
        new = after.matrix[6 * layer : 6 * layer + 6].toarray()
        assert np.array_equal(new[np.ix_(PLACES, PLACES)], old)


def test_a_new_item_is_given_what_its_neighbours_are_and_something_by_them() -> None:
    before, after = ranker(), ranker_with(ranker(), PLACES, CONTENT_NEIGHBOURS, NEIGHBOURS)
    for layer in range(2):
        old = np.zeros((6, 6))
        old[np.ix_(PLACES, PLACES)] = before.matrix[4 * layer : 4 * layer + 4].toarray()
        # all six rows count, the empty ones of new items too
        length = OWN * np.sqrt((old**2).sum(axis=1)).mean()
        column = 0.25 * old[:, 0] + 0.75 * old[:, 3]
        column[[0, 3]] += length * np.array([0.25, 0.75])
        found = after.matrix[6 * layer : 6 * layer + 6].toarray()
        assert found[PLACES, 1] == pytest.approx(column[PLACES], rel=1e-5)


def test_an_item_without_neighbours_is_given_nothing() -> None:
    after = ranker_with(ranker(), PLACES, CONTENT_NEIGHBOURS, NEIGHBOURS)
    assert not after.matrix[:, [4]].nnz
    assert not after.matrix[[4, 10]].nnz


def test_neighbours_are_kept_beside_those_of_before() -> None:
    first = ranker_with(ranker(), PLACES, CONTENT_NEIGHBOURS, NEIGHBOURS)
    again = np.array([0, 1, 2, 3, 4, 5])
    second = ranker_with(first, again + (again > 3), neighbours_of((4, 3, 1.0), n=7), NEIGHBOURS)
    assert second.content_neighbours is not None
    expected = np.zeros((7, 7))
    expected[1, 0], expected[1, 3], expected[4, 3] = 0.25, 0.75, 1.0
    assert second.content_neighbours.toarray() == pytest.approx(expected)


def test_the_predictor_forecasts_old_items_as_before() -> None:
    before = model()
    n = N + 2
    places = np.arange(N) + (np.arange(N) >= 2)
    after = predictor_with(before, places, neighbours_of((2, 0, 0.5), (2, 1, 0.5), n=n))
    told = Histories.of_rows([([0, 3], [5.0, 2.0])], N)
    moved = Histories.of_rows([(places[[0, 3]].tolist(), [5.0, 2.0])], n)
    items = np.array([1, 4, 5])
    one = before.distribution(told, np.zeros(3, int), items)
    other = after.distribution(moved, np.zeros(3, int), places[items])
    assert other.probabilities == pytest.approx(one.probabilities, abs=1e-6)


def test_what_is_expected_of_a_new_item_is_the_mean_of_its_neighbours() -> None:
    before = model()
    n = N + 2
    places = np.arange(N) + (np.arange(N) >= 2)
    after = predictor_with(before, places, neighbours_of((2, 0, 0.25), (2, 1, 0.75), n=n))
    mean = 0.25 * before.expected[:, 0] + 0.75 * before.expected[:, 1]
    assert after.expected[:, 2] == pytest.approx(mean, rel=1e-5)
    assert after.drawn[:, 2] == pytest.approx(mean, rel=1e-5)
    stars = 0.25 * before.book_stars[0] + 0.75 * before.book_stars[1]
    assert after.book_stars[2] == pytest.approx(stars, rel=1e-5)
    assert not after.embedding.factors[2].any()
    assert after.known[2] == DESCRIBED


def test_an_item_without_neighbours_is_liked_as_much_as_the_mean() -> None:
    before = model()
    places = np.arange(N)
    after = predictor_with(before, places, sp.csr_array((N + 1, N + 1)))
    assert after.known[N] == UNKNOWN
    assert after.book_stars[N].sum() == pytest.approx(1, rel=1e-5)
    assert after.book_stars[N] @ after.levels == pytest.approx(before.mean, abs=1e-3)
    assert not after.expected[:, N].any()
    assert after.reader_spread.means[N] == pytest.approx(before.mean)
