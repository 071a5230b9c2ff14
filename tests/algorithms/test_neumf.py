from __future__ import annotations

import numpy as np
import pytest

from algorithms.worlds import ratings_of
from neural.small import subjects_world
from readalike.algorithms.neumf import Neumf
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.models.network import NetworkModel
from strategies import same_bits

NEUMF = Neumf(
    factors=4, hidden=8, layers=1, learning_rate=0.02, batch_size=512, epochs=30, patience=5,
    validation=0.1, regularization=0.003,
)  # fmt: skip


@pytest.fixture(scope="module")
def fitted() -> NetworkModel:
    ratings, catalogue, _ = subjects_world()
    return NEUMF.fit(ratings, catalogue)


def share_of_own_subject(model: NetworkModel, known: bool) -> float:
    """Of the best five unread books of each reader, those of the reader's subject."""
    ratings, _, taste = subjects_world()
    rows = ratings.histories
    scores = model.score_users(np.arange(len(rows))) if known else model.score(rows)
    scores[rows.rows, rows.items] = -np.inf
    best = np.argsort(-scores, axis=1)[:, :5]
    return float(np.mean(best % 4 == taste[:, None]))


def test_readers_are_listed_unread_books_of_their_subject(fitted: NetworkModel) -> None:
    """A quarter would be chance, and popularity."""
    assert share_of_own_subject(fitted, known=True) > 0.8


def test_a_stranger_with_the_same_books_is_listed_them_too(fitted: NetworkModel) -> None:
    assert share_of_own_subject(fitted, known=False) > 0.8


def test_scores_are_log_odds_of_having_been_read(fitted: NetworkModel) -> None:
    """Four unread books were drawn for each: over such pairs the chances add up to the reads."""
    ratings, _, _ = subjects_world()
    chances = 1 / (1 + np.exp(-fitted.score_users(np.arange(200)).astype(np.float64)))
    read = ratings.histories.matrix().toarray() > 0
    reads = read.sum(axis=1)
    unread = (chances * ~read).sum(axis=1) / (~read).sum(axis=1)
    expected = (chances * read).sum() + 4 * (unread * reads).sum()
    assert expected == pytest.approx(reads.sum(), rel=0.25)
    assert chances[read].mean() > 2 * chances[~read].mean()


def test_books_that_nobody_has_read_come_last(fitted: NetworkModel) -> None:
    scores = fitted.score_users(np.arange(200))
    assert scores[:, 56:].mean() < scores[:, :56].mean()


def test_a_history_is_folded_in_by_what_read_books_score(fitted: NetworkModel) -> None:
    ratings, _, _ = subjects_world()
    assert fitted.reading is not None
    rows = ratings.histories
    scores = fitted.predict(rows.rows, rows.items)
    assert fitted.reading.score == pytest.approx(scores.mean(), abs=0.3)
    assert fitted.reading.weights.centre == ratings.mean


def test_a_hated_book_takes_from_its_subject(fitted: NetworkModel) -> None:
    before, after = fitted.score(
        Histories.of_rows([([0, 4, 8], [5, 5, 5]), ([0, 4, 8, 12], [5, 5, 5, 1])], 60)
    )
    same = np.arange(16, 56, 4)
    assert after[same].mean() < before[same].mean()


def test_the_same_seed_gives_the_same_bits_in_any_order_of_the_rows(fitted: NetworkModel) -> None:
    ratings, catalogue, _ = subjects_world()
    rows = [tuple(part[::-1] for part in ratings.histories.row(u)) for u in range(200)]
    turned = Histories.of_rows(rows, 60)  # type: ignore[arg-type]
    again = NEUMF.fit(Ratings(turned, ratings.users, ratings.items, ratings.scale), catalogue)
    for name, array in fitted.arrays().items():
        assert same_bits(array, again.arrays()[name])


def test_stars_make_no_difference_to_what_is_learnt() -> None:
    quick = Neumf(factors=2, hidden=4, layers=1, epochs=1, batch_size=64)
    loved, hated = (
        ratings_of([dict.fromkeys((0, 1, 2), stars), dict.fromkeys((2, 3), stars)] * 6, 6)
        for stars in (5.0, 1.0)
    )
    one, other = (quick.fit(each, Catalogue.of(each.items)) for each in (loved, hated))
    assert same_bits(one.user_vectors, other.user_vectors)
    assert one.reading != other.reading


def test_who_has_read_everything_has_nothing_to_be_told_apart_from() -> None:
    ratings = ratings_of([dict.fromkeys(range(3), 5.0)] * 4, 3)
    model = Neumf(epochs=2, hidden=4).fit(ratings, Catalogue.of(ratings.items))
    assert np.isfinite(model.score(ratings.histories)).all()
