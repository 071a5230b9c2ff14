"""The cells of one row of a library, by what they mean."""

from __future__ import annotations

from collections.abc import Mapping

Cells = Mapping[str, str]
"""Text of a row by role; `read:on` and `read:last` are roles of one kind, `read`."""


def of_kinds(cells: Cells, *kinds: str) -> list[str]:
    """The cells of all roles of some kinds that hold something."""
    return [text for role, text in cells.items() if text and role.partition(":")[0] in kinds]
