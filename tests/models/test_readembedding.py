from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.data.histories import Histories
from readalike.models.readembedding import ReadEmbedding
from strategies import histories

N, D = 8, 3


def embedding(seed: int = 0) -> ReadEmbedding:
    random = np.random.default_rng(seed)
    return ReadEmbedding(
        random.normal(size=(N, D)).astype(np.float32),
        4.0,
        2.0,
        random.normal(size=D).astype(np.float32),
        random.uniform(0.5, 2, D).astype(np.float32),
    )


def slow(made: ReadEmbedding, items: list[int]) -> np.ndarray:
    """argmin of the squared error over all items, read ones weighing 1 + alpha."""
    F = made.factors.astype(float)
    weights = np.array([1 + made.alpha * (j in items) for j in range(N)])
    wanted = np.array([float(j in items) for j in range(N)])
    system = (F.T * weights) @ F + made.regularization * np.eye(D)
    vector = np.linalg.solve(system, (F.T * weights) @ wanted)
    return np.asarray((vector - made.centre) / made.scale)


@settings(deadline=None)
@given(histories(n_items=N, min_rows=1))
def test_a_vector_is_the_weighted_least_squares_of_what_was_read(read: Histories) -> None:
    made = embedding()
    found = made.of(read)
    for row in range(len(read)):
        assert found[row] == pytest.approx(slow(made, read.row(row)[0].tolist()), abs=1e-4)


@settings(deadline=None)
@given(histories(n_items=N, min_rows=1), st.data())
def test_with_an_item_it_is_the_vector_of_the_longer_history(
    read: Histories, data: st.DataObject
) -> None:
    made = embedding(1)
    rows = np.sort(np.array(data.draw(st.lists(st.integers(0, len(read) - 1), max_size=5)), int))
    items = np.array([data.draw(st.integers(0, N - 1)) for _ in rows], int)
    found = made.with_items(read, rows, items)
    for at, (row, item) in enumerate(zip(rows, items, strict=True)):
        longer = [*read.row(row)[0].tolist(), int(item)]
        assert found[at] == pytest.approx(slow(made, longer), abs=1e-4)


@settings(deadline=None)
@given(st.lists(st.integers(0, N - 1), unique=True, max_size=N - 1))
def test_the_parts_add_up_to_the_vector(items: list[int]) -> None:
    made = embedding(2)
    others = np.setdiff1d(np.arange(N), items)
    parts = made.parts(np.array(items, int), others)
    assert parts.shape == (len(others), len(items) + 1, D)
    for at, other in enumerate(others.tolist()):
        assert parts[at].sum(axis=0) == pytest.approx(slow(made, [*items, other]), abs=1e-6)


def test_a_part_is_what_the_sum_of_the_books_gives_it() -> None:
    """The vector is (1 + alpha) A^-1 times the sum of the books' factors: each book has its own."""
    made = embedding(4)
    F = made.factors.astype(float)
    read = F[[1, 3, 6]]
    system = F.T @ F + made.alpha * read.T @ read + made.regularization * np.eye(D)
    expected = (1 + made.alpha) * np.linalg.solve(system, read.T).T - made.centre / 3
    found = made.parts(np.array([1, 3]), np.array([6]))
    assert found[0] == pytest.approx(expected / made.scale, abs=1e-6)


def test_of_a_predictor_that_looks_at_nothing_it_is_empty() -> None:
    nothing = ReadEmbedding.nothing(N)
    assert nothing.factors.shape == (N, 0)
    assert nothing.centre.shape == nothing.scale.shape == (0,)
    assert (nothing.alpha, nothing.regularization) == (0.0, 1.0)
    read = Histories.of_rows([([1, 2], [3.0, 4.0]), ([], [])], N)
    assert nothing.of(read).shape == (2, 0)
    assert nothing.with_items(read, np.array([0, 1]), np.array([5, 6])).shape == (2, 0)
    assert nothing.parts(np.array([1, 2]), np.array([5])).shape == (1, 3, 0)


@settings(deadline=None)
@given(st.lists(st.integers(0, N - 1), unique=True, max_size=N))
def test_one_history_with_each_item_is_as_many_histories(items: list[int]) -> None:
    made = embedding(3)
    found = made.with_each(np.array(items, int), np.arange(N))
    for item in range(N):
        assert found[item] == pytest.approx(slow(made, [*items, item]), abs=1e-6)
