"""Which readers settings are judged on: held out of training, drawn by the seed alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from readalike.data.catalogue import Catalogue
from readalike.errors import InputError, SettingError
from readalike.evaluation import HeldOut, NewReaders
from readalike.evaluation.questions import Task
from readalike.tables.dataset import Dataset, read
from readalike.tuning import heldstars, validation
from readalike.tuning.heldstars import HeldOutStars
from readalike.tuning.validation import GIVEN, LISTS, Prepared, share_of
from tuning.searching import NDCG, RMSE, sample, shuffled

each = pytest.mark.parametrize("protocol", LISTS)


def task(protocol: str, dataset: Dataset, seed: int = 0) -> Task:
    asked = validation(protocol, dataset.ratings, seed)
    return asked.prepare(dataset.ratings, dataset.catalogue, dataset.rows)


@each
def test_nobody_who_is_asked_is_in_training(protocol: str) -> None:
    dataset = sample()
    made = task(protocol, dataset)
    held = {reader for asked in made.questions for reader in asked.readers}
    assert held
    assert not held & set(made.training.users.ids)
    assert len(made.training.users) == 120, "a fifth of 150 readers is held out"


@each
def test_the_seed_draws_the_readers(protocol: str) -> None:
    dataset = sample()
    prints = [task(protocol, dataset, seed).fingerprint() for seed in (0, 0, 1)]
    assert prints[0] == prints[1] != prints[2]


@each
def test_rows_in_another_order_ask_the_same(protocol: str) -> None:
    dataset, other = sample(), shuffled(sample())
    one = task(protocol, dataset)
    two = task(protocol, other)
    for asked, again in zip(one.questions, two.questions, strict=True):
        assert asked.readers == again.readers
        for mine, theirs in zip(
            (asked.histories, asked.relevant), (again.histories, again.relevant), strict=True
        ):
            ids = [dataset.ratings.items.ids[item] for item in mine.items]
            assert ids == [other.ratings.items.ids[item] for item in theirs.items]


def test_most_of_each_history_is_told_by_strong_generalisation() -> None:
    (asked,) = task("strong", sample()).questions
    share = asked.histories.lengths / (asked.histories.lengths + asked.relevant.lengths)
    assert asked.given is None
    assert np.all(asked.histories.lengths >= 1)
    assert 0.75 < share.mean() < 0.95


def test_few_books_are_told_of_new_readers_and_not_by_the_order_of_the_rows() -> None:
    dataset = sample()
    made = task("new-readers", dataset)
    assert [asked.given for asked in made.questions] == list(GIVEN)
    for asked in made.questions:
        assert set(asked.histories.lengths) == {asked.given}
    first = made.questions[0]
    whole = dataset.ratings
    in_order = [
        set(whole.histories.row(int(user))[0][:5]) == set(first.histories.row(row)[0])
        for row, user in enumerate(whole.users.indices(first.readers))
    ]
    assert np.mean(in_order) < 0.2


@pytest.mark.parametrize(("readers", "held"), [(5, 1), (100, 20), (10_000, 2000), (53_424, 2000)])
def test_a_fifth_is_held_out_but_at_most_2000(readers: int, held: int) -> None:
    assert readers * share_of(readers) == pytest.approx(held)


def test_new_readers_are_as_many_as_by_strong_generalisation() -> None:
    protocol = validation("new-readers", sample().ratings, 0)
    assert isinstance(protocol, NewReaders)
    assert len(protocol.readers.users) == 30


def test_new_readers_who_read_too_little_are_refused_with_the_other_protocol() -> None:
    ids = [f"r{reader}" for reader in range(10) for _ in range(20)]
    books = [f"b{book}" for _ in range(10) for book in range(20)]
    short = read({"user_id": ids, "book_id": books, "rating": [5] * 200}).ratings
    with pytest.raises(InputError, match="got at most 20 books; hold out by --protocol strong"):
        validation("new-readers", short, 0)
    assert validation("strong", short, 0).name == "strong"


@pytest.mark.parametrize("name", ["notebook-split", "", "weak"])
def test_an_unknown_protocol_is_refused_and_the_known_ones_named(name: str) -> None:
    with pytest.raises(
        SettingError, match="must be one of strong, new-readers, held-out, got"
    ) as told:
        validation(name, sample().ratings, 0)
    assert repr(name) in str(told.value)


@each
def test_a_prepared_protocol_asks_the_same_without_the_stars(protocol: str) -> None:
    dataset = sample()
    original = validation(protocol, dataset.ratings, 0)
    prepared = Prepared.of(original, dataset, NDCG)
    made = prepared.prepare(dataset.ratings, dataset.catalogue, dataset.rows)
    assert made is prepared.task
    whole = task(protocol, dataset)
    assert made.fingerprint() == replace(whole, star_questions=None).fingerprint()
    assert made.star_questions is None
    assert original.describe() in prepared.describe()
    assert prepared.prepare(dataset.ratings, Catalogue.of(dataset.ratings.items)) is made


def test_a_tenth_of_the_ratings_is_held_out_of_training_and_forecast() -> None:
    dataset = sample()
    made = task("held-out", dataset)
    assert made.star_questions is not None
    asked = made.star_questions
    pairs = {
        (asked.readers[row], dataset.ratings.items.ids[item])
        for row, item in zip(asked.rows, asked.items, strict=True)
    }
    learnt = {
        (made.training.users.ids[row], made.training.items.ids[item])
        for row, item in zip(
            made.training.histories.rows, made.training.histories.items, strict=True
        )
    }
    assert not pairs & learnt
    assert len(learnt) == len(dataset.ratings) - len(dataset.ratings) // 10
    assert task("held-out", dataset, 1).fingerprint() != made.fingerprint()
    other = task("held-out", shuffled(dataset)).star_questions
    assert other is not None
    assert other.readers == asked.readers
    assert np.array_equal(other.stars, asked.stars)


def test_forecasts_are_asked_without_the_lists() -> None:
    dataset = sample()
    original = validation("held-out", dataset.ratings, 0)
    prepared = Prepared.of(original, dataset, RMSE)
    made = prepared.prepare(dataset.ratings, dataset.catalogue, dataset.rows)
    assert made.fingerprint() == replace(task("held-out", dataset), questions=()).fingerprint()
    assert made.questions == ()
    assert prepared.describe() == f"Every trial is asked for the same stars. {original.describe()}"


@pytest.mark.parametrize(("ratings", "held"), [(50, 5), (1_000_000, 100_000), (5_976_479, 100_000)])
def test_a_tenth_is_forecast_but_at_most_100_000(ratings: int, held: int) -> None:
    assert ratings * heldstars.share_of(ratings) == pytest.approx(held)


def test_the_share_that_is_held_out_is_said() -> None:
    share = heldstars.share_of(5_976_479)
    assert "10% are drawn" in HeldOutStars(HeldOut(0.1)).describe()
    assert "1.67% are drawn" in HeldOutStars(HeldOut(share)).describe()


def test_where_nobody_gave_stars_no_forecast_can_be_judged() -> None:
    shelves = read(
        {
            "user_id": [f"r{reader}" for reader in range(10) for _ in range(10)],
            "book_id": [f"b{book}" for _ in range(10) for book in range(10)],
            "rating": [0] * 99 + [5],
        },
        empty_rating="read",
    )
    asked = validation("held-out", shelves.ratings, 0)
    with pytest.raises(InputError):
        Prepared.of(asked, shelves, RMSE)
    whole = replace(task("held-out", sample()), star_questions=None)
    with pytest.raises(InputError, match="a rating with stars must be among those held out"):
        RMSE.questions(whole)
