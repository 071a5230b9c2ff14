from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load, save

import reference
from readalike.data.histories import Histories
from readalike.errors import ModelError
from readalike.models.interface import KnowsUsers, Ranker, RatingPredictor
from readalike.models.itemfactors import ItemFactors, cosines
from readalike.models.weights import StarWeights
from shapes import stored_again
from strategies import histories, same_bits

N, K = 8, 3
NOTHING_KNOWN = 6
"""An item without factors."""
ALPHA, LAMBDA = 4.0, 0.5
WEIGHTS = (3.8, 0.8, -0.5)

F64 = npt.NDArray[np.float64]
seeds = st.integers(0, 20)


def model(seed: int = 0, alpha: float = ALPHA, regularization: float = LAMBDA) -> ItemFactors:
    factors = np.random.default_rng(seed).normal(size=(N, K)).astype(np.float32)
    factors[NOTHING_KNOWN] = 0
    return ItemFactors(factors, alpha, regularization, StarWeights(*WEIGHTS))


def one(items: list[int], stars: list[float]) -> Histories:
    return Histories.of_rows([(items, stars)], N)


def base_of(ranker: ItemFactors) -> F64:
    """F'F + lambda I, one product at a time."""
    base = np.zeros((K, K))
    for f in ranker.factors.astype(np.float64):
        for a in range(K):
            for b in range(K):
                base[a, b] += f[a] * f[b]
    for a in range(K):
        base[a, a] += ranker.regularization
    return base


def slow_shares(ranker: ItemFactors, items: list[int], stars: list[float]) -> list[list[float]]:
    """(1 + alpha) w_i f_j' A^-1 f_i, for each item j and each book i of the history."""
    factors = ranker.factors.astype(np.float64)
    vectors = [
        reference.implicit_reader(
            factors,
            items,
            [(1 + ranker.alpha) * reference.star_weight(r, *WEIGHTS) * (i == each) for i in items],
            base_of(ranker),
            ranker.alpha,
        )
        for each, r in zip(items, stars, strict=True)
    ]
    return [
        [sum(factors[j, a] * x[a] for a in range(K)) for x in vectors]
        for j in range(ranker.n_items)
    ]


@given(histories(n_items=N), seeds)
def test_scores_agree_with_the_slow_twin(table: Histories, seed: int) -> None:
    ranker = model(seed)
    scores = ranker.score(table)
    assert scores.dtype == np.float32
    assert scores.shape == (len(table), N)
    for row in range(len(table)):
        items, stars = table.row(row)
        expected = [sum(parts) for parts in slow_shares(ranker, items.tolist(), stars.tolist())]
        assert scores[row] == pytest.approx(np.array(expected), rel=1e-4, abs=1e-5)


@given(
    histories(n_items=N, min_rows=1),
    seeds,
    st.sampled_from([0.0, 1.0, 40.0]),
    st.sampled_from([0.01, 1.0, 30.0]),
)
def test_a_history_is_folded_in_where_its_loss_is_least(
    table: Histories, seed: int, alpha: float, regularization: float
) -> None:
    """sum over all items of c_i (w_i - f_i'x)^2 + lambda |x|^2, as plain least squares.

    c is 1 + alpha for a book that was read and 1 for any other, of which w is 0.
    """
    ranker = model(seed, alpha, regularization)
    factors = ranker.factors.astype(np.float64)
    scores = ranker.score(table)
    for row in range(len(table)):
        items, stars = table.row(row)
        given_stars = dict(zip(items.tolist(), stars.tolist(), strict=True))
        left, right = [], []
        for i in range(N):
            certainty = 1 + alpha if i in given_stars else 1.0
            wanted = reference.star_weight(given_stars[i], *WEIGHTS) if i in given_stars else 0.0
            left.append(math.sqrt(certainty) * factors[i])
            right.append(math.sqrt(certainty) * wanted)
        system = np.vstack([left, math.sqrt(regularization) * np.eye(K)])
        x = np.linalg.lstsq(system, np.array([*right, *([0.0] * K)]), rcond=None)[0]
        assert scores[row] == pytest.approx(factors @ x, rel=1e-4, abs=1e-5)


