from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.histories import Histories
from readalike.models.embedding import EmbeddingModel
from readalike.models.interface import KnowsUsers, Ranker, RatingPredictor
from shapes import stored_again
from strategies import histories, same_bits

N_ITEMS = 8


def model(biases: bool, fold_in: float = 0.5, seed: int = 0) -> EmbeddingModel:
    random = np.random.default_rng(seed)
    users, items = random.normal(size=(4, 3)), random.normal(size=(N_ITEMS, 3))
    return EmbeddingModel(
        users.astype(np.float32),
        items.astype(np.float32),
        random.normal(size=4).astype(np.float32) if biases else None,
        random.normal(size=N_ITEMS).astype(np.float32) if biases else None,
        mean=3.9 if biases else 0.0,
        fold_in=fold_in,
    )


@given(histories(n_items=N_ITEMS), st.booleans(), st.sampled_from([0.01, 1.0, 20.0]))
def test_folding_in_is_the_dense_ridge_solution(
    rows: Histories, biases: bool, fold_in: float
) -> None:
    """Ridge as least squares on rows [F; sqrt(lambda) I], the long way round."""
    fitted = model(biases, fold_in)
    scores = fitted.score(rows)
    assert scores.shape == (len(rows), N_ITEMS)
    assert scores.dtype == np.float32
    for row, got in enumerate(scores):
        items, stars = rows.row(row)
        items, stars = items[~np.isnan(stars)], stars[~np.isnan(stars)]
        features = fitted.item_factors.astype(np.float64)
        base = np.zeros(N_ITEMS)
        if fitted.item_bias is not None:
            features = np.column_stack([features, np.ones(N_ITEMS)])
            base = fitted.mean + fitted.item_bias.astype(np.float64)
        width = features.shape[1]
        system = np.vstack([features[items], np.sqrt(fold_in) * np.eye(width)])
        target = np.concatenate([stars - base[items], np.zeros(width)])
        vector = np.linalg.lstsq(system, target, rcond=None)[0]
        assert got == pytest.approx(base + features @ vector, rel=1e-5, abs=1e-5)


@given(histories(n_items=N_ITEMS, min_rows=1), st.booleans())
def test_shares_sum_to_the_score(rows: Histories, biases: bool) -> None:
    fitted = model(biases)
    items = np.array([5, 0, 7])
    for row in range(len(rows)):
        history = rows.slice(row, row + 1)
        shares = fitted.explain(history, items)
        assert shares.by_book.shape == (3, len(history.items))
        assert shares.total == pytest.approx(fitted.score(history)[0, items], rel=1e-6, abs=1e-6)
        assert not shares.by_book[:, np.isnan(history.stars)].any()


@given(histories(n_items=N_ITEMS, min_rows=1), st.booleans())
def test_a_batch_is_its_rows_to_the_bit(rows: Histories, biases: bool) -> None:
    fitted = model(biases)
    whole = fitted.score(rows)
    for row in range(len(rows)):
        assert same_bits(fitted.score(rows.slice(row, row + 1))[0], whole[row])


def test_a_history_is_folded_in_by_a_penalty_of_two_unless_told_otherwise() -> None:
    plain = EmbeddingModel(np.ones((1, 1), np.float32), np.full((1, 1), 3, np.float32))
    # x = 3 * 5 / (3 * 3 + 2), and 3 x is the score
    scores = plain.score(Histories.of_rows([([0], [5.0])], 1))
    assert scores[0] == pytest.approx([3 * 15 / 11])


@pytest.mark.parametrize("row", [([], []), ([2, 4], [np.nan, np.nan])])
@pytest.mark.parametrize("biases", [True, False])
def test_without_stars_the_forecast_is_the_books_own(
    row: tuple[list[int], list[float]], biases: bool
) -> None:
    fitted = model(biases)
    expected = np.zeros(N_ITEMS, np.float32)
    if fitted.item_bias is not None:
        expected = np.float32(fitted.mean) + fitted.item_bias
    assert fitted.score(Histories.of_rows([row], N_ITEMS))[0] == pytest.approx(expected)


@given(histories(n_items=N_ITEMS, min_rows=1), st.booleans())
def test_the_forecasts_of_pairs_are_the_scores(rows: Histories, biases: bool) -> None:
    fitted, asked = model(biases), np.array([6, 0, 3])
    readers = np.array([0, 0, len(rows) - 1])
    found = fitted.forecast(rows, readers, asked)
    assert found == pytest.approx(fitted.score(rows)[readers, asked], rel=1e-6, abs=1e-6)
    assert found.dtype == np.float32


@pytest.mark.parametrize("biases", [True, False])
def test_known_users_are_looked_up(biases: bool) -> None:
    fitted = model(biases)
    users = np.array([3, 0])
    scores = fitted.score_users(users)
    expected = fitted.user_factors[users] @ fitted.item_factors.T + fitted.mean
    if fitted.user_bias is not None and fitted.item_bias is not None:
        expected = expected + fitted.user_bias[users, None] + fitted.item_bias
    assert scores == pytest.approx(expected, rel=1e-5, abs=1e-5)
    pairs = fitted.predict(users, np.array([1, 6]))
    assert pairs == pytest.approx(scores[[0, 1], [1, 6]], rel=1e-6, abs=1e-6)
    assert scores.dtype == pairs.dtype == np.float32


@pytest.mark.parametrize("biases", [True, False])
def test_adopted_users_have_the_vector_of_their_history(biases: bool) -> None:
    fitted = model(biases)
    rows = Histories.of_rows([([0, 3], [5, 1]), ([2], [4])], N_ITEMS)
    again = fitted.adopting(np.array([3, 1]), rows)
    assert again.score_users(np.array([3, 1])) == pytest.approx(fitted.score(rows), rel=1e-5)
    assert same_bits(again.score_users(np.array([0, 2])), fitted.score_users(np.array([0, 2])))


def test_scores_leave_the_scale_so_that_the_best_books_are_not_tied() -> None:
    items = np.linspace(1, 3, N_ITEMS, dtype=np.float32)[:, None]
    fitted = EmbeddingModel(np.full((1, 1), 4, np.float32), items)
    scores = fitted.score_users(np.array([0]))[0]
    assert scores == pytest.approx(4 * items[:, 0]), "of a bare product the mean is 0"
    assert scores.max() > 5
    assert len(np.unique(scores)) == N_ITEMS


@pytest.mark.parametrize("biases", [True, False])
def test_it_comes_back_from_its_arrays(biases: bool) -> None:
    fitted = model(biases)
    again = stored_again(fitted)
    rows = Histories.of_rows([([1, 3], [5, 2])], N_ITEMS)
    assert same_bits(again.score(rows), fitted.score(rows))
    assert same_bits(again.score_users(np.arange(4)), fitted.score_users(np.arange(4)))
    assert isinstance(fitted, Ranker)
    assert isinstance(fitted, RatingPredictor)
    assert isinstance(fitted, KnowsUsers)
