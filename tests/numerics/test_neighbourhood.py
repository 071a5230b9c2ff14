from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
from readalike.numerics.cooccurrence import (
    CoOccurrence,
    co_occurrence,
    even_weights,
    no_pairs,
    root_length_weights,
)
from readalike.numerics.local_ridge import ridge_weights
from readalike.numerics.neighbourhood import Neighbourhoods, neighbourhoods
from readalike.numerics.tag_vectors import no_features, unit_rows
from strategies import same_bits
from threads import on_threads

F64 = npt.NDArray[np.float64]
T = TypeVar("T")


class Case:
    """Random histories and tags, with the whole Gram matrix as the slow twin has it."""

    def __init__(self, seed: int, n_items: int, least: int, content: float) -> None:
        random = np.random.default_rng(seed)
        read = sp.csr_array((random.random((14, n_items)) < 0.25).astype(np.float32))
        weights = root_length_weights(read)
        self.pairs = co_occurrence(read, weights, least)
        tags = (random.random((n_items, 5)) < 0.3) * random.integers(1, 4, (n_items, 5))
        tags[::4] = 0
        self.features = unit_rows(sp.csr_array(tags.astype(np.float64)))
        self.content = content
        rows = [read.indices[read.indptr[u] : read.indptr[u + 1]].tolist() for u in range(14)]
        common, gram = reference.co_occurrence(rows, weights.astype(float).tolist(), n_items)
        features = self.features.toarray().astype(np.float64)
        self.whole = reference.whole_gram(common, gram, least, features, content)

    def near(self, n: int) -> Neighbourhoods:
        pairs = self.pairs
        return neighbourhoods(
            pairs, pairs.gram, pairs.diagonal, features=self.features, content=self.content, n=n
        )

    def ridge(self, near: Neighbourhoods, regularization: float) -> npt.NDArray[np.float32]:
        return ridge_weights(near, self.pairs, self.features, self.content, regularization)


cases = st.builds(
    Case,
    st.integers(0, 2**32),
    st.sampled_from([2, 3, 8, 25]),
    st.sampled_from([1, 2, 3]),
    st.sampled_from([0.0, 0.5, 5.0]),
)


def group(near: Neighbourhoods, j: int) -> list[int]:
    return [int(k) for k in near.items[part(near, j)]]


def part(near: Neighbourhoods, j: int) -> slice:
    return slice(int(near.indptr[j]), int(near.indptr[j + 1]))


def enough(case: Case, near: Neighbourhoods, regularization: float) -> float:
    """A lambda that makes every system definite: without the rare pairs G is no Gram matrix."""
    groups = [group(near, j) for j in range(len(case.whole))]
    lowest = [np.linalg.eigvalsh(case.whole[np.ix_(g, g)])[0] for g in groups if g]
    return max(regularization, 0.1 - float(min(lowest, default=0)))


@given(cases, st.integers(1, 30))
@settings(deadline=None)
def test_the_nearest_are_as_the_twin_has_them(case: Case, n: int) -> None:
    near, expected = case.near(n), reference.cosines(case.whole)
    n_items = len(expected)
    assert near.items.shape == near.cosines.shape == (near.indptr[-1],)
    for j in range(n_items):
        found = group(near, j)
        wanted = sorted((c for c in expected[j] if c > 0), reverse=True)[:n]
        assert found == sorted(set(found)), "sorted by index, none twice"
        assert j not in found
        assert len(found) == len(wanted)
        assert near.cosines[part(near, j)] == pytest.approx(expected[j, found], rel=1e-5)
        assert sorted(expected[j, found], reverse=True) == pytest.approx(wanted, rel=1e-5)


@given(cases)
@settings(deadline=None)
def test_the_gram_matrix_has_its_content_part(case: Case) -> None:
    near, pairs = case.near(3), case.pairs
    rows = np.repeat(np.arange(len(case.whole)), np.diff(pairs.indptr))
    assert near.gram == pytest.approx(case.whole[rows, pairs.columns], rel=1e-5)
    assert near.diagonal == pytest.approx(case.whole.diagonal(), rel=1e-5)


