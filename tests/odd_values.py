"""Values that no file should hold and some do, and a limit of time for looking at them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

BLANK_SIGNS = "\t\v\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2007\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
"""Signs around an id that do not count."""
LONG = 5_000
"""More digits than Python makes an int of."""
MARKS = "\u0315\u0300" * 200_000
"""Accents on one letter, which a decomposition must put in order."""


@contextmanager
def in_time(seconds: int = 60) -> Iterator[None]:
    """Fails where something takes longer; what takes quadratic time of a million takes hours."""

    def late(*_: object) -> None:
        raise AssertionError(f"it takes more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
