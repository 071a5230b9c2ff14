from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.worlds import ratings_of, world
from readalike.data.histories import Histories
from readalike.neural.pair_networks import Pairs, Shuffled, Unread, held_out_negatives, with_unread
from strategies import histories, same_bits

N_ITEMS = 8


def rows_of(pairs: Pairs) -> list[tuple[int, int, float, float]]:
    columns = (pairs.users, pairs.items, pairs.targets, pairs.counted)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def numbered(n: int) -> Pairs:
    numbers = np.arange(n, dtype=np.int32)
    return Pairs(numbers, numbers + 100, numbers.astype(np.float32), np.ones(n, np.float32))


@given(histories(n_items=N_ITEMS))
def test_pairs_with_stars_are_those_that_are_learnt_from(rows: Histories) -> None:
    found = Pairs.of(rows, rows.stars)
    expected = sorted(
        (user, int(item), float(stars), 1.0)
        for user in range(len(rows))
        for item, stars in zip(*rows.row(user), strict=True)
        if not np.isnan(stars)
    )
    assert rows_of(found) == expected


def test_the_order_of_the_rows_does_not_matter() -> None:
    ratings, _ = world()
    rows = ratings.histories
    backwards = Histories.of_rows(
        [tuple(part[::-1] for part in rows.row(user)) for user in range(len(rows))],  # type: ignore[misc]
        rows.n_items,
    )
    assert rows_of(Pairs.of(backwards, backwards.stars)) == rows_of(Pairs.of(rows, rows.stars))


@pytest.mark.parametrize(("n", "size", "steps"), [(10, 4, 3), (8, 4, 2), (3, 100, 1), (0, 4, 0)])
def test_batches_are_of_one_size_and_hold_each_pair_once(n: int, size: int, steps: int) -> None:
    pairs = numbered(n)
    batches = list(pairs.batches(size))
    assert len(batches) == steps == Shuffled(pairs, size, 0).steps
    assert len({tuple(part.shape for part in batch) for batch in batches}) <= 1
    users = [batch[0][batch[3] > 0] for batch in batches]
    assert [int(user) for part in users for user in part] == list(range(n))
    assert sum(float(batch[3].sum()) for batch in batches) == n


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3])
def test_what_is_held_out_is_not_learnt_from(share: float) -> None:
    pairs = numbered(50)
    learnt, held_out = pairs.divided(share, 3)
    if share == 0:
        assert rows_of(learnt) == rows_of(held_out) == rows_of(pairs)
        return
    assert len(held_out) == int(share * 50)
    assert sorted(rows_of(learnt) + rows_of(held_out)) == rows_of(pairs)
    assert rows_of(pairs.divided(share, 3)[1]) == rows_of(held_out)
    assert rows_of(pairs.divided(share, 4)[1]) != rows_of(held_out)


def test_every_epoch_has_an_order_of_its_own_that_the_seed_decides() -> None:
    orders = [
        [int(user) for batch in Shuffled(numbered(30), 7, seed).epoch(epoch) for user in batch[0]]
        for seed, epoch in ((0, 0), (0, 1), (1, 0), (0, 0))
    ]
    assert orders[0] == orders[3]
    assert len({tuple(order) for order in orders}) == 3
    assert Counter(orders[0])[0] == 1 + 5, "the last batch is filled up with what counts 0"
    assert set(orders[1]) == set(range(30))


class InOrder:
    """In place of a generator: draws that come to 0, 1, 2 ... of so many."""

    def __init__(self, of: int) -> None:
        self.of = of

    def random(self, n: int) -> Any:
        return (np.arange(n) % self.of + 0.5) / self.of


@given(histories(n_items=N_ITEMS, min_rows=1))
def test_the_draws_of_a_reader_are_the_unread_books_one_by_one(rows: Histories) -> None:
    unread = Unread(rows)
    for user in range(len(rows)):
        expected = sorted(set(range(N_ITEMS)) - set(rows.row(user)[0].tolist()))
        n = max(len(expected), 1)
        users = np.full(n, user, np.int32)
        items, there = unread.drawn(users, InOrder(n))  # type: ignore[arg-type]
        if expected:
            assert items.tolist() == expected
        assert there.tolist() == [bool(expected)] * n
        assert ((items >= 0) & (items < N_ITEMS)).all()


def test_unread_books_are_equally_likely() -> None:
    rows = Histories.of_rows([([1, 4], [5, 5]), ([], [])], N_ITEMS)
    items, _ = Unread(rows).drawn(np.zeros(6000, np.int32), np.random.default_rng(0))
    counts = Counter(items.tolist())
    assert set(counts) == {0, 2, 3, 5, 6, 7}
    assert max(abs(count - 1000) for count in counts.values()) < 120


@given(histories(n_items=N_ITEMS, min_rows=1), st.integers(1, 3))
def test_negatives_are_books_that_their_reader_has_not_read(rows: Histories, n: int) -> None:
    pairs = Pairs.of(rows, np.ones(len(rows.items), np.float32))
    both = with_unread(pairs, Unread(rows), n, np.random.default_rng(0))
    assert len(both) == len(pairs) * (1 + n)
    read = {(user, item) for user, item, _, _ in rows_of(pairs)}
    for number, (user, item, target, counted) in enumerate(rows_of(both)):
        if number < len(pairs):
            assert (target, counted) == (1, 1)
            assert (user, item) in read
        else:
            assert target == 0
            everything = len(rows.row(user)[0]) == N_ITEMS
            assert counted == float(not everything)
            assert everything or (user, item) not in read


def test_an_epoch_has_negatives_of_its_own_and_validation_the_same_always() -> None:
    ratings = ratings_of([{0: 5, 1: 4, 2: 3}] * 10, 40)
    pairs = Pairs.of(ratings.histories, ratings.histories.stars)
    unread = Unread(ratings.histories)
    examples = Shuffled(pairs, 32, 0, unread, 2)
    assert examples.steps == 3
    drawn = [
        sorted(
            (int(user), int(item))
            for users, items, targets, counted in examples.epoch(epoch)
            for user, item in zip(
                users[(targets == 0) & (counted > 0)], items[(targets == 0) & (counted > 0)],
                strict=True,
            )
        )
        for epoch in (0, 1, 0)
    ]  # fmt: skip
    assert drawn[0] == drawn[2] != drawn[1]
    assert len(drawn[0]) == 2 * len(pairs)
    one, same = (held_out_negatives(pairs, unread, 2, 7) for _ in range(2))
    assert same_bits(one.items, same.items)
    assert not same_bits(one.items, held_out_negatives(pairs, unread, 2, 8).items)
