from __future__ import annotations

import numpy as np
import pytest

import reference
from algorithms.worlds import F64, dense, ratings_of, world
from readalike.algorithms.als import Als
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories

ALPHA, LAMBDA, K = 8.0, 2.0, 4


def sides(iterations: int) -> tuple[F64, F64, F64]:
    """Who read what, and the readers' and books' vectors of the last iteration."""
    ratings, catalogue = world()
    start = Als(K, LAMBDA, ALPHA, iterations, seed=3).fit(ratings, catalogue)
    Q = start.factors.astype(np.float64)
    read = dense(ratings)
    base = Q.T @ Q + LAMBDA * np.eye(K)
    P = np.stack(
        [
            reference.implicit_reader(
                Q, np.flatnonzero(row).tolist(), [1 + ALPHA] * int(row.sum()), base, ALPHA
            )
            for row in read
        ]
    )
    after = Als(K, LAMBDA, ALPHA, iterations + 1, seed=3).fit(ratings, catalogue)
    return read, P, after.factors.astype(np.float64)


def test_a_side_solves_its_normal_equations() -> None:
    read, P, Q = sides(2)
    for i in range(read.shape[1]):
        c = 1 + ALPHA * read[:, i]
        left = (P.T * c) @ P + LAMBDA * np.eye(K)
        assert left @ Q[i] == pytest.approx((P.T * c) @ read[:, i], abs=2e-3)


def test_no_small_step_of_either_side_lowers_the_loss() -> None:
    read, P, Q = sides(2)
    best = reference.implicit_loss(read, P, Q, ALPHA, LAMBDA)
    before = Als(K, LAMBDA, ALPHA, 2, seed=3).fit(*world()).factors.astype(np.float64)
    best_before = reference.implicit_loss(read, P, before, ALPHA, LAMBDA)
    random = np.random.default_rng(0)
    for size in (0.03, 0.3):
        for _ in range(5):
            step = random.normal(size=Q.shape)
            step *= size / np.linalg.norm(step)
            assert reference.implicit_loss(read, P, Q + step, ALPHA, LAMBDA) > best
            step = random.normal(size=P.shape)
            step *= size / np.linalg.norm(step)
            assert reference.implicit_loss(read, P + step, before, ALPHA, LAMBDA) > best_before


def test_each_iteration_lowers_the_loss() -> None:
    losses = [reference.implicit_loss(*sides(n), ALPHA, LAMBDA) for n in (1, 2, 4)]
    assert losses[0] > losses[1] > losses[2]


def test_a_readers_vector_is_what_the_model_folds_in() -> None:
    ratings, catalogue = world()
    model = Als(K, LAMBDA, ALPHA, 2, star_slope=0.0, seed=3).fit(ratings, catalogue)
    _, P, _ = sides(2)
    scores = model.score(ratings.histories)
    assert scores == pytest.approx(P @ model.factors.T.astype(np.float64), abs=1e-4)


def test_it_beats_chance_at_finding_books_of_the_readers_taste() -> None:
    """Readers of even books and of odd ones; a tenth of what each read is held out."""
    random = np.random.default_rng(0)
    rows, held_out = [], []
    for user in range(120):
        items = random.choice(np.arange(user % 2, 60, 2), 12, False).tolist()
        rows.append(dict.fromkeys(items[2:], 5.0))
        held_out.append(items[:2])
    ratings = ratings_of(rows, 60)
    model = Als(factors=6, regularization=5.0).fit(ratings, Catalogue.of(ratings.items))
    scores = model.score(ratings.histories).astype(np.float64)
    scores[ratings.histories.rows, ratings.histories.items] = -np.inf

    def found(of: F64) -> float:
        lists = np.argsort(-of, axis=1)[:, :20]
        return float(np.mean([np.isin(held_out[u], lists[u]).mean() for u in range(120)]))

    assert found(scores) > 0.9, "the twenty unread books of a reader's own kind"
    assert found(random.random(scores.shape)) < 0.6


def test_more_factors_than_books_and_hardly_any_penalty_still_give_numbers() -> None:
    ratings = ratings_of([dict.fromkeys(range(5), 5.0)] * 40, 5)
    als = Als(factors=30, regularization=1e-6, alpha=1000.0)
    model = als.fit(ratings, Catalogue.of(ratings.items))
    assert np.isfinite(model.factors).all()
    scores = model.score(Histories.of_rows([([0, 1], [5, 5])], 5))
    assert np.isfinite(scores).all()
    assert scores[0] == pytest.approx(np.ones(5), abs=0.2), "who reads one reads all"
