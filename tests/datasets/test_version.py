from __future__ import annotations

from email.message import Message
from http.client import HTTPResponse
from types import SimpleNamespace
from typing import cast

import pytest

from odd_values import LONG
from readalike.datasets.transfer import read_version


def response(status: int, **headers: str) -> HTTPResponse:
    """An answer of nothing but headers."""
    told = Message()
    for name, value in headers.items():
        told[name.replace("_", "-")] = value
    return cast("HTTPResponse", SimpleNamespace(status=status, headers=told))


@pytest.mark.parametrize(
    ("length", "size"),
    [("42", 42), ("", None), ("9" * LONG, None), ("\u00b2", None), ("-1", None), ("1_0", None)],
    ids=lambda value: str(value)[:8],
)
def test_a_size_that_cannot_be_is_not_known(length: str, size: int | None) -> None:
    assert read_version(response(200, Content_Length=length))[1].size == size


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
    begin, version = read_version(response(206, Content_Range=told))
    assert (begin, version.size) == (start, size)


@pytest.mark.parametrize("told", ["md5=!", "md5=AAAA", "crc32c=AAAAAA==", "MD5=", "md5"])
def test_a_checksum_that_cannot_be_is_not_known(told: str) -> None:
    assert read_version(response(200, x_goog_hash=told))[1].md5 is None
