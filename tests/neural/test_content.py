from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from algorithms.worlds import ratings_of
from neural.small import subjects_world
from readalike.data.catalogue import Catalogue
from readalike.neural.book_vectors import book_content, directions, groups, indicators

N = 24


def catalogue() -> Catalogue:
    """Two decades, two languages, one author of many books, one series."""
    items = ratings_of([{0: 5.0}], N).items
    return Catalogue.of(
        items,
        titles=tuple(f"{'Dragon' if i % 2 else 'Silent'} tale {i}" for i in range(N)),
        authors=tuple("Ann Lee, Bob" if i < 3 else f"Author {i}" for i in range(N)),
        years=tuple(1990 + i % 5 if i < 12 else 2003 if i < 23 else None for i in range(N)),
        languages=(*("en-US" if i % 2 else "fre" for i in range(N - 1)), ""),
        series=tuple("Saga" if i in (5, 6) else "Alone" if i == 7 else "" for i in range(N)),
    )


def test_names_are_those_that_several_books_share_and_each_has_its_own_number() -> None:
    names = book_content(catalogue(), 0, 0).names
    assert names.shape == (N, 2)
    assert names[:, 0].tolist() == [1, 1, 1] + [0] * (N - 3)
    assert np.flatnonzero(names[:, 1]).tolist() == [5, 6]
    assert names[5, 1] == names[6, 1] == 2
    assert book_content(catalogue(), 0, 0).n_names == 3


def test_decades_and_languages_are_columns_and_nothing_known_is_0() -> None:
    features = book_content(catalogue(), 0, 0).features
    assert features.dtype == np.float32
    assert features.shape == (N, 1 + 2 + 2)
    assert features[:, 0].tolist() == [1] * N
    nineties, new, english, french = features[:, 1:].T
    assert nineties.tolist() == [float(i < 12) for i in range(N)]
    assert new.tolist() == [float(12 <= i < 23) for i in range(N)]
    assert english.tolist() == [float(i % 2 and i < N - 1) for i in range(N)]
    assert french.tolist() == [float(i % 2 == 0 and i < N - 1) for i in range(N)]


def test_words_of_titles_tell_books_apart() -> None:
    words = ["Silent", "Dragon", "River"] * (N // 3)
    known = replace(catalogue(), titles=tuple(f"{word} tale {i}" for i, word in enumerate(words)))
    plain, worded = (book_content(known, 0, words).features for words in (0, 4))
    assert worded.shape[1] > plain.shape[1]
    for i in range(N):
        apart = abs(worded[:, 1:3] - worded[i, 1:3]).max(axis=1)
        assert apart[i % 3 :: 3] == pytest.approx(np.zeros(N // 3), abs=1e-4)
        assert (np.delete(apart, np.arange(i % 3, N, 3)) > 0.05).all()


def test_tags_tell_subjects_apart() -> None:
    _, books, _ = subjects_world()
    features = book_content(books, 6, 0).features
    assert features.shape == (60, 7)
    between = features[:, 1:] @ features[:, 1:].T
    same = np.equal.outer(np.arange(60) % 4, np.arange(60) % 4)
    assert between[same].mean() > 5 * abs(between[~same].mean())
    assert book_content(replace(books, tags=None), 6, 0).features.shape == (60, 1)


def test_of_rows_with_few_directions_nothing_is_lost() -> None:
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(20, 3)) @ draw.normal(size=(3, 9))
    for most in (3, 5, 50):
        found = directions(sp.csr_array(rows), most).astype(np.float64)
        k = found.shape[1]
        assert k == min(most, 9)
        assert found @ found.T / k == pytest.approx(rows @ rows.T, abs=1e-3)
    again = directions(sp.csr_array(rows), 3)
    assert again.tolist() == directions(sp.csr_array(rows), 3).tolist()


def test_the_first_directions_hold_the_most() -> None:
    draw = np.random.default_rng(1)
    rows = draw.normal(size=(30, 12)) * np.linspace(3, 0.1, 12)
    singular = np.linalg.svd(rows, compute_uv=False)
    found = directions(sp.csr_array(rows), 4).astype(np.float64)
    assert (found**2).sum() / 4 == pytest.approx((singular[:4] ** 2).sum(), rel=1e-4)


@pytest.mark.parametrize("shape", [(0, 0), (5, 0), (0, 4)])
def test_where_there_is_nothing_there_are_no_directions(shape: tuple[int, int]) -> None:
    assert directions(sp.csr_array(np.ones(shape)), 3).shape == (shape[0], 0)
    assert directions(sp.csr_array(np.ones((5, 5))), 0).shape == (5, 0)


def test_a_catalogue_that_knows_nothing_leaves_the_column_of_ones() -> None:
    for n in (0, 1, 6):
        known = book_content(Catalogue.of(ratings_of([], n).items), 9, 9)
        assert known.features.tolist() == [[1.0]] * n
        assert known.names.tolist() == [[0, 0]] * n
        assert known.n_names == 1


def test_groups_of_few_books_are_none() -> None:
    found = groups(np.array([3, -1, 0, 3, 0, 3, 2]), 2)
    assert found.tolist() == [2, 0, 1, 2, 1, 2, 0]
    assert indicators(found).tolist() == [
        [0, 1], [0, 0], [1, 0], [0, 1], [1, 0], [0, 1], [0, 0]
    ]  # fmt: skip
    assert groups(np.array([-1, -1]), 1).tolist() == [0, 0]
    assert indicators(np.array([0, 0])).shape == (2, 0)
