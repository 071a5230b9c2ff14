from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.histories import Histories, entries_of
from strategies import histories, same_bits


def as_lists(table: Histories) -> list[list[int]]:
    return [table.row(r)[0].tolist() for r in range(len(table))]


def test_rows_keep_their_order() -> None:
    table = Histories.of_rows([([3, 1], [5, math.nan]), ([], []), ([0], [2])], 4)
    assert as_lists(table) == [[3, 1], [], [0]]
    assert table.lengths.tolist() == [2, 0, 1]
    assert table.rows.tolist() == [0, 0, 2]
    nobody = Histories.of_rows([], 4)
    assert (len(nobody), len(nobody.items), len(nobody.stars)) == (0, 0, 0)


@given(histories(min_rows=1), st.data())
def test_take_is_row_by_row(table: Histories, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(table) - 1)))
    assert as_lists(table.take(chosen)) == [as_lists(table)[r] for r in chosen]


@given(histories(), st.integers(0, 8), st.integers(0, 8))
def test_a_slice_is_what_take_gives(table: Histories, start: int, length: int) -> None:
    start = min(start, len(table))
    part = table.slice(start, start + length)
    whole = table.take(list(range(start, min(start + length, len(table)))))
    assert as_lists(part) == as_lists(whole)
    assert same_bits(part.stars, whole.stars)


@given(histories(), st.integers(0, 9))
def test_first_cuts_each_row(table: Histories, n: int) -> None:
    assert as_lists(table.first(n)) == [row[:n] for row in as_lists(table)]


@given(histories())
def test_the_matrix_has_a_one_for_each_read_book(table: Histories) -> None:
    dense = table.matrix().toarray()
    for r, row in enumerate(as_lists(table)):
        assert sorted(np.flatnonzero(dense[r]).tolist()) == sorted(row)


@given(histories())
def test_each_entry_has_its_place_in_its_row(table: Histories) -> None:
    assert table.places.tolist() == [at for row in as_lists(table) for at in range(len(row))]
    assert table.rows.tolist() == [r for r, row in enumerate(as_lists(table)) for _ in row]


def test_a_matrix_holds_the_values_given() -> None:
    table = Histories.of_rows([([3, 1], [5, 2]), ([], []), ([0], [4])], 4)
    assert table.matrix(table.stars).toarray().tolist() == [[0, 2, 0, 5], [0] * 4, [4, 0, 0, 0]]
    assert table.matrix().dtype == np.float32


@given(histories(min_rows=1), st.data())
def test_entries_of_rows_lie_where_the_rows_do(table: Histories, data: st.DataObject) -> None:
    chosen = np.array(data.draw(st.lists(st.integers(0, len(table) - 1))), np.int64)
    found = entries_of(table.indptr, chosen)
    assert table.items[found].tolist() == [i for r in chosen for i in as_lists(table)[r]]


def test_arrays_cannot_be_changed() -> None:
    table = Histories.of_rows([([1], [3])], 2)
    with pytest.raises(ValueError, match="read-only"):
        table.items[0] = 0


@given(st.lists(st.lists(st.integers(0, 4), max_size=6), min_size=1, max_size=5))
def test_an_item_twice_in_a_row_is_found_wherever_it_stands(rows: list[list[int]]) -> None:
    histories = Histories.of_rows([(row, [3.0] * len(row)) for row in rows], 5)
    assert histories.repeats == any(len(set(row)) < len(row) for row in rows)
