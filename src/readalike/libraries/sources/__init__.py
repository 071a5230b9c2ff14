"""The sources that are known; a new one is a file here and a line in `SOURCES`."""

from __future__ import annotations

from collections.abc import Iterable

from readalike.data.layout import key
from readalike.libraries.source import Source
from readalike.libraries.sources import (
    bookwyrm,
    calibre,
    generic,
    goodreads,
    hardcover,
    inventaire,
    librarything,
    openlibrary,
    openreads,
    readalike,
    storygraph,
)

SOURCES: tuple[Source, ...] = (
    readalike.SOURCE,
    storygraph.SOURCE,
    librarything.SOURCE,
    bookwyrm.SOURCE,
    hardcover.SOURCE,
    openreads.SOURCE,
    openlibrary.SOURCE,
    inventaire.SOURCE,
    goodreads.SOURCE,
    calibre.SOURCE,
    generic.SOURCE,
)
"""The first that has a mark among a file's columns reads it; a table of any kind comes last."""


def recognise(names: Iterable[str]) -> Source | None:
    """The source of a file with columns of these names; None where none is known."""
    have = {key(name) for name in names}
    return next((s for s in SOURCES if any(mark <= have for mark in s.marks)), None)
