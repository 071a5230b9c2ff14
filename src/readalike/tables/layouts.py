"""Which column of a table means what: the known layouts, and the tables of a folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from readalike.bibliography.folding import without_marks
from readalike.bibliography.isbn import one_id
from readalike.data.cells import number
from readalike.data.rating_column import mark_of, name_and_top
from readalike.data.scale import RatingScale
from readalike.errors import InputError
from readalike.tables.workbench import Table, Workbench, files_of

Kind = Literal["ratings", "books", "tags", "book_tags", "to_read", "book_ids"]


@dataclass(frozen=True)
class Layout:
    """What a format says of one table.

    Attributes:
        kind: What the table holds.
        format: Name of the format.
        columns: Position of each role: user, item, rating, time for ratings, and title, authors
            where they stand there too; item, book for ids of books by others; item, title, authors,
            year, language, isbn, isbn13, series, volume, work_id, goodreads_id, count, mean, tags
            and stars_1 to stars_5 for books; goodreads_id, tag, count for book tags.
        header: Whether the first line is names.
        item_id: Makes one id of all notations of a book's id.
        scale: The scale, where the format prescribes it.
        year_in_title: Whether the year stands behind the title.
        flags: Position of a column of 0 and 1 by the tag that it says.
    """

    kind: Kind
    format: str
    columns: Mapping[str, int]
    header: bool = True
    item_id: Callable[[str], str] = str
    scale: RatingScale | None = None
    year_in_title: bool = False
    flags: Mapping[str, int] | None = None


@dataclass(frozen=True)
class LaidOutTable:
    """A table that was opened, and its layout."""

    table: Table
    layout: Layout


def key(name: str) -> str:
    """A column name without case, accents and signs; letters of all scripts are kept."""
    return re.sub(r"[\W_]", "", without_marks(name).casefold())


def positions(names: Sequence[str]) -> dict[str, int]:
    """Position of each column by its key; the first of equal ones.

    A remark behind a name, as in `Rating (1-10)` or `Note /20`, may be left out of it.
    """
    whole = {key(name): at for at, name in reversed([*enumerate(names)])}
    bare = {key(name_and_top(name)[0]): at for at, name in reversed([*enumerate(names)])}
    return bare | whole


def columns_of(text: str) -> dict[str, list[str]]:
    """Names of the column of each role, the best first, as `key` writes them.

    They are written as in "title, isbn=isbn isbn10"; a role alone is the name of its column.
    """
    pairs = (part.partition("=") for part in text.split(","))
    return {role.strip(): (names or role).split() for role, _, names in pairs}


def roles(names: Sequence[str], wanted: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Position of each role: the first of its names that a column has."""
    have = positions(names)
    found = {}
    for role, choices in wanted.items():
        at = next((have[choice] for choice in choices if choice in have), None)
        if at is not None:
            found[role] = at
    return found


Recognise = Callable[[Sequence[str], str], Layout | None]
"""The layout of a table by its first line and its file name; None where it has another."""


def named(layout: Layout, needs: str, columns: str, *, alone: bool = False) -> Recognise:
    """A format that is known by the names of its columns: some must be there, none else if `alone`.

    The positions of columns, which are named as `columns_of` takes them, are put into the layout.
    """
    needed, wanted = set(needs.split()), columns_of(columns)

    def recognise(first: Sequence[str], stem: str) -> Layout | None:
        have = set(positions(first))
        if have == needed or (have > needed and not alone):
            return replace(layout, columns=roles(first, wanted))
        return None

    return recognise


BOOKCROSSING, GOODBOOKS, MOVIELENS, TABLE = "Book-Crossing", "goodbooks", "MovieLens", "table"
KAGGLE, GITHUB = "goodbooks (Kaggle)", "goodbooks (GitHub)"

