"""Arrays and settings that come from outside, against what each must be."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn

from readalike.data.stored import LARGEST, StoredArrays, StoredSettings
from readalike.errors import ModelError

WHOLE = st.integers(-3, 12)


def is_matrix(data: Any, indices: Any, indptr: Any, columns: int) -> bool:
    """The slow and obvious twin: whether three lists make a matrix of so many columns."""
    if len(indptr) == 0 or indptr[0] != 0 or indptr[-1] != len(data) or len(indices) != len(data):
        return False
    rises = list(indptr) == sorted(indptr)
    return rises and all(0 <= index < columns for index in indices)


@given(
    hn.arrays(np.float32, st.integers(0, 5), elements=st.floats(-9, 9, width=32)),
    st.lists(WHOLE, max_size=5),
    st.lists(WHOLE, max_size=5),
    st.integers(0, 10),
    st.sampled_from([np.int32, np.int64]),
)
def test_three_arrays_are_a_matrix_or_refused(
    data: Any, indices: list[int], indptr: list[int], columns: int, kind: Any
) -> None:
    arrays = {
        "data": data,
        "indices": np.array(indices, kind),
        "indptr": np.array(indptr, kind),
    }
    wanted = is_matrix(data, indices, indptr, columns)
    if not wanted:
        with pytest.raises(ModelError, match=r"^array '"):
            StoredArrays(arrays).rows("", columns)
        return
    found = StoredArrays(arrays).rows("", columns)
    assert found.shape == (len(indptr) - 1, columns)
    assert found.toarray().sum() == pytest.approx(float(data.sum()), abs=1e-4)


@given(st.integers(0, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_every_matrix_comes_back(rows: int, columns: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    made = sp.csr_array(draw.random((rows, columns)) * (draw.random((rows, columns)) < 0.5))
    arrays = {f"x_{name}": getattr(made, name) for name in ("data", "indices", "indptr")}
    found = StoredArrays(arrays).rows("x_", columns, rows)
    assert (found.toarray() == made.toarray()).all()


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((2, 3), np.float64), r"must be float32 of the shape \(2, any\), got float64"),
        (np.zeros((3, 3), np.float32), r"got float32 of the shape \(3, 3\)"),
        (np.zeros(2, np.float32), r"got float32 of the shape \(2,\)"),
        (np.array([[1, np.nan], [0, 0]], np.float32), "numbers from -1e"),
        (np.array([[1, np.inf], [0, 0]], np.float32), "numbers from -1e"),
        (np.array([[1, 2 * LARGEST], [0, 0]], np.float32), "numbers from -1e"),
        (np.array([[1, -2 * LARGEST], [0, 0]], np.float32), "numbers from -1e"),
    ],
)
def test_an_array_of_another_kind_is_named(array: Any, words: str) -> None:
    with pytest.raises(ModelError, match=f"array 'x' must be.*{words}|{words}"):
        StoredArrays({"x": array}).numbers("x", 2, None)


def test_an_array_may_be_allowed_to_hold_minus_infinity_and_never_nan() -> None:
    for value, fits in ((-np.inf, True), (np.nan, False), (np.inf, False), (0, True)):
        stored = StoredArrays({"x": np.array([1, value], np.float32)})
        if fits:
            assert stored.numbers("x", None, lowest=-np.inf)[1] == value
        else:
            with pytest.raises(ModelError, match="numbers from -inf"):
                stored.numbers("x", None, lowest=-np.inf)


def test_the_largest_numbers_are_believed() -> None:
    ends = np.array([LARGEST, -LARGEST], np.float64)
    assert LARGEST == 1e15
    assert StoredArrays({"x": ends}).numbers("x", 2, kinds=(np.float64,)) is ends
    assert StoredSettings({"a": LARGEST, "b": -LARGEST}).number("a") == LARGEST
    assert StoredSettings({"a": [-LARGEST, LARGEST]}).numbers("a") == (-LARGEST, LARGEST)
    for beyond in (1.01 * LARGEST, -1.01 * LARGEST):
        with pytest.raises(ModelError, match=r"from -1e\+15 to 1e\+15, got "):
            StoredSettings({"a": [0, beyond]}).numbers("a")


def test_a_table_is_looked_at_at_once_only_where_it_must_be() -> None:
    table = np.full((2, 3), np.nan, np.float32)
    assert StoredArrays({"x": table}).table("x", 2, None) is table
    with pytest.raises(ModelError, match="array 'x' must be numbers"):
        StoredArrays({"x": table}, verify=True).table("x", 2, None)
    with pytest.raises(ModelError, match=r"of the shape \(any, 2\)"):
        StoredArrays({"x": table}).table("x", None, 2)


def test_names_below_a_beginning_lose_it() -> None:
    one, other = np.zeros(1, np.float32), np.ones(1, np.float32)
    found = StoredArrays({"a.x": one, "b.x": other}, verify=True).below("a.")
    assert found == StoredArrays({"x": one}, verify=True)
    assert "x" in found
    assert "a.x" not in found


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"indices": [0, 3]}, "array 'x_indices' must be indices from 0 to 2, got 0 to 3"),
        ({"indices": [-1, 2]}, "array 'x_indices' must be indices from 0 to 2, got -1 to 2"),
        ({"indptr": [0, 1, 3]}, "array 'x_indptr' must be numbers that rise from 0 to 2"),
        ({"indptr": [1, 1, 2]}, "array 'x_indptr' must be numbers that rise from 0 to 2"),
        ({"indptr": [0, 2]}, r"array 'x_indptr' must be int32 or int64 of the shape \(3\)"),
        ({"data": [1.0, np.nan]}, "array 'x_data' must be numbers from"),
    ],
)
def test_a_sparse_matrix_that_cannot_be_is_refused(arrays: dict[str, Any], told: str) -> None:
    whole = {"data": [1.0, 2.0], "indices": [0, 2], "indptr": [0, 1, 2]} | arrays
    named = {
        f"x_{name}": np.array(array, np.float32 if name == "data" else np.int32)
        for name, array in whole.items()
    }
    with pytest.raises(ModelError, match=told):
        StoredArrays(named).rows("x_", 3, 2)


def test_the_rows_of_a_sparse_matrix_rise() -> None:
    arrays = {"data": np.ones(2, np.float32), "indices": np.array([0, 2], np.int32)}
    for indptr, rises in (([0, 2, 2, 2], True), ([0, 2, 1, 2], False)):
        stored = StoredArrays(arrays | {"indptr": np.array(indptr, np.int64)})
        if rises:
            assert stored.mapped_rows("", 3).shape == (3, 3)
        else:
            with pytest.raises(ModelError, match="numbers that rise from 0 to 2, got others"):
                stored.mapped_rows("", 3)


def test_a_missing_array_is_named() -> None:
    with pytest.raises(ModelError, match=r"array 'x' must be float32 .* got nothing"):
        StoredArrays({}).numbers("x", 2)


WRONG: list[object] = ["1", None, True, [1], {}, 10**400, float("nan"), float("inf"), -1e16]


@pytest.mark.parametrize("value", WRONG)
def test_a_setting_of_another_type_or_size_is_named(value: object) -> None:
    with pytest.raises(ModelError, match="setting 'a' must be a number from"):
        StoredSettings({"a": value}).number("a")


@pytest.mark.parametrize("value", [0, -1, 0.0, 1e-60])
def test_what_must_be_above_zero_is(value: float) -> None:
    with pytest.raises(ModelError, match="setting 'a' must be a number"):
        StoredSettings({"a": value}).above_zero("a")
    assert StoredSettings({"a": 1e-6}).above_zero("a") == 1e-6


@pytest.mark.parametrize("value", [1.0, True, -1, 8, "1"])
def test_a_whole_number_is_one_from_low_to_high(value: object) -> None:
    with pytest.raises(ModelError, match="setting 'a' must be a whole number from 0 to 7"):
        StoredSettings({"a": value}).whole("a", 0, 7)
    assert StoredSettings({"a": 7}).whole("a", 0, 7) == 7


def test_a_whole_number_may_have_62_bits_unless_told_otherwise() -> None:
    assert StoredSettings({"a": 2**62, "b": 0}).whole("a") == 2**62
    assert StoredSettings({"b": 0}).whole("b") == 0
    for wrong in (2**62 + 1, -1):
        with pytest.raises(ModelError, match="a whole number from 0 to 4611686018427387904"):
            StoredSettings({"a": wrong}).whole("a")


def test_of_a_long_setting_sixty_signs_are_shown() -> None:
    with pytest.raises(ModelError, match=f"got '{'x' * 59}$"):
        StoredSettings({"a": "x" * 99}).number("a")


def test_lists_texts_and_parts_are_what_they_are() -> None:
    stored = StoredSettings(json.loads('{"a": [1, 2.5], "b": "x", "c": {"d": 3}}'))
    assert stored.numbers("a") == (1, 2.5)
    assert stored.words("b") == "x"
    assert stored.part("c").number("d") == 3
    for read in (stored.numbers, stored.part, stored.number):
        with pytest.raises(ModelError, match="setting 'b' must be"):
            read("b")
    with pytest.raises(ModelError, match="setting 'a' must be a text, got a list"):
        stored.words("a")
    with pytest.raises(ModelError, match="setting 'z' must be there, got 'nothing'"):
        stored.words("z")
    with pytest.raises(ModelError, match="setting 'e' must be a list of numbers"):
        StoredSettings({"e": []}).numbers("e")
