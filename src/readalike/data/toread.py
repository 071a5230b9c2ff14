"""Books that readers mean to read."""

from __future__ import annotations

import numpy as np

from readalike.data.account import Account
from readalike.data.cellcodes import read_columns
from readalike.data.cells import sorted_ids, trimmed_id
from readalike.data.layout import Layout
from readalike.data.ratings import Ratings
from readalike.data.rows import RatingRows
from readalike.data.scale import RatingScale
from readalike.data.tables import Table, Workbench
from readalike.data.vocabulary import Vocabulary


def read_to_read(
    bench: Workbench,
    table: Table,
    layout: Layout,
    books: Vocabulary,
    scale: RatingScale,
    account: Account,
) -> Ratings:
    """Reads pairs of reader and book; books that are not in the vocabulary are left out."""
    coded = {role: layout.columns[role] for role in ("user", "item")}
    columns = read_columns(bench, table, layout.header, coded)
    readers = Vocabulary(sorted_ids(t for t in map(trimmed_id, columns.coded["user"].texts) if t))
    users = columns.coded["user"].mapped(lambda t: _or_none(readers.index(trimmed_id(t))), np.int32)
    items = columns.coded["item"].mapped(
        lambda t: _or_none(books.index(layout.item_id(trimmed_id(t)))), np.int32
    )
    usable = (users >= 0) & (items >= 0)
    account.take(
        table,
        layout,
        columns.rows,
        columns.rejected,
        [
            ("no reader id", np.flatnonzero(users < 0), ""),
            ("the book is not known", np.flatnonzero((users >= 0) & (items < 0)), ""),
        ],
        expected=True,
    )
    stars = np.full(int(usable.sum()), np.nan, np.float32)
    rows = RatingRows(users[usable], items[usable], stars, readers, books, scale)
    return rows.merged()[0]


def _or_none(index: int | None) -> int:
    return -1 if index is None else index
