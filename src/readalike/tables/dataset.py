"""Reads a data set: ratings, books, tags, and the account of what was left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.cells import number, sorted_ids, trimmed_id
from readalike.data.ratings import RatingRows, Ratings, Repeats
from readalike.data.scale import FURTHEST, RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError, SettingError
from readalike.files import is_folder
from readalike.numerics.arrays import F64, I64
from readalike.tables.account import ReadReport, ReadReportBuilder
from readalike.tables.book_table import BookTable, read_books
from readalike.tables.layouts import Kind, LaidOutTable, of_folder, of_table
from readalike.tables.tag_table import read_book_tags
from readalike.tables.workbench import Coded, Workbench, workbench

EmptyRating = Literal["leave out", "read"]
Scale = RatingScale | str | tuple[float, float] | None
ScaleRule = Callable[[F64], RatingScale]
"""The scale of the stars that stand in a table; shape (usable rows,)."""

NOTHING = frozenset({"", "null", "none", "na", "n/a", "nan"})
"""What a cell without a rating holds."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Dataset:
    """What was read.

    Attributes:
        ratings: One rating a pair; `ratings.items` is `catalogue.books`.
        catalogue: What is known of each book, those without ratings included.
        rows: The usable rows before repeated pairs were merged, in the order of the file.
        intake: What was taken, what was left out, and why.
        books: The table of books, where there is one.
    """

    ratings: Ratings
    catalogue: Catalogue
    rows: RatingRows
    intake: ReadReport
    books: BookTable | None = None


def read(
    source: Any,
    *,
    books: Any = None,
    columns: Mapping[str, str] | None = None,
    separator: str | None = None,
    scale: Scale = None,
    repeats: Repeats = "first",
    strict: bool = False,
    empty_rating: EmptyRating = "leave out",
) -> Dataset:
    """Reads ratings and what is known of the books.

    Args:
        source: A file (CSV, TSV, `::`, Parquet, gzip), a folder of such files, a pandas, polars or
            Arrow table, or a dict of columns.
        books: File or table of the books, where it is not in the folder.
        columns: Names (or numbers from 1) of the columns `user`, `book`, `rating` and `time`, where
            they are not found by themselves.
        separator: What divides the columns, where it is not found by itself.
        scale: The scale, as in "1..10"; found from the ratings where none is given. On a scale that
            holds 0, a 0 is a rating; else it means read without stars.
        repeats: What becomes of a pair that stands more than once.
        strict: Whether the first row that cannot be used is an error.
        empty_rating: Whether a row with an empty rating is left out or means read without stars.

    Raises:
        InputError: The source cannot be used.
        SettingError: A setting that cannot be.
    """
    account = ReadReportBuilder(strict)
    with workbench(source, books) as bench:
        tables: dict[Kind, LaidOutTable] = {}
        unused: list[str] = []
        if isinstance(source, str | Path) and is_folder(Path(source)):
            tables, unused = of_folder(bench, Path(source), separator, columns or {})
        else:
            table = bench.open(source, "the ratings", separator)
            tables["ratings"] = of_table(table, "ratings", columns or {})
        if books is not None:
            tables["books"] = of_table(bench.open(books, "the books"), "books", {})
        rated = _read_ratings(bench, tables["ratings"], account, _scale(scale), empty_rating)
        known = read_books(bench, tables["books"], account) if "books" in tables else None
        vocabulary = Vocabulary(sorted_ids([*rated.item_ids, *(known.ids if known else ())]))
        items = vocabulary.indices(rated.item_ids.ids)[rated.items]
        rows = replace(rated, items=items, item_ids=vocabulary)
        ratings, merge = rows.merged(repeats)
        catalogue = known.books.reindexed(vocabulary) if known else Catalogue.of(vocabulary)
        if known and "book_tags" in tables and "tags" in tables:
            tags = read_book_tags(
                bench, tables["book_tags"], tables["tags"], catalogue.goodreads_ids, account
            )
            catalogue = replace(catalogue, tags=tags)
        if "to_read" in tables:
            unused.append(f"{tables['to_read'].table.label} (it was not asked for)")
    strangers = sorted(set(rated.item_ids).difference(known.ids)) if known else []
    if strangers:
        count = int(np.isin(rows.items, vocabulary.indices(strangers)).sum())
        account.notes.append(
            f"{len(strangers):,} books with {count:,} ratings are not in the table of books; they "
            "are kept and shown by their ids"
        )
    intake = ReadReport(
        files=tuple(account.files),
        left_out=tuple(account.left_out),
        unused=tuple(unused),
        merge=merge,
        without_stars=int(np.isnan(rows.stars).sum()),
        notes=tuple(account.notes),
    )
    return Dataset(ratings=ratings, catalogue=catalogue, rows=rows, intake=intake, books=known)


def _scale(scale: Scale) -> RatingScale | ScaleRule | None:
    if scale is None or isinstance(scale, RatingScale):
        return scale
    parts = scale.split("..") if isinstance(scale, str) else scale
    ends = [end for part in parts if (end := number(str(part))) is not None]
    if not (len(parts) == len(ends) == 2 and -FURTHEST <= ends[0] < ends[1] <= FURTHEST):
        raise SettingError(
            "scale must be like 1..10, lowest and highest rating, neither further from 0 than "
            f"{FURTHEST:,.0f}, got {scale!r}"
        )
    low, high = ends

    def with_step(stars: F64) -> RatingScale:
        inside = stars[(stars >= low) & (stars <= high) & (stars != 0)]
        return RatingScale(low, high, RatingScale.of(inside - min(low, 0)).step)

    return with_step


def _read_ratings(
    bench: Workbench,
    source: LaidOutTable,
    account: ReadReportBuilder,
    scale: RatingScale | ScaleRule | None,
    empty_rating: EmptyRating,
) -> RatingRows:
    """Reads the ratings; the scale is the one given, the layout's, or found from the stars."""
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
    users, items = _each_once(user, kept), _each_once(item, kept)
    user_ids = Vocabulary(sorted_ids(users.texts))
    return RatingRows(
        users=user_ids.indices(users.texts)[users.codes],
        items=items.codes.astype(np.int32),
        stars=stars[kept].astype(np.float32),
        user_ids=user_ids,
        item_ids=Vocabulary(tuple(items.texts)),
        scale=scale,
        times=None if times is None else np.asarray(times, np.int64)[kept],
    )


def _each_once(column: Coded, kept: I64) -> Coded:
    """The column of some rows; each text has one code."""
    place: dict[str, int] = {}
    codes = column.codes[kept]
    table = np.full(len(column.texts), -1, np.int64)
    for code in np.flatnonzero(np.bincount(codes, minlength=len(column.texts))):
        table[code] = place.setdefault(column.texts[code], len(place))
    return Coded(table[codes], list(place))
