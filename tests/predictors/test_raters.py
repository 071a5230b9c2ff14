"""One contract that every rater of the table passes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from algorithms.worlds import ratings_of
from readalike.algorithms.settings import StarAlgorithm
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import SettingError
from readalike.models.interface import StarPredictor
from readalike.models.starfactors import DESCRIBED, RATED, UNKNOWN, StarFactors
from readalike.predictors import PREDICTORS, predictor_of
from strategies import same_bits
from threads import on_threads

SMALL: dict[str, dict[str, object]] = {
    "bayes": {"factors": 3, "embedding": 4, "subjects": 2, "sweeps": 30, "samples": 10},
    "mf": {"factors": 3, "regularization": 3.0},
}
"""Settings that suit a small table."""

N_USERS, N_ITEMS = 150, 40
everyone = pytest.mark.parametrize("name", PREDICTORS)
Fitted = Callable[[str], tuple[Ratings, Catalogue, StarFactors]]


def planted(seed: int = 0) -> Ratings:
    """Harsh and mild readers of two tastes, and good and bad books; a third of the pairs."""
    random = np.random.default_rng(seed)
    quality = random.normal(0, 0.6, N_ITEMS)
    mildness = random.normal(0, 0.6, N_USERS)
    rows = []
    for user in range(N_USERS):
        items = random.choice(N_ITEMS, 14, replace=False)
        taste = np.where(items % 2 == user % 2, 0.6, -0.6)
        stars = 3.3 + quality[items] + mildness[user] + taste + random.normal(0, 0.5, 14)
        rated = np.clip(np.round(stars), 1, 5)
        rated[random.random(14) < 0.05] = np.nan
        rows.append(dict(zip(items.tolist(), rated.tolist(), strict=True)))
    return ratings_of(rows, N_ITEMS + 2)


def small(name: str, **more: object) -> StarAlgorithm:
    return predictor_of(name, SMALL.get(name, {}) | more)


def catalogue_of(ratings: Ratings) -> Catalogue:
    """The last book is known by its author only, the last but one not at all."""
    n = len(ratings.items)
    authors = [f"Author {book % 9}" for book in range(n)]
    authors[ratings.items.ids.index("b40")] = ""
    return Catalogue.of(ratings.items, authors=tuple(authors))


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    """Fits a rater, once."""
    made: dict[str, tuple[Ratings, Catalogue, StarFactors]] = {}

    def fit(name: str) -> tuple[Ratings, Catalogue, StarFactors]:
        if name not in made:
            ratings = planted()
            catalogue = catalogue_of(ratings)
            made[name] = ratings, catalogue, small(name).fit(ratings, catalogue)
        return made[name]

    return fit


def held_out(ratings: Ratings) -> tuple[Ratings, Histories, Any, Any, Any]:
    """The last two ratings of each reader, and the others."""
    told = ratings.histories.first(12)
    rest = ratings.histories.places >= 12
    stars = ratings.histories.stars[rest]
    known = ~np.isnan(stars)
    rows, items = ratings.histories.rows[rest][known], ratings.histories.items[rest][known]
    training = Ratings(told, ratings.users, ratings.items, ratings.scale)
    return training, told, rows, items, stars[known]


def rmse(model: StarFactors, told: Histories, rows: Any, items: Any, stars: Any) -> float:
    return float(np.sqrt(np.mean((model.forecast(told, rows, items) - stars) ** 2)))


@everyone
def test_it_forecasts_better_than_the_mean(name: str) -> None:
    training, told, rows, items, stars = held_out(planted())
    model = small(name).fit(training, catalogue_of(training))
    constant = float(np.sqrt(np.mean((training.mean - stars) ** 2)))
    assert rmse(model, told, rows, items, stars) < 0.85 * constant


@pytest.mark.parametrize("name", ["mf", "bayes"])
def test_factors_find_the_taste_that_biases_cannot(name: str) -> None:
    training, *asked = held_out(planted())
    catalogue = catalogue_of(training)
    plain = rmse(small("baseline").fit(training, catalogue), *asked)
    assert rmse(small(name).fit(training, catalogue), *asked) < 0.93 * plain


@everyone
def test_its_intervals_hold_what_they_say(name: str) -> None:
    training, told, rows, items, stars = held_out(planted())
    model = small(name).fit(training, catalogue_of(training))
    found = model.distribution(told, rows, items)
    for level in (0.5, 0.8, 0.95):
        # of 280 ratings; the share's own deviation is 0.03 at most
        assert found.held(stars, level).mean() == pytest.approx(level, abs=0.1)


@everyone
def test_chances_are_numbers_that_add_up_to_1(name: str, fitted: Fitted) -> None:
    ratings, _, model = fitted(name)
    histories = ratings.histories.take(np.arange(5))
    n = len(ratings.items)
    found = model.distribution(histories, np.repeat(np.arange(5), n), np.tile(np.arange(n), 5))
    assert np.isfinite(found.probabilities).all()
    assert found.probabilities.sum(axis=1) == pytest.approx(1)
    assert (found.mean >= 1).all()
    assert (found.mean <= 5).all()
    assert isinstance(model, StarPredictor)


@everyone
def test_a_stored_reader_and_the_same_history_as_a_stranger_are_forecast_alike(
    name: str, fitted: Fitted
) -> None:
    ratings, _, model = fitted(name)
    items = np.arange(len(ratings.items))
    stored = ratings.histories.take([7])
    row = stored.row(0)
    order = np.random.default_rng(0).permutation(len(row[0]))
    turned = row[0][order].tolist(), row[1][order].tolist()
    stranger = Histories.of_rows([turned], len(ratings.items))
    one = model.forecast(stored, np.zeros(len(items), int), items)
    other = model.forecast(stranger, np.zeros(len(items), int), items)
    assert one == pytest.approx(other, abs=1e-4)


@everyone
def test_rows_in_another_order_give_the_same_bits(name: str, fitted: Fitted) -> None:
    ratings, catalogue, model = fitted(name)
    histories = ratings.histories
    turned = np.concatenate(
        [np.arange(b, a, -1) - 1 for a, b in itertools.pairwise(histories.indptr)]
    )
    other = Histories(
        histories.indptr, histories.items[turned], histories.stars[turned], histories.n_items
    )
    again = small(name).fit(Ratings(other, ratings.users, ratings.items, ratings.scale), catalogue)
    for key, array in model.arrays().items():
        assert same_bits(array, again.arrays()[key]), key


@everyone
def test_the_same_seed_gives_the_same_bits_on_one_thread_or_two(name: str, fitted: Fitted) -> None:
    ratings, catalogue, model = fitted(name)
    with on_threads(2):
        again = small(name).fit(ratings, catalogue)
    for key, array in model.arrays().items():
        assert same_bits(array, again.arrays()[key]), key


@everyone
def test_inputs_are_not_changed_and_progress_ends(name: str) -> None:
    ratings = planted(1)
    before = ratings.fingerprint()
    told: list[tuple[str, int, int]] = []
    small(name).fit(ratings, catalogue_of(ratings), lambda *step: told.append(step))
    assert ratings.fingerprint() == before
    assert told[-1][1] == told[-1][2]
    assert all(done <= total for _, done, total in told)


@everyone
def test_of_nobody_it_forecasts_the_book_or_what_is_expected_of_it(
    name: str, fitted: Fitted
) -> None:
    ratings, _, model = fitted(name)
    n = len(ratings.items)
    nobody = Histories.of_rows([([], [])], n)
    found = model.forecast(nobody, np.zeros(n, int), np.arange(n))
    histories = ratings.histories
    known = ~np.isnan(histories.stars)
    counts = np.bincount(histories.items[known], minlength=n)
    means = np.bincount(histories.items[known], histories.stars[known], n) / np.maximum(counts, 1)
    rated = counts >= 20
    assert np.corrcoef(found[rated], means[rated])[0, 1] > 0.97
    unknown = ratings.items.ids.index("b40")
    assert model.known[unknown] == UNKNOWN
    assert found[unknown] == pytest.approx(ratings.mean, abs=0.02)
    by_author = DESCRIBED if name == "bayes" else UNKNOWN
    assert model.known[ratings.items.ids.index("b41")] == by_author
    assert (model.known[rated] == RATED).all()


@everyone
@pytest.mark.parametrize("scale", [(0.5, 5.0, 0.5), (1.0, 10.0, 1.0), (0.0, 100.0, 0.0)])
def test_any_scale_is_forecast_on_its_own_levels(
    name: str, scale: tuple[float, float, float]
) -> None:
    five = planted(2)
    low, high, step = scale
    stars = low + (five.histories.stars - 1) / 4 * (high - low)
    stars = np.round(stars / step) * step if step else stars
    histories = Histories(
        five.histories.indptr,
        five.histories.items,
        stars.astype(np.float32),
        five.histories.n_items,
    )
    ratings = Ratings(histories, five.users, five.items, RatingScale(*scale))
    model = small(name).fit(ratings, catalogue_of(ratings))
    found = model.distribution(histories, np.zeros(5, int), np.arange(5))
    assert found.levels[0] == low
    assert found.levels[-1] == high
    assert len(found.levels) == (round((high - low) / step) + 1 if step else 21)
    assert np.abs(found.mean - ratings.mean).max() < (high - low) / 2


@everyone
@pytest.mark.parametrize(
    "rows",
    [[{0: 5.0}], [{0: 3.0, 1: 3.0}, {0: 3.0}], [{0: np.nan, 1: np.nan}], [{}]],
    ids=["one rating", "all the same", "read without stars", "nothing"],
)
def test_tables_of_next_to_nothing_are_forecast_too(
    name: str, rows: list[dict[int, float]]
) -> None:
    ratings = ratings_of(rows, 3)
    model = predictor_of(name).fit(ratings, Catalogue.of(ratings.items))
    n = len(ratings.users)
    found = model.distribution(ratings.histories, np.arange(n), np.full(n, 2))
    assert np.isfinite(found.mean).all()
    assert np.abs(found.mean - ratings.mean).max() < 1.5


@everyone
def test_settings_are_those_of_the_table(name: str) -> None:
    assert predictor_of(name).name == name
    with pytest.raises(SettingError, match="unknown setting 'nonsense'"):
        predictor_of(name, {"nonsense": 1})


def test_an_unknown_rater_is_refused() -> None:
    with pytest.raises(SettingError, match="unknown rater 'svd': must be one of bayes, mf"):
        predictor_of("svd")


def test_another_seed_draws_another_chain() -> None:
    ratings = planted(3)
    one, other = (
        small("bayes", seed=seed).fit(ratings, Catalogue.of(ratings.items)) for seed in (0, 1)
    )
    assert not np.array_equal(one.drawn, other.drawn)


@pytest.mark.parametrize("left", [1000, 900, 1])
def test_an_interrupted_chain_is_no_model(left: int) -> None:
    """A chain that ends early would be saved under a card that claims all sweeps."""
    ratings = planted(4)

    def stop(step: str, done: int, total: int) -> None:
        if step.startswith("drawing") and done == total - left:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small("bayes", sweeps=1000, samples=200).fit(ratings, Catalogue.of(ratings.items), stop)


def test_vocabularies_may_know_books_that_nobody_rated() -> None:
    ratings = planted(5)
    more = Vocabulary.of([*ratings.items.ids, "z9"])
    index = more.indices(ratings.items.ids)
    histories = Histories(
        ratings.histories.indptr,
        index[ratings.histories.items].astype(np.int32),
        ratings.histories.stars,
        len(more),
    )
    wider = Ratings(histories, ratings.users, more, ratings.scale)
    model = small("baseline").fit(wider, Catalogue.of(more))
    assert model.known[more.ids.index("z9")] == UNKNOWN
