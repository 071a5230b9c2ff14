"""Text as it is compared: titles and names, columns, tags."""

from __future__ import annotations

import re
import unicodedata

LONGEST_TAG = 200
"""So many letters of a tag tell it from others."""

_APOSTROPHES = re.compile(r"['’‘ʼ`´′]")
_NO_WORD = re.compile(r"[^\w]+|_")
_NO_TAG_WORD = re.compile(r"[^\w']+|_")
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)} | {
    ord("'"): "",
    ord("`"): "",
}


def fold(text: str) -> str:
    """Text without case, accents, apostrophes and other signs, words divided by one blank."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    plain = without_marks(without_apostrophes(text))
    # casefold may compose anew (ß, dotted I), hence the second look at combining marks
    folded = unicodedata.normalize("NFKD", plain.casefold())
    return " ".join(_NO_WORD.sub(" ", folded).split())


def fold_case(text: str) -> str:
    """Text without case, its blanks collapsed; signs and accents count."""
    return " ".join(text.split()).casefold()


def without_apostrophes(text: str) -> str:
    """Text without apostrophes of any form: "O'Brien" and "O’Brien" are one."""
    return _APOSTROPHES.sub("", text)


def fold_tag(text: str) -> str:
    """A tag in small letters and plain words: full-width letters, hyphens and case do not count."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST_TAG]).casefold()
    return " ".join(_NO_TAG_WORD.sub(" ", folded).split())


def without_marks(text: str) -> str:
    """Text without accents, composed or decomposed, in plain letters for full-width ones.

    Marks go first: decomposing puts those of one letter in order, in a time that grows with the
    square of their number.
    """
    if text.isascii():
        return text
    return _unmarked(unicodedata.normalize("NFKD", _unmarked(text)))


def _unmarked(text: str) -> str:
    return "".join(c for c in text if not unicodedata.combining(c))
