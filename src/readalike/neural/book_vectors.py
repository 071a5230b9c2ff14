"""What a network is told of a book beside who read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from readalike.bibliography.features import aspects_of, language_of
from readalike.bibliography.people import Codes, codes, first_authors, shared_codes
from readalike.data.catalogue import Catalogue
from readalike.numerics.arrays import F32, I32

FEWEST_BOOKS, MOST_BOOKS = 3, 0.5
"""Tags and words of titles that are used stand on three books at least and half of all at most."""
OF_ONE_KIND = 10
"""Books that a decade or a language must have to count by itself."""
MORE, ROUNDS = 10, 4
"""Directions looked for beside those kept, and times that they are turned towards the longest."""


@dataclass(frozen=True, eq=False)
class BookContent:
    """What the catalogue says of the books, as numbers."""

    features: F32  # ones, tags, words of the title, decade, language; (n_items, features)
    names: I32
    """Numbers of the first author and of the series, 0 of one that stands on no other book, each
    with its own; shape (n_items, 2)."""

    @property
    def n_names(self) -> int:
        """How many numbers of names there are, 0 among them."""
        return int(self.names.max(initial=0)) + 1


def book_content(catalogue: Catalogue, subjects: int, words: int) -> BookContent:
    """The content of all books, tags and words of titles made into so many numbers."""
    n_items = len(catalogue)
    nothing = sp.csr_array((n_items, 0), dtype=np.float32)
    aspects = aspects_of(catalogue, FEWEST_BOOKS, MOST_BOOKS, ("tags", "titles"))
    decades = ["" if year is None else str(year // 10) for year in catalogue.years]
    languages = [language_of(code) for code in catalogue.languages]
    parts = [
        np.ones((n_items, 1), np.float32),
        directions(aspects.get("tags", nothing), subjects),
        directions(aspects.get("titles", nothing), words),
        indicators(groups(codes(decades), OF_ONE_KIND)),
        indicators(groups(codes(languages), OF_ONE_KIND)),
    ]
    authors = groups(first_authors(catalogue.authors), 2)
    series = groups(codes(catalogue.series), 2)
    series[series > 0] += authors.max(initial=0)
    names = np.column_stack([authors, series]).astype(np.int32)
    return BookContent(np.hstack(parts), names)


def directions(rows: sp.csr_array, most: int) -> F32:
    """Rows in their first singular directions; shape (n_items, at most `most`), float32.

    By subspace iteration [Halko, Martinsson and Tropp 2011] from a start that is always the
    same. Unit rows become as long as sqrt(directions), at most: a single number is about 1 then,
    however many there are.
    """
    k = min(most, *rows.shape)
    if not k or not rows.nnz:
        return np.zeros((rows.shape[0], 0), np.float32)
    exact = sp.csr_array(rows, dtype=np.float64)
    basis = np.random.default_rng(0).normal(size=(rows.shape[1], min(k + MORE, *rows.shape)))
    with threadpool_limits(1, "blas"):  # so that the sums do not depend on the number of threads
        for _ in range(ROUNDS):
            basis = np.linalg.qr(exact.T @ np.linalg.qr(exact @ basis)[0])[0]
        left, values, _ = np.linalg.svd(exact @ basis, full_matrices=False)
    return np.asarray(np.sqrt(k) * left[:, :k] * values[:k], np.float32)


def groups(found: Codes, fewest: int) -> Codes:
    """A number from 1 of each code that so many books share, 0 of all other books."""
    return shared_codes(found, fewest) + 1


def indicators(numbers: Codes) -> F32:
    """A column for each number from 1, with 1 where it stands; float32."""
    columns = np.arange(1, int(numbers.max(initial=0)) + 1)
    return np.asarray(numbers[:, None] == columns, np.float32)
