from __future__ import annotations

import json
import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference_metrics as slow
from evaluation.rankers import books_of, popular_world, popularity, ratings_of
from readalike.data.histories import Histories
from readalike.evaluation import NewReaders, evaluate
from readalike.evaluation.metrics import Answers, BookFacts, ListValues
from readalike.evaluation.questions import RankingQueries
from readalike.evaluation.segments import (
    HARSH,
    HARSHNESS,
    LENGTH,
    LENGTHS,
    MEASURES,
    POPULARITY,
    SEGMENTS,
    STAR_POPULARITY,
    THIRDS,
    Key,
    list_members,
    segments_of,
)
from readalike.numerics.intervals import mean_interval
from readalike.numerics.ranking_metrics import judge

N_BOOKS = 60
COUNTS = np.repeat([12, 6, 3], [5, 10, 45])


def found_in(
    given: Histories, right: Histories, lists: list[list[int]], counts: np.ndarray = COUNTS
) -> dict[Key, ListValues]:
    table = np.full((len(lists), 20), -1, np.int32)
    for row, listed in enumerate(lists):
        table[row, : len(listed)] = listed
    judged = judge(table, right.indptr, right.items)
    queries = RankingQueries(
        readers=tuple(f"r{row}" for row in range(len(lists))),
        users=np.full(len(lists), -1),
        histories=given,
        relevant=right,
    )
    return list_members(Answers(table, judged, BookFacts(counts, 12), given), queries)


def readers(found: Mapping[Key, ListValues], by: str) -> dict[str, tuple[str, ...]]:
    return {name: each.readers for (what, name), each in found.items() if what == by}


def histories_of_lengths(*lengths: int) -> Histories:
    return Histories.of_rows([(range(n), [4.0] * n) for n in lengths], N_BOOKS)


def one_right(n: int) -> Histories:
    return Histories.of_rows([([59], [5.0])] * n, N_BOOKS)


def test_every_length_of_a_history_belongs_to_one_segment() -> None:
    lengths = (0, 1, 5, 6, 20, 21, 50, 51)
    found = found_in(histories_of_lengths(*lengths), one_right(8), [[]] * 8)
    assert readers(found, LENGTH) == {
        "no book": ("r0",),
        "1 to 5 books": ("r1", "r2"),
        "6 to 20 books": ("r3", "r4"),
        "21 to 50 books": ("r5", "r6"),
        "more than 50 books": ("r7",),
    }


def test_readers_of_one_length_have_their_own_values() -> None:
    found = found_in(histories_of_lengths(3, 30), one_right(2), [[58, 59], [59]])
    assert found[LENGTH, "1 to 5 books"].values[0] == pytest.approx([1 / math.log2(3), 1.0])
    assert found[LENGTH, "21 to 50 books"].values[0] == pytest.approx([1.0, 1.0])


def test_a_popularity_segment_asks_only_for_its_right_answers() -> None:
    """Each third holds 18 of 54 ratings: 2 books read by 9, 6 by 3, 18 by 1."""
    counts = np.array([9, 9, 3, 3, 3, 3, 3, 3] + [1] * 18)
    right = Histories.of_rows([([0, 2, 3, 10], [5] * 4), ([1], [5]), ([25, 26], [5] * 2)], 27)
    given = Histories.of_rows([([], [])] * 3, 26)
    found = found_in(given, right, [[0, 2, 9], [0], [25]], counts)
    assert readers(found, POPULARITY) == {
        "most-read third": ("r0", "r1"),
        "middle third": ("r0",),
        "least-read third": ("r0", "r2"),
    }
    recall = {name: found[POPULARITY, name].values[:, 1].tolist() for name in THIRDS}
    assert recall == {
        "most-read third": [1.0, 0.0],
        "middle third": [0.5],
        "least-read third": [0.0, 0.5],
    }
    ndcg = found[POPULARITY, "middle third"].values[0, 0]
    assert ndcg == pytest.approx(slow.ndcg([0, 2, 9], {2, 3}, 10)), "the first place is a miss"


def test_books_that_are_read_equally_often_are_in_one_third() -> None:
    """The second book starts below a third of 5, and so do all that are read as often."""
    right = Histories.of_rows([([0], [5.0]), ([4], [5.0])], 5)
    found = found_in(Histories.of_rows([([], [])] * 2, 5), right, [[], []], np.ones(5, int))
    assert readers(found, POPULARITY) == {"most-read third": ("r0", "r1")}


def test_a_right_answer_that_training_does_not_know_is_in_the_last_third() -> None:
    right = Histories.of_rows([([N_BOOKS + 3], [5.0])], N_BOOKS + 5)
    found = found_in(histories_of_lengths(1), right, [[0, 1]])
    assert readers(found, POPULARITY) == {"least-read third": ("r0",)}
    assert found[POPULARITY, "least-read third"].values.tolist() == [[0.0, 0.0]]


def test_harshness_goes_by_the_mean_of_the_stars_that_are_told() -> None:
    stars: list[list[float]] = [[1, 2], [5, 5], [3], [4, 3], [4, math.nan], [math.nan], [], [2]]
    given = Histories.of_rows([(range(len(each)), each) for each in stars], N_BOOKS)
    found = found_in(given, one_right(8), [[]] * 8)
    # means 1.5 5 3 3.5 4 and 2: terciles at 2.67 and 3.67
    assert readers(found, HARSHNESS) == {
        "harshest third": ("r0", "r7"),
        "middle third": ("r2", "r3"),
        "mildest third": ("r1", "r4"),
        "no stars": ("r5", "r6"),
    }


