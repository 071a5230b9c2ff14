from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odd_values import MARKS, in_time
from readalike.bibliography.folding import fold, without_marks


def plainly(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


@pytest.mark.parametrize("text", ["Émile", "E\u0301mile", "Ｅｍｉｌｅ\u0301"])
def test_marks_and_width_do_not_count(text: str) -> None:
    assert without_marks(text) == "Emile"


def test_every_sign_there_is() -> None:
    signs = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [sign for sign in signs if without_marks(sign) != plainly(sign)] == []


@given(st.text(st.characters() | st.characters(categories=["Mn", "Mc", "Me"])))
def test_marks_go_as_they_do_behind_the_decomposition(text: str) -> None:
    assert without_marks(text) == plainly(text)


def test_marks_without_end() -> None:
    with in_time():
        assert without_marks(f"a{MARKS}b") == "ab"


@given(st.text(max_size=30))
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(st.characters(max_codepoint=127), max_size=30))
def test_plain_letters_are_folded_as_all_others_are(text: str) -> None:
    assert fold(f"{text} ñ") == f"{fold(text)} n".strip()
