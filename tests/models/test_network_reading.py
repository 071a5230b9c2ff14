"""Networks that forecast what is read: how a history without a target in stars is folded in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given

import reference
from readalike.data.histories import Histories
from readalike.models.network import NetworkModel, Reading
from readalike.models.steps import Step
from readalike.models.weights import StarWeights
from shapes import stored_again
from strategies import histories, same_bits

N_ITEMS, K = 8, 3
READING = Reading(1.5, StarWeights(3.8, 0.6, -0.5))


def weight(draw: np.random.Generator, *shape: int) -> npt.NDArray[np.float32]:
    return draw.normal(0, 0.7, shape).astype(np.float32)


def product(reading: Reading | None = READING) -> NetworkModel:
    """f(x, v) = x . v."""
    draw = np.random.default_rng(5)
    steps = (
        Step("reader", options={"columns": [0, K]}),
        Step("book", options={"columns": [0, K]}),
        Step("multiply", (0, 1)),
        Step("sum", (2,)),
    )
    return NetworkModel(
        user_vectors=weight(draw, 4, K),
        item_vectors=weight(draw, N_ITEMS, K),
        steps=steps,
        mean=weight(draw, K),
        spread=abs(weight(draw, K)) + np.float32(0.3),
        fold_in=0.5,
        reading=reading,
    )


@given(histories(n_items=N_ITEMS, min_rows=1, max_rows=2))
def test_folding_in_is_the_ridge_solution_of_the_targets_of_reading(rows: Histories) -> None:
    model = product()
    for number, vector in enumerate(model.folded(rows)):
        items, stars = rows.row(number)
        books = model.item_vectors[items].astype(np.float64)
        of_anybody = books @ model.mean.astype(np.float64)
        wanted = [
            base + reference.star_weight(r, 3.8, 0.6, -0.5) * max(1.5 - base, 0)
            for base, r in zip(of_anybody.tolist(), stars.tolist(), strict=True)
        ]
        z = np.linalg.lstsq(
            np.vstack([books * model.spread, np.sqrt(0.5) * np.eye(K)]),
            np.concatenate([np.array(wanted) - of_anybody, np.zeros(K)]),
            rcond=None,
        )[0]
        assert vector == pytest.approx(model.mean + model.spread * z, rel=1e-4, abs=1e-5)


@given(histories(n_items=N_ITEMS, min_rows=1))
def test_shares_sum_to_the_score(rows: Histories) -> None:
    model, items = product(), np.array([5, 0, 7])
    for number in range(len(rows)):
        history = rows.slice(number, number + 1)
        shares = model.explain(history, items)
        assert shares.by_book.shape == (3, len(history.items))
        assert shares.total == pytest.approx(model.score(history)[0, items], rel=1e-4, abs=1e-4)


def test_a_loved_book_is_scored_higher_than_by_anybody_and_a_hated_one_lower() -> None:
    model = product()
    nothing = model.score(Histories.of_rows([([], [])], N_ITEMS))[0]
    books = np.flatnonzero(nothing < 1.0)
    assert len(books) > 2
    for book in books.tolist():
        loved, read, hated = model.score(
            Histories.of_rows([([book], [5]), ([book], [np.nan]), ([book], [1])], N_ITEMS)
        )[:, book]
        assert loved > read > nothing[book] > hated


def test_a_book_without_stars_counts_as_one_of_the_usual_stars() -> None:
    model = product()
    usual, none = model.score(Histories.of_rows([([2, 5], [3.8, 3.8]), ([2, 5], [np.nan] * 2)], 8))
    assert usual == pytest.approx(none, rel=1e-5)


def test_who_has_read_nothing_is_the_mean_reader() -> None:
    model = product()
    assert model.folded(Histories.of_rows([([], [])], N_ITEMS))[0] == pytest.approx(model.mean)


def test_it_comes_back_from_its_arrays() -> None:
    model = product()
    again = stored_again(model)
    rows = Histories.of_rows([([1, 3], [5, 2]), ([], [])], N_ITEMS)
    assert again.reading == model.reading
    assert same_bits(again.score(rows), model.score(rows))


def test_a_model_that_was_kept_before_there_was_reading_is_folded_in_by_its_stars() -> None:
    model = product(None)
    assert "reading" not in model.settings()
    again = stored_again(model)
    assert again.reading is None
    rows = Histories.of_rows([([1, 3], [5, 2])], N_ITEMS)
    assert same_bits(again.score(rows), model.score(rows))
    assert not same_bits(replace(again, reading=READING).score(rows), model.score(rows))
