"""The other titles of a book: the original one, that of another country, that in another script."""

from __future__ import annotations

import re
from collections.abc import Iterable

from readalike.bibliography.titles import Title
from readalike.data.cells import clean_text

BETWEEN = " | "
"""Stands between several other titles of a book, and in none of them."""

_IN_BRACKETS = re.compile(r"(.+?)\s*\[([^\[\]]+)\]")


def other_titles(title: str, given: Iterable[str]) -> str:
    """Those of the titles given that are others than the title, as one text.

    What stands in square brackets behind a title says it in other letters: "ノルウェイの森
    [Noruwei no Mori]" are two titles.
    """
    found: dict[str, str] = {}
    for text in given:
        clean = clean_text(text)
        said = _IN_BRACKETS.fullmatch(clean)
        for each in said.groups() if said else [clean]:
            found.setdefault(Title(each).full, " ".join(each.replace("|", " ").split()))
    if own := Title(title).full:
        found.pop(own, None)
    found.pop("", None)
    return BETWEEN.join(found.values())


def divided(text: str) -> tuple[str, ...]:
    """The titles in a text that `other_titles` made."""
    return tuple(text.split(BETWEEN)) if text else ()


def tells_apart(other: Title, own: Title) -> bool:
    """Whether another title alone says which book is meant.

    One that is the beginning of the book's own does not: "Bleach" is not "Bleach, Vol. 1" only.
    """
    return bool(other.full) and not f"{own.full} ".startswith(f"{other.full} ")
