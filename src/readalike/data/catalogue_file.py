"""A catalogue in a Parquet file, its tags as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue, Tags
from readalike.data.parquet import read_parquet, write_parquet
from readalike.data.vocabulary import Vocabulary

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


def write_catalogue(catalogue: Catalogue, path: Path) -> None:
    """Writes one row a book, in the order of the indices."""
    columns: dict[str, Any] = {"book_id": catalogue.books.ids}
    columns |= {name: getattr(catalogue, field) for name, field in TEXTS.items()}
    columns["year"] = np.array([np.nan if y is None else y for y in catalogue.years], np.float64)
    columns |= {name: getattr(catalogue, field) for name, field in NUMBERS.items()}
    types = dict.fromkeys(columns, "VARCHAR") | dict.fromkeys(NUMBERS, "DOUBLE")
    # a missing year is NaN on the way in, and NaN has no whole number
    columns["year"] = [None if np.isnan(y) else int(y) for y in columns["year"]]
    write_parquet(path, columns, types | {"year": "INTEGER"})


def read_catalogue(path: Path) -> Catalogue:
    """Reads what `write_catalogue` wrote."""
    columns = read_parquet(path)
    texts: dict[str, object] = {
        field: tuple(columns[name].tolist()) for name, field in TEXTS.items()
    }
    numbers: dict[str, object] = {field: _filled(columns[name]) for name, field in NUMBERS.items()}
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
    """The tags again."""
    text = arrays["names"].tobytes().decode()
    names = tuple(text.split("\n")) if text else ()
    entries = (arrays["counts"], arrays["indices"], arrays["indptr"])
    return Tags(names, sp.csr_array(entries, (len(arrays["indptr"]) - 1, len(names))))


def _filled(column: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return np.ma.filled(np.ma.asarray(column, dtype=np.float64), np.nan)
