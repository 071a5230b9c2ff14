"""Text in a CSV that a spreadsheet takes for text, whatever it begins with.

A spreadsheet computes a cell that begins like a formula, and a formula can send what stands in
other cells to somebody. An apostrophe before it makes it text. One more is put before a text that
could be taken for one with an apostrophe already, so that every text comes back as it was.
"""

from __future__ import annotations

import re

_COMPUTED = re.compile(r"'*[=+\-@\t\r]")


def as_text(text: str) -> str:
    """The text as it is written into a cell, so that nothing is computed."""
    return f"'{text}" if _COMPUTED.match(text) else text


def text_of(cell: str) -> str:
    """The text that a cell was written of; a cell that a person typed is mostly its own text."""
    return cell[1:] if cell.startswith("'") and _COMPUTED.match(cell) else cell