# In both goodbooks-10k a rating's `book_id` is the row number 1 to 10000, which the table of books
# calls `id` (Kaggle, where `book_id` is Goodreads') or `book_id` (GitHub). isbn13 is float text
# there that has lost its check digit; isbn says the same.
_GOODBOOKS = (
    "title, authors, original_title=originaltitle, year=originalpublicationyear, "
    "language=languagecode, isbn, work_id=workid, "
    "count=ratingscount, mean=averagerating, stars_1=ratings1, stars_2=ratings2, "
    "stars_3=ratings3, stars_4=ratings4, stars_5=ratings5"
)
_NAMES = columns_of(
    "user=userid user readerid reader customerid memberid member accountid reviewerid userindex "
    "username benutzer nutzer leser utilisateur lecteur usuario lector utente lettore leitor "
    "gebruiker lezer użytkownik czytelnik пользователь читатель ユーザー 読者, "
    "item=bookid book itemid item movieid isbn isbn13 asin parentasin productid goodreadsbookid "
    "workid title booktitle buch livre libro livro boek książka книга 本, "
    "rating=rating stars bookrating starrating score reviewscore myrating overall bewertung note "
    "puntuación calificación valoración valutazione voto avaliação nota beoordeling waardering "
    "ocena оценка рейтинг 評価, "
    "time=timestamp unixtime unixreviewtime reviewtime time, read=isread"
)
_RATINGS = {role: list(map(key, names)) for role, names in _NAMES.items()}
READER_NAMES = frozenset(_RATINGS["user"])
"""What a column of readers is called, as `key` writes it."""
_BOOKS = columns_of(
    "item=bookid id itemid isbn isbn13 asin goodreadsbookid, title=title booktitle name bookname, "
    "authors=authors author bookauthor authorname, "
    "original_title=originaltitle titleoriginal, "
    "other_titles=alternativetitles alternativetitle alternatetitles alternatetitle othertitles "
    "othertitle, "
    "year=originalpublicationyear firstpublishdate firstpublicationdate firstpublished "
    "firstpublishyear originalpublicationdate year publicationyear yearofpublication "
    "yearpublished published publishdate publicationdate publishyear datepublished, "
    "language=languagecode language lang, isbn=isbn isbn10, isbn13, series=series seriesname, "
    "volume=volume seriesnumber, work_id=workid work, goodreads_id=goodreadsbookid goodreadsid, "
    "count=ratingscount worldcount numratings numberofratings totalratings ratingcount, "
    "mean=averagerating meanrating avgrating, mean_beside=rating, "
    "tags=subjects genres genre tags categories"
)
_GENRES = (
    "unknown", "action", "adventure", "animation", "children's", "comedy", "crime", "documentary",
    "drama", "fantasy", "film-noir", "horror", "musical", "mystery", "romance", "sci-fi",
    "thriller", "war", "western",
)  # fmt: skip
_NUMBER = re.compile(r"\d+(\.\d+)?")


def _goodbooks_pairs(first: Sequence[str], stem: str) -> Layout | None:
    """Kaggle's ratings are known by their order too, and books to read by the file's name."""
    have = positions(first)
    if have == {"bookid": 0, "userid": 1, "rating": 2}:
        return Layout("ratings", KAGGLE, {"item": 0, "user": 1, "rating": 2})
    if set(have) == {"userid", "bookid"} and "read" in stem:
        return Layout("to_read", GOODBOOKS, {"user": have["userid"], "item": have["bookid"]})
    return None


def _movielens_without_names(first: Sequence[str], stem: str) -> Layout | None:
    """MovieLens' `::` and tab-separated tables are known by their cells and the file's name."""
    numbers = [_NUMBER.fullmatch(cell) is not None for cell in first]
    books = Layout("books", MOVIELENS, {"item": 0, "title": 1}, header=False, year_in_title=True)
    if stem.startswith("u.item") and len(first) == 5 + len(_GENRES):
        return replace(books, flags={genre: 5 + at for at, genre in enumerate(_GENRES) if at})
    if len(first) == 3 and "movie" in stem and numbers == [True, False, False]:
        return replace(books, columns={**books.columns, "tags": 2})
    if len(first) == 4 and all(numbers) and ("rating" in stem or stem.startswith("u.data")):
        columns = {"user": 0, "item": 1, "rating": 2, "time": 3}
        return Layout("ratings", MOVIELENS, columns, header=False)
    return None


