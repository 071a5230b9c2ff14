"""What is known of a book before its ratings, as numbers a regression can use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import svds

from readalike.bibliography.people import first_authors, shared_codes
from readalike.data.catalogue import Catalogue
from readalike.numerics.arrays import F32, F64, I64, Bools, Floats
from readalike.numerics.tag_vectors import tag_features

FEWEST_BOOKS, MOST_BOOKS = 3, 0.5
"""Tags that are used stand on three books at least and on half of all at most."""
LATEST = 2030
"""The year from which a book's age is counted; its logarithm is what counts."""


def book_features(
    catalogue: Catalogue, counts: I64, vectors: F32, subjects: int, world_means: bool
) -> F32:
    """One, log counts, year, the world's mean stars, who reads it, and subjects.

    Each column but the first has mean 0 and variance 1, and 0 where nothing is known. The vectors
    are implicit factors, shape (n_items, d), and the tags are made into so many `subjects`.
    """
    n = len(catalogue)
    years = np.array([np.nan if year is None else year for year in catalogue.years], np.float64)
    columns = [
        np.log1p(counts),
        np.log1p(catalogue.counts),
        -np.log1p(np.maximum(LATEST - years, 0)),
        *([catalogue.means] if world_means else []),
    ]
    parts = [np.column_stack(columns), vectors, tag_subjects(catalogue, subjects)]
    features = np.hstack([np.ones((n, 1)), *(standardized(part) for part in parts)])
    return features.astype(np.float32)


def standardized(columns: Floats) -> F64:
    """Mean 0 and variance 1 in each column that varies, 0 for NaN; others are left out."""
    values = columns.astype(np.float64)
    known = ~np.isnan(values)
    n = np.maximum(known.sum(axis=0), 1)
    values = np.where(known, values, 0.0)
    mean = values.sum(axis=0) / n
    values = np.where(known, values - mean, 0.0)
    deviation = np.sqrt((values**2).sum(axis=0) / n)
    varies = deviation > 1e-9
    return np.asarray(values[:, varies] / deviation[varies])


def tag_subjects(catalogue: Catalogue, most: int) -> F64:
    """The tags' tf-idf in its first singular directions; shape (n_items, at most `most`)."""
    n = len(catalogue)
    if catalogue.tags is None or most == 0:
        return np.zeros((n, 0))
    tags = sp.csr_array(tag_features(catalogue.tags.counts, FEWEST_BOOKS, MOST_BOOKS), dtype=float)
    k = min(most, min(tags.shape) - 1)
    if k < 1 or not tags.nnz:
        return np.zeros((n, 0))
    left, values, _ = svds(tags, k=k, v0=np.ones(min(tags.shape)))
    return np.asarray(left[:, ::-1] * values[::-1])


def author_groups(authors: Sequence[str]) -> I64:
    """A number for each first author of two books or more, -1 of all other books."""
    return shared_codes(first_authors(authors), 2)


def described(catalogue: Catalogue) -> Bools:
    """Books of which the catalogue knows something that `book_features` looks at; (n_items,)."""
    years = np.array([year is not None for year in catalogue.years], np.bool_)
    authors = np.array([bool(names) for names in catalogue.authors], np.bool_)
    known = years | authors | ~np.isnan(catalogue.counts) | ~np.isnan(catalogue.means)
    if catalogue.tags is not None:
        known |= np.diff(catalogue.tags.counts.indptr) > 0
    return np.asarray(known)
