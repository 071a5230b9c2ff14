"""What a model listed, and the formulas that give each reader's list a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.evaluation.bookfacts import BookFacts
from readalike.numerics.listing import likeness, mean_listed, popularity_lift, repetition
from readalike.numerics.metrics import (
    Judged,
    Values,
    hit_rate,
    mean_precision,
    mrr,
    ndcg,
    precision,
    recall,
)


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

The first six are in `readalike.numerics.metrics`, the others in `readalike.numerics.listing`:
novelty in bits, popularity lift, share of books from the long tail, similarity of the books in
a list by their tags, and the shares of books whose series or first author stood higher.
"""

NEEDS: Mapping[str, str] = {"alike": "tags", "same_series": "series", "same_author": "authors"}
"""What must be known of the books, a field of `BookFacts`, for a measure to mean anything."""
