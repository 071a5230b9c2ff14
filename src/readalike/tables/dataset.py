"""Reads a data set: ratings, books, tags, and the account of what was left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue
from readalike.data.cells import number, sorted_ids
from readalike.data.ratings import RatingRows, Ratings, Repeats
from readalike.data.scale import FURTHEST, RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import SettingError
from readalike.files import is_folder
from readalike.tables.account import ReadReport, ReadReportBuilder
from readalike.tables.book_table import BookTable, read_books
from readalike.tables.layouts import Found, Kind, of_folder, of_table
from readalike.tables.rating_table import EmptyRating, RatingTable, read_ratings
from readalike.tables.tag_table import read_book_tags
from readalike.tables.workbench import Workbench, workbench

Scale = RatingScale | str | tuple[float, float] | None


@dataclass(frozen=True, eq=False)
class Dataset:
    """What was read.

    Attributes:
        ratings: One rating a pair; `ratings.items` is `catalogue.books`.
        catalogue: What is known of each book, those without ratings included.
        rows: The usable rows before repeated pairs were merged, in the order of the file.
        intake: What was taken, what was left out, and why.
        id_column: Name of the books' column that the ratings' ids were looked for in.
        book_ids: Ids of the table of books.
        other_ids: Ids in the other columns of the table of books that look like ids.
    """

    ratings: Ratings
    catalogue: Catalogue
    rows: RatingRows
    intake: ReadReport
    id_column: str = ""
    book_ids: frozenset[str] = frozenset()
    other_ids: Mapping[str, frozenset[str]] = field(default_factory=dict)


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
        source: A file (CSV, TSV, `::`, Parquet, gzip), a folder of such files, a pandas, polars
            or Arrow table, or a dict of columns.
        books: File or table of the books, where it is not in the folder.
        columns: Names (or numbers from 1) of the columns `user`, `book`, `rating` and `time`,
            where they are not found by themselves.
        separator: What divides the columns, where it is not found by itself.
        scale: The scale, as in "1..10"; found from the ratings where none is given. On a scale
            that holds 0, a 0 is a rating; else it means read without stars.
        repeats: What becomes of a pair that stands more than once.
        strict: Whether the first row that cannot be used is an error.
        empty_rating: Whether a row with an empty rating is left out or means read without stars.

    Raises:
        InputError: The source cannot be used.
        SettingError: A setting that cannot be.
    """
    account = ReadReportBuilder(strict)
    with workbench(source, books) as bench:
        found, unused = _tables(bench, source, books, separator, columns or {})
        rated = read_ratings(bench, *found["ratings"], account, _scale(scale), empty_rating)
        known = read_books(bench, *found["books"], account) if "books" in found else None
        vocabulary = Vocabulary(sorted_ids([*rated.item_ids, *(known.ids if known else ())]))
        rows = rated.rows(vocabulary)
        ratings, merge = rows.merged(repeats)
        catalogue = _catalogue(bench, vocabulary, known, found, account)
        if "to_read" in found:
            unused.append(f"{found['to_read'][0].label} (it was not asked for)")
    _count_strangers(rated, known, rows, account)
    intake = ReadReport(
        tuple(account.files),
        tuple(account.left_out),
        tuple(unused),
        merge,
        int(np.isnan(rows.stars).sum()),
        tuple(account.notes),
    )
    return Dataset(
        ratings,
        catalogue,
        rows,
        intake,
        known.id_column if known else "",
        frozenset(known.ids) if known else frozenset(),
        known.other_ids if known else {},
    )


def _tables(
    bench: Workbench,
    source: Any,
    books: Any,
    separator: str | None,
    columns: Mapping[str, str],
) -> tuple[dict[Kind, Found], list[str]]:
    found: dict[Kind, Found]
    if isinstance(source, str | Path) and is_folder(Path(source)):
        found, unused = of_folder(bench, Path(source), separator, columns)
    else:
        table = bench.open(source, "the ratings", separator)
        found, unused = {"ratings": (table, of_table(table, "ratings", columns))}, []
    if books is not None:
        table = bench.open(books, "the books")
        found["books"] = table, of_table(table, "books", {})
    return found, unused


def _catalogue(
    bench: Workbench,
    vocabulary: Vocabulary,
    known: BookTable | None,
    found: Mapping[Kind, Found],
    account: ReadReportBuilder,
) -> Catalogue:
    if known is None:
        return Catalogue.of(vocabulary)
    catalogue = known.catalogue(vocabulary)
    if "book_tags" not in found or "tags" not in found:
        return catalogue
    tags = read_book_tags(
        bench, found["book_tags"], found["tags"], catalogue.goodreads_ids, account
    )
    return replace(catalogue, tags=tags)


def _count_strangers(
    rated: RatingTable, known: BookTable | None, rows: RatingRows, account: ReadReportBuilder
) -> None:
    """Tells of ratings whose book is not in the table of books; they are kept."""
    if known is None:
        return
    strangers = set(rated.item_ids) - set(known.ids)
    if strangers:
        index = rows.item_ids.indices(sorted(strangers))
        count = int(np.isin(rows.items, index).sum())
        account.notes.append(
            f"{len(strangers):,} books with {count:,} ratings are not in the table of books; they "
            "are kept and shown by their ids"
        )


def _scale(
    scale: Scale,
) -> RatingScale | Callable[[npt.NDArray[np.float64]], RatingScale] | None:
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

    def with_step(stars: npt.NDArray[np.float64]) -> RatingScale:
        inside = stars[(stars >= low) & (stars <= high) & (stars != 0)]
        return RatingScale(low, high, RatingScale.of(inside - min(low, 0)).step)

    return with_step
