"""Reads a data set: ratings, books, tags, and the account of what was left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from readalike.bibliography.isbn import is_damaged
from readalike.data.catalogue import Catalogue
from readalike.data.cells import number, sorted_ids, trimmed_id
from readalike.data.rating_column import RatingColumn, rating_column, says_none
from readalike.data.ratings import RatingRows, Ratings, Repeats
from readalike.data.scale import FURTHEST, FoundScale, RatingScale, doubt_of, scale_rule
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.files import is_folder
from readalike.numerics.arrays import F64, I64
from readalike.tables.account import ReadReport, ReadReportBuilder, said_of_columns
from readalike.tables.book_table import BookTable
from readalike.tables.join import joined, named_by, titles_in, with_mapped_ids
from readalike.tables.layouts import TABLE, Kind, LaidOutTable, of_folder, of_table
from readalike.tables.nameless import borne_out, with_zeros
from readalike.tables.tag_table import read_book_tags
from readalike.tables.workbench import Coded, Workbench, workbench

EmptyRating = Literal["leave out", "read"]
Scale = RatingScale | str | tuple[float, float] | None
ScaleRule = Callable[[F64], RatingScale]
"""The scale of the stars that stand in a table; shape (usable rows,)."""


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
    encoding: str | None = None,
    scale: Scale = None,
    repeats: Repeats = "first",
    strict: bool = False,
    empty_rating: EmptyRating = "leave out",
) -> Dataset:
    """Reads ratings and what is known of the books.

    Args:
        source: A file (CSV, TSV, `::`, Parquet, a workbook, JSON lines; plain, gzip or zip), a
            folder of such files, a pandas, polars or Arrow table, or a dict of columns.
        books: File or table of the books, where it is not in the folder.
        columns: Names (or numbers from 1) of the columns `user`, `book`, `rating` and `time`, where
            they are not found by themselves; `books_id` is the column of the table of books that
            has the ids of the ratings.
        separator: What divides the columns, where it is not found by itself.
        encoding: What files of text are written in, where it is not found by itself.
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
    columns = dict(columns or {})
    id_column = columns.pop("books_id", None)
    with workbench(source, books) as bench:
        tables: dict[Kind, LaidOutTable] = {}
        unused: list[str] = []
        if isinstance(source, str | Path) and is_folder(Path(source)):
            tables, unused = of_folder(bench, Path(source), separator, columns, encoding)
        else:
            table = bench.open(source, "the ratings", separator, encoding)
            tables["ratings"] = of_table(table, "ratings", columns)
        if books is not None:
            tables["books"] = of_table(
                bench.open(books, "the books", encoding=encoding), "books", {}
            )
        if not columns:
            tables["ratings"], notes = borne_out(bench, tables["ratings"])
            account.notes += notes
        tables["ratings"] = with_zeros(bench, tables["ratings"])
        rated, found = _read_ratings(
            bench, tables["ratings"], account, _scale(scale), empty_rating, "rating" in columns
        )
        titles = titles_in(bench, tables["ratings"])
        known = None
        if "books" in tables:
            if "book_ids" in tables:
                rated = with_mapped_ids(bench, tables["book_ids"], rated, tables["books"], account)
            known = joined(bench, tables["books"], rated, titles, account, id_column=id_column)
        vocabulary = Vocabulary(sorted_ids([*rated.item_ids, *(known.ids if known else ())]))
        items = vocabulary.indices(rated.item_ids.ids)[rated.items]
        rows = replace(rated, items=items, item_ids=vocabulary)
        ratings, merge = rows.merged(repeats)
        catalogue = known.books.reindexed(vocabulary) if known else named_by(titles, vocabulary)
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
        scale=str(found) if found else "",
        doubt=found.doubt if found else "",
        notes=tuple(account.notes),
    )
    return Dataset(ratings=ratings, catalogue=catalogue, rows=rows, intake=intake, books=known)


def _scale(scale: Scale) -> RatingScale | ScaleRule | None:
    return scale if scale is None or isinstance(scale, RatingScale) else scale_rule(scale)


