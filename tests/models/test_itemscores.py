from __future__ import annotations

import dataclasses
import json

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from readalike.data.histories import Histories
from readalike.errors import ModelError
from readalike.models.interface import KnowsUsers, Ranker, RatingPredictor
from readalike.models.itemscores import ItemScores
from shapes import stored_again
from strategies import histories, same_bits

N = 8
MEANS = "number of readers"

F32 = npt.NDArray[np.float32]

SCORES = st.floats(-1e6, 1e6, width=32) | st.just(-np.inf)
vectors = st.lists(SCORES, min_size=N, max_size=N).map(lambda each: np.array(each, np.float32))


def model() -> ItemScores:
    return ItemScores(np.array([3, 0, -1.5, 7, 7, 1e6, 0.1, -np.inf], np.float32), MEANS)


@given(histories(n_items=N), vectors)
def test_every_reader_gets_the_same_score_for_an_item(table: Histories, values: F32) -> None:
    scores = ItemScores(values, MEANS).score(table)
    assert scores.dtype == np.float32
    assert scores.shape == (len(table), N)
    for row in range(len(table)):
        for item in range(N):
            assert scores[row, item] == values[item]


@pytest.mark.parametrize("row", [([], []), ([2], [np.nan]), ([0, 3, 5], [1, 5, 3])])
def test_the_history_changes_nothing(row: tuple[list[int], list[float]]) -> None:
    assert same_bits(model().score(Histories.of_rows([row], N))[0], model().scores)


def test_no_histories_get_no_rows_and_no_items_no_columns() -> None:
    assert model().score(Histories.of_rows([], N)).shape == (0, N)
    nothing = ItemScores(np.empty(0, np.float32), MEANS)
    assert nothing.n_items == 0
    assert nothing.score(Histories.of_rows([([], [])] * 3, 0)).shape == (3, 0)


@pytest.mark.parametrize("rows", [1, 3])
def test_scores_may_be_written_over_without_harm_to_the_model(rows: int) -> None:
    """The recommender rules out what was read by writing -inf."""
    ranker = model()
    ranker.score(Histories.of_rows([([], [])] * rows, N))[:] = -np.inf
    assert same_bits(ranker.scores, model().scores)


@given(histories(n_items=N, min_rows=1, max_rows=1), vectors)
def test_a_score_is_all_the_items_own_and_exactly_so(table: Histories, values: F32) -> None:
    ranker = ItemScores(values, MEANS)
    items = np.array([6, 0, 7, 3])
    shares = ranker.explain(table, items)
    assert shares.base.dtype == shares.by_book.dtype == np.float64
    assert shares.by_book.shape == (4, len(table.items))
    assert not shares.by_book.any()
    assert shares.base.tolist() == [float(values[item]) for item in items]
    assert shares.total.tolist() == ranker.score(table)[0, items].tolist()


def test_nothing_to_explain_is_explained_by_nothing() -> None:
    shares = model().explain(Histories.of_rows([([1, 2], [5, 5])], N), np.empty(0, np.int64))
    assert shares.by_book.shape == (0, 2)
    assert shares.total.tolist() == []


@pytest.mark.parametrize("item", range(N))
def test_to_every_item_the_same_ones_are_nearest(item: int) -> None:
    assert same_bits(model().similar(item), model().scores)


def test_what_a_score_means_is_kept_with_the_model() -> None:
    assert model().score_means == MEANS
    assert isinstance(model(), Ranker)
    assert not isinstance(model(), RatingPredictor), "a count is no number of stars"
    assert not isinstance(model(), KnowsUsers)


@given(vectors, st.text(max_size=20))
def test_it_comes_back_from_its_arrays_and_its_card(values: F32, means: str) -> None:
    before = ItemScores(values, means)
    assert before.arrays().keys() == {"scores"}
    after = stored_again(
        before, load(save(dict(before.arrays()))), json.loads(json.dumps(dict(before.settings())))
    )
    assert same_bits(after.scores, before.scores)
    assert after.score_means == means


def test_an_array_that_cannot_be_written_to_will_do() -> None:
    scores = model().scores
    scores.setflags(write=False)
    ranker = stored_again(model(), {"scores": scores})
    table = Histories.of_rows([([1], [2])], N)
    assert ranker.score(table).flags.writeable
    assert ranker.explain(table, np.array([3])).total.tolist() == [7.0]


def test_it_is_frozen() -> None:
    ranker = model()
    for field in ("scores", "score_means"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(ranker, field, np.zeros(N, np.float32))
    assert same_bits(ranker.scores, model().scores)


def test_what_is_missing_or_out_of_reach_is_named() -> None:
    with pytest.raises(ModelError, match="array 'scores' must be"):
        stored_again(model(), arrays={})
    with pytest.raises(ModelError, match="setting 'score_means' must be"):
        stored_again(model(), settings={})
    with pytest.raises(IndexError, match="index 8 is out of bounds"):
        model().explain(Histories.of_rows([([], [])], N), np.array([N]))
