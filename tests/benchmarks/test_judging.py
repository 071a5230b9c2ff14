"""The ruler of the leaderboard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from readalike.data.histories import Histories
from readalike.evaluation.questions import RankingQueries

N = 30


def questions() -> RankingQueries:
    histories = Histories.of_rows([([0, 1], [4, 4]), ([2], [5])], N)
    right = Histories.of_rows([([5, 6], [5, 5]), ([7], [4])], N)
    return RankingQueries(
        readers=("a", "b"), users=np.array([-1, -1]), histories=histories, relevant=right, given=2
    )


def lists(first: list[int], second: list[int]) -> Any:
    return np.array([(row + [-1] * 20)[:20] for row in (first, second)], np.int32)


def test_right_lists_are_worth_one(scripts: Any) -> None:
    found = scripts.judging.judged(questions(), lists([5, 6, 8], [7, 9]))
    assert found.values["ndcg@10"].tolist() == [1.0, 1.0]
    assert found.values["recall@20"].tolist() == [1.0, 1.0]
    assert (found.given, found.without) == (2, 0)


def test_a_reader_without_a_list_has_nothing_and_stays(scripts: Any) -> None:
    found = scripts.judging.judged(questions(), lists([], [7]))
    assert found.values["ndcg@10"].tolist() == [0.0, 1.0]
    assert found.without == 1
    assert found.estimates()["ndcg@10"]["mean"] == 0.5


def test_some_of_the_readers_can_be_meant(scripts: Any) -> None:
    found = scripts.judging.judged(questions(), lists([], [7]))
    assert found.estimates(frozenset("b"))["recall@20"]["mean"] == 1.0


@pytest.mark.parametrize(
    ("cheat", "words"),
    [
        (lists([0, 5], [7]), "1 listed books had been told"),
        (lists([5, 5], [7]), "once"),
        (lists([N], [7]), "2 readers and 30 books"),
        (lists([5], [7])[:1], "2 readers and 30 books"),
    ],
    ids=["a told book", "a book twice", "a book that is none", "a reader dropped"],
)
def test_a_cheat_is_no_figure(scripts: Any, cheat: Any, words: str) -> None:
    with pytest.raises(scripts.judging.UnfairError, match=words):
        scripts.judging.judged(questions(), cheat)


def test_numbers_say_nothing_of_the_order_of_the_ids(scripts: Any) -> None:
    order = scripts.splits.book_order(10_000)
    assert sorted(order.tolist()) == list(range(10_000))
    assert abs(float(np.corrcoef(order, np.arange(10_000))[0, 1])) < 0.03


def test_lists_of_numbers_are_judged_as_lists_of_indices(scripts: Any) -> None:
    order = np.array([3, 1, 0, 2])
    assert scripts.judging.by_index(np.array([[0, 2, -1]]), order).tolist() == [[3, 0, -1]]
    for wrong in (4, -2):
        with pytest.raises(scripts.judging.UnfairError, match="4 books"):
            scripts.judging.by_index(np.array([[wrong]]), order)
