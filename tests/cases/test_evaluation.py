"""Field cases of evaluation (section e): what is right in each."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import readalike
from cases.speaking import spoken
from cli.running import write_world
from evaluation.rankers import (
    Floats,
    Making,
    Rows,
    Scored,
    Scoring,
    books_of,
    constant,
    making,
    oracle,
    popular_world,
    ratings_of,
)
from readalike.cli.evaluate import PROTOCOLS
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings, notebook_split
from readalike.datasets.sample import read_sample
from readalike.errors import SettingError
from readalike.evaluation import DEFAULT, Measure, NewReaders, NotebookSplit, Protocol, Report
from readalike.numerics.ranking_metrics import judge, recall
from readalike.tables.dataset import Dataset

N_BOOKS = 1000
OLD: Rows = [("old", "b000", 5.0), ("old", "b001", 3.0)]


def scored(values: Callable[[int], float]) -> Scoring:
    """The same scores for all histories: a value a book index."""
    return lambda h: np.tile(
        np.array([values(i) for i in range(h.n_items)], np.float32), (len(h), 1)
    )


def figures(scoring: Scoring, new: Rows, *measures: str) -> list[float]:
    """Mean of each measure, for new readers who tell their first book."""
    protocol = NewReaders(ratings_of(new, books_of(N_BOOKS)), (1,))
    old = ratings_of(OLD, books_of(N_BOOKS))
    report = readalike.evaluate(old, {"it": making(scoring)}, protocol, measures=measures)
    return [report.result("it").estimates[measure].mean for measure in measures]


def at_place(place: int) -> Scoring:
    """Lists book 500 at this place after b001, b002 ...; b000 is told."""
    return scored(lambda i: 0.5 - place if i == 500 else -i)


LIKED: Rows = [("new", "b000", 5.0), ("new", "b500", 5.0)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def table() -> Dataset:
    """60 readers of 30 of 80 books each, as read."""
    rows = popular_world(60, 80, "r", 3)
    return readalike.read(
        {
            "user_id": [reader for reader, _, _ in rows],
            "book_id": [book for _, book, _ in rows],
            "rating": [stars for _, _, stars in rows],
        }
    )


def test_case_88_a_book_that_is_listed_twice_counts_once() -> None:
    """[A, A] against {A, B} gave a recall of 1 or 2 and 1.63; right: refused, recall is 0.5."""
    truth = np.array([0, 2]), np.array([0, 1])
    with pytest.raises(ValueError, match="list"):
        judge(np.array([[0, 0]]), *truth)
    assert recall(judge(np.array([[0, -1]]), *truth), 2).tolist() == [0.5]


def test_case_88_a_book_that_is_liked_twice_counts_once() -> None:
    """A repeated right answer was counted again; right: recall 0.5 of {A, B}, nDCG below 1."""
    new = readalike.read(
        {
            "user_id": ["new"] * 5,
            "book_id": ["b000", "b500", "b501", "b500", "b500"],
            "rating": [5, 5, 5, 5, 4],
        },
        scale="1..5",
    )
    report = readalike.evaluate(
        ratings_of(OLD, books_of(N_BOOKS)),
        {"it": making(at_place(1))},
        NewReaders(new.ratings, (1,)),
        measures=["recall@2", "ndcg@2"],
    )
    found = report.result("it").estimates
    assert found["recall@2"].mean == 0.5
    assert found["ndcg@2"].mean == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_case_90_recommending_nothing_is_worth_nothing() -> None:
    """Nothing above the threshold had a precision of 1; right: undefined is 0, in every measure."""
    report = readalike.evaluate(
        ratings_of(OLD, books_of(N_BOOKS)),
        {"it": constant(-np.inf)},
        NewReaders(ratings_of(LIKED, books_of(N_BOOKS)), (1,)),
    )
    result = report.result("it")
    assert result.readers == ("new",)
    assert {str(measure) for measure in DEFAULT} == result.estimates.keys()
    assert [found.mean for found in result.estimates.values()] == [0.0] * len(DEFAULT)


def test_case_90_books_that_nobody_rated_compete_too() -> None:
    """Only rated test books were ranked, so all was right; right: the whole catalogue is ranked."""
    liked: Rows = [("new", f"b{book:03}", 5.0) for book in (0, 901, 902, 903)]
    unread_first = scored(lambda i: -i)
    assert figures(unread_first, liked, "p@3", "p@10", "hit@10") == [0, 0, 0]
    assert figures(scored(lambda i: i if i < 904 else -1), liked, "p@3", "p@10") == [1, 0.3]


def test_case_91_the_split_that_was_used_is_printed_with_its_seed(world: Path) -> None:
    """Nobody was told that the split leaks the future; right: the split is named and described."""
    told = " ".join(spoken("evaluate", world, "--algorithm", "popularity").split())
    assert "20% of the raw rows are held out at random (seed 42" in told
    assert "the future leaks into training" in told
    done = json.loads(spoken("evaluate", world, "--algorithm", "popularity", "--json"))
    assert done["protocol"] == "notebook-split"
    assert done["description"] == NotebookSplit().describe()


def test_case_91_a_split_in_time_is_offered_where_the_table_has_times(tmp_path: Path) -> None:
    """Random splits used others' later ratings; right: one point in time divides all readers."""
    rows = popular_world(40, 60, "r", 0)
    lines = [f"{r},{b},{s:g},{978300000 + 7919 * i % 100000}" for i, (r, b, s) in enumerate(rows)]
    file = tmp_path / "ratings.csv"
    file.write_text("\n".join(["user_id,book_id,rating,timestamp", *lines]) + "\n")
    assert readalike.read(file).rows.times is not None
    by_time = [name for name in PROTOCOLS if "time" in name]
    assert by_time, f"must be offered beside {', '.join(PROTOCOLS)}"
    done = json.loads(spoken("evaluate", file, "--protocol", by_time[0], "--json"))
    assert "time" in done["description"]


