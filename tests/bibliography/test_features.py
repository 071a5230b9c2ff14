from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography.features import (
    YEARS_BETWEEN,
    aspects_of,
    content_rows,
    in_common,
    joined,
    shared,
)
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.vocabulary import Vocabulary

F64 = npt.NDArray[np.float64]


def books(n: int, **columns: Any) -> Catalogue:
    return Catalogue.of(Vocabulary.of(f"b{at}" for at in range(n)), **columns)


def cosines(catalogue: Catalogue, name: str, most: float = 1.0) -> F64:
    rows = aspects_of(catalogue, 1, most)[name].astype(np.float64)
    found: F64 = (rows @ rows.T).toarray()
    return found


def test_nothing_is_known_of_bare_ids() -> None:
    assert aspects_of(books(3), 1, 1.0) == {}
    assert aspects_of(books(0), 1, 1.0) == {}
    assert joined({}, {"tags": 1.0}, 3).shape == (3, 0)


def test_every_author_of_a_book_counts_whatever_its_case() -> None:
    known = books(4, authors=("Ann Lee, Bob Roy", "bob  roy", "Ann Lee", "Carl Ott"))
    found = cosines(known, "authors")
    assert found[0, 1] == pytest.approx(math.sqrt(0.5))
    assert found[0, 2] == pytest.approx(math.sqrt(0.5))
    assert found[1, 2] == 0
    assert found[3].tolist() == [0, 0, 0, 0], "a name on one book compares it with none"


def test_books_of_a_series_are_alike() -> None:
    found = cosines(books(3, series=("Dune", "dune", "")), "series")
    assert found == pytest.approx(np.array([[1, 1, 0], [1, 1, 0], [0, 0, 0]]))


def test_words_of_titles_are_compared_without_the_series_behind_them() -> None:
    titles = ("The Dragon's Egg (Moons, #1)", "Moons", "A Dragon's Egg", "Egg and I", "Moons again")
    found = cosines(books(5, titles=titles), "titles")
    assert found[0, 1] == 0
    assert found[0, 2] > found[0, 3] > 0, "a rarer word says more"
    assert found[1, 4] > 0.5


def test_a_rare_language_says_more_than_a_common_one_and_the_most_common_nothing() -> None:
    languages = ("eng", "en-US", "en-GB", "eng", "fre", "fre", "ger", "")
    found = cosines(books(8, languages=languages), "languages", most=0.4)
    assert not found[:4].any()
    assert found[4, 5] == pytest.approx((math.log(8 / 2) / math.log(8)) ** 2)
    assert found[4, 6] == 0
    assert not found[7].any()
    common = cosines(books(8, languages=languages), "languages", most=1.0)
    assert common[0, 1] == pytest.approx((math.log(8 / 4) / math.log(8)) ** 2)
    assert 0 < common[0, 3] < common[4, 5]


def test_years_are_alike_by_how_near_they_are() -> None:
    years = (1990, 1990, 1994, 2003, 1960, None, -750)
    found = cosines(books(7, years=years), "years")
    assert found[0, 1] == pytest.approx(1)
    assert 1 > found[0, 2] > found[0, 3] > 0
    assert found[0, 4] == 0
    assert not found[5].any()
    assert found[6, 6] == pytest.approx(1)
    assert not found[6, :6].any()


@given(st.lists(st.one_of(st.none(), st.integers(-800, 2030)), min_size=1, max_size=12))
def test_rows_of_known_years_have_length_one_and_far_ones_share_nothing(
    years: list[int | None],
) -> None:
    catalogue = books(len(years), years=tuple(years))
    if all(year is None for year in years):
        assert "years" not in aspects_of(catalogue, 1, 1.0)
        return
    found = cosines(catalogue, "years")
    for at, year in enumerate(years):
        assert found[at, at] == pytest.approx(0 if year is None else 1, abs=1e-6)
        for to, other in enumerate(years):
            if year is not None and other is not None and abs(year - other) >= 2 * YEARS_BETWEEN:
                assert found[at, to] == 0


NAMES = st.lists(st.sampled_from(["Ann", "ann ", " Bob", "Carl", "", "Dora  X"]), max_size=4)


def shared_slowly(names: Sequence[Sequence[str]]) -> list[set[str]]:
    folded = [{" ".join(name.split()).casefold() for name in row} - {""} for row in names]
    return [{name for name in row if sum(name in other for other in folded) > 1} for row in folded]


