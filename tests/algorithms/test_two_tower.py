from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from algorithms.worlds import ratings_of
from neural.small import subjects_world
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.two_tower import TwoTower
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.models import Ranker
from readalike.models import TwoTowerModel as Fitted
from strategies import same_bits

TOWERS = TwoTower(
    factors=8, hidden=8, learning_rate=0.01, batch_size=64, epochs=20, patience=5, history=8,
    subjects=8,
    validation=0.1, id_dropout=0.3,
)  # fmt: skip
COLD = np.arange(56, 60)
"""Books that nobody has read, one of each subject."""


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    ratings, catalogue, _ = subjects_world()
    return TOWERS.fit(ratings, catalogue)


def share_of_own_subject(model: Ranker) -> float:
    """Of the best five unread books of each reader, those of the reader's subject."""
    ratings, _, taste = subjects_world()
    rows = ratings.histories
    scores = model.score(rows)
    scores[rows.rows, rows.items] = -np.inf
    return float(np.mean(np.argsort(-scores, axis=1)[:, :5] % 4 == taste[:, None]))


def test_readers_are_listed_unread_books_of_their_subject(fitted: Fitted) -> None:
    ratings, catalogue, _ = subjects_world()
    assert share_of_own_subject(fitted) > 0.9
    assert share_of_own_subject(Popularity().fit(ratings, catalogue)) < 0.4


def test_it_finds_them_without_being_told_of_the_books() -> None:
    ratings, catalogue, _ = subjects_world()
    alone = TOWERS.fit(ratings, replace(catalogue, tags=None))
    assert share_of_own_subject(alone) > 0.7


def test_a_book_that_nobody_has_read_goes_to_those_who_read_its_subject(fitted: Fitted) -> None:
    """Chance puts a reader's own of the four cold books first in a quarter of the cases."""
    ratings, _, taste = subjects_world()
    scores = fitted.score(ratings.histories)
    assert np.mean(np.argmax(scores[:, COLD], axis=1) == taste) > 0.9
    places = (scores[:, :56] > scores[np.arange(200), 56 + taste][:, None]).sum(axis=1)
    assert np.median(places) < 20, "among the first third of all books"


def test_without_tags_it_can_go_to_anybody() -> None:
    ratings, catalogue, taste = subjects_world()
    alone = TOWERS.fit(ratings, replace(catalogue, tags=None))
    scores = alone.score(ratings.histories)
    assert scores[:, COLD] == pytest.approx(np.tile(scores[:, [56]], (1, 4)), abs=1e-3)
    assert len(np.unique(taste)) == 4


def test_books_of_one_subject_are_alike(fitted: Fitted) -> None:
    for book in (0, 13, 58):
        scores = fitted.similar(book)
        others = [int(other) for other in np.argsort(-scores) if other != book][:5]
        assert {other % 4 for other in others} == {book % 4}


def test_dropping_ids_is_what_lets_the_content_stand_alone(fitted: Fitted) -> None:
    """Of a book known by id and content, the content alone is then near the whole."""
    ratings, catalogue, _ = subjects_world()
    whole = replace(TOWERS, id_dropout=0.0).fit(ratings, catalogue)
    taste = np.arange(200) % 4

    def of_cold(model: Fitted) -> float:
        scores = model.score(ratings.histories)
        own = scores[np.arange(200), 56 + taste]
        return float(np.mean((scores[:, :56] > own[:, None]).sum(axis=1)))

    assert of_cold(fitted) < of_cold(whole) + 1.0


def test_books_that_the_rows_hold_too_rarely_are_lifted() -> None:
    ratings, catalogue, _ = subjects_world()
    counts = ratings.item_counts.astype(np.float64) * 10 + 10
    counts[3] *= 50
    known = replace(catalogue, counts=counts)
    quick = replace(TOWERS, epochs=1)
    plain, lifted = (replace(quick, target_correction=g).fit(ratings, known) for g in (0.0, 0.5))
    assert not plain.bias.any()
    assert same_bits(plain.outputs, lifted.outputs)
    assert lifted.bias[3] > np.delete(lifted.bias, 3).max() + 1
    assert lifted.bias[3] - lifted.bias[7] == pytest.approx(0.5 * np.log(50), abs=0.5)


def test_the_same_seed_gives_the_same_bits_in_any_order_of_the_rows(fitted: Fitted) -> None:
    ratings, catalogue, _ = subjects_world()
    rows = [tuple(part[::-1] for part in ratings.histories.row(u)) for u in range(200)]
    turned = Histories.of_rows(rows, 60)  # type: ignore[arg-type]
    again = TOWERS.fit(Ratings(turned, ratings.users, ratings.items, ratings.scale), catalogue)
    for name, array in fitted.arrays().items():
        assert same_bits(array, again.arrays()[name])
    other = replace(TOWERS, seed=1).fit(ratings, catalogue)
    assert not same_bits(other.inputs, fitted.inputs)


def test_readers_of_one_book_leave_nothing_to_learn_and_are_answered_all_the_same() -> None:
    ratings = ratings_of([{0: 5.0}, {1: 4.0}], 4)
    model = TOWERS.fit(ratings, Catalogue.of(ratings.items))
    assert np.isfinite(model.score(ratings.histories)).all()
    assert same_bits(model.inputs[0], model.inputs[3]), "no id has been learnt"
