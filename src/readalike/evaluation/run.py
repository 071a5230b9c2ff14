"""Fits algorithms and measures them all on the same questions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from readalike.algorithms.settings import Algorithm, Progress, silent
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import ModelError, SettingError
from readalike.evaluation.forecasts import star_errors
from readalike.evaluation.measures import DEFAULT, Measure, measures_of
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.questions import Questions, Task
from readalike.evaluation.ranking import ranked_lists
from readalike.evaluation.report import Report, Result
from readalike.models.protocols import Ranker
from readalike.numerics.metrics import judge
from readalike.numerics.topn import tie_order

if TYPE_CHECKING:
    from readalike.data.load import Dataset


def evaluate(
    dataset: Dataset | Ratings,
    algorithms: Mapping[str, Algorithm],
    protocol: Protocol,
    *,
    measures: Iterable[str | Measure] = DEFAULT,
    seed: int = 0,
    progress: Progress = silent,
) -> Report:
    """Measures algorithms on one data set, each fitted once.

    Put popularity among them: without that line nobody can tell whether a figure is good.

    Args:
        dataset: What was read; bare ratings know nothing of the books and keep no raw rows.
        algorithms: What to measure, by the name to report it under.
        protocol: How the data is divided, and who counts.
        measures: What to measure, by name.
        seed: Draws the order of equal scores and the intervals.
        progress: Told how far it is.

    Raises:
        SettingError: No algorithm, or no such measure.
        InputError: The protocol cannot divide this data set.
        ModelError: A model gives no scores that can be ranked.
    """
    if not algorithms:
        raise SettingError("at least one algorithm must be given, got none")
    chosen = measures_of(measures)
    if isinstance(dataset, Ratings):
        ratings = dataset
        task = protocol.prepare(ratings, Catalogue.of(ratings.items), None)
    else:
        ratings = dataset.ratings
        task = protocol.prepare(ratings, dataset.catalogue, dataset.rows)
    results: list[Result] = []
    for name, algorithm in algorithms.items():
        results += _results(name, algorithm, task, chosen, seed, progress)
    data = {"ratings": ratings.fingerprint(), "task": task.fingerprint()}
    return Report(protocol.name, protocol.describe(), data, seed, tuple(results))


def _results(
    name: str,
    algorithm: Algorithm,
    task: Task,
    measures: tuple[Measure, ...],
    seed: int,
    progress: Progress,
) -> Iterable[Result]:
    started = time.perf_counter()
    model = algorithm.fit(
        task.training,
        task.catalogue,
        lambda step, done, total: progress(f"{name}: {step}", done, total),
    )
    seconds = time.perf_counter() - started
    if model.n_items != len(task.training.items):
        raise ModelError(
            f"{name} must score all {len(task.training.items)} books, got {model.n_items}"
        )
    errors = None
    if task.star_questions is not None:
        errors = star_errors(
            model,
            task.star_questions,
            task.training.scale,
            lambda done, total: progress(f"{name}: forecasting", done, total),
        )
    ties = tie_order_by_id(task.training.items, seed)
    for asked in task.questions:
        begun = time.perf_counter()
        step = f"{name}: ranking" + ("" if asked.given is None else f" given {asked.given}")
        values = _values(model, asked, measures, ties, progress, step)
        yield Result(
            name,
            algorithm.as_dict(),
            asked.given,
            asked.readers,
            measures,
            values,
            asked.left_out,
            asked.told,
            seconds,
            time.perf_counter() - begun,
            errors,
            seed,
        )


def _values(
    model: Ranker,
    asked: Questions,
    measures: tuple[Measure, ...],
    ties: npt.NDArray[np.integer[Any]],
    progress: Progress,
    step: str,
) -> npt.NDArray[np.float64]:
    longest = max(measure.n for measure in measures)
    lists = ranked_lists(
        model,
        asked.users,
        asked.histories,
        longest,
        ties,
        lambda done, total: progress(step, done, total),
    )
    judged = judge(lists, asked.relevant.indptr, asked.relevant.items)
    return np.column_stack([measure.values(judged) for measure in measures])


def tie_order_by_id(items: Vocabulary, seed: int) -> npt.NDArray[np.int64]:
    """A drawn order of the items that does not depend on where they stand in the table."""
    by_id = np.array(sorted(range(len(items)), key=items.ids.__getitem__), dtype=np.int64)
    return by_id[tie_order(len(items), seed)]
