from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

import reference
from readalike.data.histories import Histories
from readalike.errors import ModelError
from readalike.models.itemitem import ItemItem, Mixture
from readalike.models.weights import StarWeights
from shapes import stored_again
from strategies import histories, same_bits

N = 8
WEIGHTS = (3.8, 0.8, -0.5)
MIXTURE = ((0.2, 1.0, 0.3), (1.5, 0.1, 0.3), 20.0)


def layers(seed: int, count: int = 3) -> list[np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    random = np.random.default_rng(seed)
    dense = random.normal(size=(count, N, N)) * (random.random((count, N, N)) < 0.5)
    return list(dense.astype(np.float32).astype(np.float64))


def model(seed: int) -> ItemItem:
    return ItemItem(
        sp.csr_array(np.vstack(layers(seed)).astype(np.float32)),
        StarWeights(*WEIGHTS),
        Mixture(*MIXTURE),
    )


@given(histories(n_items=N), st.integers(0, 20))
def test_scores_agree_with_the_slow_twin(table: Histories, seed: int) -> None:
    scores = model(seed).score(table)
    assert scores.dtype == np.float32
    assert scores.shape == (len(table), N)
    for row in range(len(table)):
        items, stars = table.row(row)
        expected = reference.item_item_score(
            items.tolist(), stars.tolist(), layers(seed), WEIGHTS, MIXTURE
        )
        assert scores[row] == pytest.approx(expected, rel=1e-4, abs=1e-5)


@given(histories(n_items=N, min_rows=1, max_rows=1), st.integers(0, 20))
def test_reasons_add_up_to_the_score(table: Histories, seed: int) -> None:
    items = np.array([5, 0, 3])
    shares = model(seed).explain(table, items)
    assert shares.by_book.shape == (3, len(table.items))
    assert shares.total == pytest.approx(model(seed).score(table)[0, items], rel=1e-4, abs=1e-5)


@given(histories(n_items=N, min_rows=2), st.integers(0, 20))
def test_a_batch_is_its_rows(table: Histories, seed: int) -> None:
    whole = model(seed).score(table)
    for row in range(len(table)):
        assert same_bits(whole[row : row + 1], model(seed).score(table.slice(row, row + 1)))


def test_an_empty_history_scores_nothing() -> None:
    assert model(0).score(Histories.of_rows([([], [])], N)).tolist() == [[0.0] * N]


@pytest.mark.parametrize("item", [0, 5])
def test_what_is_like_a_book_is_what_it_gives_in_a_long_history(item: int) -> None:
    expected = sum(a * layer[item] for a, layer in zip(MIXTURE[1], layers(4), strict=True))
    assert model(4).similar(item) == pytest.approx(np.asarray(expected), abs=1e-6)


def test_one_layer_is_a_plain_sum_of_rows() -> None:
    assert Mixture() == Mixture((1.0,), (1.0,), 1.0)
    matrix = sp.csr_array(np.arange(9, dtype=np.float32).reshape(3, 3))
    scores = ItemItem.of_layers([matrix]).score(Histories.of_rows([([0, 2], [1, 5])], 3))
    assert scores.tolist() == [[6.0, 8.0, 10.0]]


def test_arrays_and_settings_make_the_model_again() -> None:
    before = model(3)
    after = stored_again(before)
    table = Histories.of_rows([([0, 2, 7], [1, 5, np.nan])], N)
    assert same_bits(before.score(table), after.score(table))


def test_a_matrix_must_have_each_book_in_each_layer() -> None:
    arrays = dict(model(3).arrays())
    arrays["indptr"] = arrays["indptr"][:-1]
    told = "array 'indptr' must be a row of each book for each of 3 layers, got 23 rows"
    with pytest.raises(ModelError, match=told):
        stored_again(model(3), arrays)


def test_layers_of_which_one_has_no_weight_are_refused() -> None:
    settings = {**model(3).settings(), "mixture": {"short": [1, 2], "long": [1], "half": 1}}
    with pytest.raises(ModelError, match="'short' and 'long' must be of one length, got 2 and 1"):
        stored_again(model(3), settings=settings)


def test_a_disliked_book_makes_no_history_longer() -> None:
    nothing = np.zeros((N, N))
    first, second = layers(1)[:2]
    parts = [sp.csr_array(layer) for layer in (np.abs(first), np.abs(second), nothing)]
    ranker = ItemItem.of_layers(parts, StarWeights(*WEIGHTS), Mixture(*MIXTURE))
    without = ranker.score(Histories.of_rows([([1, 2], [5, 4])], N))
    with_it = ranker.score(Histories.of_rows([([1, 2, 4], [5, 4, 1])], N))
    assert (with_it <= without).all()
    assert (with_it < without).any()


def test_the_neighbours_come_back_and_are_none_where_there_are_none() -> None:
    before = model(3)
    assert before.content_neighbours is None
    assert "content_neighbours_data" not in before.arrays()
    content_neighbours = sp.csr_array(([0.25, 0.75], ([2, 2], [0, 5])), (N, N))
    with_neighbours = ItemItem(before.matrix, before.weights, before.mixture, content_neighbours)
    after = stored_again(with_neighbours)
    assert after.content_neighbours is not None
    assert after.content_neighbours.toarray().tolist() == content_neighbours.toarray().tolist()
    table = Histories.of_rows([([0, 2, 7], [1, 5, np.nan])], N)
    assert same_bits(before.score(table), after.score(table))
    nobody = sp.csr_array((N, N), dtype=np.float64)
    assert (
        ItemItem.of_layers([before.matrix[:N]], content_neighbours=nobody).content_neighbours
        is None
    )


def test_a_book_that_is_placed_like_others_is_like_them() -> None:
    layer = sp.csr_array(np.array([[0, 0.5, 0.2], [0.5, 0, 0], [0, 0.4, 0.1]], np.float32))
    near = sp.csr_array(np.array([[0, 0, 0], [0, 0, 0], [1, 0, 0]], np.float64))
    model = ItemItem.of_layers([layer], content_neighbours=near)
    assert model.similar(2) == pytest.approx([0.2, 0.4, 0.1])
    assert model.similar(0) == pytest.approx([0, 0.5, 0.2])
