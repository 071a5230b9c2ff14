"""What a caller tells of a reader, in ids, as the indices of a model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import as_id
from readalike.errors import SettingError, UnknownReader

History = Mapping[Any, float | None] | Iterable[Any]
"""Stars by book id (None: read without stars), or ids alone, or pairs of both."""

WITHOUT_HISTORIES = "this model folder was saved without histories"


@dataclass(frozen=True, eq=False)
class Told:
    """What is known of a reader.

    Attributes:
        user: Index of a reader of the training table; None of another.
        row: The history, one row.
        ignored: Ids in it that no book answers to.
    """

    user: int | None
    row: Histories
    ignored: tuple[str, ...] = ()


def told_of(
    history: History | None,
    reader: object | None,
    catalogue: Catalogue,
    scale: RatingScale,
    readers: Ratings | None,
) -> Told:
    """A history, or that of a stored reader.

    Args:
        history: What was read.
        reader: Id of a reader of the training table, instead of a history.
        catalogue: The books.
        scale: That of the stars.
        readers: The stored histories, where there are some.

    Raises:
        SettingError: Neither or both of history and reader given.
        InputError: Stars outside the scale.
        UnknownReader: No history of this reader is stored.
    """
    if (history is None) == (reader is None):
        raise SettingError("give either a history or a reader, one of the two")
    if reader is None:
        row, ignored = row_of(history or {}, catalogue, scale)
        return Told(None, row, tuple(ignored))
    if readers is None:
        raise UnknownReader(as_id(reader), WITHOUT_HISTORIES)
    user = readers.users.index(reader)
    if user is None:
        raise UnknownReader(as_id(reader))
    return Told(user, readers.histories.take([user]))


def row_of(
    history: History, catalogue: Catalogue, scale: RatingScale
) -> tuple[Histories, list[str]]:
    """One row of the books that are known, and the ids that are not.

    Raises:
        InputError: Stars outside the scale.
    """
    stars: dict[int, float] = {}
    ignored: list[str] = []
    pairs = history.items() if isinstance(history, Mapping) else map(_pair, history)
    for book, given in pairs:
        index = catalogue.books.index(book)
        if index is None:
            ignored.append(as_id(book))
        else:
            stars[index] = _stars(given, scale)
    return Histories.of_rows([(list(stars), list(stars.values()))], len(catalogue)), ignored


def indices_of(
    books: Iterable[object], catalogue: Catalogue
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The indices of the books that are known, and the ids that are not."""
    known: list[int] = []
    unknown: list[str] = []
    for book in books:
        index = catalogue.books.index(book)
        if index is None:
            unknown.append(as_id(book))
        else:
            known.append(index)
    return np.array(known, dtype=np.int64), unknown


def _stars(given: float | None, scale: RatingScale) -> float:
    if given is None or math.isnan(given) or (given == 0 and scale.lowest > 0):
        return math.nan
    return scale.check(float(given))


def _pair(entry: object) -> tuple[object, float | None]:
    if isinstance(entry, tuple | list):
        book, stars = entry
        return book, stars
    return entry, None