def _any_table(first: Sequence[str], stem: str) -> Layout | None:
    """Columns of common names, or three or four without names that have numbers for stars."""
    columns, books = roles(first, _RATINGS), roles(first, _BOOKS)
    if {"user", "item", "rating"} <= set(columns):
        shown = {r: at for r, at in books.items() if r in ("title", "authors")}
        more = shown if "title" in shown and shown["title"] != columns["item"] else {}
        return Layout("ratings", TABLE, columns | more)
    if {"item", "title"} <= set(books) and "user" not in columns:
        # beside the number of the world's ratings, a rating is their mean
        beside = books.pop("mean_beside", None)
        if beside is not None and "count" in books:
            books.setdefault("mean", beside)
        return Layout("books", TABLE, books)
    if {"user", "item"} <= set(columns) and len(first) <= 3:
        return Layout("to_read" if "to_read" in stem else "ratings", TABLE, columns)
    if columns or books or len(first) not in (3, 4) or not any(map(mark_of, first[2:])):
        return None
    # what the cells look like is asked when they are read
    nameless = dict(zip(("user", "item", "rating", "time"), range(len(first)), strict=False))
    return Layout("ratings", TABLE, nameless, header=False)


FORMATS: tuple[Recognise, ...] = (
    _goodbooks_pairs,
    named(
        Layout("books", KAGGLE, {}),
        "id bookid bestbookid title",
        f"item=id, goodreads_id=bookid, {_GOODBOOKS}",
    ),
    named(
        Layout("books", GITHUB, {}),
        "bookid goodreadsbookid title",
        f"item=bookid, goodreads_id=goodreadsbookid, {_GOODBOOKS}",
    ),
    named(Layout("tags", GOODBOOKS, {}), "tagid tagname", "tag=tagid, name=tagname", alone=True),
    named(
        Layout("book_tags", GOODBOOKS, {}),
        "goodreadsbookid tagid count",
        "goodreads_id=goodreadsbookid, tag=tagid, count",
        alone=True,
    ),
    named(
        Layout("ratings", BOOKCROSSING, {}, item_id=one_id, scale=RatingScale(1.0, 10.0, 1.0)),
        "userid isbn bookrating",
        "user=userid, item=isbn, rating=bookrating",
    ),
    named(
        Layout("books", BOOKCROSSING, {}, item_id=one_id),
        "isbn booktitle",
        "item=isbn, title=booktitle, authors=bookauthor, year=yearofpublication, isbn",
    ),
    named(
        Layout("book_ids", "UCSD", {}),
        "bookidcsv bookid",
        "item=bookidcsv, book=bookid",
        alone=True,
    ),
    named(
        Layout("ratings", MOVIELENS, {}),
        "userid movieid rating",
        "user=userid, item=movieid, rating, time=timestamp",
    ),
    named(
        Layout("books", MOVIELENS, {}, year_in_title=True),
        "movieid title",
        "item=movieid, title, tags=genres",
    ),
    _movielens_without_names,
    _any_table,
)
"""The first that knows a table reads it."""


def recognise(first: Sequence[str], stem: str) -> Layout | None:
    """The layout of a table by its first line and file name; None where no format knows it."""
    return next((layout for known in FORMATS if (layout := known(first, stem))), None)


ENDINGS = (
    ".csv", ".tsv", ".dat", ".data", ".item", ".txt", ".parquet", ".gz", ".xlsx", ".zip", ".json",
    ".jsonl", ".ndjson",
)  # fmt: skip
OPTIONS = {"user": "--user-column", "item": "--book-column", "rating": "--rating-column"}
ROLES = {"book": "item", "reader": "user", "stars": "rating"}


