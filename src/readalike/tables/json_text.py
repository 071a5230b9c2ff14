"""JSON from outside: numbers of any length, and letters of which only one half is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_HALF = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\[^u])"  # whole, or no letter
    r"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)
"""Letters beyond U+FFFF are written in two halves; one alone is none, and nothing can write it."""


def without_halves(text: str) -> str:
    r"""The same JSON, of the same length, with \ufffd for each half of a letter that is alone."""
    return _HALF.sub(lambda found: found[1] or r"\ufffd", text)


def decoder_of(pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> json.JSONDecoder:
    """Reads JSON and leaves numbers as text, as they are written.

    Python does not read whole numbers of more than 4,300 digits, and reads 1e999 as infinity.

    Args:
        pairs: Makes an object of its names and values; a dict where it is not given.
    """
    return json.JSONDecoder(
        object_pairs_hook=pairs, parse_int=str, parse_float=str, parse_constant=str
    )
