"""Text as it is compared: without case, accents and signs."""

from __future__ import annotations

import re
import unicodedata

_APOSTROPHES = re.compile(r"['’‘ʼ`´′]")
_NO_WORD = re.compile(r"[^\w]+|_")


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


def fold(text: str) -> str:
    """Text without case, accents, apostrophes and other signs, words divided by one blank.

    Curly and straight apostrophes, composed and decomposed accents, and full-width letters all
    come out alike.
    """
    plain = without_marks(_APOSTROPHES.sub("", text))
    # casefold may compose anew (ß, dotted I), hence the second look at combining marks
    folded = unicodedata.normalize("NFKD", plain.casefold())
    return " ".join(_NO_WORD.sub(" ", folded).split())