@given(histories(n_items=N, min_rows=1, max_rows=1), seeds)
def test_reasons_agree_with_the_slow_twin_and_add_up_to_the_score(
    table: Histories, seed: int
) -> None:
    ranker = model(seed)
    items = np.array([5, 0, NOTHING_KNOWN, 3])
    shares = ranker.explain(table, items)
    assert shares.base.tolist() == [0.0] * 4, "without a history there is nothing to say"
    assert shares.by_book.shape == (4, len(table.items))
    twin = slow_shares(ranker, table.items.tolist(), table.stars.tolist())
    expected = np.array([twin[j] for j in items]).reshape(shares.by_book.shape)
    assert shares.by_book == pytest.approx(expected, rel=1e-6, abs=1e-9)
    for place, item in enumerate(items):
        total = sum(shares.by_book[place].tolist())
        assert shares.total[place] == pytest.approx(total, rel=1e-12, abs=1e-15)
        assert shares.total[place] == pytest.approx(
            float(ranker.score(table)[0, item]), rel=1e-5, abs=1e-5
        )


@given(histories(n_items=N, min_rows=1), seeds)
def test_a_batch_is_its_rows(table: Histories, seed: int) -> None:
    ranker = model(seed)
    whole = ranker.score(table)
    for row in range(len(table)):
        alone = ranker.score(table.slice(row, row + 1))
        assert whole[row : row + 1] == pytest.approx(alone, rel=1e-5, abs=1e-6)


@given(st.permutations(range(5)), seeds)
def test_the_order_of_a_history_does_not_matter(order: list[int], seed: int) -> None:
    stars = [5.0, 1.0, np.nan, 4.0, 2.0]
    ranker, items = model(seed), np.arange(N)
    mixed = one(list(order), [stars[i] for i in order])
    in_order = ranker.explain(one(list(range(5)), stars), items)
    shares = ranker.explain(mixed, items)
    assert shares.by_book == pytest.approx(in_order.by_book[:, order], rel=1e-9, abs=1e-12)
    assert ranker.score(mixed) == pytest.approx(
        ranker.score(one(list(range(5)), stars)), rel=1e-5, abs=1e-6
    )


@pytest.mark.parametrize("stars", [1.0, 3.0, np.nan])
def test_the_stars_of_one_book_change_its_own_share_only(stars: float) -> None:
    ranker, items = model(), np.arange(N)
    before = ranker.explain(one([1, 4, 2], [4, 5, 5]), items).by_book
    after = ranker.explain(one([1, 4, 2], [4, stars, 5]), items).by_book
    assert after[:, [0, 2]] == pytest.approx(before[:, [0, 2]], rel=1e-12, abs=1e-15)
    ratio = reference.star_weight(stars, *WEIGHTS) / reference.star_weight(5, *WEIGHTS)
    assert after[:, 1] == pytest.approx(before[:, 1] * ratio, rel=1e-5)


def test_a_book_read_without_stars_counts_like_one_of_usual_stars() -> None:
    ranker = dataclasses.replace(model(), weights=StarWeights(4.0, 0.8, -0.5))
    assert same_bits(ranker.score(one([1, 4], [4, 4])), ranker.score(one([1, 4], [np.nan] * 2)))
    assert not same_bits(ranker.score(one([1, 4], [4, 4])), ranker.score(one([1, 4], [4, 5])))


def test_an_empty_history_scores_nothing_and_has_no_reasons() -> None:
    empty = one([], [])
    assert model().score(empty).tolist() == [[0.0] * N]
    shares = model().explain(empty, np.array([0, 5]))
    assert shares.by_book.shape == (2, 0)
    assert shares.total.tolist() == [0.0, 0.0]


def test_an_empty_history_between_others_is_left_at_nothing() -> None:
    rows = [([1, 2], [5.0, 4.0]), ([], []), ([3], [5.0])]
    scores = model().score(Histories.of_rows(rows, N))
    assert scores[1].tolist() == [0.0] * N
    assert scores[0].any()
    assert scores[2].any()


def test_no_histories_get_no_rows() -> None:
    assert model().score(Histories.of_rows([], N)).shape == (0, N)


def test_an_item_without_factors_gets_nothing_and_gives_nothing() -> None:
    ranker = model()
    known, more = one([1, 2], [5, 4]), one([1, 2, NOTHING_KNOWN], [5, 4, 5])
    assert ranker.score(known)[0, NOTHING_KNOWN] == 0
    assert ranker.score(more) == pytest.approx(ranker.score(known), rel=1e-6, abs=1e-7)
    assert not ranker.score(one([NOTHING_KNOWN], [5])).any()
    assert not ranker.explain(more, np.arange(N)).by_book[:, 2].any()
    assert ranker.similar(NOTHING_KNOWN).tolist() == [0.0] * N


def test_a_liked_book_speaks_for_itself_and_a_hated_one_against() -> None:
    ranker = model()
    for item in range(N):
        if item != NOTHING_KNOWN:
            assert ranker.score(one([item], [5]))[0, item] > 0
            assert ranker.score(one([item], [1]))[0, item] < 0


