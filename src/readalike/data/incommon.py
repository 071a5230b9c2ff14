"""What two books have in common, in words."""

from __future__ import annotations

import numpy as np

from readalike.data.catalogue import Catalogue, Tags

MOST_TAGS = 3


def in_common(catalogue: Catalogue, one: int, other: int) -> tuple[str, ...]:
    """The authors that two books share, their series, and the subjects that say most of both.

    Args:
        catalogue: The books.
        one: Index of a book.
        other: Index of another.

    Returns:
        "by Ann Leckie", "series Imperial Radch", "space opera" ...; nothing where nothing is
        shared.
    """
    others = {*_authors(catalogue, other)}
    shared = [f"by {name}" for name in _authors(catalogue, one) if name in others]
    series = catalogue.series[one]
    if series and series.casefold() == catalogue.series[other].casefold():
        shared.append(f"series {series}")
    if catalogue.tags is not None:
        shared += _tags(catalogue.tags, one, other)
    return tuple(shared)


def _authors(catalogue: Catalogue, book: int) -> list[str]:
    return [name for name in catalogue.authors[book].split(", ") if name]


def _tags(tags: Tags, one: int, other: int) -> list[str]:
    """Those of the largest product of tf-idf, the strongest first."""
    values = [np.zeros(len(tags.names)), np.zeros(len(tags.names))]
    for row, book in zip(values, (one, other), strict=True):
        span = slice(tags.counts.indptr[book], tags.counts.indptr[book + 1])
        row[tags.counts.indices[span]] = np.log1p(tags.counts.data[span])
    strength = values[0] * values[1] * tags.rarity**2
    order = np.argsort(-strength, kind="stable")[:MOST_TAGS]
    return [tags.names[at] for at in order.tolist() if strength[at] > 0]
