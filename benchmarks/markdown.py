"""Markdown, as the tables of the pages are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def table(header: list[str], rows: list[list[str]]) -> str:
    """A table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def interval(found: Mapping[str, Any], sign: str = "") -> str:
    """A mean with its interval; `sign` is "+" of a difference."""
    low, high = (f"{found[end]:{sign}.3f}" for end in ("low", "high"))
    return f"{found['mean']:{sign}.4f} ({low} to {high})"
