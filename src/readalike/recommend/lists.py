"""The lists of all readers, in one Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from readalike.files import PRIVATE, refuse_target, replace_file, unwritable
from readalike.progress import Progress, silent
from readalike.recommend.recommender import Recommender
from readalike.recommend.rules import Rules
from readalike.tables.parquet import write_parquet

TYPES = {
    "reader_id": "VARCHAR",
    "rank": "INTEGER",
    "book_id": "VARCHAR",
    "title": "VARCHAR",
    "authors": "VARCHAR",
    "score": "FLOAT",
}


@dataclass(frozen=True)
class Lists:
    """What `write_lists` wrote.

    Attributes:
        file: The Parquet file: reader_id, rank, book_id, title, authors, score.
        readers: How many readers there are.
        rows: How many rows were written.
        short: How many readers got fewer books than asked, having read nearly everything.
    """

    file: Path
    readers: int
    rows: int
    short: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {**vars(self), "file": str(self.file)}

    def __str__(self) -> str:
        short = f"; {self.short} readers have no more unread books" if self.short else ""
        return f"{self.rows:,} rows for {self.readers:,} readers to {self.file}{short}"


def write_lists(
    recommender: Recommender,
    out: Path | str,
    n: int = 10,
    progress: Progress = silent,
    rules: Rules | None = None,
) -> Lists:
    """Writes the n next books of every stored reader, best first, by the rules of `recommend`.

    Raises:
        UnknownReader: The model folder was saved without histories.
        InputError: The file cannot be written.
    """
    out = Path(out)
    refuse_target(out, "must be a file for the lists")
    items, scores = [], []
    for batch, batch_scores in _watched(recommender, n, progress, rules):
        items.append(batch)
        scores.append(batch_scores)
    assert recommender.readers is not None
    progress("writing", 0, 0)
    found, values = np.concatenate(items), np.concatenate(scores)
    there = found >= 0
    rows, places = np.nonzero(there)
    books = found[there]
    catalogue = recommender.catalogue
    columns = {
        "reader_id": np.array(recommender.readers.users.ids, dtype=object)[rows],
        "rank": places + 1,
        "book_id": np.array(catalogue.books.ids, dtype=object)[books],
        "title": np.array(catalogue.titles, dtype=object)[books],
        "authors": np.array(catalogue.authors, dtype=object)[books],
        "score": values[there],
    }
    try:
        replace_file(out, lambda part: write_parquet(part, columns, TYPES), PRIVATE)
    except OSError as error:
        raise unwritable(out, error) from error
    return Lists(out, len(found), len(books), int((there.sum(axis=1) < n).sum()))


def _watched(
    recommender: Recommender, n: int, progress: Progress, rules: Rules | None
) -> Iterator[Any]:
    done = 0
    total = 0 if recommender.readers is None else len(recommender.readers.users)
    for batch in recommender.recommend_all(n, rules):
        yield batch
        done += len(batch[0])
        progress("ranking", done, total)
