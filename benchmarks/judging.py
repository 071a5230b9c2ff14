"""The ruler: what the lists and forecasts of a peer are worth, on the right answers of a split."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from readalike.errors import ModelError
from readalike.evaluation.forecast_errors import star_errors
from readalike.evaluation.questions import RankingQueries
from readalike.numerics.intervals import mean_interval
from readalike.numerics.ranking_metrics import judge, ndcg, recall
from splits import Split, book_order

MEASURES = {"ndcg@10": (ndcg, 10), "recall@20": (recall, 20)}


class UnfairError(Exception):
    """Lists that hold what they must not."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """Values of one set of readers.

    Attributes:
        given: How many books were told, where that is fixed.
        readers: Outside ids of those asked.
        values: One value a reader, by measure.
        without: Readers for whom there is no list; they count 0.
    """

    given: int | None
    readers: tuple[str, ...]
    values: dict[str, Any]
    without: int

    def estimates(self, chosen: frozenset[str] | None = None) -> dict[str, Any]:
        """The mean of each measure with its interval, for some of the readers."""
        mask = self.mask(chosen)
        return {name: mean_interval(of[mask])._asdict() for name, of in self.values.items()}

    def mask(self, chosen: frozenset[str] | None) -> Any:
        """Which of the readers are meant."""
        return np.array([chosen is None or reader in chosen for reader in self.readers])


def judged(queries: RankingQueries, lists: Any) -> Judgement:
    """Judges one set of lists: the whole catalogue could be listed, told books must not be.

    Raises:
        UnfairError: A list holds a told book, a book twice, or none of the catalogue.
    """
    histories = queries.histories
    width = histories.n_items
    if (
        lists.shape[0] != len(queries)
        or lists.max(initial=-1) >= width
        or lists.min(initial=0) < -1
    ):
        raise UnfairError(f"lists must be of {len(queries)} readers and {width} books")
    rows = np.arange(len(queries))[:, None] * width + lists
    shown = np.isin(rows, histories.rows * width + histories.items) & (lists >= 0)
    if shown.any():
        raise UnfairError(f"{int(shown.sum())} listed books had been told")
    try:
        hits = judge(lists, queries.relevant.indptr, queries.relevant.items)
    except ValueError as error:
        raise UnfairError(str(error)) from error
    values = {name: measure(hits, n) for name, (measure, n) in MEASURES.items()}
    return Judgement(queries.given, queries.readers, values, int((lists < 0).all(axis=1).sum()))


def by_index(lists: Any, order: Any) -> Any:
    """Lists of numbers as lists of the split's indices.

    Raises:
        UnfairError: A number that is no book.
    """
    if lists.max(initial=-1) >= len(order) or lists.min(initial=0) < -1:
        raise UnfairError(f"lists must be of {len(order)} books")
    return np.where(lists >= 0, order[lists], -1)


def star_figures(split: Split, forecasts: Any) -> dict[str, Any]:
    """RMSE and MAE over all pairs, as forecast and moved into the scale; intervals over readers.

    Args:
        split: The split.
        forecasts: Stars of each pair, or two rows of them: for the squared and for the absolute
            error, of a peer that knows both.

    Raises:
        UnfairError: Not one forecast a pair, or none that is a number.
    """
    queries, scale = split.task.star_questions, split.task.training.scale
    means, medians = forecasts if forecasts.ndim == 2 else (forecasts, forecasts)
    if queries is None or not means.shape == medians.shape == queries.stars.shape:
        raise UnfairError("there must be one forecast for each pair")
    means = np.where(np.isfinite(medians), means, np.nan)
    try:
        found = star_errors(np.column_stack([means, medians]), queries, scale)
    except ModelError as error:
        raise UnfairError("no forecast is a number") from error
    figures: dict[str, Any] = {k: v._asdict() for k, v in found.estimates(0).items()}
    return figures | {"pairs": len(queries.stars), "without_forecast": found.without}


def judgements(split: Split, out: Path) -> tuple[list[Judgement], dict[str, Any] | None]:
    """All that a peer answered on a split: its lists, and its stars where it forecast some.

    Raises:
        UnfairError: Lists that hold what they must not.
    """
    order = book_order(len(split.task.training.items))
    with np.load(out.with_name(f"{out.name}.npz")) as answers:
        lists = [
            judged(queries, by_index(answers[f"lists{number}"], order))
            for number, queries in enumerate(split.task.questions)
            if f"lists{number}" in answers
        ]
        stars = star_figures(split, answers["forecasts"]) if "forecasts" in answers else None
    return lists, stars
