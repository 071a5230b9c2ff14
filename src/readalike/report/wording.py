"""Numbers and lists as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from readalike.numerics.intervals import Interval
from readalike.tables.account import counted

NONE = "–"


def decimals_of(values: Iterable[float]) -> int:
    """How many decimals a column of numbers needs to show about four digits."""
    largest = max((abs(value) for value in values), default=0.0)
    return 4 if largest < 1 else 3 if largest < 10 else 2


def number(value: float, decimals: int) -> str:
    """A number with a true minus, and no minus before zero."""
    text = f"{value:,.{decimals}f}"
    negative = text.startswith("-") and any(digit in text for digit in "123456789")
    return ("−" if negative else "") + text.lstrip("-")


def span(interval: Interval, decimals: int) -> str:
    """The ends of an interval."""
    return f"{number(interval.low, decimals)} to {number(interval.high, decimals)}"


def duration(seconds: float) -> str:
    """A time, in about three digits."""
    if seconds < 0.001:
        return "< 1 ms"
    if round(seconds * 1000) < 1000:
        return f"{seconds * 1000:.0f} ms"
    if round(seconds, 1) < 100:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def joined(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def history_of(given: int | None) -> str:
    """How many books the models knew of each reader; empty where that is not fixed."""
    return "" if given is None else f"told {counted(given, 'book')}"
