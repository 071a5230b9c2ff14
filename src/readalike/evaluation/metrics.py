"""The metrics, by the names they are asked for and printed with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.bibliography.people import Codes, codes, first_authors
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.numerics.list_metrics import (
    coverage,
    gini,
    likeness,
    mean_listed,
    popularity_lift,
    ratings_above,
    repetition,
    self_information,
)
from readalike.numerics.ranking_metrics import (
    Judged,
    Values,
    hit_rate,
    mean_precision,
    mrr,
    ndcg,
    precision,
    recall,
)
from readalike.numerics.tag_vectors import tag_features

Readers = tuple[str, ...]
Floats = npt.NDArray[np.float64]


def by_reader(parts: Sequence[Readers]) -> tuple[Readers, npt.NDArray[np.int64]]:
    """All readers in the order of their ids, and the place of each reader of each part."""
    readers = tuple(sorted({reader for part in parts for reader in part}))
    place = {reader: at for at, reader in enumerate(readers)}
    return readers, np.array([place[reader] for part in parts for reader in part], np.int64)


def summed(parts: Sequence[Floats], row: npt.NDArray[np.int64], n: int) -> Floats:
    """The rows of all parts, those of one reader added up; shape (n, columns)."""
    sums = np.zeros((n, parts[0].shape[1]))
    np.add.at(sums, row, np.concatenate(parts))
    return sums


def mean_by_reader(parts: Sequence[tuple[Readers, Floats]]) -> tuple[Readers, Floats]:
    """Each reader's mean over the parts that the reader is in.

    Args:
        parts: At least one; readers, and one row of values each, shape (readers, columns).

    Returns:
        All readers in the order of their ids, and their means; shape (readers, columns).
    """
    readers, row = by_reader([part for part, _ in parts])
    sums = summed([values for _, values in parts], row, len(readers))
    return readers, sums / np.bincount(row, minlength=len(readers))[:, None]


HEAD_SHARE = 0.8
"""Share of the training ratings held by the most-read books; all others are the long tail."""

FEWEST_BOOKS = 3
MOST_BOOKS = 0.1
"""Tags that compare books stand on three books at least and on a tenth of all at most."""


@dataclass(frozen=True, eq=False)
class BookFacts:
    """Columns of what is known of each book; position i is the book of item index i.

    How known a book is, is counted in the training rows: where those were cut to so many readers
    a book, as Kaggle's goodbooks-10k was, books look more alike than they are in the world.

    Attributes:
        counts: Training readers who read each book; shape (books,).
        readers: Training readers.
        tags: Unit rows of the books' tags, None where there are none; shape (books, tags).
        authors: A number for each first author, -1 unknown; None where no author is known;
            shape (books,).
        series: A number for each series, -1 of a book in none; None where no book is in one;
            shape (books,).
    """

    counts: npt.NDArray[np.int64]
    readers: int
    tags: sp.csr_array | None = None
    authors: Codes | None = None
    series: Codes | None = None

    @classmethod
    def of(cls, training: Ratings, catalogue: Catalogue) -> Self:
        """Counts the training ratings and looks up the rest; `readalike.data` finds series."""
        tags = None
        if catalogue.tags is not None:
            tags = tag_features(catalogue.tags.counts, FEWEST_BOOKS, MOST_BOOKS)
        return cls(
            training.item_counts,
            len(training.users),
            tags if tags is not None and tags.nnz else None,
            _where_any(first_authors(catalogue.authors)),
            _where_any(codes(catalogue.series)),
        )

    @property
    def share(self) -> npt.NDArray[np.float64]:
        """Share of the training readers who read each book; shape (books,)."""
        return self.counts / max(self.readers, 1)

    @cached_property
    def information(self) -> npt.NDArray[np.float64]:
        """-log2 of the share, in bits; shape (books,)."""
        return self_information(self.counts, self.readers)

    @cached_property
    def tail(self) -> npt.NDArray[np.bool_]:
        """Which books are in the long tail; shape (books,)."""
        return self.above >= HEAD_SHARE

    @cached_property
    def above(self) -> npt.NDArray[np.float64]:
        """Share of the training ratings held by books that are read more; shape (books,)."""
        return ratings_above(self.counts)


def _where_any(found: Codes) -> Codes | None:
    return found if (found >= 0).any() else None


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model listed for each reader, and what is needed to judge it.

    Attributes:
        lists: Item indices, best first, -1 where a list is shorter; shape (readers, places).
        judged: Which places are right.
        books: What is known of the books.
        histories: What the model was told of each reader.
    """

    lists: npt.NDArray[np.int32]
    judged: Judged
    books: BookFacts
    histories: Histories


Formula = Callable[[Answers, int], Values]
"""One value a reader, of the first n places; shape (readers,)."""


def _rightness(formula: Callable[[Judged, int], Values]) -> Formula:
    return lambda answers, n: formula(answers.judged, n)


def _of_fact(fact: str, formula: Callable[[Any, Any, int], Values]) -> Formula:
    return lambda answers, n: formula(getattr(answers.books, fact), answers.lists, n)


def _novelty(answers: Answers, n: int) -> Values:
    return mean_listed(answers.books.information, answers.lists, n)


def _tail(answers: Answers, n: int) -> Values:
    return mean_listed(answers.books.tail.astype(np.float64), answers.lists, n)


def _lift(answers: Answers, n: int) -> Values:
    # whole numbers add up to the same in any order of a history, their shares do not
    told, counts = answers.histories, answers.books.counts.astype(np.float64)
    total = np.bincount(told.rows, counts[told.items], minlength=len(told))
    return popularity_lift(counts, answers.lists, total / np.maximum(told.lengths, 1), n)


KINDS: Mapping[str, Formula] = {
    "ndcg": _rightness(ndcg),
    "recall": _rightness(recall),
    "p": _rightness(precision),
    "hit": _rightness(hit_rate),
    "mrr": _rightness(mrr),
    "map": _rightness(mean_precision),
    "novelty": _novelty,
    "lift": _lift,
    "tail": _tail,
    "alike": _of_fact("tags", likeness),
    "same_series": _of_fact("series", repetition),
    "same_author": _of_fact("authors", repetition),
}
"""Every measure of a reader's list by name.

The first six are in `numerics.ranking_metrics`, the others in `numerics.list_metrics`:
novelty in bits, popularity lift, share of books from the long tail, similarity of the books in
a list by their tags, and the shares of books whose series or first author stood higher.
"""

NEEDS: Mapping[str, str] = {"alike": "tags", "same_series": "series", "same_author": "authors"}
"""What must be known of the books, a field of `BookFacts`, for a measure to mean anything."""


CATALOGUE_KINDS: Mapping[str, Callable[[npt.NDArray[np.integer[Any]]], float]] = {
    "coverage": coverage,
    "gini": gini,
}
"""Every measure of all lists together by name; formulas: `readalike.numerics.list_metrics`."""


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
