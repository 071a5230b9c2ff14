from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odd_values import LONG
from readalike.tables.containers import json_decoder
from readalike.tables.text import without_halves


def decoded(text: str) -> Any:
    return json_decoder().decode(without_halves(text))


@pytest.mark.parametrize("number", ["9" * LONG, "-0", "1e999", "1.50", "NaN", "-Infinity", "7"])
def test_numbers_are_as_they_are_written(number: str) -> None:
    assert decoded(f'{{"a": [{number}]}}') == {"a": [number]}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\ud800", "\ufffd"),
        (r"x\uDFFFy", "x\ufffdy"),
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\ude00\ud83d", "\ufffd\ufffd"),
        (r"\\ud800", r"\ud800"),
        (r"\\\ud800", "\\\ufffd"),
        (r"\n\u00e9", "\n\u00e9"),
    ],
)
def test_a_letter_is_whole_or_shown_as_none(written: str, meant: str) -> None:
    assert decoded(f'"{written}"') == meant
    assert decoded(f'{{"{written}": 1}}') == {meant: "1"}


@given(st.text(st.characters() | st.sampled_from('\ud800\udfff\ud83d\ude00\\"u')))
def test_what_is_read_can_be_written(text: str) -> None:
    found = decoded(json.dumps(text))
    found.encode("utf-8")
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert len(found) == len(joined)
    if not any("\ud800" <= sign <= "\udfff" for sign in text):
        assert found == text


def fault(read: Callable[[str], Any], text: str) -> tuple[str, int] | None:
    try:
        read(text)
    except json.JSONDecodeError as error:
        return error.msg, error.pos
    return None


@given(st.text(st.sampled_from('\\"ud8Dcf0e,[]')))
def test_a_text_keeps_its_length_and_its_faults(text: str) -> None:
    assert len(without_halves(text)) == len(text)
    assert fault(decoded, text) == fault(json.loads, text)
