"""A catalogue in a Parquet file, its tags as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.data.catalogue import Catalogue, Tags
from readalike.data.parquet import opened_parquet, write_parquet
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.stored import StoredArrays, wrong

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
NUMBERS = {"ratings_count": "counts", "average_rating": "means", "liked_share": "liked"}
TYPES = (
    dict.fromkeys(("book_id", *TEXTS), "VARCHAR")
    | {"year": "INTEGER"}
    | dict.fromkeys(NUMBERS, "DOUBLE")
)
MOST_TEXT = 1 << 30
"""Bytes of all texts of a catalogue: a few packed bytes can stand for any number of long ones."""


def write_catalogue(catalogue: Catalogue, path: Path) -> None:
    """Writes one row a book, in the order of the indices."""
    columns: dict[str, Any] = {"book_id": catalogue.books.ids}
    columns |= {name: getattr(catalogue, field) for name, field in TEXTS.items()}
    columns["year"] = np.array([np.nan if y is None else y for y in catalogue.years], np.float64)
    columns |= {name: getattr(catalogue, field) for name, field in NUMBERS.items()}
    # a missing year is NaN on the way in, and NaN has no whole number
    columns["year"] = [None if np.isnan(y) else int(y) for y in columns["year"]]
    write_parquet(path, columns, TYPES)


def read_catalogue(path: Path) -> Catalogue:
    """Reads what `write_catalogue` wrote.

    Raises:
        InputError: It is damaged.
    """
    letters = " + ".join(f"coalesce(sum(strlen({name})), 0)" for name in ("book_id", *TEXTS))
    with opened_parquet(path, TYPES) as ask:
        size = float(ask(f"SELECT ({letters})::DOUBLE AS size FROM stored")["size"][0])
        if size > MOST_TEXT:
            raise InputError(f"must have at most {MOST_TEXT:,} bytes of text, got more", file=path)
        columns = ask(f"SELECT {', '.join(TYPES)} FROM stored")
    for name in ("book_id", *TEXTS):
        if np.ma.getmaskarray(columns[name]).any():
            raise InputError("must be text in every row, got none", file=path, column=name)
    texts: dict[str, object] = {
        field: tuple(columns[name].tolist()) for name, field in TEXTS.items()
    }
    numbers = {field: _filled(columns[name]) for name, field in NUMBERS.items()}
    for name, field in NUMBERS.items():
        if np.isinf(numbers[field]).any():
            raise InputError("must be finite, and is not", file=path, column=name)
    years = tuple(columns["year"].tolist())
    return Catalogue.of(
        Vocabulary(tuple(columns["book_id"].tolist())), **texts, **numbers, years=years
    )


def tag_arrays(tags: Tags) -> dict[str, npt.NDArray[Any]]:
    """The tags as arrays by name; the names of the tags as the bytes of lines of text."""
    return {
        "counts": tags.counts.data,
        "indices": tags.counts.indices.astype(np.int32),
        "indptr": tags.counts.indptr.astype(np.int64),
        "names": np.frombuffer("\n".join(tags.names).encode(), np.uint8),
    }


def tags_of_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> Tags:
    """The tags again.

    Raises:
        ModelError: They are damaged.
    """
    stored = StoredArrays(arrays)
    try:
        text = stored.array("names", (None,), np.uint8).tobytes().decode()
    except UnicodeDecodeError as error:
        raise wrong("names", "lines of UTF-8", str(error)) from error
    names = tuple(text.split("\n")) if text else ()
    counts = stored.numbers("counts", None, kinds=(np.float32, np.float64), lowest=0.0)
    return Tags(names, StoredArrays({**arrays, "data": counts}).rows("", len(names)))


def _filled(column: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)
