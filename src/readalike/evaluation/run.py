"""Fits algorithms and measures them all on the same test sets."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from readalike.algorithms.settings import Settings, Value
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import ModelError, SettingError
from readalike.evaluation import segments
from readalike.evaluation.forecast_errors import StarErrors, added, star_errors, star_forecasts
from readalike.evaluation.metrics import (
    Answers,
    BookFacts,
    CatalogueMeasure,
    ListValues,
    Measure,
    Named,
    catalogue_measures_of,
    measures_of,
)
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.questions import RankingQueries, Task
from readalike.evaluation.report import Report, Result
from readalike.evaluation.segments import Key, list_members, segments_of, star_members
from readalike.models.interface import KnowsUsers, RatingPredictor, Scorer, Scores
from readalike.numerics.arrays import I32, I64, Indices
from readalike.numerics.list_metrics import times_listed
from readalike.numerics.ranking_metrics import judge
from readalike.numerics.topn import tie_order, top_n
from readalike.progress import Progress, silent

if TYPE_CHECKING:
    from readalike.tables.dataset import Dataset


Measurable = Settings[Scorer] | Settings[RatingPredictor]
"""The settings of what ranks books or forecasts stars."""

ENTRIES = 10_000_000
"""Scores held in memory at a time: 40 MB."""


def batch_size(n_items: int) -> int:
    """Readers scored together."""
    return max(1, ENTRIES // max(n_items, 1))


def ranked_lists(
    model: Scorer,
    users: Indices,
    histories: Histories,
    *,
    n: int,
    ties: Indices,
    progress: Callable[[int, int], None],
) -> I32:
    """The n best books of each reader that are not in the history.

    Returns:
        Item indices, -1 where a list is shorter; shape (readers, n).
    """
    lists = np.empty((len(histories), n), np.int32)
    step = batch_size(histories.n_items)
    for start in range(0, len(histories), step):
        batch = histories.slice(start, start + step)
        scores = _scores(model, users[start : start + step], batch)
        scores[batch.rows, batch.items] = -np.inf
        lists[start : start + step] = top_n(scores, n, ties)[0]
        progress(start + len(batch), len(histories))
    return lists


def _scores(model: Scorer, users: Indices, histories: Histories) -> Scores:
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


@dataclass(frozen=True, eq=False, kw_only=True)
class Answered:
    """One set of questions of one part, answered by one model; a predictor gives no lists."""

    queries: RankingQueries | None = None
    lists: ListValues | None = None
    times: Mapping[CatalogueMeasure, I64] = field(default_factory=dict)
    members: Mapping[Key, ListValues] = field(default_factory=dict)
    fit_seconds: float
    rank_seconds: float = 0.0
    errors: StarErrors | None = None
    star_members: Mapping[Key, StarErrors] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a protocol, and what is measured in it."""

    task: Task
    books: BookFacts
    measures: tuple[Measure, ...]
    of_catalogue: tuple[CatalogueMeasure, ...]
    seed: int

    def answered(self, name: str, algorithm: Measurable, progress: Progress) -> Iterator[Answered]:
        """Fits an algorithm, and asks it all."""

        def advance(step: str, done: int, total: int) -> None:
            progress(f"{name}: {step}", done, total)

        training = self.task.training
        started = time.perf_counter()
        model = algorithm.fit(training, self.task.catalogue, advance)
        found = Answered(fit_seconds=time.perf_counter() - started)
        pairs = self.task.star_questions
        if isinstance(model, RatingPredictor) and pairs is not None:
            forecasts = star_forecasts(model, pairs, partial(advance, "forecasting"))
            found = replace(
                found,
                errors=star_errors(forecasts, pairs, training.scale),
                star_members=star_members(forecasts, pairs, training.scale, self.books),
            )
        if isinstance(model, Scorer):
            if model.n_items != len(training.items):
                raise ModelError(
                    f"{name} must score all {len(training.items)} books, got {model.n_items}"
                )
            for queries in self.task.questions:
                yield self._ranked(model, queries, found, advance)
        elif found.errors is not None:
            yield found
        elif isinstance(model, RatingPredictor):
            raise SettingError(
                f"{name} forecasts stars, and this protocol asks for none: use held-out, kfold, "
                "strong or the notebook's split"
            )
        else:
            raise ModelError(f"{name} must score histories or forecast stars, and does neither")

    def _ranked(
        self, model: Scorer, queries: RankingQueries, found: Answered, progress: Progress
    ) -> Answered:
        """What was found of the model, with what its lists are worth."""
        cuts = (*self.measures, *segments.MEASURES, *self.of_catalogue)
        step = "ranking" if queries.given is None else f"ranking given {queries.given}"
        begun = time.perf_counter()
        lists = ranked_lists(
            model,
            queries.users,
            queries.histories,
            n=max(measure.n for measure in cuts),
            ties=tie_order_by_id(self.task.training.items, self.seed),
            progress=partial(progress, step),
        )
        seconds = time.perf_counter() - begun
        judged = judge(lists, queries.relevant.indptr, queries.relevant.items)
        answers = Answers(lists, judged, self.books, queries.histories)
        return replace(
            found,
            queries=queries,
            lists=ListValues.of(queries.readers, self.measures, answers),
            times={m: times_listed(lists, model.n_items, m.n) for m in self.of_catalogue},
            members=list_members(answers, queries),
            rank_seconds=seconds,
        )


