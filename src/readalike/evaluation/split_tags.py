"""The tags of books in two files: who has which how often, and the tags in their order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue, Tags
from readalike.data.parquet import read_parquet, write_parquet
from readalike.data.vocabulary import Vocabulary

COUNTS = "tags.parquet"
NAMES = "tag_names.parquet"


def write_tags(tags: Tags, books: Vocabulary, folder: Path) -> None:
    """Writes `tags.parquet` and `tag_names.parquet`, entries in their stored order."""
    lengths = np.diff(tags.counts.indptr)
    names = np.array([*tags.names, ""], dtype=object)
    write_parquet(
        folder / COUNTS,
        {
            "book_id": np.array([*books.ids, ""], dtype=object)[
                np.repeat(np.arange(len(books)), lengths)
            ],
            "tag": names[tags.counts.indices],
            "count": tags.counts.data,
        },
        {"book_id": "VARCHAR", "tag": "VARCHAR", "count": "FLOAT"},
    )
    write_parquet(folder / NAMES, {"tag": tags.names}, {"tag": "VARCHAR"})


def read_tags(catalogue: Catalogue, folder: Path) -> Catalogue:
    """The catalogue with the tags that `write_tags` wrote."""
    names = tuple(read_parquet(folder / NAMES)["tag"].tolist())
    columns = read_parquet(folder / COUNTS)
    index = {name: at for at, name in enumerate(names)}
    lengths = np.bincount(
        catalogue.books.indices(columns["book_id"].tolist()), minlength=len(catalogue)
    )
    counts = sp.csr_array(
        (
            np.asarray(columns["count"], np.float32),
            np.array([index[tag] for tag in columns["tag"].tolist()], np.int64),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        ),
        shape=(len(catalogue), len(names)),
    )
    return replace(catalogue, tags=Tags(names, counts))
