"""Columns, catalogues and histories in Parquet files, through duckdb."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue, Tags
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.stored import StoredArrays, wrong
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.numerics.arrays import I32
from readalike.tables import sql

Columns = Mapping[str, npt.NDArray[Any] | Sequence[Any]]


def write_parquet(path: Path, columns: Columns, types: Mapping[str, str]) -> None:
    """Writes columns of equal length, in order, as SQL types; None and NaN become NULL."""
    import duckdb

    table = {
        name: values if isinstance(values, np.ndarray) else np.fromiter(values, object, len(values))
        for name, values in columns.items()
    }
    chosen = ", ".join(f"{sql.name(name)}::{types[name]} AS {sql.name(name)}" for name in columns)
    with sql.connect(sql.folders_of(path)) as connection:
        connection.register("columns_given", table)
        try:
            connection.execute(
                f"COPY (SELECT {chosen} FROM columns_given) TO {sql.text(path.absolute())} "
                "(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
            )
        except duckdb.IOException as error:
            raise OSError(errno.EIO, str(error).splitlines()[0]) from error


def read_parquet(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Reads all columns in the stored order; numbers with NULL come back masked."""
    with queries_on(path) as query:
        return query("SELECT * FROM stored")


Query = Callable[[str], dict[str, npt.NDArray[Any]]]
"""Runs SQL on the file, which is called `stored`, and gives columns by name."""


@contextmanager
def queries_on(path: Path, types: Mapping[str, str] | None = None) -> Iterator[Query]:
    """Opens a file for queries; InputError where it is damaged, or `types` are not its columns'."""
    import duckdb

    with sql.connect(sql.folders_of(path)) as connection:

        def query(text: str) -> dict[str, npt.NDArray[Any]]:
            columns: dict[str, Any] = dict(connection.execute(text).fetchnumpy())
            return columns

        try:
            connection.execute(f"CREATE TEMP VIEW stored AS FROM {sql.parquet(path)}")
            have = {
                name: type_ for name, type_, *_ in connection.execute("DESCRIBE stored").fetchall()
            }
            for name, wanted in (types or {}).items():
                got = str(have.get(name, "no such column"))
                if got != wanted:
                    raise InputError(f"must be {wanted}, got {got[:60]}", file=path, column=name)
            sql.refuse_bomb(connection, path)
            yield query
        except duckdb.Error as error:
            why = sql.reason(error, path, str(path))
            raise InputError(f"must be a whole Parquet file, got {why}", file=path) from error


TEXTS = {
    "title": "titles",
    "authors": "authors",
    "language": "languages",
    "isbn13": "isbn13",
    "series": "series",
    "volume": "volumes",
    "work_id": "work_ids",
    "goodreads_id": "goodreads_ids",
}
LATER = {"other_title": "other_titles"}
"""Columns that a folder of an earlier version has not: nothing is known of them there."""
NUMBERS = {"ratings_count": "counts", "average_rating": "means", "liked_share": "liked"}
CATALOGUE_TYPES = (
    dict.fromkeys(("book_id", *TEXTS), "VARCHAR")
    | {"year": "INTEGER"}
    | dict.fromkeys(NUMBERS, "DOUBLE")
)
MOST_TEXT = 1 << 30
"""Bytes of all texts of a catalogue: a few packed bytes can stand for any number of long ones."""


def write_catalogue(catalogue: Catalogue, path: Path) -> None:
    """Writes one row a book, in the order of the indices."""
    columns: dict[str, Any] = {"book_id": catalogue.books.ids}
    for name, field in (TEXTS | LATER | {"year": "years"} | NUMBERS).items():
        columns[name] = getattr(catalogue, field)
    write_parquet(path, columns, CATALOGUE_TYPES | dict.fromkeys(LATER, "VARCHAR"))


def read_catalogue(path: Path) -> Catalogue:
    """Reads what `write_catalogue` wrote; InputError where it is damaged."""
    with queries_on(path, CATALOGUE_TYPES) as query:
        have = query("SELECT column_name AS name FROM (DESCRIBE stored)")["name"].tolist()
        later = {name: field for name, field in LATER.items() if name in have}
        texts = TEXTS | later
        letters = " + ".join(f"coalesce(sum(strlen({name})), 0)" for name in ("book_id", *texts))
        size = float(query(f"SELECT ({letters})::DOUBLE AS size FROM stored")["size"][0])
        if size > MOST_TEXT:
            raise InputError(f"must have at most {MOST_TEXT:,} bytes of text, got more", file=path)
        columns = query(f"SELECT {', '.join([*CATALOGUE_TYPES, *later])} FROM stored")
    for name in ("book_id", *texts):
        mistyped = columns[name].dtype != object
        if mistyped or np.ma.getmaskarray(columns[name]).any():
            raise InputError("must be text in every row, got none", file=path, column=name)
    known: dict[str, object] = {"years": tuple(columns["year"].tolist())}
    known |= {field: tuple(columns[name].tolist()) for name, field in texts.items()}
    for name, field in NUMBERS.items():
        known[field] = numbers = np.ma.filled(np.ma.asarray(columns[name], np.float64), np.nan)
        if np.isinf(numbers).any():
            raise InputError("must be finite, and is not", file=path, column=name)
    return Catalogue.of(Vocabulary(tuple(columns["book_id"].tolist())), **known)


