"""Fits algorithms and measures them all on the same questions."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from readalike.algorithms.settings import Algorithm, Progress, StarAlgorithm, silent
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import ModelError, SettingError
from readalike.evaluation.bookfacts import BookFacts
from readalike.evaluation.forecasts import StarErrors, summed_errors
from readalike.evaluation.measured import measured, places_needed
from readalike.evaluation.measures import (
    CatalogueMeasure,
    Measure,
    Named,
    catalogue_measures_of,
    measures_of,
)
from readalike.evaluation.pooling import Answered, pooled
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.questions import Task
from readalike.evaluation.ranking import ranked_lists
from readalike.evaluation.report import Report
from readalike.evaluation.starforecasts import star_forecasts
from readalike.evaluation.starsegments import StarMembers, star_members
from readalike.models.starfactors import StarFactors
from readalike.numerics.topn import tie_order

if TYPE_CHECKING:
    from readalike.data.load import Dataset


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
    return Report(protocol.name, protocol.describe(), data, seed, results)


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
