"""The metrics, by the names they are asked for and printed with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import scipy.sparse as sp

from readalike.bibliography.people import Codes, codes, first_authors
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.numerics import list_metrics, ranking_metrics
from readalike.numerics.arrays import I32, I64, Bools, Indices
from readalike.numerics.intervals import Interval, mean_intervals
from readalike.numerics.list_metrics import likeness, mean_listed, popularity_lift, repetition
from readalike.numerics.ranking_metrics import Judged, Values
from readalike.numerics.tag_vectors import tag_features

Readers = tuple[str, ...]

HEAD_SHARE = 0.8
"""Share of the training ratings held by the most-read books; all others are the long tail."""
FEWEST_BOOKS, MOST_BOOKS = 3, 0.1
"""Tags that compare books stand on three books at least and on a tenth of all at most."""


@dataclass(frozen=True, eq=False)
class BookFacts:
    """Columns of what is known of each book; position i is the book of item index i.

    How known a book is, is counted in the training rows: where those were cut to so many readers
    a book, as Kaggle's goodbooks-10k was, books look more alike than they are in the world. What
    nobody knows of any book is None.
    """

    counts: I64  # training readers who read each book; (books,)
    readers: int  # training readers
    tags: sp.csr_array | None = None  # unit rows of the books' tags; (books, tags)
    authors: Codes | None = None  # a number for each first author, -1 unknown; (books,)
    series: Codes | None = None  # a number for each series, -1 of a book in none; (books,)

    @classmethod
    def of(cls, training: Ratings, catalogue: Catalogue) -> Self:
        """Counts the training ratings and looks up the rest."""
        tags = None
        if catalogue.tags is not None:
            tags = tag_features(catalogue.tags.counts, FEWEST_BOOKS, MOST_BOOKS)
        authors, series = first_authors(catalogue.authors), codes(catalogue.series)
        return cls(
            training.item_counts,
            len(training.users),
            tags if tags is not None and tags.nnz else None,
            authors if (authors >= 0).any() else None,
            series if (series >= 0).any() else None,
        )

    @cached_property
    def information(self) -> Values:
        """-log2 of the share of the training readers who read each book; shape (books,)."""
        return list_metrics.self_information(self.counts, self.readers)

    @cached_property
    def long_tail(self) -> Bools:
        """Which books are in the long tail; shape (books,)."""
        return self.above >= HEAD_SHARE

    @cached_property
    def above(self) -> Values:
        """Share of the training ratings held by books that are read more; shape (books,)."""
        return list_metrics.ratings_above(self.counts)


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model listed for each reader, and what is needed to judge it."""

    lists: I32
    judged: Judged
    books: BookFacts
    histories: Histories


@dataclass(frozen=True)
class Kind:
    """A measure of a reader's list, but for the length of the list.

    Attributes:
        formula: One value a reader, of the first n places; shape (readers,).
        fact: The field of `BookFacts` that it compares, which must be known.
        accuracy: Whether it is the better the higher it is, so that a search may aim at it.
    """

    formula: Callable[[Answers, int], Values]
    fact: str | None = None
    accuracy: bool = False


def _of_hits(formula: Callable[[Judged, int], Values]) -> Kind:
    return Kind(lambda answers, n: formula(answers.judged, n), accuracy=True)


def _of_books(fact: str, formula: Callable[[Any, Any, int], Values]) -> Kind:
    return Kind(lambda answers, n: formula(getattr(answers.books, fact), answers.lists, n), fact)


def _lift(answers: Answers, n: int) -> Values:
    # whole numbers add up to the same in any order of a history, their shares do not
    histories, counts = answers.histories, answers.books.counts.astype(np.float64)
    total = np.bincount(histories.rows, counts[histories.items], minlength=len(histories))
    return popularity_lift(counts, answers.lists, total / np.maximum(histories.lengths, 1), n)


KINDS: Mapping[str, Kind] = {
    "ndcg": _of_hits(ranking_metrics.ndcg),
    "recall": _of_hits(ranking_metrics.recall),
    "p": _of_hits(ranking_metrics.precision),
    "hit": _of_hits(ranking_metrics.hit_rate),
    "mrr": _of_hits(ranking_metrics.mrr),
    "map": _of_hits(ranking_metrics.mean_precision),
    "novelty": _of_books("information", mean_listed),
    "lift": Kind(_lift),
    "long_tail_share": _of_books("long_tail", mean_listed),
    "intra_list_similarity": _of_books("tags", likeness),
    "same_series": _of_books("series", repetition),
    "same_author": _of_books("authors", repetition),
}
"""Every measure of a reader's list by name.

The first six are in `numerics.ranking_metrics`, the others in `numerics.list_metrics`:
novelty in bits, popularity lift, share of books from the long tail, similarity of the books in
a list by their tags, and the shares of books whose series or first author stood higher.
"""

CATALOGUE_KINDS: Mapping[str, Callable[[Indices], float]] = {
    "coverage": list_metrics.coverage,
    "gini": list_metrics.gini,
}
"""Every measure of all lists together by name; formulas: `readalike.numerics.list_metrics`."""


@dataclass(frozen=True)
class _AtLength:
    """A kind of measure of the first n places; `str` gives the name that `of` takes."""

    kinds: ClassVar[Mapping[str, Any]]

    kind: str
    n: int

    def __post_init__(self) -> None:
        if self.kind not in self.kinds or self.n < 1:
            raise _unknown(str(self))

    @classmethod
    def of(cls, text: str) -> Self:
        """The measure of a name such as `ndcg@10` or `coverage@10`."""
        parts = re.fullmatch(r"([a-z_]+)@(\d{1,6})", text.strip().lower())
        if parts is None:
            raise _unknown(text)
        return cls(parts[1], int(parts[2]))

    def __str__(self) -> str:
        return f"{self.kind}@{self.n}"


