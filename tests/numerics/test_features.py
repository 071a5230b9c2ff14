from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import reference
from readalike.numerics.tag_vectors import mean_length, scaled, tag_features, unit_rows

F64 = npt.NDArray[np.float64]
tables = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=9),
    elements=st.sampled_from([0.0, 0.0, 1.0, 2.0, 30.0]),
)


@given(tables, st.integers(1, 3), st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_tags_are_as_the_twin_has_them(counts: F64, fewest: int, most: float) -> None:
    features = tag_features(sp.csr_array(counts.astype(np.float32)), fewest, most)
    expected = reference.tf_idf(counts, fewest, most)
    assert features.dtype == np.float32
    assert features.toarray() == pytest.approx(expected, abs=1e-6)
    assert features.has_sorted_indices
    assert (features.data > 0).all(), "a weight of 0 is no entry"


def test_tags_of_one_book_and_of_nearly_all_say_nothing() -> None:
    counts = np.array([[5, 1, 1, 0], [5, 0, 1, 0], [5, 0, 0, 9], [5, 0, 0, 9]], np.float32)
    features = tag_features(sp.csr_array(counts), 2, 0.5)
    assert features.toarray().tolist() == [[1, 0], [1, 0], [0, 1], [0, 1]]


def test_a_tag_given_often_counts_more_but_not_in_proportion() -> None:
    counts = np.array([[1000, 1], [1, 1], [0, 0], [0, 0], [0, 0]], np.float32)
    row = tag_features(sp.csr_array(counts), 1, 1.0).toarray()[0]
    assert row[0] / row[1] == pytest.approx(math.log(1001) / math.log(2), rel=1e-6)


def test_a_count_of_0_that_is_written_down_is_no_tag() -> None:
    stored = sp.csr_array((np.array([0.0, 3.0], np.float32), [0, 0], [0, 1, 2, 2]), (3, 1))
    assert tag_features(stored, 1, 1.0).toarray().tolist() == [[0], [1], [0]]
    assert tag_features(stored, 2, 1.0).shape == (3, 0)


@given(hnp.arrays(np.float64, (4, 5), elements=st.sampled_from([0.0, 0.5, -3.0, 1e4])))
def test_unit_rows_have_length_1_and_the_same_direction(table: F64) -> None:
    units = unit_rows(sp.csr_array(table)).toarray().astype(np.float64)
    for row, unit in zip(table, units, strict=True):
        length = math.sqrt(float(row @ row))
        assert unit * length == pytest.approx(row, rel=1e-5, abs=1e-6)
        assert float(unit @ unit) == pytest.approx(1.0 if length else 0.0, abs=1e-5)


def test_unit_rows_leave_what_they_are_given_as_it_is() -> None:
    given_rows = sp.csr_array(np.array([[3.0, 4.0]]))
    assert unit_rows(given_rows).toarray().tolist() == [[pytest.approx(0.6), pytest.approx(0.8)]]
    assert given_rows.toarray().tolist() == [[3.0, 4.0]]


@given(tables)
def test_the_mean_length_is_that_of_all_rows_empty_ones_too(table: F64) -> None:
    lengths = [math.sqrt(float(row @ row)) for row in table]
    expected = sum(lengths) / len(lengths) if any(lengths) else 1.0
    assert mean_length(sp.csr_array(table.astype(np.float32))) == pytest.approx(expected, rel=1e-6)


@given(tables, st.integers(0, 9))
def test_scaling_is_by_row_and_by_column(table: F64, seed: int) -> None:
    random = np.random.default_rng(seed)
    rows: F64 = random.normal(size=(table.shape[0],))
    columns: F64 = random.normal(size=(table.shape[1],))
    found = scaled(sp.csr_array(table.astype(np.float32)), rows, columns)
    expected = np.diag(rows) @ table @ np.diag(columns)
    assert found.dtype == np.float32
    assert found.toarray() == pytest.approx(expected, rel=1e-5)
