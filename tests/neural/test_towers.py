from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from algorithms.worlds import ratings_of, world
from neural.small import subjects_world
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.models.steps import Outcome, run
from readalike.models.towers import NOTHING
from readalike.models.weights import StarWeights
from readalike.neural.book_vectors import book_content
from readalike.neural.plans import values_of
from readalike.neural.two_tower import HistoryBatches, Towers, divided, in_batch_softmax_loss

WEIGHTS = StarWeights(3.8, 0.6, -0.5)
D, HIDDEN, TEMPERATURE = 6, 5, 0.3


@pytest.fixture(scope="module")
def towers() -> Towers:
    _, catalogue, _ = subjects_world()
    found = Towers.of(book_content(catalogue, 6, 0), D, HIDDEN, TEMPERATURE, 1)
    draw = np.random.default_rng(2)
    for variable in found.variables:
        variable.assign(draw.normal(0, 0.5, variable.shape).astype(np.float32))
    return found


def test_the_model_gives_what_keras_gives(towers: Towers) -> None:
    n = len(towers.content.features)
    trained, bias = np.arange(n) % 5 != 0, np.linspace(-1, 1, n, dtype=np.float32)
    model = towers.fitted(trained, bias, WEIGHTS)
    entry, of_reader, of_book = towers.models
    kept = trained[:, None].astype(np.float32)
    books = np.arange(n, dtype=np.int32)
    z = np.array(entry([books, kept, towers.content.names, towers.content.features]))
    assert model.inputs == pytest.approx(z, rel=1e-5, abs=1e-5)
    answers = np.array(of_book(z))
    assert model.outputs == pytest.approx(answers / TEMPERATURE, rel=1e-4, abs=1e-5)
    assert np.linalg.norm(answers, axis=1) == pytest.approx(np.ones(n), rel=1e-5)
    histories = Histories.of_rows([([3, 8, 11], [5, 3, 1]), ([0], [4])], n)
    weights = WEIGHTS.of(histories)
    means = np.stack([
        (weights[:3, None] * z[[3, 8, 11]]).sum(axis=0) / abs(weights[:3]).sum(),
        weights[3] * z[0] / abs(weights[3]),
    ])  # fmt: skip
    readers = np.array(of_reader(means.astype(np.float32)))
    expected = readers @ answers.T / TEMPERATURE + bias
    assert model.score(histories) == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_a_book_that_nobody_has_read_is_what_its_content_says(towers: Towers) -> None:
    n = len(towers.content.features)
    nothing = np.zeros(n, np.float32)
    none, every = (
        towers.fitted(np.full(n, each), nothing, WEIGHTS).inputs for each in (False, True)
    )
    ids = values_of(towers.tables[0])[0]
    assert every - none == pytest.approx(ids, rel=1e-4, abs=1e-5)
    content = towers.content
    names, projection = (values_of(table)[0] for table in towers.tables[1:])
    for book in (0, 7):
        expected = sum(names[number] for number in content.names[book])
        expected = expected + content.features[book] @ projection
        assert none[book] == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_in_batch_loss_is_that_of_the_slow_twin() -> None:
    draw = np.random.default_rng(4)
    scores = draw.normal(0, 2, (5, 5)).astype(np.float32)
    log_chances = np.log(draw.uniform(0.01, 0.3, 5)).astype(np.float32)
    losses = []
    for a in range(5):
        shares = [math.exp(float(scores[a, b]) - float(log_chances[b])) for b in range(5)]
        losses.append(-math.log(shares[a] / sum(shares)))
    found = float(in_batch_softmax_loss(scores, log_chances))
    assert found == pytest.approx(sum(losses) / 5, rel=1e-5)


def test_the_slopes_of_a_batch_are_those_of_a_softmax_among_all_books() -> None:
    """-q_j + exp(s_j) / sum exp(s): without the correction often drawn books are held down."""
    import jax

    draw = np.random.default_rng(0)
    s = draw.normal(0, 1, 12).astype(np.float32)
    chances = draw.dirichlet(np.full(12, 2.0))
    books = draw.choice(12, 3000, p=chances)
    log_chances = np.log(chances[books]).astype(np.float32)

    def loss(s: Any, log_chances: Any) -> Any:
        row = s[books]
        return in_batch_softmax_loss(jax.numpy.tile(row, (len(books), 1)), log_chances)

    expected = np.exp(s) / np.exp(s).sum() - np.bincount(books, minlength=12) / len(books)
    corrected, plain = (
        np.array(jax.grad(loss)(s, chance)) for chance in (log_chances, 0 * log_chances)
    )
    assert corrected == pytest.approx(expected, abs=0.03)
    assert abs(plain - expected).max() > 0.06


def test_the_loss_is_that_of_a_batch_worked_out_by_the_served_model(towers: Towers) -> None:
    """Without dropout, a batch's loss is that of the model's scores of the same histories."""
    ratings, _, _ = subjects_world()
    learnt, _ = divided(ratings.histories, WEIGHTS, 0.0, 0)
    shelves = HistoryBatches(
        learnt, WEIGHTS, towers.content, most=4, batch_size=12, id_dropout=0.0, seed=0
    )
    batch = next(shelves.epoch(0))
    weights = [variable.value for variable in towers.variables]
    found = float(towers.loss(weights, *batch))
    n = len(towers.content.features)
    model = towers.fitted(np.ones(n, np.bool_), np.zeros(n, np.float32), WEIGHTS)
    books, _, _, _, history, shares, targets, log_chances = batch
    read = np.einsum("rmd,rm->rd", model.inputs[books][history], shares)
    readers = run(model.steps, Outcome(read), NOTHING).value
    missing = books[targets]
    scores = readers @ model.outputs[missing].T
    expected = float(in_batch_softmax_loss(scores.astype(np.float32), log_chances))
    assert found == pytest.approx(expected, rel=1e-4)


def test_random_weights_are_drawn_by_the_seed() -> None:
    _, catalogue = world()
    content = book_content(catalogue, 4, 0)
    one, same, other = (Towers.of(content, D, HIDDEN, 1.0, seed) for seed in (0, 0, 1))
    for a, b, c in zip(one.variables, same.variables, other.variables, strict=True):
        first, second, third = (np.array(each.value) for each in (a, b, c))
        assert first.tobytes() == second.tobytes()
        assert not first.any() or first.tobytes() != third.tobytes()


def test_of_no_books_there_is_a_model_too() -> None:
    catalogue = Catalogue.of(ratings_of([], 0).items)
    towers = Towers.of(book_content(catalogue, 4, 4), D, HIDDEN, 1.0, 0)
    model = towers.fitted(np.zeros(0, np.bool_), np.zeros(0, np.float32), WEIGHTS)
    assert model.score(Histories.of_rows([([], [])], 0)).shape == (1, 0)
