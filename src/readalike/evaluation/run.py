"""Fits algorithms and measures them all on the same test sets."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from readalike.algorithms.settings import Algorithm, StarAlgorithm, Value
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import ModelError, SettingError
from readalike.evaluation import segments
from readalike.evaluation.forecast_errors import StarErrors, added, star_forecasts, summed_errors
from readalike.evaluation.metrics import (
    Answers,
    BookFacts,
    CatalogueMeasure,
    Measure,
    Named,
    catalogue_measures_of,
    mean_by_reader,
    measures_of,
)
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.questions import RankingQueries, Task
from readalike.evaluation.report import Report, Result
from readalike.evaluation.segments import (
    Members,
    StarMembers,
    segments_of,
    star_members,
    star_segments,
)
from readalike.models.interface import KnowsUsers, Ranker, Scores
from readalike.models.starfactors import StarFactors
from readalike.numerics.list_metrics import times_listed
from readalike.numerics.ranking_metrics import judge
from readalike.numerics.topn import tie_order, top_n
from readalike.progress import Progress, silent

if TYPE_CHECKING:
    from readalike.tables.dataset import Dataset


ENTRIES = 10_000_000
"""Scores held in memory at a time: 40 MB."""

Indices = npt.NDArray[np.integer[Any]]


def batch_size(n_items: int) -> int:
    """Readers scored together."""
    return max(1, ENTRIES // max(n_items, 1))


def ranked_lists(
    model: Ranker,
    users: Indices,
    histories: Histories,
    n: int,
    ties: Indices,
    progress: Callable[[int, int], None],
) -> npt.NDArray[np.int32]:
    """The n best books of each reader that are not in the history.

    Args:
        model: Scores histories; one that has a table of its users looks known ones up.
        users: Training index of each reader, -1 of one who was not in training.
        histories: What each reader has read; one row a reader.
        n: Length of a list.
        ties: Order in which books of equal score are listed.
        progress: Told how many readers are done, and how many there are.

    Returns:
        Item indices, -1 where a list is shorter; shape (readers, n).

    Raises:
        ModelError: The scores are NaN, or not one for each reader and book.
    """
    lists = np.empty((len(histories), n), np.int32)
    step = batch_size(histories.n_items)
    for start in range(0, len(histories), step):
        told = histories.slice(start, start + step)
        scores = _scores(model, users[start : start + step], told)
        scores[told.rows, told.items] = -np.inf
        lists[start : start + step] = top_n(scores, n, ties)[0]
        progress(start + len(told), len(histories))
    return lists


def _scores(model: Ranker, users: Indices, histories: Histories) -> Scores:
    known = users >= 0
    if not (isinstance(model, KnowsUsers) and known.any()):
        # a copy: what the model hands out may be its own
        return np.array(checked(model.score(histories), histories), dtype=np.float32)
    scores = np.empty((len(histories), histories.n_items), np.float32)
    scores[known] = model.score_users(users[known])
    if not known.all():
        others = histories.take(np.flatnonzero(~known))
        scores[~known] = checked(model.score(others), others)
    return scores


def checked(scores: Scores, histories: Histories) -> Scores:
    """The scores, where there is one for each row and item."""
    wanted = (len(histories), histories.n_items)
    if scores.shape != wanted:
        raise ModelError(f"a model must score {wanted} rows and books, got {scores.shape}")
    return scores


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
    asked: RankingQueries,
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


@dataclass(frozen=True, eq=False)
class Answered:
    """One set of questions of one part, answered by one model.

    Attributes:
        asked: The questions; None of a rater, which has no lists.
        measured: What the lists are worth; None of a rater.
        fit_seconds: Time of the fit.
        rank_seconds: Time of scoring and listing.
        errors: Errors of the forecasts of stars, where there are any.
        star_members: The same errors, segment by segment.
    """

    asked: RankingQueries | None
    measured: Measured | None
    fit_seconds: float
    rank_seconds: float
    errors: StarErrors | None
    star_members: StarMembers = field(default_factory=dict)

    @property
    def given(self) -> int | None:
        """How many books of each reader were told, where the protocol fixes that."""
        return None if self.asked is None else self.asked.given


def pooled(
    name: str,
    settings: Mapping[str, Value],
    measures: tuple[Measure, ...],
    parts: Sequence[Answered],
    seed: int,
) -> Result:
    """One result of the same algorithm and given length in every part.

    A reader's value is the mean over the parts in which the reader was asked; times, errors of
    stars, what is told in numbers, and how often each book was listed are added up.

    Args:
        name: What the algorithm is called.
        settings: Its settings.
        measures: What was measured of each reader's list.
        parts: At least one.
        seed: Draws the intervals.
    """
    asked = [part.asked for part in parts if part.asked is not None]
    judged = [part.measured for part in parts if part.measured is not None]
    errors = [part.errors for part in parts if part.errors is not None]
    of_stars = Result(
        algorithm=name,
        settings=settings,
        fit_seconds=sum(part.fit_seconds for part in parts),
        errors=added(errors) if errors else None,
        seed=seed,
        star_segments=star_segments([part.star_members for part in parts], seed),
    )
    if not judged:
        return of_stars
    readers, values = mean_by_reader([(each.readers, each.values) for each in judged])
    times = {
        each: sum((more.times[each] for more in judged[1:]), first)
        for each, first in judged[0].times.items()
    }
    return replace(
        of_stars,
        given=parts[0].given,
        readers=readers,
        measures=measures,
        values=values,
        left_out=_left_out(asked, len(readers)),
        told=_told(asked),
        rank_seconds=sum(part.rank_seconds for part in parts),
        catalogue={str(each): each.value(listed) for each, listed in times.items()},
        segments=segments_of([each.members for each in judged], seed),
    )


def _left_out(parts: Sequence[RankingQueries], asked: int) -> Mapping[str, int]:
    """Of several parts only those count whom no part asks; each part knows all readers."""
    if len(parts) == 1:
        return parts[0].left_out
    everybody = max(len(part) + sum(part.left_out.values()) for part in parts)
    return {"no right answer in any part": everybody - asked}


def _told(parts: Sequence[RankingQueries]) -> Mapping[str, int]:
    names = dict.fromkeys(name for part in parts for name in part.told)
    return {name: sum(part.told.get(name, 0) for part in parts) for name in names}


def evaluate(
    dataset: Dataset | Ratings,
    algorithms: Mapping[str, Algorithm | StarAlgorithm],
    protocol: Protocol,
    *,
    measures: Iterable[Named] = (),
    seed: int = 0,
    progress: Progress = silent,
) -> Report:
    """Measures algorithms on one data set, each fitted once for each part of the protocol.

    Put popularity among them: without that line nobody can tell whether a figure is good.

    Args:
        dataset: What was read; bare ratings know nothing of the books and keep no raw rows.
        algorithms: What to measure, by the name to report it under. A rater has no lists; its
            forecasts are measured where the protocol asks for stars.
        protocol: How the data is divided, and who counts.
        measures: What to measure, by name: of each reader's list, such as "ndcg@10", and of all
            lists, such as "coverage@10". The default of each where none of its kind is named.
        seed: Draws the order of equal scores and the intervals.
        progress: Told how far it is.

    Raises:
        SettingError: No algorithm, no such measure, or one that needs what the catalogue does
            not know.
        InputError: The protocol cannot divide this data set.
        ModelError: A model gives no scores that can be ranked.
    """
    if not algorithms:
        raise SettingError("at least one algorithm must be given, got none")
    named = tuple(measures)
    of_catalogue = catalogue_measures_of(named)
    if isinstance(dataset, Ratings):
        ratings, catalogue, rows = dataset, Catalogue.of(dataset.items), None
    else:
        ratings, catalogue, rows = dataset.ratings, dataset.catalogue, dataset.rows
    parts = protocol.parts()
    answered: dict[tuple[str, int | None], list[Answered]] = {}
    prints = []
    for number, part in enumerate(parts, start=1):
        task = part.prepare(ratings, catalogue, rows)
        prints.append(task.fingerprint())
        books = BookFacts.of(task.training, task.catalogue)
        chosen = measures_of(named, books)
        of_part = f"part {number} of {len(parts)}, " if len(parts) > 1 else ""
        for name, algorithm in algorithms.items():
            label = f"{of_part}{name}"
            for found in _answered(
                label, algorithm, task, books, chosen, of_catalogue, seed, progress
            ):
                answered.setdefault((name, found.given), []).append(found)
    results = tuple(
        pooled(name, algorithm.as_dict(), chosen, found, seed)
        for name, algorithm in algorithms.items()
        for (of, _), found in answered.items()
        if of == name
    )
    data = {"ratings": ratings.fingerprint(), "task": _together(prints)}
    return Report(
        protocol=protocol.name,
        description=protocol.describe(),
        data=data,
        seed=seed,
        results=results,
    )


def _answered(
    name: str,
    algorithm: Algorithm | StarAlgorithm,
    task: Task,
    books: BookFacts,
    measures: tuple[Measure, ...],
    of_catalogue: tuple[CatalogueMeasure, ...],
    seed: int,
    progress: Progress,
) -> Iterable[Answered]:
    def told(step: str, done: int, total: int) -> None:
        progress(f"{name}: {step}", done, total)

    started = time.perf_counter()
    model = algorithm.fit(task.training, task.catalogue, told)
    seconds = time.perf_counter() - started
    errors, of_stars = _stars(model, task, books, told)
    if isinstance(model, StarFactors):
        if errors is None:
            raise SettingError(
                f"{name} forecasts stars, and this protocol asks for none: use held-out, kfold, "
                "strong or the notebook's split"
            )
        yield Answered(None, None, seconds, 0.0, errors, of_stars)
        return
    if model.n_items != len(task.training.items):
        raise ModelError(
            f"{name} must score all {len(task.training.items)} books, got {model.n_items}"
        )
    ties = tie_order_by_id(task.training.items, seed)
    places = places_needed(measures, of_catalogue)
    for asked in task.questions:
        begun = time.perf_counter()
        step = f"{name}: ranking" + ("" if asked.given is None else f" given {asked.given}")
        lists = ranked_lists(
            model, asked.users, asked.histories, places, ties, partial(progress, step)
        )
        ranked = time.perf_counter() - begun
        found = measured(lists, asked, books, measures, of_catalogue)
        yield Answered(asked, found, seconds, ranked, errors, of_stars)


def _stars(
    model: object, task: Task, books: BookFacts, progress: Progress
) -> tuple[StarErrors | None, StarMembers]:
    """Errors of the forecasts, and those of each segment; none where there are no forecasts."""
    asked, scale = task.star_questions, task.training.scale
    if asked is None:
        return None, {}
    found = star_forecasts(model, asked, partial(progress, "forecasting"))
    if found is None:
        return None, {}
    return summed_errors(*found, asked, scale), star_members(found, asked, scale, books)


def _together(prints: list[str]) -> str:
    """The fingerprint of one task as it is, those of several as one."""
    return prints[0] if len(prints) == 1 else hashlib.sha256("".join(prints).encode()).hexdigest()


def tie_order_by_id(items: Vocabulary, seed: int) -> npt.NDArray[np.int64]:
    """A drawn order of the items that does not depend on where they stand in the table."""
    by_id = np.array(sorted(range(len(items)), key=items.ids.__getitem__), dtype=np.int64)
    return by_id[tie_order(len(items), seed)]
