"""Letters as they are compared: without accents and other marks."""

from __future__ import annotations

import unicodedata


def without_marks(text: str) -> str:
    """Text without accents, composed or decomposed, in plain letters for full-width ones.

    Marks go before letters are decomposed too: decomposing puts those of one letter in order, in a
    time that grows with the square of their number.
    """
    if text.isascii():
        return text
    return _unmarked(unicodedata.normalize("NFKD", _unmarked(text)))


def _unmarked(text: str) -> str:
    return "".join(c for c in text if not unicodedata.combining(c))
