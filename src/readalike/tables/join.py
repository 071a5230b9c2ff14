"""Whether the ids of the ratings and those of a table of books name the same books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from readalike.bibliography.isbn import valid_isbn13
from readalike.bibliography.titles import Title
from readalike.data.catalogue import Catalogue
from readalike.data.cells import clean_text, trimmed_id
from readalike.data.ratings import RatingRows
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.numerics.arrays import F64
from readalike.numerics.ranks import rank_correlation
from readalike.tables.account import ReadReportBuilder, counted
from readalike.tables.book_table import BookTable, read_books
from readalike.tables.layouts import GITHUB, KAGGLE, LaidOutTable, key, positions
from readalike.tables.nameless import SOME, book_numbers, with_zeros
from readalike.tables.workbench import Workbench

FITS = 0.5
"""Ids that are in a column less often than this share of the rated books fit it by chance."""
ENOUGH_BOOKS = 50
"""So many books in both tables are needed to compare their means or counts ..."""
ENOUGH_RATINGS = 5
"""... each with so many ratings."""
AGREEMENT = 0.15
"""Least rank correlation of means or of counts of the same books.

It is 0.87 and 0.56 in Kaggle's goodbooks-10k, 0.63 and 0.84 in GitHub's; of n books that have
nothing in common it is 0, with a standard error of 1 / sqrt(n - 1) (Kendall and Gibbons, 1990).
"""
ENOUGH_TITLES = 5
"""So many titles in both tables are needed to compare them."""
SAME_TITLES = 0.25
"""Editions and languages differ, but of the same books more than this share has one title."""


def joined(
    bench: Workbench,
    source: LaidOutTable,
    rated: RatingRows,
    titles: Mapping[str, tuple[str, str]],
    account: ReadReportBuilder,
    *,
    id_column: str | None = None,
) -> BookTable | None:
    """The books of a table by the ids of the ratings; None, with a note, where they are others.

    Args:
        bench: Where tables are read.
        source: The table of books.
        rated: The ratings.
        titles: Title and authors of rated books by their ids, where the ratings have them.
        account: Where it is noted what was read.
        id_column: Name or number of the column whose ids the ratings have, where a person said it.

    Raises:
        InputError: The table has no such column.
    """
    if id_column is not None:
        return read_books(bench, with_zeros(bench, _by_column(source, id_column)), account)
    source = with_zeros(bench, source)
    own = ReadReportBuilder(account.strict)
    known = read_books(bench, source, own)
    rated_ids = rated.item_ids.ids
    fit = {
        name: sum(outside in ids for outside in rated_ids) / max(len(rated_ids), 1)
        for name, ids in ({known.id_column: frozenset(known.ids)} | dict(known.other_ids)).items()
    }
    best = max(fit, key=lambda name: fit[name])
    if fit[known.id_column] < FITS <= fit[best]:
        own = ReadReportBuilder(account.strict)
        own.notes.append(
            f"{source.table.label}: the ratings' ids are those of the column {best!r} "
            f"({fit[best]:.0%} of the rated books are there), not of {known.id_column!r} "
            f"({fit[known.id_column]:.0%}); books are found by {best!r}"
        )
        known = read_books(bench, _by_column(source, best), own)
    agreements = [found for found in _agreements(rated, known) if found is not None]
    why = _contradiction(known, titles, agreements)
    if why:
        account.notes.append(
            f"{source.table.label}: not used: its ids are numbers of other books: {why}; titles "
            "would stand beside the wrong books. If they are right, name the column of the ids "
            f"with --books-id-column {known.id_column!r}"
        )
        return None
    account.files += own.files
    account.left_out += own.left_out
    account.notes += own.notes
    same_source = source.layout.format in (KAGGLE, GITHUB)
    if not (same_source or agreements) and _by_number_alone(rated, known):
        account.notes.append(
            f"{source.table.label}: nothing but their numbers says that its books are those of the "
            "ratings: look at some titles"
        )
    return known


def _by_column(source: LaidOutTable, name: str) -> LaidOutTable:
    """The table of books, its books by the ids of another column."""
    first, have = source.table.first, positions(source.table.first)
    at = have.get(key(name))
    if at is None and name.isdigit() and 1 <= int(name) <= len(first):
        at = int(name) - 1
    if at is None:
        raise InputError(
            f"must have the column {name!r} of --books-id-column, got "
            f"{', '.join(map(repr, first))[:200]}",
            file=source.table.label,
        )
    columns = {**source.layout.columns, "item": at}
    return replace(source, layout=replace(source.layout, columns=columns))


def _contradiction(
    known: BookTable, titles: Mapping[str, tuple[str, str]], agreements: Sequence[float]
) -> str:
    """What says that the same ids are other books; "" where nothing does."""
    printed = dict(zip(known.ids, known.books.titles, strict=True))
    pairs = [(Title(titles[i][0]), Title(printed[i])) for i in titles if printed.get(i)]
    same = sum(one.full == other.full for one, other in pairs)
    if len(pairs) >= ENOUGH_TITLES:
        if same >= SAME_TITLES * len(pairs):
            return ""
        return f"{len(pairs) - same:,} of {len(pairs):,} titles are others in the ratings"
    if not agreements or max(agreements) >= AGREEMENT:
        return ""
    return (
        "means or counts of ratings of the books do not go together in the two tables (rank "
        f"correlation {max(agreements):.2f})"
    )


def _agreements(rated: RatingRows, known: BookTable) -> tuple[float | None, float | None]:
    """Rank correlation of the means and of the counts of both tables; None where books are few."""
    n = len(rated.item_ids)
    starred = ~np.isnan(rated.stars)
    items = rated.items[starred]
    counts = np.bincount(items, minlength=n).astype(np.float64)
    sums = np.bincount(items, weights=rated.stars[starred], minlength=n)
    means = np.divide(sums, counts, out=np.full(n, np.nan), where=counts >= ENOUGH_RATINGS)
    readers = np.bincount(rated.items, minlength=n).astype(np.float64)
    at = known.books.books.indices(rated.item_ids.ids)
    there = at >= 0
    return (
        _agreement(means[there], known.books.means[at[there]]),
        _agreement(readers[there], known.books.counts[at[there]]),
    )


def _agreement(one: F64, other: F64) -> float | None:
    both = np.isfinite(one) & np.isfinite(other)
    return rank_correlation(one[both], other[both]) if both.sum() >= ENOUGH_BOOKS else None


def _by_number_alone(rated: RatingRows, known: BookTable) -> bool:
    """Whether both tables number their books from 1 or 0, and do so differently."""

    def dense(ids: tuple[str, ...]) -> bool:
        numbers = [int(outside) for outside in ids if outside.isdigit() and len(outside) < 10]
        return len(numbers) == len(ids) > 0 and max(numbers) <= 2 * len(ids)

    unlike = len(set(rated.item_ids.ids) - set(known.ids)) > 0
    return unlike and dense(rated.item_ids.ids) and dense(known.ids)


def titles_in(bench: Workbench, ratings: LaidOutTable) -> dict[str, tuple[str, str]]:
    """Title and authors of each book by its id, where the table of ratings has them."""
    layout = ratings.layout
    named = {role: at for role, at in layout.columns.items() if role in ("title", "authors")}
    if "title" not in named:
        return {}
    columns = bench.read(ratings, coded={**named, "item": layout.columns["item"]}).coded
    item, title, authors = columns["item"], columns["title"], columns.get("authors")
    found: dict[str, tuple[str, str]] = {}
    for code, row in zip(*np.unique(item.codes, return_index=True), strict=True):
        by = authors.texts[authors.codes[row]] if authors else ""
        outside = layout.item_id(trimmed_id(item.texts[code]))
        found.setdefault(outside, (clean_text(title.texts[title.codes[row]]), clean_text(by)))
    return found


def named_by(titles: Mapping[str, tuple[str, str]], books: Vocabulary) -> Catalogue:
    """What ratings alone say of their books: titles that stand there, and ids that are ISBN."""
    known = [titles.get(outside, ("", "")) for outside in books]
    shown = [Title(title) for title, _ in known]
    numbers = book_numbers(books.ids) >= SOME
    return Catalogue.of(
        books,
        titles=tuple(title.printed for title in shown),
        authors=tuple(authors for _, authors in known),
        series=tuple(title.series for title in shown),
        volumes=tuple(title.volume for title in shown),
        isbn13=tuple((valid_isbn13(outside) or "") if numbers else "" for outside in books),
    )


def with_mapped_ids(
    bench: Workbench,
    mapping: LaidOutTable,
    rated: RatingRows,
    books: LaidOutTable,
    account: ReadReportBuilder,
) -> RatingRows:
    """The ratings by the ids that a table of ids says are the same, where those are the books'.

    UCSD's Goodreads data numbers the books of its interactions anew; `book_id_map.csv` has both.
    """
    layout = mapping.layout
    columns = bench.read(mapping, texts=layout.columns)
    pairs = zip(columns.texts["item"], columns.texts["book"], strict=True)
    other = {trimmed_id(mine): trimmed_id(theirs) for mine, theirs in pairs}
    account.take(columns, {})
    known = bench.read(books, texts={"item": books.layout.columns["item"]}).texts["item"]
    there = {books.layout.item_id(trimmed_id(cell)) for cell in known}
    ids = rated.item_ids.ids
    mapped = [other.get(outside, f"{outside} (not in {mapping.table.stem})") for outside in ids]
    own, theirs = sum(i in there for i in ids), sum(i in there for i in mapped)
    label = mapping.table.label
    if theirs < own or not theirs:
        account.notes.append(
            f"{label}: not used: {counted(own, 'rated book')} are in the table of books by the "
            f"ratings' own ids, {theirs:,} by those that it gives"
        )
        return rated
    lost = sum(outside not in other for outside in ids)
    account.notes.append(
        f"{label}: the ratings' ids were changed to those of the table of books by it"
        + (f"; {lost:,} {'book is' if lost == 1 else 'books are'} not in it" if lost else "")
    )
    vocabulary = Vocabulary(tuple(dict.fromkeys(mapped)))
    return replace(rated, items=vocabulary.indices(mapped)[rated.items], item_ids=vocabulary)
