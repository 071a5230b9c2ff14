from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.histories import Histories
from readalike.errors import SettingError
from readalike.evaluation.metrics import (
    ABOUT_BOOKS,
    CATALOGUE_KINDS,
    DEFAULT,
    KINDS,
    OF_CATALOGUE,
    Answers,
    BookFacts,
    CatalogueMeasure,
    Measure,
    Named,
    catalogue_measures_of,
    measures_of,
)
from readalike.numerics.ranking_metrics import judge, precision

LISTS = np.array([[3, 1, 2], [0, 4, -1], [-1, -1, -1]], np.int32)
TOLD = Histories.of_rows([([0, 4], [5, 4]), ([], []), ([1], [3])], 5)
RIGHT = Histories.of_rows([([1, 5], [5, 5]), ([0], [4]), ([2], [5])], 6)
BOOKS = BookFacts(
    counts=np.array([8, 4, 2, 1, 1]),
    readers=8,
    tags=sp.csr_array(np.array([[1, 0], [1, 0], [0.6, 0.8], [0, 1], [0, 0]], np.float32)),
    authors=np.array([0, 1, 1, 1, 0]),
    series=np.array([-1, 2, 2, -1, -1]),
)
BARE = BookFacts(BOOKS.counts, BOOKS.readers)
NEEDS = {"intra_list_similarity": "tags", "same_series": "series", "same_author": "authors"}


def answers(books: BookFacts = BOOKS) -> Answers:
    return Answers(LISTS, judge(LISTS, RIGHT.indptr, RIGHT.items), books, TOLD)


def values(name: str) -> list[float]:
    found: list[float] = Measure.of(name).values(answers()).tolist()
    return found


# Names


@given(kind=st.sampled_from(sorted(KINDS)), n=st.integers(1, 999_999))
def test_a_measure_is_printed_as_it_is_asked_for(kind: str, n: int) -> None:
    assert str(Measure.of(f"{kind}@{n}")) == f"{kind}@{n}"
    assert Measure.of(f" {kind.upper()}@{n} ") == Measure(kind, n)


@given(kind=st.sampled_from(sorted(CATALOGUE_KINDS)), n=st.integers(1, 999_999))
def test_a_measure_of_all_lists_is_printed_as_it_is_asked_for(kind: str, n: int) -> None:
    assert str(CatalogueMeasure.of(f"{kind}@{n}")) == f"{kind}@{n}"
    assert CatalogueMeasure.of(f"{kind.title()}@{n}") == CatalogueMeasure(kind, n)


@pytest.mark.parametrize(
    "text", ["", "ndcg", "ndcg@", "ndcg@0", "ndcg@-1", "ndcg@ten", "auc@10", "ndcg@10_sampled100"]
)
def test_what_is_no_measure_is_refused(text: str) -> None:
    for ask in (Measure.of, CatalogueMeasure.of, lambda name: measures_of([name], BOOKS)):
        with pytest.raises(
            SettingError, match=r"must be one of ndcg, recall, p, .*, coverage, gini with"
        ):
            ask(text)
    with pytest.raises(SettingError, match="must be one of ndcg"):
        catalogue_measures_of([text])


def test_a_measure_of_one_list_is_none_of_all_lists_and_the_other_way_round() -> None:
    with pytest.raises(SettingError, match="got 'coverage@10'"):
        Measure.of("coverage@10")
    with pytest.raises(SettingError, match="got 'ndcg@10'"):
        CatalogueMeasure.of("ndcg@10")


# Values


def test_measures_of_what_is_right_are_those_of_the_formula() -> None:
    assert np.array_equal(Measure.of("p@2").values(answers()), precision(answers().judged, 2))
    assert values("recall@3") == [0.5, 1.0, 0.0]
    assert values("mrr@3") == [0.5, 1.0, 0.0]


def test_novelty_is_in_bits_and_a_mean_over_the_books_listed() -> None:
    assert values("novelty@2") == [(3 + 1) / 2, (0 + 3) / 2, 0.0]
    assert values("novelty@3") == [(3 + 1 + 2) / 3, (0 + 3) / 2, 0.0]


def test_lift_compares_the_list_with_what_the_model_was_told() -> None:
    """(mean of 1, 4, 2 less mean of 8, 1) / mean of 8, 1; a reader of nothing has none."""
    assert values("lift@3") == pytest.approx([(7 / 3 - 4.5) / 4.5, 0.0, 0.0])
    assert values("lift@1") == pytest.approx([(1 - 4.5) / 4.5, 0.0, 0.0])