def pooled(
    name: str, settings: Mapping[str, Value], parts: Sequence[Answered], seed: int
) -> Result:
    """One result of the same algorithm and given length in every part.

    A reader's value is the mean over the parts in which the reader was asked; times, errors of
    stars, the numbers of the notes, and how often each book was listed are added up.
    """
    queries = [part.queries for part in parts if part.queries is not None]
    measured = [part.lists for part in parts if part.lists is not None]
    errors = [part.errors for part in parts if part.errors is not None]
    of_stars = Result(
        algorithm=name,
        settings=settings,
        fit_seconds=sum(part.fit_seconds for part in parts),
        errors=added(errors) if errors else None,
        seed=seed,
        star_segments=segments_of([part.star_members for part in parts], added, seed),
    )
    if not measured:
        return of_stars
    lists = ListValues.pooled(measured)
    left_out = queries[0].left_out
    if len(queries) > 1:  # only those count whom no part asks; each part knows all of them
        everybody = max(len(part) + sum(part.left_out.values()) for part in queries)
        left_out = {"no right answer in any part": everybody - len(lists.readers)}
    names = dict.fromkeys(note for each in queries for note in each.notes)
    times = {each: np.sum([part.times[each] for part in parts], axis=0) for each in parts[0].times}
    return replace(
        of_stars,
        given=queries[0].given,
        readers=lists.readers,
        measures=lists.measures,
        values=lists.values,
        left_out=left_out,
        notes={note: sum(each.notes.get(note, 0) for each in queries) for note in names},
        rank_seconds=sum(part.rank_seconds for part in parts),
        catalogue={str(each): each.value(listed) for each, listed in times.items()},
        segments=segments_of([part.members for part in parts], ListValues.pooled, seed),
    )


def evaluate(
    dataset: Dataset | Ratings,
    algorithms: Mapping[str, Measurable],
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
        algorithms: What to measure, by the name to report it under, whatever the class of what they
            fit: one that scores histories has lists, and the forecasts of one that forecasts stars
            are measured where the protocol asks for them.
        protocol: How the data is divided, and who counts.
        measures: What to measure, by name: of each reader's list, such as "ndcg@10", and of all
            lists, such as "coverage@10". The default of each where none of its kind is named.
        seed: Draws the order of equal scores and the intervals.
        progress: Told how far it is.

    Raises:
        SettingError: No algorithm, no such measure, or one that needs what the catalogue does
            not know.
        InputError: The protocol cannot divide this data set.
        ModelError: A model gives neither scores that can be ranked nor stars.
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
    for number, each in enumerate(parts, start=1):
        task = each.prepare(ratings, catalogue, rows)
        prints.append(task.fingerprint())
        books = BookFacts.of(task.training, task.catalogue)
        part = Part(task, books, measures_of(named, books), of_catalogue, seed)
        of_part = f"part {number} of {len(parts)}, " if len(parts) > 1 else ""
        for name, algorithm in algorithms.items():
            for found in part.answered(f"{of_part}{name}", algorithm, progress):
                given = None if found.queries is None else found.queries.given
                answered.setdefault((name, given), []).append(found)
    results = tuple(
        pooled(name, algorithm.as_dict(), found, seed)
        for name, algorithm in algorithms.items()
        for (of, _), found in answered.items()
        if of == name
    )
    together = hashlib.sha256("".join(prints).encode()).hexdigest()
    return Report(
        protocol=protocol.name,
        description=protocol.describe(),
        data={"ratings": ratings.fingerprint(), "task": prints[0] if len(parts) == 1 else together},
        seed=seed,
        results=results,
    )


def tie_order_by_id(items: Vocabulary, seed: int) -> I64:
    """A drawn order of the items that does not depend on where they stand in the table."""
    by_id = np.array(sorted(range(len(items)), key=items.ids.__getitem__), dtype=np.int64)
    return by_id[tie_order(len(items), seed)]