def of_folder(
    bench: Workbench,
    folder: Path,
    separator: str | None,
    columns: Mapping[str, str],
    encoding: str | None = None,
) -> tuple[dict[Kind, LaidOutTable], list[str]]:
    """The tables of a folder by what they hold, and the files that are not used."""
    found: dict[Kind, LaidOutTable] = {}
    unused: list[str] = []
    files = files_of(folder)
    for path in files:
        if not path.name.lower().endswith(ENDINGS):
            continue
        try:
            table = bench.open(path, str(path), separator, encoding)
        except InputError as error:
            unused.append(str(error))
            continue
        layout = _with_columns(table, columns) or recognise(table.first, table.stem)
        # among others, a table is one of ratings only where a column says so, or its name
        nameless = layout and layout.format == TABLE and not layout.header
        starless = layout and layout.kind == "ratings" and "rating" not in layout.columns
        if layout is None or starless or (nameless and "rating" not in table.stem):
            unused.append(f"{path} (columns: {', '.join(table.first)[:80]})")
        elif layout.kind in found:
            raise InputError(
                f"must hold one table of {layout.kind}, got two: "
                f"{Path(found[layout.kind].table.label).name} and {path.name}; name the file of "
                "ratings instead of the folder"
                + (" and the one of books with --books" if layout.kind == "books" else ""),
                file=folder,
            )
        else:
            found[layout.kind] = LaidOutTable(table, layout)
    if "ratings" not in found:
        names = ", ".join(path.name for path in files) or "nothing"
        raise InputError(f"must hold a table of ratings, got {names[:200]}", file=folder)
    return found, unused


def of_table(table: Table, kind: Kind, columns: Mapping[str, str]) -> LaidOutTable:
    """A table that was named as one of ratings or of books, with its layout."""
    named = _with_columns(table, columns) if kind == "ratings" else None
    layout = named or recognise(table.first, table.stem)
    if layout is not None and kind == "ratings" and layout.kind == "to_read":
        layout = replace(layout, kind=kind)
    if layout is None or layout.kind != kind:
        raise _wanted(table, kind)
    return LaidOutTable(table, layout)


class NotRatings(InputError):  # noqa: N818 - as errors of this package are named
    """A table has no column of readers or none of books, as a library of one reader has none."""


def _wanted(table: Table, kind: Kind) -> InputError:
    shown = ", ".join(map(repr, table.first))[:200]
    line = 1 if table.text else None
    if kind == "ratings":
        return NotRatings(
            "must have columns for the reader, the book and the rating (user_id, book_id, rating), "
            f"got {shown}; name them with --user-column, --book-column and --rating-column",
            file=table.label,
            line=line,
        )
    return InputError(
        f"must have columns for the id and the title of a book (book_id, title), got {shown}",
        file=table.label,
        line=line,
    )


def _with_columns(table: Table, columns: Mapping[str, str]) -> Layout | None:
    """The layout of a table of ratings whose columns were named by name or by number from 1."""
    named = {ROLES.get(role, role): str(name) for role, name in columns.items()}
    if not named:
        return None
    known = recognise(table.first, table.stem)
    if known is not None and known.kind not in ("ratings", "to_read"):
        return None
    # columns that were not named are those of the usual names
    found = dict(known.columns if known else roles(table.first, _RATINGS))
    have = positions(table.first)
    numbered = {str(at): at - 1 for at in range(1, len(table.first) + 1)}
    header = table.text is None or (known is not None and known.header)
    nameless = known is not None and not known.header
    for role, name in named.items():
        if key(name) in have and not (nameless and name in numbered):
            found[role], header = have[key(name)], True
        elif name in numbered:
            found[role] = numbered[name]
        else:
            raise InputError(
                f"must have the column {name!r} of {OPTIONS.get(role, role)}, got "
                f"{', '.join(map(repr, table.first))[:200]}",
                file=table.label,
            )
    # a column that was named as one thing is not another's by its usual place
    taken = {found[role] for role in named}
    found = {role: at for role, at in found.items() if role in named or at not in taken}
    if not {"user", "item"} <= set(found):
        raise _wanted(table, "ratings")
    if not header:  # but where no cell is a number, the first line is names
        header = number(table.first[found.get("rating", found["user"])]) is None
    return replace(
        known or Layout("ratings", TABLE, {}), kind="ratings", columns=found, header=header
    )
