"""The measures, by the names they are asked for and printed with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from readalike.errors import SettingError
from readalike.evaluation.answers import KINDS, NEEDS, Answers
from readalike.evaluation.bookfacts import BookFacts
from readalike.numerics.listing import coverage, gini
from readalike.numerics.metrics import Values

CATALOGUE_KINDS: Mapping[str, Callable[[npt.NDArray[np.integer[Any]]], float]] = {
    "coverage": coverage,
    "gini": gini,
}
"""Every measure of all lists together by name; formulas: `readalike.numerics.listing`."""


@dataclass(frozen=True)
class Measure:
    """A measure of the first n places of a reader's list; `str` gives the name that `of` takes.

    A reader for whom nothing is listed has 0 of every measure and is not dropped.

    Attributes:
        kind: One of `KINDS`.
        n: The cut.
    """

    kind: str
    n: int

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.n < 1:
            raise _unknown(f"{self.kind}@{self.n}")

    @classmethod
    def of(cls, text: str) -> Self:
        """The measure of a name such as `ndcg@10`.

        Raises:
            SettingError: No such measure of one reader's list.
        """
        kind, n = _parted(text)
        return cls(kind, n)

    def values(self, answers: Answers) -> Values:
        """One value a reader; shape (readers,).

        Raises:
            SettingError: It needs what the catalogue does not know.
        """
        self.refuse_unknown(answers.books)
        return KINDS[self.kind](answers, self.n)

    def known(self, books: BookFacts) -> bool:
        """Whether enough is known of the books to measure it."""
        return self.kind not in NEEDS or getattr(books, NEEDS[self.kind]) is not None

    def refuse_unknown(self, books: BookFacts) -> None:
        """Looks, before the long work, whether it can be measured.

        Raises:
            SettingError: It needs what the catalogue does not know.
        """
        if not self.known(books):
            raise SettingError(
                f"{self} needs {NEEDS[self.kind]} of the books and the catalogue has none; leave "
                "it out, or read a data set with them"
            )

    def __str__(self) -> str:
        return f"{self.kind}@{self.n}"


@dataclass(frozen=True)
class CatalogueMeasure:
    """A measure of the first n places of all lists together, one figure for the catalogue.

    Attributes:
        kind: One of `CATALOGUE_KINDS`.
        n: The cut.
    """

    kind: str
    n: int

    def __post_init__(self) -> None:
        if self.kind not in CATALOGUE_KINDS or self.n < 1:
            raise _unknown(f"{self.kind}@{self.n}")

    @classmethod
    def of(cls, text: str) -> Self:
        """The measure of a name such as `coverage@10`.

        Raises:
            SettingError: No such measure of all lists.
        """
        kind, n = _parted(text)
        return cls(kind, n)

    def value(self, times: npt.NDArray[np.integer[Any]]) -> float:
        """The figure; `times` is how many lists hold each book in their first n places."""
        return CATALOGUE_KINDS[self.kind](times)

    def __str__(self) -> str:
        return f"{self.kind}@{self.n}"


Named = str | Measure | CatalogueMeasure

DEFAULT = (
    Measure("ndcg", 10),
    Measure("p", 10),
    Measure("recall", 10),
    Measure("recall", 20),
    Measure("hit", 10),
    Measure("mrr", 10),
    Measure("map", 10),
    Measure("novelty", 10),
    Measure("lift", 10),
    Measure("tail", 10),
)
"""What is measured of each list where nothing else is asked for, whatever is known of the books."""

ABOUT_BOOKS = (Measure("alike", 10), Measure("same_series", 10), Measure("same_author", 10))
"""What is measured besides where the catalogue knows enough."""

OF_CATALOGUE = (CatalogueMeasure("coverage", 10), CatalogueMeasure("gini", 10))
"""What is measured of all lists together where nothing else is asked for."""


def measures_of(names: Iterable[Named], books: BookFacts) -> tuple[Measure, ...]:
    """The measures of one reader's list among those named, each once, in the order given.

    Where there are none: the default, with what else can be measured with these books.

    Raises:
        SettingError: No such measure, or one that needs what the catalogue does not know.
    """
    named = [named for named in map(_measure, names) if isinstance(named, Measure)]
    if not named:
        return (*DEFAULT, *(measure for measure in ABOUT_BOOKS if measure.known(books)))
    for measure in named:
        measure.refuse_unknown(books)
    return tuple(dict.fromkeys(named))


def catalogue_measures_of(names: Iterable[Named]) -> tuple[CatalogueMeasure, ...]:
    """The measures of all lists among those named, each once; the default where there are none.

    Raises:
        SettingError: No such measure.
    """
    named = [named for named in map(_measure, names) if isinstance(named, CatalogueMeasure)]
    return tuple(dict.fromkeys(named)) or OF_CATALOGUE


def _measure(named: Named) -> Measure | CatalogueMeasure:
    if not isinstance(named, str):
        return named
    kind, n = _parted(named)
    return CatalogueMeasure(kind, n) if kind in CATALOGUE_KINDS else Measure(kind, n)


def _parted(text: str) -> tuple[str, int]:
    parts = re.fullmatch(r"([a-z_]+)@(\d{1,6})", text.strip().lower())
    if parts is None:
        raise _unknown(text)
    return parts[1], int(parts[2])


def _unknown(text: str) -> SettingError:
    return SettingError(
        f"a measure must be one of {', '.join([*KINDS, *CATALOGUE_KINDS])} with the length of "
        f"the list, such as ndcg@10, got {text!r}"
    )