def _read_ratings(
    bench: Workbench,
    source: LaidOutTable,
    account: ReadReportBuilder,
    scale: RatingScale | ScaleRule | None,
    empty_rating: EmptyRating,
    believed: bool,
) -> tuple[RatingRows, FoundScale | None]:
    """Reads the ratings and their scale; None where no row has stars.

    A column of stars that a person named is `believed`, whatever it looks like.
    """
    table, layout = source.table, source.layout
    chosen = {r: at for r, at in layout.columns.items() if r in ("user", "item", "rating", "read")}
    columns = bench.read(source, coded=chosen, time=layout.columns.get("time"))
    if not columns.rows and not columns.rejected:
        raise InputError("must hold ratings, got names of columns and no rows", file=table.label)
    user, item, rating = columns.coded["user"], columns.coded["item"], columns.coded.get("rating")
    user = Coded(user.codes, list(map(trimmed_id, user.texts)))
    given = list(map(trimmed_id, item.texts))
    item = Coded(item.codes, list(map(layout.item_id, given)))
    no_user, no_item = user.mapped(lambda t: not t, bool), item.mapped(lambda t: not t, bool)
    read = columns.coded.pop("read", None)
    unread = np.zeros(columns.rows, bool) if read is None else read.mapped(_says_no, bool)
    ruined = item.mapped(_is_ruined, bool)
    stars = np.full(columns.rows, np.nan)
    empty = word = np.zeros(columns.rows, bool)
    notes = [said_of_columns(_names(source, chosen))]
    if layout.format == TABLE and (mended := sum(map(str.__ne__, given, item.texts))):
        notes.append(f"zeros in front of {mended:,} ISBN were put back")
    marks = RatingColumn()
    if rating is None:
        notes.append("no column of ratings: every row is taken as read without stars")
    else:
        counts = np.bincount(rating.codes, minlength=len(rating.texts)).tolist()
        marks = rating_column(dict(zip(rating.texts, counts, strict=True)))
        stars = rating.mapped(lambda text: marks.values.get(text), np.float64)  # NaN where none
        nothing = rating.mapped(says_none, bool)
        if not believed and _are_public_means(item.codes, stars):
            notes.append(
                f"the column {_names(source, chosen)['stars']!r} is the same for all readers of a "
                "book: it is taken for the mean of the public, and every row for read without "
                "stars; if it is the readers' own, name it with --rating-column"
            )
            marks, nothing = RatingColumn(), np.zeros(columns.rows, bool)
            stars, rating = np.full(columns.rows, np.nan), None
        if rating is not None:
            word = np.isnan(stars) & ~nothing
            empty = nothing if empty_rating == "leave out" else empty
        if word.any() and not marks.values:
            raise InputError(
                f"the column {_names(source, chosen)['stars']!r} holds no rating that can be read; "
                f"its first cell is {marks.first_other[:40]!r}; name another with --rating-column",
                file=table.label,
                line=columns.lines([int(word.argmax())])[int(word.argmax())],
            )
    usable = ~(no_user | no_item | ruined | unread | empty | word)
    starred = stars[usable & ~np.isnan(stars) & (stars != 0)]
    found = _scale_of(starred, marks, _names(source, chosen).get("stars", ""), scale, layout.scale)
    scale = found.scale
    if scale.lowest > 0:
        stars[stars == 0] = np.nan
    outside = usable & ~np.isnan(stars) & ~scale.contains(stars)
    unusable = {
        "no reader id": no_user,
        "no book id": no_item & ~no_user,
        "a spreadsheet has made a number of the book's ISBN": ruined & ~no_user,
        "it says that the book was not read": unread & ~(no_user | no_item | ruined),
        "no rating": empty & ~(no_user | no_item | ruined | unread),
        "the rating cannot be read": word & ~(no_user | no_item | ruined | unread),
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
    rows = RatingRows(
        users=user_ids.indices(users.texts)[users.codes],
        items=items.codes.astype(np.int32),
        stars=stars[kept].astype(np.float32),
        user_ids=user_ids,
        item_ids=Vocabulary(tuple(items.texts)),
        scale=scale,
        times=None if times is None else np.asarray(times, np.int64)[kept],
    )
    return rows, found if np.isfinite(rows.stars).any() else None


PUBLIC_BOOKS = 10
"""So many books with several readers are needed to see that all readers give the same stars."""


def _are_public_means(books: I64, stars: F64) -> bool:
    """Whether all readers of each book gave it the same stars, most of which are no half stars.

    Args:
        books: Number of each row's book; shape (rows,).
        stars: NaN where there are none; shape (rows,).
    """
    given = np.abs(stars) <= FURTHEST
    values = np.unique(stars[given])
    if 2 * np.count_nonzero(np.abs(2 * values - np.round(2 * values)) > 1e-6) <= len(values):
        return False
    order = np.argsort(books[given], kind="stable")
    of_book, sorted_stars = books[given][order], stars[given][order]
    starts = np.flatnonzero(np.append(True, of_book[1:] != of_book[:-1]))
    several = np.diff(np.append(starts, len(of_book))) > 1
    least, most = (
        np.minimum.reduceat(sorted_stars, starts),
        np.maximum.reduceat(sorted_stars, starts),
    )
    return int(several.sum()) >= PUBLIC_BOOKS and bool(np.all(least[several] == most[several]))


def _is_ruined(text: str) -> bool:
    """Whether a spreadsheet has made a number of an ISBN: 9.78006E+12, and not an id, as 1e5."""
    return is_damaged(text) and any(sign in text for sign in ".,") and (number(text) or 0) >= 1e8


def _says_no(cell: str) -> bool:
    return cell.strip().casefold() in ("0", "0.0", "false", "f", "no")


SHOWN_AS = {"user": "reader", "item": "book", "rating": "stars", "read": "whether read"}
"""What the roles of columns of ratings are called where they are shown."""


def _names(source: LaidOutTable, columns: Mapping[str, int]) -> dict[str, str]:
    """The name of each column of ratings by what it is called; its number where it has none."""
    first, header = source.table.first, source.layout.header
    return {
        SHOWN_AS[role]: first[at] if header else f"column {at + 1}"
        for role, at in sorted(columns.items(), key=lambda column: column[1])
    }


def _scale_of(
    stars: F64,
    marks: RatingColumn,
    name: str,
    given: RatingScale | ScaleRule | None,
    usual: RatingScale | None,
) -> FoundScale:
    """The scale that was given, the layout's, the one that is written there, or found from stars.

    Args:
        stars: Of the usable rows, without 0.
        marks: What the cells say.
        name: Of the column.
        given: What the caller says.
        usual: That of the layout.
    """
    if given is not None:
        scale = given if isinstance(given, RatingScale) else given(stars)
        return FoundScale.said(scale, stars)
    if usual is not None:
        return FoundScale(usual, "as tables of this kind have them", doubt_of(stars, usual))
    return marks.written_scale(stars, name) or FoundScale.of(stars)


def _each_once(column: Coded, kept: I64) -> Coded:
    """The column of some rows; each text has one code."""
    place: dict[str, int] = {}
    codes = column.codes[kept]
    table = np.full(len(column.texts), -1, np.int64)
    for code in np.flatnonzero(np.bincount(codes, minlength=len(column.texts))):
        table[code] = place.setdefault(column.texts[code], len(place))
    return Coded(table[codes], list(place))