def tag_arrays(tags: Tags) -> dict[str, npt.NDArray[Any]]:
    """The tags as arrays by name; the names of the tags as the bytes of lines of text."""
    return {
        "counts": tags.counts.data,
        "indices": tags.counts.indices.astype(np.int32),
        "indptr": tags.counts.indptr.astype(np.int64),
        "names": np.frombuffer("\n".join(tags.names).encode(), np.uint8),
    }


def tags_of_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> Tags:
    """The tags again; ModelError where they are damaged."""
    stored = StoredArrays(arrays)
    try:
        text = stored.array("names", (None,), np.uint8).tobytes().decode()
    except UnicodeDecodeError as error:
        raise wrong("names", "lines of UTF-8", str(error)) from error
    names = tuple(text.split("\n")) if text else ()
    counts = stored.numbers("counts", None, kinds=(np.float32, np.float64), lowest=0.0)
    return Tags(names, StoredArrays({**arrays, "data": counts}).rows("", len(names)))


HISTORY_TYPES = {
    "reader_index": "INTEGER",
    "reader_id": "VARCHAR",
    "book_index": "INTEGER",
    "book_id": "VARCHAR",
    "stars": "FLOAT",
}

LONGEST_IDS = 2000
"""Bytes of a reader's and a book's id on average: a few packed bytes can stand for long ones."""


def write_histories(ratings: Ratings, path: Path) -> None:
    """Writes one row a rating, reader by reader; a reader of nothing has a row without a book."""
    histories = ratings.histories
    users = np.repeat(np.arange(len(histories)), np.maximum(histories.lengths, 1))
    taken = histories.lengths[users] > 0
    items = np.full(len(users), -1, np.int32)
    stars = np.full(len(users), np.nan, np.float32)
    items[taken], stars[taken] = histories.items, histories.stars
    columns = {
        "reader_index": users,
        "reader_id": np.array(ratings.users.ids, dtype=object)[users],
        "book_index": items,
        "book_id": np.array([*ratings.items.ids, ""], dtype=object)[items],
        "stars": stars,
    }
    write_parquet(path, columns, HISTORY_TYPES)


def read_histories(path: Path, books: Vocabulary, scale: RatingScale) -> Ratings:
    """Reads what `write_histories` wrote; InputError where it is damaged, or of other books."""
    with queries_on(path, HISTORY_TYPES) as query:
        length = query("SELECT avg(strlen(reader_id) + strlen(book_id)) AS mean FROM stored")
        if float(np.ma.filled(length["mean"], 0.0)[0]) > LONGEST_IDS:
            why = f"must have ids of at most {LONGEST_IDS} bytes on average, got longer ones"
            raise InputError(why, file=path)
        readers = query("SELECT DISTINCT reader_index, reader_id FROM stored ORDER BY reader_index")
        named = query("SELECT DISTINCT book_index, book_id FROM stored WHERE book_index >= 0")
        entries = query(
            "SELECT reader_index, book_index, coalesce(stars, 'nan'::FLOAT) AS stars FROM stored"
        )
    ids, numbers = tuple(readers["reader_id"].tolist()), readers["reader_index"]
    one_each = None not in ids and (np.ma.filled(numbers, -1) == np.arange(len(ids))).all()
    _require(one_each, "one id of each reader", path, "reader_id")
    rows = _checked(path, "reader_index", entries["reader_index"], 0, len(ids) - 1)
    items = _checked(path, "book_index", entries["book_index"], -1, len(books) - 1)
    if (rows[1:] < rows[:-1]).any():
        raise InputError("must rise, and does not", file=path, column="reader_index")
    taken = items >= 0
    counts = np.bincount(rows[taken], minlength=len(ids))
    nothing = np.bincount(rows[~taken], minlength=len(ids)) == (counts == 0)
    _require(nothing.all(), "-1 in one row of whoever has read nothing", path, "book_index")
    for at, outside in zip(named["book_index"].tolist(), named["book_id"].tolist(), strict=True):
        if books.ids[at] != outside:
            why = f"must be {books.ids[at]!r} for book {at}, got {outside!r}"
            raise InputError(why, file=path, column="book_id")
    stars = np.asarray(entries["stars"], np.float32)[taken]
    _require(scale.contains(stars[~np.isnan(stars)]).all(), f"from {scale}", path, "stars")
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    histories = Histories(indptr, items[taken], stars, len(books))
    if histories.repeats:
        raise InputError("must hold a book once a reader, and does not", file=path)
    return Ratings(histories, Vocabulary(ids), books, scale)


def _require(holds: bool | np.bool_, wanted: str, path: Path, column: str) -> None:
    if not holds:
        raise InputError(f"must be {wanted}, and is not", file=path, column=column)


def _checked(path: Path, column: str, found: npt.NDArray[Any], low: int, high: int) -> I32:
    numbers = np.ma.filled(found, low - 1)
    inside = not numbers.size or low <= numbers.min() <= numbers.max() <= high
    _require(inside, f"from {low} to {high}", path, column)
    return np.asarray(numbers, np.int32)
