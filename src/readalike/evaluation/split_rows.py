"""Histories as columns of ids, and back: the rows of split files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.histories import Histories
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError

Columns = Mapping[str, npt.NDArray[Any]]

TYPES = {
    "given": "INTEGER",
    "reader_id": "VARCHAR",
    "book_id": "VARCHAR",
    "stars": "FLOAT",
    "unknown_book": "INTEGER",
}


def columns_of(
    readers: tuple[str, ...], histories: Histories, books: Vocabulary
) -> dict[str, npt.NDArray[Any]]:
    """One row an entry: `reader_id`, `book_id` and `stars`, in the stored order.

    Books beyond the vocabulary have no id but a number of their own in `unknown_book`, a
    column that is there only where the histories can hold such books.
    """
    n = len(books)
    known = histories.items < n
    ids = np.array([*books.ids, None], dtype=object)
    columns: dict[str, npt.NDArray[Any]] = {
        "reader_id": np.array([*readers, ""], dtype=object)[histories.rows],
        "book_id": ids[np.where(known, histories.items, n)],
        "stars": histories.stars,
    }
    if histories.n_items > n:
        unknown = np.empty(len(histories.items), dtype=object)
        unknown[~known] = (histories.items[~known] - n).tolist()
        columns["unknown_book"] = unknown
    return columns


def stacked(parts: Iterable[tuple[int | None, Columns]]) -> dict[str, npt.NDArray[Any]]:
    """Rows of several given lengths under each other, with a column `given`."""
    every = [{"given": _repeated(given, len(part["reader_id"])), **part} for given, part in parts]
    names = dict.fromkeys(name for part in every for name in part)
    return {
        name: np.concatenate(
            [part.get(name, _repeated(None, len(part["reader_id"]))) for part in every]
        )
        for name in names
    }


def of_given(columns: Columns, given: int | None) -> dict[str, npt.NDArray[Any]]:
    """The rows of one given length; None of those where it is not fixed."""
    column = columns["given"]
    missing = np.ma.getmaskarray(column)
    chosen = missing if given is None else ~missing & (np.ma.getdata(column) == given)
    return {name: values[chosen] for name, values in columns.items()}


def readers_of(columns: Columns) -> tuple[str, ...]:
    """Each reader once, in the order of the rows."""
    return tuple(dict.fromkeys(columns["reader_id"].tolist()))


def histories_of(
    columns: Columns, readers: tuple[str, ...], books: Vocabulary, unknown: int = 0
) -> Histories:
    """The rows of some readers as histories, each in the order of its rows.

    Args:
        columns: What `columns_of` made.
        readers: Whose rows; the others' are left aside.
        books: Outside ids of the books that training knows.
        unknown: How many other books there may be.

    Raises:
        InputError: A book that training does not know.
    """
    rows = Vocabulary(readers).indices(columns["reader_id"].tolist())
    chosen = np.flatnonzero(rows >= 0)
    chosen = chosen[np.argsort(rows[chosen], kind="stable")]
    items = books.indices(["" if book is None else book for book in columns["book_id"].tolist()])
    if "unknown_book" in columns:
        number = np.ma.asarray(columns["unknown_book"])
        has_one = ~np.ma.getmaskarray(number)
        items[has_one] = len(books) + np.ma.getdata(number)[has_one]
    items = items[chosen]
    if items.min(initial=0) < 0 or items.max(initial=-1) >= len(books) + unknown:
        raise InputError("every book of a split must be among its books, got one that is not")
    lengths = np.bincount(rows[chosen], minlength=len(readers))
    return Histories(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        items.astype(np.int32),
        np.ma.filled(np.ma.asarray(columns["stars"], np.float32), np.nan)[chosen],
        len(books) + unknown,
    )


def _repeated(value: object, times: int) -> npt.NDArray[Any]:
    column = np.empty(times, dtype=object)
    column[:] = value
    return column