def test_readers_who_are_all_alike_are_neither_harsh_nor_mild() -> None:
    found = found_in(histories_of_lengths(2, 3, 9), one_right(3), [[]] * 3)
    assert readers(found, HARSHNESS) == {"middle third": ("r0", "r1", "r2")}


@given(lengths=st.lists(st.integers(0, 60), min_size=1, max_size=10))
def test_lengths_and_harshness_divide_the_readers(lengths: list[int]) -> None:
    draw = np.random.default_rng(sum(lengths))
    given = Histories.of_rows(
        [(range(n), draw.integers(1, 6, n).tolist()) for n in lengths], N_BOOKS
    )
    found = found_in(given, one_right(len(lengths)), [[59]] * len(lengths))
    for by in (LENGTH, HARSHNESS):
        everybody = [reader for names in readers(found, by).values() for reader in names]
        assert sorted(everybody) == sorted(f"r{row}" for row in range(len(lengths)))


def test_segments_are_told_in_one_order_with_intervals_and_numbers_of_readers() -> None:
    random = np.random.default_rng(0)
    values = random.random((40, 2))
    names = tuple(f"r{row:02}" for row in range(40))
    part = {
        (HARSHNESS, HARSH[0]): ListValues(names[:10], MEASURES, values[:10]),
        (LENGTH, "no book"): ListValues(names, MEASURES, values),
    }
    found = segments_of([part], ListValues.pooled, seed=3)
    assert [(each.by, each.segment, each.readers) for each in found] == [
        (LENGTH, "no book", 40), (HARSHNESS, HARSH[0], 10)
    ]  # fmt: skip
    assert list(found[0].measures) == [str(measure) for measure in MEASURES]
    wanted = mean_interval(values[:, 0], 3)
    assert found[0].measures["ndcg@10"] == pytest.approx(wanted)
    assert wanted.low < wanted.mean < wanted.high
    plain = json.loads(json.dumps(found[1].as_dict()))
    assert plain["readers"] == 10
    assert set(plain["measures"]["recall@20"]) == {"mean", "low", "high"}


def test_the_value_of_a_reader_in_several_parts_is_the_mean_over_them() -> None:
    nobook, few = (LENGTH, "no book"), (LENGTH, "1 to 5 books")
    parts = [
        {nobook: ListValues(("a", "b"), MEASURES, np.array([[1.0, 0.0], [0.5, 0.5]]))},
        {nobook: ListValues(("b", "c"), MEASURES, np.array([[0.0, 1.0], [0.25, 0.0]]))},
        {few: ListValues(("a",), MEASURES, np.array([[0.0, 0.0]]))},
    ]
    first, second = segments_of(parts, ListValues.pooled, 0)
    assert (first.segment, first.readers) == ("no book", 3)
    assert first.measures["ndcg@10"].mean == pytest.approx((1 + 0.25 + 0.25) / 3)
    assert first.measures["recall@20"].mean == pytest.approx((0 + 0.75 + 0) / 3)
    assert (second.segment, second.readers) == ("1 to 5 books", 1)


def test_all_names_of_segments_stand_in_the_table() -> None:
    names = len(LENGTHS) + 2 * len(THIRDS) + len(HARSH)
    assert len(set(SEGMENTS)) == len(SEGMENTS) == names
    assert {by for by, _ in SEGMENTS} == {LENGTH, POPULARITY, STAR_POPULARITY, HARSHNESS}


def test_an_evaluation_has_the_segments_of_every_given_length() -> None:
    old = ratings_of(popular_world(80, 50, "old", 0), books_of(50))
    new = ratings_of(popular_world(60, 50, "new", 1), books_of(50))
    report = evaluate(old, {"p": popularity()}, NewReaders(new, (3, 20)), measures=["p@1"])
    for given_books, name in ((3, "1 to 5 books"), (20, "6 to 20 books")):
        result = report.result("p", given_books)
        by_length = [each for each in result.segments if each.by == LENGTH]
        assert [(each.segment, each.readers) for each in by_length] == [(name, len(result.readers))]
        by_stars = [each.readers for each in result.segments if each.by == HARSHNESS]
        assert sum(by_stars) == len(result.readers)
        assert len(by_stars) == 3
    recall = {
        each.segment: each.measures["recall@20"].mean
        for each in report.result("p", 3).segments
        if each.by == POPULARITY
    }
    assert recall["most-read third"] > recall["least-read third"]


def test_the_segment_of_everybody_has_the_figures_of_the_whole() -> None:
    old = ratings_of(popular_world(80, 50, "old", 0), books_of(50))
    new = ratings_of(popular_world(60, 50, "new", 1), books_of(50))
    report = evaluate(old, {"p": popularity()}, NewReaders(new, (5,)), seed=4)
    result = report.result("p")
    everybody = result.segments[0]
    assert everybody.readers == len(result.readers)
    for name, interval in everybody.measures.items():
        assert interval == pytest.approx(result.estimates[name])
