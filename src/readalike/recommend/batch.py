"""The lists of many readers, a batch at a time, as one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.frames import data_frame
from readalike.files import PRIVATE, refuse_target, replace_file, unwritable
from readalike.models.interface import Scores
from readalike.numerics.arrays import Bools
from readalike.numerics.topn import mmr_top_n, top_n
from readalike.recommend.candidates import Candidates
from readalike.recommend.listing import ListContext
from readalike.tables.parquet import write_parquet

if TYPE_CHECKING:
    import pandas

BATCH = 512
"""Readers whose scores of all books are in memory at one time."""

TYPES = {
    "reader_id": "VARCHAR",
    "rank": "INTEGER",
    "book_id": "VARCHAR",
    "title": "VARCHAR",
    "authors": "VARCHAR",
    "score": "FLOAT",
    "source": "VARCHAR",
}

Items = npt.NDArray[np.int32]
Lists = tuple[Items, Scores]
"""Item indices and scores, best first, shape (readers, n or all books); -1 and -inf where a list
is shorter."""


def batches(n_readers: int) -> Iterator[slice]:
    """The rows of each batch."""
    return (slice(start, start + BATCH) for start in range(0, n_readers, BATCH))


def best_of(candidates: Candidates, n: int, context: ListContext, by_author: int) -> Lists:
    """The n best candidates of each reader.

    Args:
        candidates: The books that may be listed.
        n: How many, at least 1.
        context: What lists are made with.
        by_author: How many books by one first author, 0 for any number.
    """
    scores = candidates.scores
    n = min(n, scores.shape[1])
    if not by_author:
        return top_n(scores, n, context.ties)
    found = np.full((len(scores), n), -1, np.int32)
    values = np.full((len(scores), n), -np.inf, np.float32)
    for row, each in enumerate(scores):
        items = mmr_top_n(each, n, context.ties, groups=context.first_authors, most=by_author)
        found[row, : len(items)], values[row, : len(items)] = items, each[items]
    return found, values


@dataclass(frozen=True, eq=False)
class ManyRecommendations:
    """The lists of many readers.

    Attributes:
        readers: The readers, in the order of the lists.
        items: Indices of the books, best first, -1 where a list is shorter; shape (readers, n).
        scores: Their scores, -inf where a list is shorter; shape (readers, n).
        catalogue: The books.
        n: How many books were wanted for each.
        personal: Whether the reader's books move the score of each; shape (readers, n).
    """

    readers: tuple[str, ...]
    items: Items
    scores: Scores
    catalogue: Catalogue
    n: int
    personal: Bools

    def __len__(self) -> int:
        return len(self.readers)

    @property
    def rows(self) -> int:
        """How many books all lists have together."""
        return int((self.items >= 0).sum())

    @property
    def short(self) -> int:
        """How many readers have fewer books than wanted, having read nearly everything."""
        return int(((self.items >= 0).sum(axis=1) < self.n).sum())

    @property
    def unfounded(self) -> int:
        """How many readers' lists rest on none of their books."""
        return int((~self.personal.any(axis=1) & (self.items >= 0).any(axis=1)).sum())

    def columns(self) -> dict[str, npt.NDArray[Any]]:
        """The lists as columns: reader_id, rank, book_id, title, authors, score, source.

        The source is `personal` where the reader's books move the score of the book, else
        `popular`; shape (rows,) each.
        """
        there = self.items >= 0
        rows, places = np.nonzero(there)
        books = self.items[there]
        return {
            "reader_id": np.array(self.readers, dtype=object)[rows],
            "rank": places + 1,
            "book_id": np.array(self.catalogue.books.ids, dtype=object)[books],
            "title": np.array(self.catalogue.titles, dtype=object)[books],
            "authors": np.array(self.catalogue.authors, dtype=object)[books],
            "score": self.scores[there],
            "source": np.where(self.personal[there], "personal", "popular").astype(object),
        }

    def to_parquet(self, file: Path | str) -> Path:
        """Writes the columns to a Parquet file that only its owner can read.

        Raises:
            InputError: The file cannot be written.
        """
        file = Path(file)
        refuse_target(file, "must be a file for the lists")
        try:
            replace_file(file, lambda part: write_parquet(part, self.columns(), TYPES), PRIVATE)
        except OSError as error:
            raise unwritable(file, error) from error
        return file

    def to_pandas(self) -> pandas.DataFrame:
        """The columns as a DataFrame.

        Raises:
            MissingExtra: pandas is not installed.
        """
        columns = self.columns()
        return data_frame(list(zip(*columns.values(), strict=True)), list(columns))