@given(st.lists(NAMES, max_size=8))
def test_what_two_books_share_is_found_as_the_slow_way_finds_it(names: list[list[str]]) -> None:
    found = shared(names)
    expected = shared_slowly(names)
    assert found.shape == (len(names), len(set().union(*expected)))
    gram = (found @ found.T).toarray()
    for one, row in enumerate(expected):
        for two, other in enumerate(expected):
            assert gram[one, two] == len(row & other)


def everything() -> Catalogue:
    tags = np.array([[5.0, 0, 1], [4, 0, 0], [0, 3, 0], [0, 2, 2], [0, 0, 0]], np.float32)
    return books(
        5,
        authors=("Ann", "Bob", "Ann", "Bob", ""),
        years=(1990, 1991, 1992, None, None),
        languages=("eng", "eng", "ger", "ger", ""),
        tags=Tags(("x", "y", "z"), sp.csr_array(tags)),
    )


def test_aspects_side_by_side_weigh_what_they_are_given() -> None:
    aspects = aspects_of(everything(), 1, 1.0)
    weights = {"tags": 1.0, "authors": 0.7, "years": 0.3}
    found = joined(aspects, weights, 5)
    whole = np.zeros((5, 5))
    for name, weight in weights.items():
        rows = aspects[name].toarray().astype(np.float64)
        whole += weight**2 * rows @ rows.T
    lengths = np.sqrt(np.maximum(np.diag(whole), 1e-30))
    expected = whole / np.outer(lengths, lengths)
    assert (found @ found.T).toarray() == pytest.approx(expected, abs=1e-6)
    assert not found[[4]].nnz


def test_an_aspect_without_a_weight_counts_for_nothing() -> None:
    aspects = aspects_of(everything(), 1, 1.0)
    alone = joined({"tags": aspects["tags"]}, {"tags": 0.3}, 5)
    found = joined(aspects, {"tags": 1.0}, 5)
    assert (found @ found.T).toarray() == pytest.approx((alone @ alone.T).toarray(), abs=1e-6)
    assert not joined(aspects, {}, 5).nnz


def test_neighbours_are_known_by_subjects_and_authors() -> None:
    authors = (*("Ann",) * 2, *("Bob",) * 38)
    tags = np.zeros((40, 2), np.float32)
    tags[[0, 2, 3], 0] = 4
    known = books(40, authors=authors, tags=Tags(("x", "y"), sp.csr_array(tags)))
    rows = content_rows(known)
    found = (rows @ rows.T).toarray()
    assert 0 < found[0, 1] < 1, "the same author"
    assert 0 < found[0, 2] < 1, "the same subject"
    assert found[0, 30] == 0
    assert found[2, 3] == pytest.approx(1)


COUNTS = np.array(
    [
        [90, 90, 9, 9, 9, 0],
        [90, 90, 9, 9, 0, 5],
        [90, 0, 0, 0, 0, 5],
        [0, 0, 0, 0, 0, 0],
    ],
    np.float32,
)
SUBJECTS = ("fiction", "dragons", "egg", "forge", "ghost", "heist")


def of_four() -> Catalogue:
    return Catalogue.of(
        Vocabulary.of("abcd"),
        authors=("Ann Lee, Bob Roy", "Bob Roy, Carl Ott", "Ann Lee", ""),
        series=("Moons", "moons", "", ""),
        tags=Tags(SUBJECTS, sp.csr_array(COUNTS)),
    )


def test_authors_come_first_then_the_series_then_the_subjects_that_say_most() -> None:
    assert in_common(of_four(), 0, 1) == ("by Bob Roy", "series Moons", "dragons", "egg", "forge")


def test_it_is_the_same_either_way_but_for_the_spelling_of_the_series() -> None:
    one, other = in_common(of_four(), 0, 1), in_common(of_four(), 1, 0)
    assert [word.casefold() for word in one] == [word.casefold() for word in other]


def test_a_subject_that_both_are_given_more_often_says_more() -> None:
    counts = COUNTS.copy()
    counts[:2, 3] = 500
    known = Catalogue.of(Vocabulary.of("abcd"), tags=Tags(SUBJECTS, sp.csr_array(counts)))
    assert in_common(known, 0, 1) == ("forge", "dragons", "egg")


def test_nothing_in_common_is_told_as_nothing() -> None:
    assert in_common(of_four(), 0, 3) == ()
    assert in_common(of_four(), 3, 3) == ()
    assert in_common(Catalogue.of(Vocabulary.of("ab")), 0, 1) == ()


def test_a_subject_of_every_book_is_not_told() -> None:
    known = Catalogue.of(
        Vocabulary.of("ab"), tags=Tags(("fiction",), sp.csr_array(np.ones((2, 1), np.float32)))
    )
    assert in_common(known, 0, 1) == ()