def test_lift_is_the_same_in_any_order_of_the_history_to_the_last_bit() -> None:
    random = np.random.default_rng(0)
    counts = random.integers(1, 1000, 200)
    lists = np.array([[1, 2, 3]], np.int32)
    judged = judge(lists, np.array([0, 0]), np.empty(0, np.int32))
    items = random.permutation(200)[:77]
    stars = [5.0] * 77
    found = {
        float(
            Measure("lift", 3).values(
                Answers(
                    lists, judged, BookFacts(counts, 1000), Histories.of_rows([(order, stars)], 200)
                )
            )[0]
        )
        for order in (random.permutation(items).tolist() for _ in range(20))
    }
    assert len(found) == 1


def test_the_tail_is_outside_the_books_with_80_percent_of_the_ratings() -> None:
    """8 + 4 + 2 of 16 hold 87 %, 8 + 4 hold 75 %: books 3 and 4 are the tail."""
    assert values("long_tail_share@3") == pytest.approx([1 / 3, 0.5, 0.0])


def test_likeness_is_the_mean_cosine_of_the_pairs_in_a_list() -> None:
    assert values("intra_list_similarity@3") == pytest.approx([(0 + 0.8 + 0.6) / 3, 0.0, 0.0])


def test_repetition_counts_books_whose_series_or_author_stood_higher() -> None:
    assert values("same_series@3") == pytest.approx([1 / 3, 0.0, 0.0])
    assert values("same_author@3") == pytest.approx([2 / 3, 0.5, 0.0])
    assert values("same_author@1") == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_reader_for_whom_nothing_is_listed_has_0_and_is_not_dropped(kind: str) -> None:
    found = Measure(kind, 3).values(answers())
    assert found.shape == (3,)
    assert np.isfinite(found).all()
    assert found[2] == 0.0


@pytest.mark.parametrize("kind", KINDS)
def test_the_cut_matters(kind: str) -> None:
    cuts = {tuple(Measure(kind, n).values(answers()).tolist()) for n in (1, 2, 3)}
    assert len(cuts) > 1


@pytest.mark.parametrize(("kind", "fact"), NEEDS.items())
def test_a_measure_that_needs_what_nobody_knows_is_refused(kind: str, fact: str) -> None:
    measure = Measure(kind, 10)
    message = f"{kind}@10 needs {fact} of the books and the catalogue has none"
    with pytest.raises(SettingError, match=message):
        measure.values(answers(BARE))
    with pytest.raises(SettingError, match=message):
        measures_of([measure], BARE)
    knowing = dataclasses.replace(BARE, **{fact: getattr(BOOKS, fact)})
    assert measures_of([measure], knowing) == (measure,)
    assert len(measure.values(answers(knowing))) == 3


def test_measures_of_all_lists_count_books() -> None:
    assert CatalogueMeasure.of("coverage@2").value(np.array([1, 1, 0, 1, 1])) == 0.8
    assert CatalogueMeasure.of("gini@2").value(np.array([2, 0])) == pytest.approx(1.0)


# What is measured where


def test_measures_are_taken_once_each_and_the_default_where_none_is_named() -> None:
    named: list[Named] = ["p@5", Measure("ndcg", 3), "coverage@7", "p@5"]
    assert measures_of(named, BOOKS) == (Measure("p", 5), Measure("ndcg", 3))
    assert catalogue_measures_of(named) == (CatalogueMeasure("coverage", 7),)
    assert catalogue_measures_of([*named, "coverage@7", "gini@3"]) == (
        CatalogueMeasure("coverage", 7),
        CatalogueMeasure("gini", 3),
    )
    assert measures_of(["gini@10"], BARE) == DEFAULT
    assert catalogue_measures_of(["p@5"]) == OF_CATALOGUE
    assert [str(m) for m in DEFAULT[:4]] == ["ndcg@10", "p@10", "recall@10", "recall@20"]


def test_the_default_has_all_that_can_be_measured_with_these_books() -> None:
    assert measures_of([], BARE) == DEFAULT
    assert measures_of([], BOOKS) == (*DEFAULT, *ABOUT_BOOKS)
    named = dataclasses.replace(BARE, authors=BOOKS.authors)
    assert measures_of([], named) == (*DEFAULT, Measure("same_author", 10))


def test_every_kind_is_in_the_default_and_only_those_for_any_books_without_condition() -> None:
    assert {measure.kind for measure in (*DEFAULT, *ABOUT_BOOKS)} == set(KINDS)
    assert {measure.kind for measure in ABOUT_BOOKS} == set(NEEDS)
    assert {measure.kind for measure in OF_CATALOGUE} == set(CATALOGUE_KINDS)
