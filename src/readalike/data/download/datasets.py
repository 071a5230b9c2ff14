"""The data sets that can be fetched, and what must be in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

KAGGLE = "https://www.kaggle.com"
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Table:
    """One file of a data set.

    Attributes:
        name: File name.
        headers: By layout, how the header line begins.
        rows: The fewest and the most lines after the header that are believable.
    """

    name: str
    headers: Mapping[str, str]
    rows: tuple[int, int]


@dataclass(frozen=True)
class DataSet:
    """A data set of Kaggle.

    Attributes:
        name: What people type.
        handle: Owner and name at Kaggle.
        tables: The files it consists of; others in its archive are left there.
        largest_archive: Bytes beyond which an archive is not it.
        largest_table: Bytes beyond which a file in the archive is not one of its tables.
    """

    name: str
    handle: str
    tables: tuple[Table, ...]
    largest_archive: int = 200 * MEGABYTE
    largest_table: int = 300 * MEGABYTE

    @property
    def page(self) -> str:
        """Where people find it in a browser."""
        return f"{KAGGLE}/datasets/{self.handle}"

    @property
    def path(self) -> str:
        """Where programs find it, under Kaggle's address."""
        return f"/api/v1/datasets/download/{self.handle}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files."""
        return tuple(table.name for table in self.tables)


def _both(header: str) -> dict[str, str]:
    return {"kaggle": header, "github": header}


# Kaggle's edition and the author's on GitHub have the same file names, but another meaning of
# books.book_id, so the two must not be mixed; the row bounds hold for either.
GOODBOOKS_10K = DataSet(
    name="goodbooks-10k",
    handle="zygmunt/goodbooks-10k",
    tables=(
        Table(
            "ratings.csv",
            {"kaggle": "book_id,user_id,rating", "github": "user_id,book_id,rating"},
            (900_000, 7_000_000),
        ),
        Table(
            "books.csv",
            {
                "kaggle": "id,book_id,best_book_id,work_id,",
                "github": "book_id,goodreads_book_id,best_book_id,work_id,",
            },
            (9_000, 11_000),
        ),
        Table("tags.csv", _both("tag_id,tag_name"), (30_000, 40_000)),
        Table("book_tags.csv", _both("goodreads_book_id,tag_id,count"), (900_000, 1_100_000)),
        Table("to_read.csv", _both("user_id,book_id"), (800_000, 1_000_000)),
    ),
)

DATA_SETS: Mapping[str, DataSet] = {GOODBOOKS_10K.name: GOODBOOKS_10K}
