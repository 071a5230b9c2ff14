"""What one model's lists are worth, before anything is averaged over readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from readalike.evaluation import segments
from readalike.evaluation.answers import Answers
from readalike.evaluation.bookfacts import BookFacts
from readalike.evaluation.measures import CatalogueMeasure, Measure
from readalike.evaluation.questions import Questions
from readalike.evaluation.segments import Members
from readalike.numerics.listing import times_listed
from readalike.numerics.metrics import judge


@dataclass(frozen=True, eq=False)
class Measured:
    """One set of questions, answered by one model.

    Attributes:
        readers: Outside ids.
        values: One value a reader and measure; shape (readers, measures).
        times: By catalogue measure, how many lists hold each book; shape (books,).
        members: The readers of each segment with their values.
    """

    readers: tuple[str, ...]
    values: npt.NDArray[np.float64]
    times: Mapping[CatalogueMeasure, npt.NDArray[np.int64]]
    members: tuple[Members, ...]


def places_needed(measures: Sequence[Measure], of_catalogue: Sequence[CatalogueMeasure]) -> int:
    """How long lists must be for all that is measured, segments included."""
    cuts = [measure.n for measure in (*measures, *segments.MEASURES)]
    return max(cuts + [measure.n for measure in of_catalogue])


def measured(
    lists: npt.NDArray[np.int32],
    asked: Questions,
    books: BookFacts,
    measures: Sequence[Measure],
    of_catalogue: Sequence[CatalogueMeasure],
) -> Measured:
    """Judges lists of at least `places_needed` books.

    Args:
        lists: Item indices, best first, -1 where a list is shorter; shape (readers, places).
        asked: The questions that they answer.
        books: What is known of the books.
        measures: Of each reader's list.
        of_catalogue: Of all lists together.

    Raises:
        SettingError: A measure needs what the catalogue does not know.
    """
    judged = judge(lists, asked.relevant.indptr, asked.relevant.items)
    answers = Answers(lists, judged, books, asked.histories)
    return Measured(
        asked.readers,
        np.column_stack([measure.values(answers) for measure in measures]),
        {each: times_listed(lists, len(books.counts), each.n) for each in of_catalogue},
        segments.members(answers, asked.relevant, asked.readers),
    )
