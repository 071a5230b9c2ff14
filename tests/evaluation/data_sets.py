"""Raw rows with repeats, conflicts and times, and the data set that they make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from evaluation.rankers import FIVE_STARS
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import RatingRows, Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.datasets.sample import read_sample
from readalike.evaluation.questions import RankingQueries, Task
from readalike.tables.dataset import Dataset

N_BOOKS = 25

Pair = tuple[str, str]


def raw_rows(seed: int, n_rows: int = 400, readers: int = 30) -> RatingRows:
    """Ids whose order as text is not that of their numbers, and not that of the rows."""
    random = np.random.default_rng(seed)
    return RatingRows(
        random.integers(0, readers, n_rows).astype(np.int32),
        random.integers(0, N_BOOKS, n_rows).astype(np.int32),
        np.where(random.random(n_rows) < 0.1, np.nan, random.integers(1, 6, n_rows)).astype(
            np.float32
        ),
        user_ids=Vocabulary.of((7 * user) % 101 for user in range(readers)),
        item_ids=Vocabulary.of((3 * book) % N_BOOKS for book in range(N_BOOKS)),
        scale=FIVE_STARS,
        times=random.integers(0, n_rows // 4, n_rows),
    )


def shuffled(rows: RatingRows, seed: int) -> RatingRows:
    """The same rows in another order; readers numbered otherwise too."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(rows))
    ids = random.permutation(len(rows.user_ids))
    number = np.empty(len(ids), np.int32)
    number[ids] = np.arange(len(ids))
    return RatingRows(
        number[rows.users[order]],
        rows.items[order],
        rows.stars[order],
        user_ids=Vocabulary(tuple(rows.user_ids.ids[user] for user in ids)),
        item_ids=rows.item_ids,
        scale=rows.scale,
        times=None if rows.times is None else rows.times[order],
    )


def without_repeats(rows: RatingRows) -> RatingRows:
    """The first row of each pair only."""
    pairs = rows.users.astype(np.int64) * len(rows.item_ids) + rows.items
    _, first = np.unique(pairs, return_index=True)
    first.sort()
    return replace(
        rows,
        users=rows.users[first],
        items=rows.items[first],
        stars=rows.stars[first],
        times=None if rows.times is None else rows.times[first],
    )


def without_times(rows: RatingRows) -> RatingRows:
    return replace(rows, times=None)


@cache
def sample() -> Dataset:
    """The embedded sample with few readers; made once."""
    return read_sample(readers=400)


@dataclass(frozen=True)
class Data:
    """What `evaluate` looks at in a data set."""

    ratings: Ratings
    catalogue: Catalogue
    rows: RatingRows


def data_of(rows: RatingRows) -> Any:
    ratings, _ = rows.merged()
    return Data(ratings, Catalogue.of(ratings.items), rows)


def pairs_of(ratings: Ratings) -> dict[Pair, float]:
    return histories_pairs(ratings.histories, ratings.users.ids, ratings.items)


def histories_pairs(
    histories: Histories, readers: tuple[str, ...], books: Vocabulary
) -> dict[Pair, float]:
    return {
        (reader, books.ids[item]): float(stars)
        for row, reader in enumerate(readers)
        for item, stars in zip(*histories.row(row), strict=True)
    }


def known_pairs(task: Task, queries: RankingQueries) -> dict[Pair, float]:
    return histories_pairs(queries.histories, queries.readers, task.training.items)


def right(task: Task, queries: RankingQueries) -> dict[Pair, float]:
    return histories_pairs(queries.relevant, queries.readers, task.training.items)


def stars_of_queries(task: Task) -> dict[Pair, float]:
    queries = task.star_questions
    assert queries is not None
    found = [
        ((queries.readers[row], task.training.items.ids[item]), float(stars))
        for row, item, stars in zip(queries.rows, queries.items, queries.stars, strict=True)
    ]
    assert len(dict(found)) == len(found)
    return dict(found)


def liked(pairs: dict[Pair, float]) -> dict[Pair, float]:
    return {pair: stars for pair, stars in pairs.items() if stars >= 4}


def starred(pairs: dict[Pair, float]) -> dict[Pair, float]:
    return {pair: stars for pair, stars in pairs.items() if not np.isnan(stars)}
