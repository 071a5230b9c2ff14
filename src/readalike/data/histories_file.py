"""Training histories in a Parquet file of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.data.parquet import opened_parquet, write_parquet
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError

TYPES = {
    "reader_index": "INTEGER",
    "reader_id": "VARCHAR",
    "book_index": "INTEGER",
    "book_id": "VARCHAR",
    "stars": "FLOAT",
}


def write_histories(ratings: Ratings, path: Path) -> None:
    """Writes one row a rating, reader by reader; a reader of nothing has a row without a book."""
    histories = ratings.histories
    users = np.repeat(np.arange(len(histories)), np.maximum(histories.lengths, 1))
    taken = histories.lengths[users] > 0
    items = np.full(len(users), -1, np.int32)
    stars = np.full(len(users), np.nan, np.float32)
    items[taken], stars[taken] = histories.items, histories.stars
    columns = {
        "reader_index": users,
        "reader_id": np.array(ratings.users.ids, dtype=object)[users],
        "book_index": items,
        "book_id": np.array([*ratings.items.ids, ""], dtype=object)[items],
        "stars": stars,
    }
    write_parquet(path, columns, TYPES)


def read_histories(path: Path, books: Vocabulary, scale: RatingScale) -> Ratings:
    """Reads what `write_histories` wrote.

    Raises:
        InputError: It is damaged, or of other books.
    """
    with opened_parquet(path, TYPES) as ask:
        readers = ask(
            "SELECT reader_index, any_value(reader_id) AS id, count(DISTINCT reader_id) AS ids, "
            "count(*) FILTER (book_index >= 0) AS read, count(*) FILTER (book_index < 0) AS none "
            "FROM stored GROUP BY reader_index ORDER BY reader_index"
        )
        named = ask("SELECT DISTINCT book_index, book_id FROM stored WHERE book_index >= 0")
        entries = ask(
            "SELECT reader_index, book_index, coalesce(stars, 'nan'::FLOAT) AS stars "
            "FROM stored WHERE book_index >= 0"
        )
    counts, ids = readers["read"], tuple(readers["id"].tolist())
    items = _checked(path, "book_index", entries["book_index"], 0, len(books) - 1)
    rows = _checked(path, "reader_index", entries["reader_index"], 0, len(ids) - 1)
    stars = np.asarray(entries["stars"], np.float32)
    given = stars[~np.isnan(stars)]
    faults = {
        "reader_index must rise from 0 by 1": (
            (np.ma.filled(readers["reader_index"], -1) != np.arange(len(ids))).any()
            or (rows[1:] < rows[:-1]).any()
        ),
        "reader_id must be one id of each reader": (readers["ids"] != 1).any(),
        "book_index must be -1 in one row of who has read nothing": (
            (readers["none"] != (counts == 0)).any()
        ),
        "book_index must stand once with each reader": _repeated(rows, items, len(books)),
        "book_id must be the id of the book": any(
            books.ids[at] != outside
            for at, outside in zip(
                named["book_index"].tolist(), named["book_id"].tolist(), strict=True
            )
        ),
        f"stars must be from {scale}": not scale.contains(given).all(),
    }
    for what, wrong in faults.items():
        if wrong:
            raise InputError(f"{what}, and is not", file=path)
    histories = Histories(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), items, stars, len(books)
    )
    return Ratings(histories, Vocabulary(ids), books, scale)


def _checked(
    path: Path, column: str, found: npt.NDArray[Any], low: int, high: int
) -> npt.NDArray[np.int32]:
    """A column of whole numbers from low to high."""
    numbers = np.ma.filled(found, low - 1)
    if numbers.size and not (numbers.min() >= low and numbers.max() <= high):
        raise InputError(f"must be from {low} to {high}, and is not", file=path, column=column)
    return np.asarray(numbers, np.int32)


def _repeated(rows: npt.NDArray[np.int32], items: npt.NDArray[np.int32], n_items: int) -> bool:
    """Whether a pair of a row and an item stands more than once."""
    pairs = np.sort(rows.astype(np.int64) * n_items + items)
    return bool((pairs[1:] == pairs[:-1]).any())
