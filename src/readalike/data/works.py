"""Which books of a catalogue are the same work in another edition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from readalike.data.catalogue import Catalogue
from readalike.data.titles import bare_title

_SIGNS = str.maketrans("", "", "'’‘ʼ`´′")


def works_of(catalogue: Catalogue) -> npt.NDArray[np.int32]:
    """The number of the work of each book; books of one work have one number; shape (n_books,).

    One work are books of one work id, and books of the same title, series, volume and first
    author. Where no author is known a title alone says too little.
    """
    names = [
        (_plain(bare_title(title)), _plain(authors.partition(",")[0]), _plain(series), volume)
        if title and authors
        else None
        for title, authors, series, volume in zip(
            catalogue.titles,
            catalogue.authors,
            catalogue.series,
            catalogue.volumes,
            strict=True,
        )
    ]
    edges = [*_equal(work or None for work in catalogue.work_ids), *_equal(names)]
    n_books = len(catalogue)
    one, other = np.array(edges, np.int64).reshape(-1, 2).T
    graph = sp.csr_array((np.ones(len(edges), np.bool_), (one, other)), (n_books, n_books))
    numbers: npt.NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return numbers


def with_editions(
    works: npt.NDArray[np.int32], books: npt.NDArray[np.integer]
) -> npt.NDArray[np.int64]:
    """All books that are one work with one of these; shape (k,), k at least that of `books`."""
    meant = np.zeros(int(works.max(initial=-1)) + 1, np.bool_)
    meant[works[books]] = True
    return np.flatnonzero(meant[works])


def _equal(keys: Iterable[object]) -> Sequence[tuple[int, int]]:
    """Pairs of the first place of each key and a later one; None is equal to nothing."""
    first: dict[object, int] = {}
    return [
        (first[key], at)
        for at, key in enumerate(keys)
        if key is not None and first.setdefault(key, at) != at
    ]


def _plain(text: str) -> str:
    return " ".join(text.translate(_SIGNS).casefold().split())