class Measure(_AtLength):
    """A measure of the first n places of a reader's list.

    A reader for whom nothing is listed has 0 of every measure and is not dropped.

    Attributes:
        kind: One of `KINDS`.
        n: The cut.
    """

    kinds = KINDS

    def values(self, answers: Answers) -> Values:
        """One value a reader; shape (readers,)."""
        self.refuse_unknown(answers.books)
        return KINDS[self.kind].formula(answers, self.n)

    def known(self, books: BookFacts) -> bool:
        """Whether enough is known of the books to measure it."""
        fact = KINDS[self.kind].fact
        return fact is None or getattr(books, fact) is not None

    def refuse_unknown(self, books: BookFacts) -> None:
        """Looks, before the long work, whether it can be measured."""
        if not self.known(books):
            raise SettingError(
                f"{self} needs {KINDS[self.kind].fact} of the books and the catalogue has none; "
                "leave it out, or read a data set with them"
            )


class CatalogueMeasure(_AtLength):
    """A measure of the first n places of all lists together, one figure for the catalogue."""

    kinds = CATALOGUE_KINDS

    def value(self, times: Indices) -> float:
        """The figure; `times` is how many lists hold each book in their first n places."""
        return CATALOGUE_KINDS[self.kind](times)


Named = str | Measure | CatalogueMeasure

DEFAULT = (
    Measure("ndcg", 10),
    Measure("p", 10),
    Measure("recall", 10),
    Measure("recall", 20),
    *(Measure(kind, 10) for kind in ("hit", "mrr", "map", "novelty", "lift", "long_tail_share")),
)
"""What is measured of each list where nothing else is asked for, whatever is known of the books."""
ABOUT_BOOKS = tuple(
    Measure(kind, 10) for kind in ("intra_list_similarity", "same_series", "same_author")
)
"""What is measured besides where the catalogue knows enough."""
OF_CATALOGUE = tuple(CatalogueMeasure(kind, 10) for kind in CATALOGUE_KINDS)
"""What is measured of all lists together where nothing else is asked for."""


def measures_of(names: Iterable[Named], books: BookFacts) -> tuple[Measure, ...]:
    """The measures of one reader's list among those named, each once, in the order given.

    Where there are none: the default, with what else can be measured with these books.
    """
    named = dict.fromkeys(each for each in map(_measure, names) if isinstance(each, Measure))
    for measure in named:
        measure.refuse_unknown(books)
    return tuple(named) or (*DEFAULT, *(each for each in ABOUT_BOOKS if each.known(books)))


def catalogue_measures_of(names: Iterable[Named]) -> tuple[CatalogueMeasure, ...]:
    """The measures of all lists among those named, each once; the default where there are none."""
    named = [each for each in map(_measure, names) if isinstance(each, CatalogueMeasure)]
    return tuple(dict.fromkeys(named)) or OF_CATALOGUE


def _measure(named: Named) -> Measure | CatalogueMeasure:
    if not isinstance(named, str):
        return named
    of_catalogue = named.strip().lower().partition("@")[0] in CATALOGUE_KINDS
    return CatalogueMeasure.of(named) if of_catalogue else Measure.of(named)


def _unknown(text: str) -> SettingError:
    return SettingError(
        f"a measure must be one of {', '.join([*KINDS, *CATALOGUE_KINDS])} with the length of "
        f"the list, such as ndcg@10, got {text!r}"
    )


def summed_by_reader(
    parts: Sequence[tuple[Readers, Values]],
) -> tuple[Readers, Values, I64]:
    """The values of each reader added up over the parts that the reader is in, at least one.

    Gives all readers in the order of their ids, their sums, and in how many parts each is.
    """
    readers = tuple(sorted({reader for part, _ in parts for reader in part}))
    place = {reader: at for at, reader in enumerate(readers)}
    rows = np.array([place[reader] for part, _ in parts for reader in part], np.int64)
    sums = np.zeros((len(readers), parts[0][1].shape[1]))
    np.add.at(sums, rows, np.concatenate([values for _, values in parts]))
    return readers, sums, np.bincount(rows, minlength=len(readers))


def mean_by_reader(parts: Sequence[tuple[Readers, Values]]) -> tuple[Readers, Values]:
    """All readers, and each one's mean over the parts; shape (readers, columns)."""
    readers, sums, times = summed_by_reader(parts)
    return readers, sums / times[:, None]


@dataclass(frozen=True, eq=False)
class ListValues:
    """What was measured of readers' lists."""

    readers: Readers
    measures: tuple[Measure, ...]
    values: Values

    @classmethod
    def of(cls, readers: Readers, measures: tuple[Measure, ...], answers: Answers) -> Self:
        """Measures all lists."""
        values = np.column_stack([measure.values(answers) for measure in measures])
        return cls(readers, measures, values)

    @classmethod
    def pooled(cls, parts: Sequence[ListValues]) -> Self:
        """The value of a reader is the mean over the parts that the reader is in."""
        readers, values = mean_by_reader([(part.readers, part.values) for part in parts])
        return cls(readers, parts[0].measures, values)

    def estimates(self, seed: int) -> dict[str, Interval]:
        """The mean of each measure by name, with its interval over readers."""
        intervals = mean_intervals(self.values, seed) if self.measures else []
        return dict(zip(map(str, self.measures), intervals, strict=True))
