"""From a table of ratings to rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from readalike.data.cells import number, sorted_ids, trimmed_id
from readalike.data.ratings import RatingRows
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.tables.account import ReadReportBuilder, Rows
from readalike.tables.columns import Coded, Columns, read_columns
from readalike.tables.layouts import Layout
from readalike.tables.workbench import Table, Workbench

EmptyRating = Literal["leave out", "read"]


@dataclass(frozen=True, eq=False)
class RatingTable:
    """Usable rows with ids as text, before the vocabularies are known.

    Attributes:
        user_ids: Distinct user ids, in no order.
        item_ids: Distinct item ids, in no order.
        users: Position in `user_ids`; shape (rows,).
        items: Position in `item_ids`; shape (rows,).
        stars: Stars, NaN for read without stars; shape (rows,), float32.
        times: Times, where all rows have one; shape (rows,), int64.
        scale: The scale.
    """

    user_ids: list[str]
    item_ids: list[str]
    users: Rows
    items: Rows
    stars: npt.NDArray[np.float32]
    times: npt.NDArray[np.int64] | None
    scale: RatingScale

    def rows(self, books: Vocabulary) -> RatingRows:
        """The rows in terms of vocabularies: users sorted, books as given."""
        users = Vocabulary(sorted_ids(self.user_ids))
        return RatingRows(
            users.indices(self.user_ids)[self.users],
            books.indices(self.item_ids)[self.items],
            self.stars,
            users,
            books,
            self.scale,
            self.times,
        )


def read_ratings(
    bench: Workbench,
    table: Table,
    layout: Layout,
    account: ReadReportBuilder,
    scale: RatingScale | Callable[[npt.NDArray[np.float64]], RatingScale] | None,
    empty_rating: EmptyRating = "leave out",
) -> RatingTable:
    """Reads a table of ratings and enters in the account what was left out.

    Raises:
        InputError: No row can be used, or one cannot where the account is strict.
    """
    coded = {r: at for r, at in layout.columns.items() if r in ("user", "item", "rating")}
    columns = read_columns(bench, table, layout.header, coded, time=layout.columns.get("time"))
    if not columns.rows and not columns.rejected:
        raise InputError("must hold ratings, got names of columns and no rows", file=table.label)
    user = _ids(columns.coded["user"], trimmed_id)
    item = _ids(columns.coded["item"], lambda cell: layout.item_id(trimmed_id(cell)))
    stars, empty, word = _stars(columns)
    if empty_rating == "read":
        empty = np.zeros_like(empty)
    no_user, no_item = user.mapped(lambda t: not t, bool), item.mapped(lambda t: not t, bool)
    usable = ~(no_user | no_item | empty | word)
    given = stars[usable & ~np.isnan(stars)].astype(np.float64)
    found = _scale(layout.scale if scale is None else scale, given)
    if found.lowest > 0:
        stars[stars == 0] = np.nan
    outside = usable & ~np.isnan(stars) & ~found.contains(stars)
    notes = []
    if "rating" not in coded:
        notes.append("no column of ratings: every row is taken as read without stars")
    reasons = [
        ("no reader id", no_user),
        ("no book id", no_item & ~no_user),
        ("no rating", empty & ~(no_user | no_item)),
        ("the rating is no number", word & ~(no_user | no_item)),
        (f"the rating is not on the scale {found}", outside),
    ]
    account.take(
        table,
        layout,
        columns.rows,
        columns.rejected,
        [(reason, np.flatnonzero(bad), _example(columns, bad)) for reason, bad in reasons],
        notes,
    )
    kept = np.flatnonzero(usable & ~outside)
    if not len(kept):
        first = account.left_out[0]
        raise InputError(
            f"no row can be used; the first reason: {first.reason}",
            file=table.label,
            line=first.first_line,
        )
    times = columns.times
    if times is not None and np.ma.is_masked(times[kept]):
        missing = int(np.ma.getmaskarray(times)[kept].sum())
        account.notes.append(f"{table.label}: {missing:,} rows have no time: times are not used")
        times = None
    users, items = _distinct(user, kept), _distinct(item, kept)
    return RatingTable(
        users.texts,
        items.texts,
        users.codes,
        items.codes,
        stars[kept].astype(np.float32),
        None if times is None else np.asarray(times, np.int64)[kept],
        found,
    )


def _ids(column: Coded, meaning: Callable[[str], str]) -> Coded:
    return Coded(column.codes, [meaning(text) for text in column.texts])


def _distinct(column: Coded, kept: Rows) -> Coded:
    """The column of some rows, each text once."""
    place: dict[str, int] = {}
    codes = column.codes[kept]
    table = np.full(len(column.texts), -1, np.int64)
    for code in np.flatnonzero(np.bincount(codes, minlength=len(column.texts))):
        table[code] = place.setdefault(column.texts[code], len(place))
    return Coded(table[codes], list(place))


def _stars(columns: Columns) -> tuple[npt.NDArray[np.float64], Any, Any]:
    """Stars, and which cells are empty and which are no number."""
    rating = columns.coded.get("rating")
    if rating is None:
        nothing = np.zeros(columns.rows, bool)
        return np.full(columns.rows, np.nan), nothing, nothing
    stars = rating.mapped(lambda text: _or_nan(number(text)), np.float64)
    empty = rating.mapped(_is_empty, bool)
    return stars, empty, np.isnan(stars) & ~empty


def _is_empty(text: str) -> bool:
    return trimmed_id(text).casefold() in ("", "null", "none", "na", "n/a", "nan")


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _scale(
    scale: RatingScale | Callable[[npt.NDArray[np.float64]], RatingScale] | None,
    given: npt.NDArray[np.float64],
) -> RatingScale:
    if isinstance(scale, RatingScale):
        return scale
    if scale is not None:
        return scale(given)
    return RatingScale.of(given[given != 0])


def _example(columns: Columns, bad: npt.NDArray[np.bool_]) -> str:
    rows = np.flatnonzero(bad)[:1]
    cells: Sequence[str] = [c.text(int(row)) for row in rows for c in columns.coded.values()]
    return " | ".join(cells)