@given(cases, st.integers(1, 30), st.sampled_from([0.5, 5.0, 100.0]))
@settings(deadline=None)
def test_the_ridge_is_as_the_twin_has_it(case: Case, n: int, regularization: float) -> None:
    near = case.near(n)
    regularization = enough(case, near, regularization)
    weights = case.ridge(near, regularization)
    for j in range(len(case.whole)):
        found = group(near, j)
        expected = reference.ridge(case.whole, j, found, regularization)
        assert weights[part(near, j)] == pytest.approx(expected, rel=1e-3, abs=1e-4)


@given(st.integers(0, 2**32), st.sampled_from([0.5, 5.0, 50.0]))
@settings(deadline=None, max_examples=25)
def test_no_small_step_from_the_ridge_lowers_its_loss(seed: int, regularization: float) -> None:
    """The loss is 1/2 w'(G_NN + lambda I) w - w'G_Nj."""
    case = Case(seed, 25, 1, 0.5)
    near = case.near(10)
    weights = case.ridge(near, regularization).astype(np.float64)
    random = np.random.default_rng(seed)
    for j in range(0, 25, 6):
        found = group(near, j)
        matrix = case.whole[np.ix_(found, found)] + regularization * np.eye(len(found))
        right = case.whole[found, j]

        def loss(w: F64, matrix: F64 = matrix, right: F64 = right) -> float:
            return float(w @ matrix @ w) / 2 - float(w @ right)

        best = loss(weights[part(near, j)])
        for size in (1e-2, 1e-1):
            for _ in range(20 if found else 0):
                step = random.normal(size=len(found))
                step *= size / np.linalg.norm(step)
                assert loss(weights[part(near, j)] + step) > best


def test_with_room_for_all_it_is_ease_and_nothing_less() -> None:
    """D = I, every pair read together, no tags: the neighbours are all other books [Steck 2019]."""
    random = np.random.default_rng(4)
    dense = (random.random((80, 12)) < 0.5).astype(np.float32)
    read = sp.csr_array(dense)
    pairs = co_occurrence(read, even_weights(read), 1)
    assert len(pairs.columns) == 12 * 11, "every two books have a reader in common"
    nothing = no_features(12)
    near = neighbourhoods(pairs, pairs.gram, pairs.diagonal, features=nothing, content=0.0, n=1000)
    weights = ridge_weights(near, pairs, nothing, 0.0, 7.0)
    expected = reference.ease(dense.astype(np.float64), 7.0)
    assert (expected < -0.01).any()
    for j in range(12):
        assert weights[part(near, j)] == pytest.approx(expected[group(near, j), j], abs=1e-4)
    assert near.matrix(weights).toarray() == pytest.approx(np.maximum(expected, 0), abs=1e-4)


def test_a_matrix_holds_what_each_neighbour_gives_and_nothing_below_zero() -> None:
    items = np.array([1, 2, 0, 0, 1], np.int32)
    weights = np.array([0.5, -0.25, 2.0, 0.0, 3.0], np.float32)
    near = Neighbourhoods(np.array([0, 2, 3, 5]), items, weights, weights, weights[:3])
    matrix = near.matrix(weights)
    assert matrix.toarray().tolist() == [[0, 2, 0], [0.5, 0, 3], [0, 0, 0]]
    assert matrix.nnz == 3


def test_of_equal_cosines_only_as_many_as_there_is_room_for_are_kept() -> None:
    read = sp.csr_array(np.ones((3, 9), np.float32))
    pairs = co_occurrence(read, even_weights(read), 1)
    near = neighbourhoods(
        pairs, pairs.common, pairs.readers, features=no_features(9), content=0.0, n=4
    )
    for j in range(9):
        assert len(set(group(near, j)) - {j}) == 4
    assert near.cosines == pytest.approx(np.ones(9 * 4))


def test_better_ones_are_kept_before_those_at_the_cut() -> None:
    """Book 0 shares all readers with book 8 and half of them with each of the others."""
    read = np.zeros((4, 9), np.float32)
    read[:, [0, 8]] = 1
    read[:2, 1:8] = 1
    table = sp.csr_array(read)
    pairs = co_occurrence(table, even_weights(table), 1)
    near = neighbourhoods(
        pairs, pairs.common, pairs.readers, features=no_features(9), content=0.0, n=3
    )
    assert group(near, 0)[-1] == 8
    assert len(group(near, 0)) == 3


