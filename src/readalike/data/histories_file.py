"""Training histories in a Parquet file of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from readalike.data.histories import Histories
from readalike.data.parquet import quoted, write_parquet
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary

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
    """Reads what `write_histories` wrote."""
    with duckdb.connect() as connection:
        connection.execute(
            "SELECT any_value(reader_id) AS id, count(*) FILTER (book_index >= 0) AS read "
            f"FROM read_parquet('{quoted(path)}') GROUP BY reader_index ORDER BY reader_index"
        )
        readers: dict[str, Any] = dict(connection.fetchnumpy().items())
        connection.execute(
            "SELECT book_index, coalesce(stars, 'nan'::FLOAT) AS stars "
            f"FROM read_parquet('{quoted(path)}') WHERE book_index >= 0"
        )
        entries: dict[str, Any] = dict(connection.fetchnumpy().items())
    histories = Histories(
        np.concatenate([[0], np.cumsum(readers["read"])]).astype(np.int64),
        np.asarray(entries["book_index"], np.int32),
        np.asarray(entries["stars"], np.float32),
        len(books),
    )
    return Ratings(histories, Vocabulary(tuple(readers["id"].tolist())), books, scale)
