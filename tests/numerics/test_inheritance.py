from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.numerics import inheritance
from readalike.numerics.inheritance import OWN, find_content_neighbours, inherit, strongest
from readalike.numerics.neighbourhood import most_similar, only
from readalike.numerics.tag_vectors import unit_rows

F64 = npt.NDArray[np.float64]


def features_of(seed: int, n: int) -> sp.csr_array:
    random = np.random.default_rng(seed)
    # two tags that all have, or books that have one alone would be equally alike
    tags = (random.random((n, 6)) < 0.4) * random.random((n, 6))
    tags[:, 4:] = 0.1 + random.random((n, 2))
    tags[::5] = 0
    return unit_rows(sp.csr_array(tags))


def neighbours_slowly(features: F64, readers: list[int], few: int, n: int) -> F64:
    found = np.zeros((len(readers), len(readers)))
    for j, own in enumerate(readers):
        if own >= few:
            continue
        cosines = [
            (float(features[j] @ features[k]), k) for k, other in enumerate(readers) if other >= few
        ]
        nearest = sorted(((c, k) for c, k in cosines if c > 1e-7), reverse=True)[:n]
        total = sum(c**2 for c, _ in nearest)
        for c, k in nearest:
            found[j, k] = (1 - own / few) * c**2 / total
    return found


def inherit_slowly(layer: F64, content_neighbours: F64) -> F64:
    n = len(layer)
    length = np.mean([np.sqrt(np.sum(layer[i] ** 2)) for i in range(n)])
    columns = np.zeros((n, n))
    for j in range(n):
        columns[:, j] = (1 - content_neighbours[j].sum()) * layer[:, j]
        for k in range(n):
            columns[:, j] += content_neighbours[j, k] * layer[:, k]
            columns[k, j] += content_neighbours[j, k] * OWN * length
    whole = np.zeros((n, n))
    for i in range(n):
        whole[i] = (1 - content_neighbours[i].sum()) * columns[i]
        for k in range(n):
            whole[i] += content_neighbours[i, k] * columns[k]
    return whole


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), few=st.integers(0, 12), n=st.integers(1, 6))
def test_neighbours_are_those_of_the_slow_way(seed: int, few: int, n: int) -> None:
    features = features_of(seed, 20)
    readers = np.random.default_rng(seed + 1).integers(0, 14, 20)
    found = find_content_neighbours(features, readers, few, n).toarray()
    expected = neighbours_slowly(features.toarray().astype(float), readers.tolist(), few, n)
    assert found == pytest.approx(expected, abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000))
def test_what_is_taken_over_is_that_of_the_slow_way(seed: int) -> None:
    random = np.random.default_rng(seed)
    n = 20
    layer = sp.csr_array(((random.random((n, n)) < 0.3) * random.random((n, n))).astype(np.float32))
    content_neighbours = find_content_neighbours(
        features_of(seed, n), random.integers(0, 14, n), 8, 3
    )
    found = inherit(layer, content_neighbours, n)
    assert found.toarray() == pytest.approx(
        inherit_slowly(layer.toarray().astype(float), content_neighbours.toarray()), abs=1e-5
    )
    assert found.has_sorted_indices


def test_a_book_with_enough_readers_keeps_its_column_and_row_bit_by_bit() -> None:
    random = np.random.default_rng(4)
    layer = sp.csr_array(((random.random((20, 20)) < 0.5) * random.random((20, 20))), dtype="f4")
    readers = np.full(20, 50)
    readers[[3, 7]] = 0
    others = np.setdiff1d(np.arange(20), [3, 7])
    found = inherit(layer, find_content_neighbours(features_of(1, 20), readers, 20, 5), 5)
    corner = np.ix_(others, others)
    assert found.toarray()[corner].tolist() == layer.toarray()[corner].tolist()


def test_nobody_takes_over_without_heirs_or_without_neighbours() -> None:
    layer = sp.csr_array(np.eye(4, dtype=np.float32))
    features = unit_rows(sp.csr_array(np.ones((4, 1))))
    for few, known in ((0, features), (10, features), (3, sp.csr_array((4, 0), dtype=np.float32))):
        content_neighbours = find_content_neighbours(known, np.array([5, 5, 1, 5]), few, 2)
        assert content_neighbours.nnz == 0
        assert inherit(layer, content_neighbours, 3) is layer


def test_an_heir_without_any_neighbour_keeps_what_it_has() -> None:
    layer = sp.csr_array(np.arange(16.0, dtype=np.float32).reshape(4, 4))
    features = unit_rows(sp.csr_array(np.array([[1.0], [1.0], [1.0], [0.0]])))
    content_neighbours = find_content_neighbours(features, np.array([9, 9, 0, 3]), 5, 2)
    assert content_neighbours.sum(axis=1).tolist() == pytest.approx([0, 0, 1, 0])
    found = inherit(layer, content_neighbours, 4).toarray()
    assert found[:, 3][[0, 1, 3]].tolist() == layer.toarray()[:, 3][[0, 1, 3]].tolist()


def test_parts_that_are_made_apart_are_put_in_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    layer = sp.csr_array(random.random((30, 30)).astype(np.float32))
    content_neighbours = find_content_neighbours(
        features_of(2, 30), random.integers(0, 14, 30), 8, 3
    )
    whole = inherit(layer, content_neighbours, 6).toarray()
    monkeypatch.setattr(inheritance, "AT_ONCE", 2)
    assert inherit(layer, content_neighbours, 6).toarray().tolist() == whole.tolist()


def test_an_heir_takes_over_the_largest_entries_only() -> None:
    layer = sp.csr_array(np.diag(np.arange(1.0, 7.0)).astype(np.float32) + 0.5)
    features = unit_rows(sp.csr_array(np.ones((6, 1))))
    content_neighbours = find_content_neighbours(features, np.array([0, 9, 9, 9, 9, 9]), 5, 5)
    assert np.count_nonzero(inherit(layer, content_neighbours, 2).toarray()[:, 0]) == 2


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 1000), most=st.integers(1, 6))
def test_the_strongest_are_those_of_each_row(seed: int, most: int) -> None:
    random = np.random.default_rng(seed)
    dense = (random.random((7, 9)) < 0.5) * random.integers(1, 4, (7, 9)).astype(float)
    found = strongest(sp.csr_array(dense), most).toarray()
    for row, kept in zip(dense, found, strict=True):
        order = sorted(np.flatnonzero(row), key=lambda at: (-row[at], at))[:most]
        expected = np.zeros(9)
        expected[order] = row[order]
        assert kept.tolist() == expected.tolist()


def test_only_those_asked_for_are_compared_with_only_the_others() -> None:
    features = features_of(3, 12)
    wanted, among = np.arange(12) < 5, np.arange(12) >= 4
    found = most_similar(features, wanted, among, 12).toarray()
    whole = (features @ features.T).toarray()
    np.fill_diagonal(whole, 0)
    whole[~wanted] = 0
    whole[:, ~among] = 0
    assert found == pytest.approx(whole, abs=1e-6)
    assert found.any()


def test_rows_that_are_not_wanted_are_empty() -> None:
    matrix = sp.csr_array(np.arange(6.0).reshape(3, 2))
    found: Any = only(matrix, np.array([True, False, True]))
    assert found.toarray().tolist() == [[0, 1], [0, 0], [4, 5]]
