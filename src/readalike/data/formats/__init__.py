"""The layouts that are known; a new one is a file here and a line in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from readalike.data.formats import bookcrossing, generic, goodbooks, movielens
from readalike.data.layout import Layout

Recognise = Callable[[Sequence[str], str], Layout | None]

FORMATS: dict[str, Recognise] = {
    goodbooks.NAME: goodbooks.recognise,
    bookcrossing.NAME: bookcrossing.recognise,
    movielens.NAME: movielens.recognise,
    generic.NAME: generic.recognise,
}
"""By name; the first that recognises a table reads it."""


def recognise(first: Sequence[str], stem: str) -> Layout | None:
    """The layout of a table, or None where no format knows it.

    Args:
        first: Cells of the first line.
        stem: Lower-case file name.
    """
    return next((layout for f in FORMATS.values() if (layout := f(first, stem))), None)