def learnt(dataset: Dataset, protocol: Protocol) -> str:
    """Fingerprint of what algorithms are given to learn from."""
    seen: list[Ratings] = []

    def make(ratings: Ratings) -> Scored:
        seen.append(ratings)
        return Scored(len(ratings.items), scored(lambda i: -i))

    readalike.evaluate(dataset, {"it": Making(make)}, protocol)
    (given,) = seen
    return given.fingerprint()


def with_stars(dataset: Dataset, entries: Any, stars: Any) -> Dataset:
    changed = np.array(dataset.rows.stars)
    changed[entries] = stars
    rows = dataclasses.replace(dataset.rows, stars=changed)
    return dataclasses.replace(dataset, rows=rows, ratings=rows.merged()[0])


def test_case_92_no_held_out_row_reaches_the_model(table: Dataset) -> None:
    """Models were fitted to all rows and then tested; right: test rows change nothing learnt."""
    train, test = notebook_split(len(table.rows))
    plain = learnt(table, NotebookSplit())
    for stars in (4.0, 5.0, 6 - table.rows.stars[test]):
        assert learnt(with_stars(table, test, stars), NotebookSplit()) == plain
    other = with_stars(table, train[:1], 6.5 - table.rows.stars[train[:1]])
    assert learnt(other, NotebookSplit()) != plain


def test_case_92_nothing_of_new_readers_reaches_the_model(table: Dataset) -> None:
    """Test readers took part in counts and means; right: training is that of all the others."""
    new = table.ratings.take(np.arange(10))
    theirs = np.flatnonzero(table.rows.users < 10)
    assert learnt(with_stars(table, theirs, 1.0), NewReaders(new, (5,))) == (
        learnt(with_stars(table, theirs, 5.0), NewReaders(new, (5,)))
    )
    others = table.ratings.without_users(set(new.users.ids))
    assert learnt(table, NewReaders(new, (5,))) == others.fingerprint()


def test_case_92_the_same_seed_gives_the_same_figures(world: Path) -> None:
    """Unseeded draws gave other figures each time; right: the same seed, the same figures."""

    def measured(seed: int) -> list[Any]:
        words = ("--algorithm", "popularity", "--algorithm", "notebook", "--seed", seed, "--json")
        done = json.loads(spoken("evaluate", world, *words))
        return [(result["measures"], result["left_out"]) for result in done["results"]]

    assert measured(7) == measured(7)
    assert measured(7) != measured(8)


def report_of(table: Dataset, algorithm: Making) -> Report:
    return readalike.evaluate(table, {"it": algorithm}, NotebookSplit())


