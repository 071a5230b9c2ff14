"""Which column of a table means what: the known layouts, and the tables of a folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from readalike.bibliography.folding import without_marks
from readalike.bibliography.isbn import one_id
from readalike.data.cells import number
from readalike.data.scale import RatingScale
from readalike.errors import InputError
from readalike.tables.workbench import Table, Workbench, files_of

Kind = Literal["ratings", "books", "tags", "book_tags", "to_read"]


def as_it_is(text: str) -> str:
    """The text itself."""
    return text


@dataclass(frozen=True)
class Layout:
    """What a format says of one table.

    Attributes:
        kind: What the table holds.
        format: Name of the format.
        columns: Position of each role: user, item, rating, time for ratings; item, title,
            authors, year, language, isbn, isbn13, series, volume, work_id, goodreads_id, count,
            mean, tags and stars_1 to stars_5 for books; goodreads_id, tag, count for book tags.
        header: Whether the first line is names.
        item_id: Makes one id of all notations of a book's id.
        scale: The scale, where the format prescribes it.
        year_in_title: Whether the year stands behind the title.
        flags: Tags by position of a column of 0 and 1.
    """

    kind: Kind
    format: str
    columns: Mapping[str, int]
    header: bool = True
    item_id: Callable[[str], str] = as_it_is
    scale: RatingScale | None = None
    year_in_title: bool = False
    flags: Mapping[str, int] | None = None


def key(name: str) -> str:
    """A column name without case, accents, blanks, underscores and hyphens."""
    return re.sub(r"[^a-z0-9]", "", without_marks(name).casefold())


def positions(names: Sequence[str]) -> dict[str, int]:
    """Position of each column by its key; the first of equal ones."""
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        found.setdefault(key(name), at)
    return found


def roles(names: Sequence[str], wanted: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Position of each role: the first of its names that a column has."""
    have = positions(names)
    found = {}
    for role, choices in wanted.items():
        at = next((have[choice] for choice in choices if choice in have), None)
        if at is not None:
            found[role] = at
    return found


# Book-Crossing: ISBNs as ids, 0 for no stars, a scale of 1 to 10.
BOOKCROSSING = "Book-Crossing"
SCALE = RatingScale(1.0, 10.0, 1.0)


def _bookcrossing(first: Sequence[str], stem: str) -> Layout | None:
    """The layout, where the first line is that of a Book-Crossing table."""
    have = positions(first)
    if {"userid", "isbn", "bookrating"} <= set(have):
        columns = {"user": have["userid"], "item": have["isbn"], "rating": have["bookrating"]}
        return Layout("ratings", BOOKCROSSING, columns, item_id=one_id, scale=SCALE)
    if {"isbn", "booktitle"} <= set(have):
        wanted = {
            "item": ("isbn",),
            "title": ("booktitle",),
            "authors": ("bookauthor",),
            "year": ("yearofpublication",),
            "isbn": ("isbn",),
        }
        return Layout("books", BOOKCROSSING, roles(first, wanted), item_id=one_id)
    return None


# Any table whose columns have common names, and ratings without names.
GENERIC = "table"

RATINGS = {
    "user": (
        "userid", "user", "readerid", "reader", "customerid", "memberid", "member", "accountid",
        "reviewerid", "userindex", "username",
    ),
    "item": (
        "bookid", "book", "itemid", "item", "movieid", "isbn", "isbn13", "asin", "productid",
        "goodreadsbookid", "workid", "title", "booktitle",
    ),
    "rating": ("rating", "stars", "bookrating", "starrating", "score", "myrating", "overall"),
    "time": ("timestamp", "unixtime", "unixreviewtime", "time"),
}  # fmt: skip
GENERIC_BOOKS = {
    "item": ("bookid", "id", "itemid", "isbn", "isbn13", "asin", "goodreadsbookid"),
    "title": ("title", "booktitle", "name", "bookname"),
    "authors": ("authors", "author", "bookauthor", "authorname"),
    "year": (
        "originalpublicationyear", "year", "publicationyear", "yearofpublication",
        "yearpublished", "published",
    ),
    "language": ("languagecode", "language", "lang"),
    "isbn": ("isbn", "isbn10"),
    "isbn13": ("isbn13",),
    "series": ("series", "seriesname"),
    "volume": ("volume", "seriesnumber"),
    "work_id": ("workid", "work"),
    "goodreads_id": ("goodreadsbookid", "goodreadsid"),
    "count": ("ratingscount", "worldcount"),
    "mean": ("averagerating", "meanrating"),
    "tags": ("subjects", "genres", "tags", "categories"),
}  # fmt: skip


