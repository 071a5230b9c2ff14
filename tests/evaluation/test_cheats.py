"""Cheats and slips that flatter a ranker, planted on purpose."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from evaluation.rankers import (
    Making,
    Rows,
    Scored,
    books_of,
    chance,
    constant,
    making,
    oracle,
    popular_world,
    popularity,
    ratings_of,
)
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.errors import InputError, ModelError, SettingError
from readalike.evaluation import NewReaders, Report, evaluate
from readalike.evaluation import run as ranking
from readalike.evaluation.questions import Task

N_BOOKS = 200
OLD = popular_world(150, N_BOOKS, "old", 0)
NEW = popular_world(120, N_BOOKS, "new", 1)
GIVEN = 10


def report_of(algorithm: Making, old: Rows = OLD, new: Rows = NEW, seed: int = 0) -> Report:
    protocol = NewReaders(ratings_of(new, books_of(N_BOOKS)), (GIVEN,))
    return evaluate(ratings_of(old, books_of(N_BOOKS)), {"it": algorithm}, protocol, seed=seed)


def figure(report: Report, measure: str = "ndcg@10") -> float:
    return report.result("it").estimates[measure].mean


def task() -> Task:
    ratings = ratings_of(OLD, books_of(N_BOOKS))
    protocol = NewReaders(ratings_of(NEW, books_of(N_BOOKS)), (GIVEN,))
    return protocol.prepare(ratings, Catalogue.of(ratings.items))


def test_an_oracle_is_perfect() -> None:
    queries = task().questions[0]
    answers = {
        tuple(int(i) for i in queries.histories.row(row)[0]): set(
            queries.relevant.row(row)[0].tolist()
        )
        for row in range(len(queries))
    }
    report = report_of(oracle(answers))
    assert figure(report, "ndcg@10") == 1.0
    assert figure(report, "recall@20") == 1.0
    assert figure(report, "map@10") > 0.9


def expected_precision_of_chance() -> float:
    """E[P@10] of a random order: the share of right answers among the candidates."""
    queries = task().questions[0]
    return float(np.mean(queries.relevant.lengths / (N_BOOKS - GIVEN)))


def test_equal_scores_reach_what_chance_reaches_not_what_popularity_does() -> None:
    """Ids are in the order of popularity, so ties by id would be the popular list."""
    expected = expected_precision_of_chance()
    ties = np.mean([figure(report_of(constant(), seed=seed), "p@10") for seed in range(40)])
    assert ties == pytest.approx(expected, rel=0.2)
    assert figure(report_of(chance()), "p@10") == pytest.approx(expected, rel=0.25)
    assert figure(report_of(popularity()), "p@10") > 3 * expected


@pytest.mark.parametrize("seed", range(5))
def test_scores_that_are_nearly_all_equal_smuggle_no_popularity_in(seed: int) -> None:
    def first_book_only(histories: Histories) -> npt.NDArray[np.float32]:
        scores = np.zeros((len(histories), histories.n_items), np.float32)
        scores[:, -1] = 1
        return scores

    assert figure(report_of(making(first_book_only), seed=seed), "p@10") < 0.1
    assert figure(report_of(popularity()), "p@10") > 0.2


def test_books_told_before_are_not_listed_even_where_they_score_highest() -> None:
    def popular_and_given(histories: Histories) -> npt.NDArray[np.float32]:
        scores = popular(histories)
        scores[histories.rows, histories.items] = 1000
        return scores

    def popular(histories: Histories) -> npt.NDArray[np.float32]:
        return np.tile(np.arange(N_BOOKS, 0, -1, dtype=np.float32), (len(histories), 1))

    one, other = report_of(making(popular_and_given)), report_of(making(popular))
    assert np.array_equal(one.results[0].values, other.results[0].values)
    assert figure(one) > 0.2


def test_a_test_row_in_training_is_refused() -> None:
    made = task()
    queries = made.questions[0]
    reader, book = queries.readers[0], int(queries.relevant.row(0)[0][0])
    leaked = ratings_of([*OLD, (reader, f"b{book:03}", 5.0)], books_of(N_BOOKS))
    with pytest.raises(InputError, match="test rows must not be in training, got 1 of them"):
        dataclasses.replace(made, training=leaked)


def test_a_right_answer_among_the_books_told_is_refused() -> None:
    made = task()
    leaked = dataclasses.replace(made.questions[0], relevant=made.questions[0].histories)
    with pytest.raises(InputError, match="in the histories that the model is told"):
        dataclasses.replace(made, questions=(leaked,))


def test_readers_of_both_tables_are_not_learnt_from() -> None:
    seen: list[Ratings] = []

    def make(ratings: Ratings) -> Scored:
        seen.append(ratings)
        return Scored(N_BOOKS, lambda h: np.zeros((len(h), N_BOOKS), np.float32))

    report_of(Making(make), old=[*OLD, *NEW])
    assert len(seen) == 1
    assert all(reader.startswith("old") for reader in seen[0].users)
    assert len(seen[0]) == len(OLD)


def test_every_reader_counts_or_is_told_to_be_left_out() -> None:
    short: Rows = [("newshort", "b000", 5.0), ("newsour", "b000", 5.0)]
    short += [("newsour", f"b{book:03}", 1.0) for book in range(1, 30)]
    result = report_of(popularity(), new=[*NEW, *short]).results[0]
    assert len(result.readers) + sum(result.left_out.values()) == 122
    assert all(count >= 1 for count in result.left_out.values())
    assert len(result.values) == len(result.readers)
    assert "newshort" not in result.readers


def test_a_reader_for_whom_nothing_is_listed_counts_as_nothing_found() -> None:
    report = report_of(constant(-np.inf))
    assert len(report.results[0].readers) >= 115
    assert figure(report, "p@10") == 0.0
    assert figure(report, "ndcg@10") == 0.0


def test_nothing_right_by_any_measure_is_0_not_1() -> None:
    assert all(
        interval.mean == 0
        for interval in report_of(constant(-np.inf)).results[0].estimates.values()
    )


def test_the_same_seed_gives_the_same_figures() -> None:
    one, other = report_of(constant(), seed=3), report_of(constant(), seed=3)
    assert one.results[0].estimates == other.results[0].estimates
    assert np.array_equal(one.results[0].values, other.results[0].values)
    assert one.data == other.data


def test_another_seed_orders_ties_otherwise() -> None:
    one, other = report_of(constant(), seed=3), report_of(constant(), seed=4)
    assert not np.array_equal(one.results[0].values, other.results[0].values)


@pytest.mark.parametrize("algorithm", [constant, popularity])
def test_shuffled_rows_give_the_same_figures(algorithm: Callable[[], Making]) -> None:
    """Readers, books and training rows in any order; each new reader's own order is kept."""
    random = np.random.default_rng(5)
    books = [books_of(N_BOOKS)[i] for i in random.permutation(N_BOOKS)]
    old = [OLD[i] for i in random.permutation(len(OLD))]
    readers = [f"new{i:04}" for i in random.permutation(120)]
    new = [row for reader in readers for row in NEW if row[0] == reader]
    plain = report_of(algorithm())
    shuffled = evaluate(
        ratings_of(old, books),
        {"it": algorithm()},
        NewReaders(ratings_of(new, books[::-1]), (GIVEN,)),
    )
    assert plain.results[0].readers == shuffled.results[0].readers
    assert np.array_equal(plain.results[0].values, shuffled.results[0].values)
    assert plain.results[0].estimates == shuffled.results[0].estimates


def test_batches_give_what_one_batch_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = report_of(popularity()).results[0].values
    monkeypatch.setattr(ranking, "ENTRIES", 7 * N_BOOKS)
    assert np.array_equal(whole, report_of(popularity()).results[0].values)


def test_scores_that_belong_to_the_model_are_left_alone() -> None:
    own = np.tile(np.arange(N_BOOKS, 0, -1, dtype=np.float32), (120, 1))
    before = own.copy()
    report_of(making(lambda h: own[: len(h)]))
    assert np.array_equal(own, before)


def test_scores_that_cannot_be_ranked_are_refused() -> None:
    with pytest.raises(ModelError, match="NaN"):
        report_of(constant(np.nan))
    with pytest.raises(ModelError, match="must score"):
        report_of(making(lambda h: np.zeros((len(h), 3), np.float32)))
    with pytest.raises(ModelError, match="all 200 books, got 3"):
        report_of(Making(lambda ratings: Scored(3, lambda h: np.zeros((len(h), 3), np.float32))))


def test_no_algorithm_at_all_is_refused() -> None:
    with pytest.raises(SettingError, match="at least one algorithm"):
        evaluate(ratings_of(OLD), {}, NewReaders(ratings_of(NEW)))
