from __future__ import annotations

import math
from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest

from algorithms.worlds import world
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.models.weights import StarWeights
from readalike.neural.book_vectors import book_content
from readalike.neural.two_tower import (
    DRAWS,
    HistoryBatches,
    divided,
    drawn_places,
    negative_log_likelihood,
    one_liked,
)
from strategies import same_bits

WEIGHTS = StarWeights(3.8, 0.6, -0.5)


def shelves(most: int = 5, batch_size: int = 16, id_dropout: float = 0.25) -> HistoryBatches:
    ratings, catalogue = world()
    learnt, _ = divided(ratings.histories, WEIGHTS, 0.0, 0)
    content = book_content(catalogue, 4, 0)
    return HistoryBatches(
        learnt, WEIGHTS, content, most=most, batch_size=batch_size, id_dropout=id_dropout, seed=3
    )


def owners(of: HistoryBatches, shown: list[int], missing: int) -> list[int]:
    """Readers who have read all these books."""
    read = [set(of.histories.row(r)[0].tolist()) for r in range(len(of.histories))]
    return [r for r, books in enumerate(read) if {*shown, missing} <= books]


@pytest.mark.parametrize("most", [1, 5, 40])
def test_an_example_is_a_part_of_a_readers_books_and_a_liked_one_that_is_not_told(
    most: int,
) -> None:
    of, lengths = shelves(most), set()
    batches = list(of.epoch(0))
    assert len(batches) == of.steps == DRAWS * len(of.histories) // 16
    assert len({tuple(part.shape for part in batch) for batch in batches}) == 1
    for books, _, names, features, history, shares, targets, log_chances in batches:
        assert same_bits(names, of.content.names[books])
        assert same_bits(features, of.content.features[books])
        for row in range(16):
            there = shares[row] != 0
            shown = books[history[row, there]].tolist()
            missing = int(books[targets[row]])
            assert missing not in shown
            assert len(set(shown)) == len(shown) <= most
            assert log_chances[row] == of.log_chances[missing]
            assert any(
                WEIGHTS.of(of.histories.slice(r, r + 1))[
                    of.histories.row(r)[0].tolist().index(missing)
                ] > 0
                for r in owners(of, shown, missing)
            )  # fmt: skip
            if shown:
                assert abs(shares[row]).sum() == pytest.approx(1, rel=1e-5)
            lengths.add(len(shown))
    assert max(lengths) == min(most, int(of.histories.lengths.max()) - 1)


def test_the_shares_are_the_weights_by_their_sum() -> None:
    rows = Histories.of_rows([([0, 1, 2], [5, 1, 4])] * 4, 3)
    ratings, catalogue = world()
    of = HistoryBatches(
        rows, WEIGHTS, book_content(catalogue, 0, 0), most=3, batch_size=4, id_dropout=0.0, seed=0
    )
    weight = {0: 1 + 0.6 * 1.2, 1: -0.5, 2: 1 + 0.6 * 0.2}
    for books, _, _, _, history, shares, _, _ in of.epoch(0):
        for row in range(4):
            shown = {int(books[h]): float(s) for h, s in zip(history[row], shares[row]) if s}  # noqa: B905
            total = sum(abs(weight[book]) for book in shown)
            assert shown == pytest.approx({book: weight[book] / total for book in shown}, rel=1e-5)
    assert len(ratings)


def test_each_reader_stands_in_a_batch_once_and_the_seed_decides() -> None:
    of = shelves(batch_size=10_000)
    assert of.readers == len(of.histories)
    assert of.steps == DRAWS
    first, again = (list(of.epoch(0)) for _ in range(2))
    assert all(same_bits(a, b) for one, two in zip(first, again, strict=True)
               for a, b in zip(one, two, strict=True))  # fmt: skip
    other = list(of.epoch(1))
    assert not same_bits(first[0][4], other[0][4])


def test_what_is_missing_is_drawn_as_often_as_is_said() -> None:
    of, counts = shelves(batch_size=10_000), Counter[int]()
    epochs = 60
    for epoch in range(epochs):
        for books, *_, targets, _ in of.epoch(epoch):
            counts.update(books[targets].tolist())
    n = sum(counts.values())
    assert n == epochs * DRAWS * len(of.histories)
    chances = np.exp(of.log_chances.astype(np.float64))
    assert chances.sum() == pytest.approx(1, abs=1e-5)
    for book, chance in enumerate(chances.tolist()):
        spread = math.sqrt(n * chance * (1 - chance))
        assert abs(counts[book] - n * chance) <= 5 * spread + 1e-9


def test_the_chance_of_a_book_is_that_of_the_slow_twin() -> None:
    of = shelves()
    expected = np.zeros(of.histories.n_items)
    for row in range(len(of.histories)):
        items, stars = of.histories.row(row)
        likes = [1.0 if math.isnan(r) else max(1 + 0.6 * (r - 3.8), 0) for r in stars.tolist()]
        for item, like in zip(items.tolist(), likes, strict=True):
            expected[item] += like / sum(likes) / len(of.histories)
    assert np.exp(of.log_chances) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("id_dropout", [0.0, 0.25, 0.9])
def test_so_many_books_are_known_by_their_content_alone(id_dropout: float) -> None:
    kept = np.concatenate([batch[1] for batch in shelves(id_dropout=id_dropout).epoch(0)])
    assert set(np.unique(kept)) <= {0, 1}
    assert 1 - kept.mean() == pytest.approx(id_dropout, abs=0.06)