def test_case_93_training_books_are_out_of_the_list_and_test_books_are_in(
    table: Dataset,
) -> None:
    """Training likes filled the lists of good models; right: only they are out of the ranking."""

    def favouring_read(histories: Histories) -> Floats:
        scores = scored(lambda i: -i)(histories)
        scores[histories.rows, histories.items] = 1000
        return scores

    cheated, plain = (report_of(table, making(s)) for s in (favouring_read, scored(lambda i: -i)))
    assert np.array_equal(cheated.results[0].values, plain.results[0].values)
    assert plain.result("it").estimates["ndcg@10"].mean > 0.2
    asked = NotebookSplit().prepare(table.ratings, table.catalogue, table.rows).questions[0]
    right = {
        tuple(asked.histories.row(row)[0].tolist()): set(asked.relevant.row(row)[0].tolist())
        for row in range(len(asked))
    }
    perfect = report_of(table, oracle(right)).result("it")
    assert perfect.column("ndcg@10") == pytest.approx(1)
    assert len(perfect.readers) == len(asked) > 50


def test_case_94_the_whole_catalogue_is_ranked_and_not_100_drawn_books() -> None:
    """Rank 1 of 100 drawn books looked like a hit; right: place 60 of 1,000 is none at 10."""
    measures = ("hit@10", "ndcg@10", "hit@59", "hit@60", "mrr@60")
    assert figures(at_place(60), LIKED, *measures) == pytest.approx([0, 0, 0, 1, 1 / 60])
    for name in ("hr@10_sampled100", "hit@10_sampled100", "hit@10~100"):
        with pytest.raises(SettingError, match="must be one of ndcg, recall, p, hit, mrr, map"):
            Measure.of(name)
    protocol = NewReaders(ratings_of(LIKED, books_of(N_BOOKS)), (1,))
    assert "ranks all other books of the catalogue" in protocol.describe()
    assert "all books but those are ranked" in NotebookSplit().describe()


def test_case_95_stars_and_ranking_are_reported_together_and_disagree() -> None:
    """The best RMSE chose the worst lists; right: both are told, beside the popular list's line."""
    algorithms = {
        "popularity": readalike.algorithm_of("popularity"),
        "forecasting": readalike.algorithm_of("notebook", {"biases": True}),
        "default": readalike.algorithm_of("blend"),
    }
    report = readalike.evaluate(read_sample(readers=1500), algorithms, NotebookSplit())
    forecasting = report.result("forecasting").estimates
    assert {"rmse", "mae", "p@10", "ndcg@10"} <= forecasting.keys()
    assert "rmse" not in report.result("default").estimates
    assert forecasting["rmse"].mean < 0.9
    assert forecasting["p@10"].high < report.result("popularity").estimates["p@10"].low
    assert report.result("popularity").estimates["p@10"].high < (
        report.result("default").estimates["p@10"].low
    )


@pytest.mark.parametrize("asked", [(), ("--algorithm", "cosine")])
def test_case_95_every_evaluation_has_a_line_of_the_popular_list(
    asked: tuple[str, ...], world: Path
) -> None:
    """A figure alone says nothing; right: the popularity baseline stands in every evaluation."""
    done = json.loads(spoken("evaluate", world, *asked, "--json"))
    assert "popularity" in [result["algorithm"] for result in done["results"]]


@pytest.mark.parametrize(("place", "ndcg"), [(1, 1.0), (2, 0.631), (3, 0.5)])
def test_case_97_the_discount_begins_at_the_second_place(place: int, ndcg: float) -> None:
    """Place 2 scored 1.0 by an index from 0; right: 1.000, 0.631, 0.500 at places 1, 2, 3."""
    assert round(figures(at_place(place), LIKED, "ndcg@10")[0], 3) == ndcg


def test_case_97_one_like_found_is_full_recall_at_a_precision_of_a_tenth() -> None:
    """With one like precision ends at 0.1 and looked bad; right: recall and hit rate say 1."""
    measures = ("p@10", "recall@10", "hit@10")
    assert figures(at_place(1), LIKED, *measures) == pytest.approx([0.1, 1, 1])


def test_case_97_recall_and_hit_rate_are_printed_beside_precision(world: Path) -> None:
    """Precision alone called good lists bad; right: recall@10 and hit rate stand beside it."""
    header = spoken("evaluate", world, "--algorithm", "popularity").split("\n popularity")[0]
    columns = header.splitlines()[-1].split()
    assert "p@10" in columns
    assert {"recall@10", "hit@10"} <= set(columns)
