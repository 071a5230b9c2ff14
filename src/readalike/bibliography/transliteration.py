"""Cyrillic in Latin letters, as names are written in English."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
        (
            "a", "b", "v", "g", "d", "e", "yo", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p",
            "r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya",
            "i", "yi", "ye", "g", "u",
        ),
        strict=True,
    )
)  # fmt: skip
_TABLE = str.maketrans(_LETTERS | {letter.upper(): text for letter, text in _LETTERS.items()})
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_ADJECTIVE = re.compile(r"[иы]й\b", re.IGNORECASE)


def is_cyrillic(text: str) -> bool:
    """Whether there is a letter of that script."""
    return not text.isascii() and _CYRILLIC.search(text) is not None


def in_latin(text: str) -> str:
    """Text with its Cyrillic letters in Latin ones; other letters stay."""
    if not is_cyrillic(text):
        return text
    composed = unicodedata.normalize("NFC", text)
    return _ADJECTIVE.sub("y", composed).translate(_TABLE)