def test_readers_of_one_book_or_without_a_liked_one_are_not_learnt_from() -> None:
    rows = Histories.of_rows(
        [([0], [5]), ([0, 1], [1, 1]), ([0, 1], [5, 1]), ([], []), ([2, 1], [np.nan, 2])], 3
    )
    learnt, (shown, relevant) = divided(rows, WEIGHTS, 0.0, 0)
    assert [learnt.row(r)[0].tolist() for r in range(len(learnt))] == [[0, 1], [1, 2]]
    assert len(shown) == len(relevant) == 2


@pytest.mark.parametrize("share", [0.0, 0.1, 0.4])
def test_who_is_judged_is_not_learnt_from_and_is_asked_what_was_not_told(share: float) -> None:
    ratings, _ = world()
    everybody, _ = divided(ratings.histories, WEIGHTS, 0.0, 5)
    learnt, (shown, relevant) = divided(ratings.histories, WEIGHTS, share, 5)
    assert len(shown) == len(relevant)
    assert len(shown) == (int(share * len(everybody)) if share else len(everybody))
    if share:
        assert len(learnt) + len(shown) == len(everybody)
    for row in range(len(shown)):
        given, wanted = shown.row(row)[0], relevant.row(row)[0]
        assert len(given) >= 1
        assert len(wanted) >= 1
        assert not set(given.tolist()) & set(wanted.tolist())
    assert (WEIGHTS.of(relevant) > 0).all()


def test_the_order_of_the_rows_does_not_matter() -> None:
    ratings, _ = world()
    rows = ratings.histories
    backwards = Histories.of_rows(
        [tuple(part[::-1] for part in rows.row(user)) for user in range(len(rows))],  # type: ignore[misc]
        rows.n_items,
    )
    one, other = (divided(each, WEIGHTS, 0.2, 1) for each in (rows, backwards))
    assert same_bits(one[0].items, other[0].items)
    assert same_bits(one[1][0].items, other[1][0].items)
    assert same_bits(one[1][1].items, other[1][1].items)


def test_one_of_each_row_is_drawn_by_its_weight() -> None:
    rows = Histories.of_rows([([0, 1, 2, 3], [5] * 4), ([4], [5])], 5)
    weights = np.array([1, 3, 0, -2, 1], np.float32)
    draw = np.random.default_rng(0)
    found = np.stack([one_liked(rows, weights, draw) for _ in range(4000)])
    assert set(found[:, 1]) == {4}
    assert set(found[:, 0]) == {0, 1}
    assert np.mean(found[:, 0] == 1) == pytest.approx(0.75, abs=0.03)


def test_places_are_an_order_of_each_row_with_the_last_where_it_must_be() -> None:
    rows = Histories.of_rows([([0, 1, 2], [5] * 3), ([3, 4], [5] * 2)], 5)
    orders = set()
    for seed in range(30):
        places = drawn_places(rows, np.array([1, 4]), np.random.default_rng(seed))
        assert sorted(places[:3]) == [0, 1, 2]
        assert places[1] == 2
        assert places[3:].tolist() == [0, 1]
        orders.add(tuple(places[:3]))
    assert len(orders) == 2


class Scoring:
    """A ranker with one list of scores a row, by the first book that is told."""

    def __init__(self, table: npt.NDArray[np.float32]) -> None:
        self.table = table

    def score(self, shown: Histories) -> npt.NDArray[np.float32]:
        return self.table[[int(shown.row(r)[0][0]) for r in range(len(shown))]]


def test_loss_is_that_of_the_slow_twin() -> None:
    table = np.random.default_rng(0).normal(0, 3, (4, 4)).astype(np.float32)
    shown = Histories.of_rows([([0], [5]), ([3, 1], [4, 4])], 4)
    relevant = Histories.of_rows([([1, 2], [5, 5]), ([2], [4])], 4)
    losses = []
    for row in range(2):
        given, wanted = shown.row(row)[0].tolist(), relevant.row(row)[0].tolist()
        scores = {j: float(table[given[0], j]) for j in range(4) if j not in given}
        total = sum(math.exp(score) for score in scores.values())
        losses.append(sum(math.log(total) - scores[j] for j in wanted) / len(wanted))
    found = negative_log_likelihood(Scoring(table), shown, relevant)  # type: ignore[arg-type]
    assert found == pytest.approx(sum(losses) / 2, rel=1e-5)


def test_many_readers_are_judged_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ratings, _ = world()
    _, (shown, relevant) = divided(ratings.histories, WEIGHTS, 0.5, 0)
    scoring = Scoring(np.random.default_rng(0).normal(size=(50, 50)).astype(np.float32))
    whole = negative_log_likelihood(scoring, shown, relevant)  # type: ignore[arg-type]
    monkeypatch.setattr("readalike.neural.two_tower.AT_ONCE", 7)
    assert negative_log_likelihood(scoring, shown, relevant) == pytest.approx(whole, rel=1e-9)  # type: ignore[arg-type]


def test_without_readers_there_are_no_steps() -> None:
    ratings: Ratings
    ratings, catalogue = world()
    none, _ = divided(ratings.histories.take([]), WEIGHTS, 0.1, 0)
    of = HistoryBatches(
        none, WEIGHTS, book_content(catalogue, 0, 0), most=5, batch_size=16, id_dropout=0.2, seed=0
    )
    assert (of.readers, of.steps, list(of.epoch(0))) == (0, 0, [])