def test_tags_alone_make_neighbours_of_books_that_nobody_read() -> None:
    tags = sp.csr_array(np.array([[1.0, 0], [1.0, 0], [0.6, 0.8], [0, 0]], np.float32))
    pairs = no_pairs(4)
    near = neighbourhoods(pairs, pairs.gram, pairs.diagonal, features=tags, content=1.0, n=3)
    assert [group(near, j) for j in range(4)] == [[1, 2], [0, 2], [0, 1], []]
    assert near.cosines[part(near, 0)] == pytest.approx([1.0, 0.6])
    weights = ridge_weights(near, pairs, tags, 1.0, 1.0)
    whole = (tags @ tags.T).toarray().astype(np.float64)
    assert weights[part(near, 2)] == pytest.approx(reference.ridge(whole, 2, [0, 1], 1.0), rel=1e-5)


@pytest.mark.parametrize("content", [0.0, 1e-46, 1e-44])
def test_tags_that_count_nothing_change_nothing(content: float) -> None:
    """Below 1e-45 a float32 is 0: such books have met, but must not be met again."""
    case = Case(3, 25, 2, 0.0)
    tags = sp.csr_array(np.full((25, 40), 40**-0.5, np.float32))
    pairs = case.pairs
    plain = neighbourhoods(
        pairs, pairs.gram, pairs.diagonal, features=no_features(25), content=0.0, n=5
    )
    near = neighbourhoods(pairs, pairs.gram, pairs.diagonal, features=tags, content=content, n=5)
    for j in range(25):
        assert set(group(plain, j)) <= set(group(near, j))
        assert len(group(near, j)) == len(set(group(near, j))) <= 5


@pytest.mark.parametrize("readers", [10, 1_000, 100_000, 1_000_000])
def test_books_that_cannot_be_told_apart_are_weighed_all_the_same(readers: int) -> None:
    """G is singular, and the smallest lambda allowed is lost in the rounding of its diagonal."""
    read = sp.csr_array(np.ones((10, 30), np.float32))
    pairs = co_occurrence(read, np.full(10, readers / 10 + 0.1, np.float32), 1)
    nothing = no_features(30)
    near = neighbourhoods(pairs, pairs.gram, pairs.diagonal, features=nothing, content=0.0, n=29)
    weights = ridge_weights(near, pairs, nothing, 0.0, 1e-3)
    assert np.isfinite(weights).all()
    given = np.add.reduceat(weights, near.indptr[:-1])
    assert given == pytest.approx(np.ones(30), abs=0.01), "what one gives, all give"


@pytest.mark.parametrize("regularization", [1e-3, 0.1, 5.0])
def test_a_gram_matrix_that_lost_its_rare_pairs_still_gives_numbers(regularization: float) -> None:
    """Books 0 and 1 share two readers with each other book, which share but one among them.

    Without the pairs of one reader G is no longer the Gram matrix of anything.
    """
    m = 80
    read = np.zeros((m + 2, m + 2), np.float32)
    read[0] = 1
    for book in range(2, m + 2):
        read[book, [0, 1, book]] = 1
    table = sp.csr_array(read)
    pairs = co_occurrence(table, root_length_weights(table), 2)
    nothing = no_features(m + 2)
    near = neighbourhoods(pairs, pairs.gram, pairs.diagonal, features=nothing, content=0.0, n=m + 1)
    weights = ridge_weights(near, pairs, nothing, 0.0, regularization)
    assert np.abs(weights).max() < 10
    assert (np.diff(near.matrix(weights).T.tocsr().indptr) > 0).all(), "each book has a neighbour"


def large() -> tuple[CoOccurrence, sp.csr_array]:
    random = np.random.default_rng(1)
    read = sp.csr_array((random.random((400, 900)) < 0.03).astype(np.float32))
    tags = unit_rows(sp.csr_array((random.random((900, 60)) < 0.05).astype(np.float64)))
    return co_occurrence(read, root_length_weights(read), 2), tags


def test_one_thread_or_two_give_the_same_bits() -> None:
    pairs, tags = large()

    def make() -> tuple[Neighbourhoods, npt.NDArray[np.float32]]:
        near = neighbourhoods(pairs, pairs.gram, pairs.diagonal, features=tags, content=2.0, n=30)
        return near, ridge_weights(near, pairs, tags, 2.0, 5.0)

    with on_threads(2):
        many, many_weights = make()
    with on_threads(1):
        one, one_weights = make()
    assert many_weights.any()
    assert same_bits(many_weights, one_weights)
    assert all(same_bits(value, getattr(one, name)) for name, value in vars(many).items())