def _generic(first: Sequence[str], stem: str) -> Layout | None:
    """The layout, where columns have common names, or three or four have numbers for stars."""
    found = roles(first, RATINGS)
    if {"user", "item", "rating"} <= set(found):
        return Layout("ratings", GENERIC, found)
    books = roles(first, GENERIC_BOOKS)
    if {"item", "title"} <= set(books) and "user" not in found:
        return Layout("books", GENERIC, books)
    if {"user", "item"} <= set(found) and len(first) <= 3:
        columns = {role: found[role] for role in ("user", "item")}
        return Layout("to_read" if "to_read" in stem else "ratings", GENERIC, found or columns)
    if found or books:
        return None
    if len(first) in (3, 4) and number(first[2]) is not None:
        columns = {"user": 0, "item": 1, "rating": 2}
        return Layout("ratings", GENERIC, columns | ({"time": 3} if len(first) == 4 else {}), False)
    return None


# goodbooks-10k, as Kaggle and as GitHub lay it out.
#
# In both, a rating's `book_id` is the row number 1 to 10000, which the books table calls `id`
# (Kaggle, where `book_id` is Goodreads') or `book_id` (GitHub, beside `goodreads_book_id`).
GOODBOOKS = "goodbooks"

GOODBOOKS_BOOKS = {
    "title": ("title",),
    "authors": ("authors",),
    "year": ("originalpublicationyear",),
    "language": ("languagecode",),
    "isbn": ("isbn",),
    "work_id": ("workid",),
    # isbn13 is float text there that has lost its check digit; isbn says the same
    "count": ("ratingscount",),
    "mean": ("averagerating",),
    **{f"stars_{n}": (f"ratings{n}",) for n in range(1, 6)},
}


def _goodbooks(first: Sequence[str], stem: str) -> Layout | None:
    """The layout, where the first line is that of a goodbooks table."""
    have = positions(first)
    names = set(have)
    if have == {"bookid": 0, "userid": 1, "rating": 2}:
        return Layout("ratings", "goodbooks (Kaggle)", {"item": 0, "user": 1, "rating": 2})
    if {"id", "bookid", "bestbookid", "title"} <= names:
        return _books(first, "id", "bookid", "goodbooks (Kaggle)")
    if {"bookid", "goodreadsbookid", "title"} <= names:
        return _books(first, "bookid", "goodreadsbookid", "goodbooks (GitHub)")
    if names == {"tagid", "tagname"}:
        return Layout("tags", GOODBOOKS, {"tag": have["tagid"], "name": have["tagname"]})
    if {"goodreadsbookid", "tagid", "count"} == names:
        columns = {"goodreads_id": "goodreadsbookid", "tag": "tagid", "count": "count"}
        return Layout("book_tags", GOODBOOKS, {role: have[name] for role, name in columns.items()})
    if names == {"userid", "bookid"} and "read" in stem:
        return Layout("to_read", GOODBOOKS, {"user": have["userid"], "item": have["bookid"]})
    return None


def _books(first: Sequence[str], item: str, goodreads: str, name: str) -> Layout:
    columns = {"item": (item,), "goodreads_id": (goodreads,), **GOODBOOKS_BOOKS}
    return Layout("books", name, roles(first, columns))


# MovieLens in its three forms: CSV with names, `::` and the tab-separated u.data and u.item.
MOVIELENS = "MovieLens"
GENRES = (
    "unknown", "action", "adventure", "animation", "children's", "comedy", "crime", "documentary",
    "drama", "fantasy", "film-noir", "horror", "musical", "mystery", "romance", "sci-fi",
    "thriller", "war", "western",
)  # fmt: skip
_NUMBER = re.compile(r"\d+(\.\d+)?")


def _movielens(first: Sequence[str], stem: str) -> Layout | None:
    """The layout, where names, or the cells of a file without names, are MovieLens'."""
    have = positions(first)
    if {"userid", "movieid", "rating"} <= set(have):
        columns = {"user": have["userid"], "item": have["movieid"], "rating": have["rating"]}
        if "timestamp" in have:
            columns["time"] = have["timestamp"]
        return Layout("ratings", MOVIELENS, columns)
    if {"movieid", "title"} <= set(have):
        columns = {"item": have["movieid"], "title": have["title"]}
        if "genres" in have:
            columns["tags"] = have["genres"]
        return Layout("books", MOVIELENS, columns, year_in_title=True)
    numbers = [_NUMBER.fullmatch(cell) is not None for cell in first]
    if stem.startswith("u.item") and len(first) == 5 + len(GENRES):
        flags = {genre: 5 + at for at, genre in enumerate(GENRES) if at}
        return Layout(
            "books", MOVIELENS, {"item": 0, "title": 1}, False, year_in_title=True, flags=flags
        )
    if len(first) == 3 and "movie" in stem and numbers == [True, False, False]:
        return Layout(
            "books", MOVIELENS, {"item": 0, "title": 1, "tags": 2}, False, year_in_title=True
        )
    if len(first) == 4 and all(numbers) and ("rating" in stem or stem.startswith("u.data")):
        return Layout("ratings", MOVIELENS, {"user": 0, "item": 1, "rating": 2, "time": 3}, False)
    return None


Recognise = Callable[[Sequence[str], str], Layout | None]

