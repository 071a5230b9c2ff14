from __future__ import annotations

from email.message import Message
from http.client import HTTPResponse
from types import SimpleNamespace
from typing import cast

import pytest

from odd_values import LONG
from readalike.data.download.version import of_part, of_whole


def response(**headers: str) -> HTTPResponse:
    """An answer of nothing but headers."""
    told = Message()
    for name, value in headers.items():
        told[name.replace("_", "-")] = value
    return cast("HTTPResponse", SimpleNamespace(headers=told))


@pytest.mark.parametrize(
    ("length", "size"),
    [("42", 42), ("", None), ("9" * LONG, None), ("\u00b2", None), ("-1", None), ("1_0", None)],
    ids=lambda value: str(value)[:8],
)
def test_a_size_that_cannot_be_is_not_known(length: str, size: int | None) -> None:
    assert of_whole(response(Content_Length=length)).size == size


@pytest.mark.parametrize(
    ("told", "start", "size"),
    [
        ("bytes 5-9/10", 5, 10),
        (f"bytes {'9' * LONG}-9/10", -1, None),
        (f"bytes 5-9/{'9' * LONG}", -1, None),
        ("bytes \u0665-9/10", -1, None),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_part_that_cannot_be_begins_nowhere(told: str, start: int, size: int | None) -> None:
    begin, version = of_part(response(Content_Range=told))
    assert (begin, version.size) == (start, size)
