"""Reads a data set: ratings, books, tags, and the account of what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from readalike.tables.layouts import Kind, LaidOutTable, of_folder, of_table
from readalike.tables.rating_table import EmptyRating, ScaleRule, read_ratings
from readalike.tables.tag_table import read_book_tags
from readalike.tables.workbench import workbench

Scale = RatingScale | str | tuple[float, float] | None


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
        tables: dict[Kind, LaidOutTable] = {}
        unused: list[str] = []
        if isinstance(source, str | Path) and is_folder(Path(source)):
            tables, unused = of_folder(bench, Path(source), separator, columns or {})
        else:
            table = bench.open(source, "the ratings", separator)
            tables["ratings"] = of_table(table, "ratings", columns or {})
        if books is not None:
            tables["books"] = of_table(bench.open(books, "the books"), "books", {})
        rated = read_ratings(bench, tables["ratings"], account, _scale(scale), empty_rating)
        known = read_books(bench, tables["books"], account) if "books" in tables else None
        vocabulary = Vocabulary(sorted_ids([*rated.items.texts, *(known.ids if known else ())]))
        rows = rated.rows(vocabulary)
        ratings, merge = rows.merged(repeats)
        catalogue = known.books.reindexed(vocabulary) if known else Catalogue.of(vocabulary)
        if known and "book_tags" in tables and "tags" in tables:
            tags = read_book_tags(
                bench, tables["book_tags"], tables["tags"], catalogue.goodreads_ids, account
            )
            catalogue = replace(catalogue, tags=tags)
        if "to_read" in tables:
            unused.append(f"{tables['to_read'].table.label} (it was not asked for)")
    strangers = sorted(set(rated.items.texts).difference(known.ids)) if known else []
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

    def with_step(stars: npt.NDArray[np.float64]) -> RatingScale:
        inside = stars[(stars >= low) & (stars <= high) & (stars != 0)]
        return RatingScale(low, high, RatingScale.of(inside - min(low, 0)).step)

    return with_step