FORMATS: dict[str, Recognise] = {
    GOODBOOKS: _goodbooks,
    BOOKCROSSING: _bookcrossing,
    MOVIELENS: _movielens,
    GENERIC: _generic,
}
"""By name; the first that recognises a table reads it."""


def recognise(first: Sequence[str], stem: str) -> Layout | None:
    """The layout of a table, or None where no format knows it.

    Args:
        first: Cells of the first line.
        stem: Lower-case file name.
    """
    return next((layout for f in FORMATS.values() if (layout := f(first, stem))), None)


ENDINGS = (".csv", ".tsv", ".dat", ".data", ".item", ".txt", ".parquet", ".gz")
OPTIONS = {"user": "--user-column", "item": "--book-column", "rating": "--rating-column"}
ROLES = {"book": "item", "reader": "user", "stars": "rating"}

Found = tuple[Table, Layout]


def of_folder(
    bench: Workbench, folder: Path, separator: str | None, columns: Mapping[str, str]
) -> tuple[dict[Kind, Found], list[str]]:
    """The tables of a folder by what they hold, and the files that are not used.

    Raises:
        InputError: No table of ratings is there, or two are.
    """
    found: dict[Kind, Found] = {}
    unused: list[str] = []
    files = files_of(folder)
    for path in files:
        if not path.name.lower().endswith(ENDINGS):
            continue
        try:
            table = bench.open(path, str(path), separator)
        except InputError as error:
            unused.append(str(error))
            continue
        layout = _with_columns(table, columns) or recognise(table.first, table.stem)
        nameless = layout and layout.format == GENERIC and not layout.header
        starless = layout and layout.kind == "ratings" and "rating" not in layout.columns
        if layout is None or starless or (nameless and "rating" not in table.stem):
            unused.append(f"{path} (columns: {', '.join(table.first)[:80]})")
        elif layout.kind in found:
            other = found[layout.kind][0].label
            what = "books" if layout.kind == "books" else "ratings"
            raise InputError(
                f"must hold one table of {layout.kind}, got two: {Path(other).name} and "
                f"{path.name}; name the file of ratings instead of the folder"
                + (" and the one of books with --books" if what == "books" else ""),
                file=folder,
            )
        else:
            found[layout.kind] = table, layout
    if "ratings" not in found:
        names = ", ".join(path.name for path in files) or "nothing"
        raise InputError(f"must hold a table of ratings, got {names[:200]}", file=folder)
    return found, unused


def of_table(table: Table, kind: Kind, columns: Mapping[str, str]) -> Layout:
    """The layout of a table that was named as one of ratings or of books.

    Raises:
        InputError: It does not have the columns.
    """
    layout = (_with_columns(table, columns) if kind == "ratings" else None) or recognise(
        table.first, table.stem
    )
    if layout is None or (layout.kind != kind and not (kind == "ratings" and _pairs(layout))):
        raise InputError(_wanted(table, kind), file=table.label, line=1 if table.text else None)
    if layout.kind != kind:
        return Layout(kind, layout.format, layout.columns, layout.header, layout.item_id)
    return layout


def _pairs(layout: Layout) -> bool:
    return layout.kind == "to_read"


def _wanted(table: Table, kind: Kind) -> str:
    seen = ", ".join(repr(name) for name in table.first)[:200]
    if kind == "ratings":
        return (
            "must have columns for the reader, the book and the rating (user_id, book_id, rating),"
            f" got {seen}; name them with --user-column, --book-column and --rating-column"
        )
    return f"must have columns for the id and the title of a book (book_id, title), got {seen}"


def _with_columns(table: Table, columns: Mapping[str, str]) -> Layout | None:
    """The layout of a table of ratings whose columns were named by name or by number from 1."""
    named = {ROLES.get(role, role): str(name) for role, name in columns.items()}
    if not named:
        return None
    known = recognise(table.first, table.stem)
    if known is not None and known.kind not in ("ratings", "to_read"):
        return None
    # columns that were not named are those of the usual names
    found: dict[str, int] = dict(known.columns if known else roles(table.first, RATINGS))
    have = positions(table.first)
    numbered = {str(at): at - 1 for at in range(1, len(table.first) + 1)}
    by_name = known.header if known else False
    for role, name in named.items():
        if key(name) in have:
            found[role], by_name = have[key(name)], True
        elif name in numbered:
            found[role] = numbered[name]
        else:
            raise InputError(
                f"must have the column {name!r} of {OPTIONS.get(role, role)}, got "
                f"{', '.join(repr(n) for n in table.first)[:200]}",
                file=table.label,
            )
    if not {"user", "item"} <= set(found):
        raise InputError(_wanted(table, "ratings"), file=table.label)
    extra: dict[str, Any] = {"item_id": known.item_id, "scale": known.scale} if known else {}
    header = table.named or by_name or not _looks_like_data(table, found)
    return Layout("ratings", known.format if known else GENERIC, found, header, **extra)


def _looks_like_data(table: Table, found: Mapping[str, int]) -> bool:
    from readalike.data.cells import number

    at = found.get("rating", found["user"])
    return number(table.first[at]) is not None
