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

LONGEST_IDS = 2000
"""Bytes of a reader's and a book's id on average: a few packed bytes can stand for long ones."""


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
        length = ask("SELECT avg(strlen(reader_id) + strlen(book_id)) AS mean FROM stored")["mean"]
        if float(np.ma.filled(length, 0.0)[0]) > LONGEST_IDS:
            why = f"must have ids of at most {LONGEST_IDS} bytes on average, got longer ones"
            raise InputError(why, file=path)
        readers = ask("SELECT DISTINCT reader_index, reader_id FROM stored ORDER BY reader_index")
        named = ask("SELECT DISTINCT book_index, book_id FROM stored WHERE book_index >= 0")
        entries = ask(
            "SELECT reader_index, book_index, coalesce(stars, 'nan'::FLOAT) AS stars FROM stored"
        )
    ids, numbers = tuple(readers["reader_id"].tolist()), readers["reader_index"]
    if None in ids or (np.ma.filled(numbers, -1) != np.arange(len(ids))).any():
        raise InputError("must be one id of each reader, and is not", file=path, column="reader_id")
    rows = _checked(path, "reader_index", entries["reader_index"], 0, len(ids) - 1)
    items = _checked(path, "book_index", entries["book_index"], -1, len(books) - 1)
    if (rows[1:] < rows[:-1]).any():
        raise InputError("must rise, and does not", file=path, column="reader_index")
    taken = items >= 0
    counts = np.bincount(rows[taken], minlength=len(ids))
    if (np.bincount(rows[~taken], minlength=len(ids)) != (counts == 0)).any():
        why = "must be -1 in one row of whoever has read nothing, and is not"
        raise InputError(why, file=path, column="book_index")
    for at, outside in zip(named["book_index"].tolist(), named["book_id"].tolist(), strict=True):
        if books.ids[at] != outside:
            why = f"must be {books.ids[at]!r} for book {at}, got {outside!r}"
            raise InputError(why, file=path, column="book_id")
    stars = np.asarray(entries["stars"], np.float32)[taken]
    if not scale.contains(stars[~np.isnan(stars)]).all():
        raise InputError(f"must be from {scale}, and is not", file=path, column="stars")
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    histories = Histories(indptr, items[taken], stars, len(books))
    if histories.repeats:
        raise InputError("must hold a book once a reader, and does not", file=path)
    return Ratings(histories, Vocabulary(ids), books, scale)


def _checked(
    path: Path, column: str, found: npt.NDArray[Any], low: int, high: int
) -> npt.NDArray[np.int32]:
    """A column of whole numbers from low to high."""
    numbers = np.ma.filled(found, low - 1)
    if numbers.size and not (numbers.min() >= low and numbers.max() <= high):
        raise InputError(f"must be from {low} to {high}, and is not", file=path, column=column)
    return np.asarray(numbers, np.int32)