@given(seeds, st.integers(0, N - 1))
def test_likeness_is_the_cosine_of_the_vectors(seed: int, item: int) -> None:
    ranker = model(seed)
    found = ranker.similar(item)
    assert found.dtype == np.float32
    assert found.shape == (N,)
    vectors = ranker.factors.astype(np.float64).tolist()
    for j in range(N):
        product = sum(a * b for a, b in zip(vectors[item], vectors[j], strict=True))
        lengths = math.hypot(*vectors[item]) * math.hypot(*vectors[j])
        expected = product / lengths if lengths else 0.0
        assert found[j] == pytest.approx(expected, rel=1e-5, abs=1e-6)


@given(seeds, st.integers(0, N - 1), st.sampled_from([0.01, 1.0, 300.0]))
def test_likeness_is_mutual_and_greatest_with_oneself_whatever_the_length(
    seed: int, item: int, times: float
) -> None:
    vectors = model(seed).factors * np.float32(times)
    found = cosines(vectors, item)
    assert np.abs(found).max() <= 1 + 1e-6
    assert found[item] == (0 if item == NOTHING_KNOWN else pytest.approx(1, rel=1e-6))
    assert found == pytest.approx(cosines(model(seed).factors, item), rel=1e-5, abs=1e-6)
    for other in range(N):
        assert cosines(vectors, other)[item] == pytest.approx(found[other], rel=1e-5, abs=1e-6)


@given(seeds, st.floats(0, 100), st.floats(0.01, 100))
def test_it_comes_back_from_its_arrays_and_its_card(
    seed: int, alpha: float, regularization: float
) -> None:
    before = model(seed, alpha, regularization)
    assert before.arrays().keys() == {"factors"}
    after = stored_again(
        before, load(save(dict(before.arrays()))), json.loads(json.dumps(dict(before.settings())))
    )
    assert (after.alpha, after.regularization) == (alpha, regularization)
    assert after.weights == before.weights
    table = Histories.of_rows([([0, 2, 7], [1, 5, np.nan]), ([], [])], N)
    assert same_bits(before.score(table), after.score(table))
    items = np.arange(N)
    history = table.slice(0, 1)
    shares, again = before.explain(history, items), after.explain(history, items)
    assert same_bits(shares.by_book, again.by_book)


def test_each_setting_of_the_card_matters() -> None:
    table = one([0, 2, 7], [1, 5, 3])
    plain = model().score(table)
    for change in (
        {"alpha": 9.0},
        {"regularization": 3.0},
        {"weights": StarWeights(2.0, 0.8, -0.5)},
    ):
        assert not same_bits(dataclasses.replace(model(), **change).score(table), plain), change


def test_scoring_and_explaining_leave_the_model_as_it_was() -> None:
    ranker = model()
    ranker.factors.setflags(write=False)
    table = one([0, 2], [1, 5])
    first = ranker.score(table)
    ranker.score(table)[:] = -np.inf
    ranker.similar(1)[:] = -np.inf
    ranker.explain(table, np.arange(N)).by_book[:] = 0
    assert same_bits(ranker.score(table), first)
    assert same_bits(ranker.factors, model().factors)


def test_it_is_frozen() -> None:
    ranker = model()
    for field in ("factors", "alpha", "regularization", "weights"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(ranker, field, 1.0)
    assert (ranker.alpha, ranker.regularization) == (ALPHA, LAMBDA)


def test_it_ranks_and_forecasts_no_stars_and_knows_no_readers() -> None:
    assert isinstance(model(), Ranker)
    assert not isinstance(model(), RatingPredictor)
    assert not isinstance(model(), KnowsUsers)
    assert model().n_items == N


@pytest.mark.parametrize("name", ["alpha", "regularization", "weights"])
def test_what_is_missing_from_a_card_is_named(name: str) -> None:
    settings = {key: value for key, value in model().settings().items() if key != name}
    with pytest.raises(ModelError, match=f"{name}' must be"):
        stored_again(model(), settings=settings)


def test_what_is_out_of_reach_or_unheard_of_is_named() -> None:
    with pytest.raises(ModelError, match="array 'factors' must be"):
        stored_again(model(), arrays={})
    with pytest.raises(ModelError, match="setting 'centre' must be there"):
        stored_again(model(), settings={**model().settings(), "weights": {"tilt": 1.0}})
    with pytest.raises(IndexError, match="index 8 is out of bounds"):
        model().similar(N)
    with pytest.raises(IndexError, match="index 8 is out of bounds"):
        model().explain(one([0], [5]), np.array([N]))
    with pytest.raises(IndexError, match="index 60 is out of bounds"):
        model().score(Histories.of_rows([([60], [5])], 61))
