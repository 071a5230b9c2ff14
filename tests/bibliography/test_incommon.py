from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from readalike.bibliography.features import in_common
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.vocabulary import Vocabulary

COUNTS = np.array(
    [
        [90, 90, 9, 9, 9, 0],
        [90, 90, 9, 9, 0, 5],
        [90, 0, 0, 0, 0, 5],
        [0, 0, 0, 0, 0, 0],
    ],
    np.float32,
)
NAMES = ("fiction", "dragons", "egg", "forge", "ghost", "heist")


def catalogue() -> Catalogue:
    return Catalogue.of(
        Vocabulary.of("abcd"),
        authors=("Ann Lee, Bob Roy", "Bob Roy, Carl Ott", "Ann Lee", ""),
        series=("Moons", "moons", "", ""),
        tags=Tags(NAMES, sp.csr_array(COUNTS)),
    )


def test_authors_come_first_then_the_series_then_the_subjects_that_say_most() -> None:
    assert in_common(catalogue(), 0, 1) == ("by Bob Roy", "series Moons", "dragons", "egg", "forge")


def test_it_is_the_same_either_way_but_for_the_spelling_of_the_series() -> None:
    one, other = in_common(catalogue(), 0, 1), in_common(catalogue(), 1, 0)
    assert [word.casefold() for word in one] == [word.casefold() for word in other]


def test_a_subject_that_both_are_given_more_often_says_more() -> None:
    counts = COUNTS.copy()
    counts[:2, 3] = 500
    known = Catalogue.of(Vocabulary.of("abcd"), tags=Tags(NAMES, sp.csr_array(counts)))
    assert in_common(known, 0, 1) == ("forge", "dragons", "egg")


def test_nothing_in_common_is_told_as_nothing() -> None:
    assert in_common(catalogue(), 0, 3) == ()
    assert in_common(catalogue(), 3, 3) == ()
    assert in_common(Catalogue.of(Vocabulary.of("ab")), 0, 1) == ()


def test_a_subject_of_every_book_is_not_told() -> None:
    known = Catalogue.of(
        Vocabulary.of("ab"), tags=Tags(("fiction",), sp.csr_array(np.ones((2, 1), np.float32)))
    )
    assert in_common(known, 0, 1) == ()
