from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.vocabulary import Vocabulary, as_id
from readalike.errors import InputError


@given(st.lists(st.text().map(as_id).filter(bool), unique=True))
def test_ids_and_indices_are_each_others_inverse(ids: list[str]) -> None:
    vocabulary = Vocabulary.of(ids)
    assert [vocabulary.index(i) for i in ids] == list(range(len(ids)))
    assert list(vocabulary) == ids
    assert vocabulary.indices(ids).tolist() == list(range(len(ids)))


@pytest.mark.parametrize(
    "written", ["1", 1, 1.0, "1.0", " 1 ", "\u20281\x85", np.int64(1), np.float32(1)]
)
def test_a_number_and_its_text_are_one_id(written: object) -> None:
    assert as_id(written) == "1"
    assert Vocabulary.of(["0", "1"]).index(written) == 1
    assert written in Vocabulary.of([1])


def test_an_unknown_id_has_no_index() -> None:
    vocabulary = Vocabulary.of(["a", "b"])
    assert vocabulary.index("c") is None
    assert "c" not in vocabulary
    assert vocabulary.indices(["b", "c", "a"]).tolist() == [1, -1, 0]


def test_a_repeated_id_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="'b' more than once"):
        Vocabulary.of(["a", "b", "b"])


def test_order_is_kept_as_given() -> None:
    assert Vocabulary.of(["z", "10", "9"]).ids == ("z", "10", "9")


def test_equality_is_by_ids() -> None:
    assert Vocabulary.of([1, 2]) == Vocabulary.of(["1", "2"])
    assert hash(Vocabulary.of([1, 2])) == hash(Vocabulary.of(["1", "2"]))
    assert Vocabulary.of([1, 2]) != Vocabulary.of([2, 1])
