"""Texts in cells that a spreadsheet must not compute, there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.tables.spreadsheets import as_text, text_of

BEGINNINGS = st.text("'=+-@\t\r a", max_size=5)
TEXTS = st.builds(str.__add__, BEGINNINGS, st.text(max_size=5))


@given(TEXTS)
def test_every_text_comes_back(text: str) -> None:
    assert text_of(as_text(text)) == text


@given(TEXTS, TEXTS)
def test_two_texts_are_never_one_cell(one: str, other: str) -> None:
    assert (as_text(one) == as_text(other)) == (one == other)


@given(TEXTS)
def test_no_cell_is_computed(text: str) -> None:
    assert as_text(text)[:1] not in tuple("=+-@\t\r")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=SUM(1)", "'=SUM(1)"), ("'=x", "''=x"), ("-30-", "'-30-"), ("\tx", "'\tx"),
        ("'Tis", "'Tis"), ("Emma", "Emma"), ("", ""), ("''", "''"), ("a=b", "a=b"),
    ],
)  # fmt: skip
def test_only_what_would_be_computed_is_changed(text: str, cell: str) -> None:
    assert as_text(text) == cell


@pytest.mark.parametrize("typed", ["=SUM(1)", "'Tis", "Emma", "", "-30-"])
def test_what_a_person_typed_is_its_own_text(typed: str) -> None:
    assert text_of(typed) == typed
