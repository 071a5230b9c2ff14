from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue, Tags
from readalike.data.vocabulary import Vocabulary
from readalike.predictors.book_features import (
    author_groups,
    book_features,
    described,
    standardized,
    tag_subjects,
)

BOOKS = Vocabulary.of([f"b{i}" for i in range(8)])


def tagged() -> Catalogue:
    """Two kinds of books, four each, with tags of their own and one in common."""
    counts = np.zeros((8, 5), np.float32)
    counts[:4, 0], counts[:4, 1], counts[4:, 2], counts[4:, 3] = 9, 3, 7, 2
    counts[[0, 1, 4], 4] = 1
    return Catalogue.of(BOOKS, tags=Tags(tuple("abcde"), sp.csr_array(counts)))


def test_columns_have_mean_0_and_variance_1_and_0_where_nothing_is_known() -> None:
    made = standardized(np.array([[1.0, 5.0], [2.0, 5.0], [np.nan, 5.0], [6.0, np.nan]]))
    assert made.shape == (4, 1), "a column that does not vary says nothing"
    assert made[2, 0] == 0.0
    known = made[[0, 1, 3], 0]
    assert known.mean() == pytest.approx(0)
    assert known.var() == pytest.approx(1)


def test_columns_of_nothing_but_nan_are_left_out() -> None:
    assert standardized(np.full((3, 2), np.nan)).shape == (3, 0)


def test_subjects_tell_kinds_of_books_apart() -> None:
    made = tag_subjects(tagged(), 2)
    assert made.shape == (8, 2)
    within = np.linalg.norm(made[0] - made[1])
    between = np.linalg.norm(made[0] - made[6])
    assert between > 2 * within


def test_subjects_are_the_same_each_time_and_fewer_where_there_are_fewer_tags() -> None:
    assert tag_subjects(tagged(), 2).tobytes() == tag_subjects(tagged(), 2).tobytes()
    assert tag_subjects(tagged(), 100).shape[1] <= 4
    assert tag_subjects(tagged(), 0).shape == (8, 0)
    assert tag_subjects(Catalogue.of(BOOKS), 4).shape == (8, 0)


def test_authors_of_two_books_or_more_make_a_group() -> None:
    authors = ("Ann Onym", "Bob", "ann  onym, Carl", "", "Bob", "Dee", "", "Carl")
    groups = author_groups(authors)
    assert groups[0] == groups[2] >= 0
    assert groups[1] == groups[4] >= 0
    assert groups[0] != groups[1]
    assert groups[[3, 5, 6, 7]].tolist() == [-1] * 4
    assert sorted({*groups.tolist()}) == [-1, 0, 1]


def test_features_begin_with_ones_and_hold_what_is_known() -> None:
    means = np.array([3.0, 4, 5, np.nan, 3, 4, 5, 4])
    catalogue = Catalogue.of(BOOKS, means=means, years=(1990, None, *range(2000, 2006)))
    vectors = np.random.default_rng(0).normal(size=(8, 2)).astype(np.float32)
    made = book_features(catalogue, np.arange(8), vectors, 0, True)
    assert made.dtype == np.float32
    assert (made[:, 0] == 1).all()
    # one, log counts, year, means, and two of who reads it; the world's counts are not known
    assert made.shape == (8, 6)
    assert np.corrcoef(made[:, 1], np.log1p(np.arange(8)))[0, 1] == pytest.approx(1)
    assert made[3, 3] == 0.0
    without = book_features(catalogue, np.arange(8), vectors, 0, False)
    assert without.shape == (8, 5)


def test_a_book_is_described_by_whatever_is_known_of_it() -> None:
    tags = Tags(("t",), sp.csr_array(np.array([[0.0]] * 4 + [[1.0]] + [[0.0]] * 3)))
    catalogue = Catalogue.of(
        BOOKS,
        years=(1999, *[None] * 7),
        authors=("", "Ann", *[""] * 6),
        counts=np.array([np.nan, np.nan, 7, *[np.nan] * 5]),
        means=np.array([np.nan] * 3 + [4.0] + [np.nan] * 4),
        tags=tags,
        titles=tuple("Title" for _ in range(8)),
    )
    assert described(catalogue).tolist() == [True] * 5 + [False] * 3, "a title alone says nothing"
