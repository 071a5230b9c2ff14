"""From a table of ratings to rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from readalike.data.cells import number, sorted_ids, trimmed_id
from readalike.data.ratings import RatingRows
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.tables.account import ReadReportBuilder
from readalike.tables.layouts import LaidOutTable
from readalike.tables.workbench import Coded, Workbench

EmptyRating = Literal["leave out", "read"]
ScaleRule = Callable[[npt.NDArray[np.float64]], RatingScale]
"""The scale of the stars that stand in a table; shape (usable rows,)."""

NOTHING = frozenset({"", "null", "none", "na", "n/a", "nan"})
"""What a cell without a rating holds."""


@dataclass(frozen=True, eq=False)
class RatingTable:
    """Usable rows with ids as text, before the vocabularies are known.

    Attributes:
        users: User ids, each once.
        items: Item ids, each once.
        stars: Stars, NaN for read without stars; shape (rows,), float32.
        times: Times, where all rows have one; shape (rows,), int64.
        scale: The scale.
    """

    users: Coded
    items: Coded
    stars: npt.NDArray[np.float32]
    times: npt.NDArray[np.int64] | None
    scale: RatingScale

    def rows(self, books: Vocabulary) -> RatingRows:
        """The rows in terms of vocabularies: users sorted, books as given."""
        users = Vocabulary(sorted_ids(self.users.texts))
        return RatingRows(
            users=users.indices(self.users.texts)[self.users.codes],
            items=books.indices(self.items.texts)[self.items.codes],
            stars=self.stars,
            user_ids=users,
            item_ids=books,
            scale=self.scale,
            times=self.times,
        )


def read_ratings(
    bench: Workbench,
    source: LaidOutTable,
    account: ReadReportBuilder,
    scale: RatingScale | ScaleRule | None,
    empty_rating: EmptyRating = "leave out",
) -> RatingTable:
    """Reads a table of ratings and enters in the account what was left out.

    Where no scale is given, it is that of the layout, else it is found from the stars.

    Raises:
        InputError: No row can be used, or one cannot where the account is strict.
    """
    table, layout = source.table, source.layout
    chosen = {r: at for r, at in layout.columns.items() if r in ("user", "item", "rating")}
    columns = bench.read(source, coded=chosen, time=layout.columns.get("time"))
    if not columns.rows and not columns.rejected:
        raise InputError("must hold ratings, got names of columns and no rows", file=table.label)
    user, item, rating = columns.coded["user"], columns.coded["item"], columns.coded.get("rating")
    user = Coded(user.codes, list(map(trimmed_id, user.texts)))
    item = Coded(item.codes, [layout.item_id(trimmed_id(text)) for text in item.texts])
    no_user, no_item = user.mapped(lambda t: not t, bool), item.mapped(lambda t: not t, bool)
    stars = np.full(columns.rows, np.nan)
    empty = word = np.zeros(columns.rows, bool)
    notes = ["no column of ratings: every row is taken as read without stars"]
    if rating is not None:
        notes = []
        stars = rating.mapped(number, np.float64)  # NaN where it is none
        nothing = rating.mapped(lambda text: trimmed_id(text).casefold() in NOTHING, bool)
        word = np.isnan(stars) & ~nothing
        empty = nothing if empty_rating == "leave out" else empty
    usable = ~(no_user | no_item | empty | word)
    scale = scale or layout.scale
    if not isinstance(scale, RatingScale):
        given = stars[usable & ~np.isnan(stars)]
        scale = scale(given) if scale else RatingScale.of(given[given != 0])
    if scale.lowest > 0:
        stars[stars == 0] = np.nan
    outside = usable & ~np.isnan(stars) & ~scale.contains(stars)
    unusable = {
        "no reader id": no_user,
        "no book id": no_item & ~no_user,
        "no rating": empty & ~(no_user | no_item),
        "the rating is no number": word & ~(no_user | no_item),
        f"the rating is not on the scale {scale}": outside,
    }
    examples = {
        reason: " | ".join(c.texts[c.codes[bad.argmax()]] for c in columns.coded.values())
        for reason, bad in unusable.items()
        if bad.any()
    }
    account.take(columns, unusable, examples, notes=notes)
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
    return RatingTable(
        users=_each_once(user, kept),
        items=_each_once(item, kept),
        stars=stars[kept].astype(np.float32),
        times=None if times is None else np.asarray(times, np.int64)[kept],
        scale=scale,
    )


def _each_once(column: Coded, kept: npt.NDArray[np.int64]) -> Coded:
    """The column of some rows; each text has one code."""
    place: dict[str, int] = {}
    codes = column.codes[kept]
    table = np.full(len(column.texts), -1, np.int64)
    for code in np.flatnonzero(np.bincount(codes, minlength=len(column.texts))):
        table[code] = place.setdefault(column.texts[code], len(place))
    return Coded(table[codes], list(place))
