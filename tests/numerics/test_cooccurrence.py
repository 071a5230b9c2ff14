from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from hypothesis import example, given, settings
from hypothesis import strategies as st

import reference
from readalike.numerics.cooccurrence import (
    CoOccurrence,
    co_occurrence,
    even_weights,
    no_pairs,
    root_length_weights,
)
from strategies import same_bits
from threads import on_threads

Rows = list[list[int]]


def matrix(rows: Rows, n_items: int) -> sp.csr_array:
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    items = np.array([i for row in rows for i in row], np.int32)
    return sp.csr_array((np.ones(len(items), np.float32), items, indptr), (len(rows), n_items))


@st.composite
def tables(draw: st.DrawFn) -> tuple[Rows, int]:
    """Who read what; few books, so that rows are swept, or many, so that they are picked clean."""
    n_items = draw(st.sampled_from([1, 2, 9, 40, 400]))
    row = st.lists(st.integers(0, n_items - 1), unique=True, max_size=8)
    return draw(st.lists(row, min_size=1, max_size=12)), n_items


@given(tables(), st.integers(1, 4), st.booleans())
@example(([[0, 1], [1, 0]], 2), 2, False)
@example(([list(range(0, 400, 2)), list(range(400))], 400), 2, True)
@settings(deadline=None)
def test_pairs_are_as_the_twin_has_them(table: tuple[Rows, int], least: int, even: bool) -> None:
    rows, n_items = table
    read = matrix(rows, n_items)
    weights = even_weights(read) if even else root_length_weights(read)
    pairs = co_occurrence(read, weights, least)
    common, gram = reference.co_occurrence(rows, weights.astype(float).tolist(), n_items)
    assert pairs.readers.tolist() == common.diagonal().tolist()
    assert pairs.diagonal == pytest.approx(gram.diagonal(), rel=1e-6)
    assert len(pairs.columns) == len(pairs.common) == len(pairs.gram) == pairs.indptr[-1]
    for i in range(n_items):
        span = slice(pairs.indptr[i], pairs.indptr[i + 1])
        wanted = [j for j in range(n_items) if j != i and common[i, j] >= least]
        assert pairs.columns[span].tolist() == wanted
        assert pairs.common[span].tolist() == common[i, wanted].tolist()
        assert pairs.gram[span] == pytest.approx(gram[i, wanted], rel=1e-6)


def test_a_table_worked_out_by_hand() -> None:
    """Readers: {0, 1, 2}, {0, 1}, {2}; the first weighs 1/sqrt(3), the second 1/sqrt(2)."""
    read = matrix([[0, 1, 2], [1, 0], [2]], 3)
    pairs = co_occurrence(read, root_length_weights(read), 1)
    assert pairs.indptr.tolist() == [0, 2, 4, 6]
    assert pairs.columns.tolist() == [1, 2, 0, 2, 0, 1]
    assert pairs.common.tolist() == [2, 1, 2, 1, 1, 1]
    third, half = 3**-0.5, 2**-0.5
    assert pairs.gram == pytest.approx([third + half, third, third + half, third, third, third])
    assert pairs.readers.tolist() == [2, 2, 2]
    assert pairs.diagonal == pytest.approx([third + half, third + half, third + 1])


def test_pairs_below_the_threshold_are_left_out_and_the_diagonal_is_not() -> None:
    pairs = co_occurrence(matrix([[0, 1], [0, 1], [0, 2]], 3), np.ones(3, np.float32), 2)
    assert pairs.columns.tolist() == [1, 0]
    assert pairs.readers.tolist() == [3, 2, 1]


def big(seed: int = 0, n_users: int = 500, n_items: int = 700) -> sp.csr_array:
    random = np.random.default_rng(seed)
    popular = 1 / np.arange(1, n_items + 1)
    lengths = random.integers(0, 40, n_users)
    rows = [random.choice(n_items, k, False, popular / popular.sum()).tolist() for k in lengths]
    return matrix(rows, n_items)


def same(one: CoOccurrence, other: CoOccurrence) -> bool:
    return all(same_bits(value, getattr(other, name)) for name, value in vars(one).items())


def test_one_thread_or_two_give_the_same_bits() -> None:
    read = big()
    weights = root_length_weights(read)
    with on_threads(2):
        many = co_occurrence(read, weights, 2)
    with on_threads(1):
        one = co_occurrence(read, weights, 2)
    assert len(one.columns) > 1000
    assert same(one, many)


def test_what_the_row_before_left_over_never_shows() -> None:
    """Short rows and long ones take turns: each clears in its own way."""
    read = big(3)
    dense: npt.NDArray[np.float64] = read.toarray().astype(np.float64)
    common = dense.T @ dense
    pairs = co_occurrence(read, even_weights(read), 1)
    table = sp.csr_array((pairs.common, pairs.columns, pairs.indptr), common.shape).toarray()
    lengths = np.diff(read.indptr)
    met = dense.T @ lengths
    assert (met * 16 > 700).any()
    assert ((met * 16 <= 700) & (met > 0)).any()
    np.fill_diagonal(common, 0)
    assert np.array_equal(table, common)
    assert np.array_equal(pairs.gram, pairs.common)


def test_weights_by_the_length_of_the_history() -> None:
    read = matrix([[0, 1, 2, 3], [], [2]], 4)
    assert root_length_weights(read).tolist() == [0.5, 1.0, 1.0]
    assert even_weights(read).tolist() == [1.0, 1.0, 1.0]


def test_books_of_which_nobody_read_two_have_no_pairs() -> None:
    pairs = no_pairs(3)
    assert pairs.indptr.tolist() == [0, 0, 0, 0]
    assert pairs.columns.dtype == np.int32
    assert same(pairs, co_occurrence(matrix([[]], 3), np.ones(1, np.float32), 1))
