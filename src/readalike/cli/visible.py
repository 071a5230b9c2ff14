"""Text in which nothing is unseen: no sign of it steers the terminal that it is printed on."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from shlex import quote

UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of controls, formats, halves of signs, and ends of lines and paragraphs."""
JOINERS = "\u200c\u200d"
"""Formats that Persian and emoji fall apart without; they move nothing."""
ARABIC = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Signs around numbers and verses, which are formats to Unicode and yet are seen."""


def visible(text: str) -> str:
    r"""The text with every unseen sign as Python writes it, such as `\x1b` or `\u202e`."""
    return _rewritten(text, lambda sign: sign.encode("unicode_escape").decode("ascii"))


def visible_json(text: str) -> str:
    r"""JSON of the same value, on lines as before, with every unseen sign as `\u` and digits."""
    lines = text.split("\n")  # none stands in a value: JSON has them escaped
    return "\n".join(_rewritten(line, lambda sign: json.dumps(sign)[1:-1]) for line in lines)


def typeable(word: str) -> str:
    """A word as it can be typed into a shell that knows $'...', as bash, zsh and ksh do."""
    if visible(word) == word:
        return quote(word)
    bare = word.replace("\\", "\\\\").replace("'", "\\'")
    return f"$'{_rewritten(bare, _bytes)}'"


def _rewritten(text: str, rewrite: Callable[[str], str]) -> str:
    """The text with every unseen sign rewritten."""
    if text.isprintable():  # nearly always, and much faster
        return text
    kept = JOINERS + ARABIC
    return "".join(
        rewrite(sign) if unicodedata.category(sign) in UNSEEN and sign not in kept else sign
        for sign in text
    )


def _bytes(sign: str) -> str:
    """The bytes of a sign; a half sign stands for a byte of a file name that is no UTF-8."""
    is_byte = "\udc80" <= sign <= "\udcff"
    octets = sign.encode("utf-8", "surrogateescape" if is_byte else "surrogatepass")
    return "".join(f"\\x{octet:02x}" for octet in octets)
