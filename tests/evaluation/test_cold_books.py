from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data_sets import (
    data_of,
    known_pairs,
    liked,
    pairs_of,
    raw_rows,
    right,
    starred,
    stars_of_queries,
)
from evaluation.rankers import popularity, ratings_of
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.errors import InputError, SettingError
from readalike.evaluation import ColdBooks, evaluate
from readalike.evaluation.questions import Task


def task_of(ratings: Ratings, protocol: ColdBooks) -> Task:
    return protocol.prepare(ratings, Catalogue.of(ratings.items))


def cold_books(ratings: Ratings, made: Task) -> set[str]:
    trained = made.training.item_counts > 0
    rated = ratings.item_counts > 0
    return {ratings.items.ids[item] for item in np.flatnonzero(rated & ~trained)}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.1, 0.3, 0.6]))
def test_nothing_of_a_drawn_book_is_learnt_or_told_and_all_of_it_is_asked(
    seed: int, share: float
) -> None:
    ratings, _ = raw_rows(seed, n_rows=1500).merged()
    every = pairs_of(ratings)
    made = task_of(ratings, ColdBooks(share, seed))
    cold = cold_books(ratings, made)
    assert len(cold) == int(np.count_nonzero(ratings.item_counts) * share + 1e-9)
    warm = {pair: stars for pair, stars in every.items() if pair[1] not in cold}
    assert pairs_of(made.training).keys() == warm.keys()
    queries = made.questions[0]
    mine = {pair for pair in warm if pair[0] in set(queries.readers)}
    assert known_pairs(made, queries).keys() == mine
    held_out = {pair: stars for pair, stars in every.items() if pair[1] in cold}
    assert right(made, queries) == liked(held_out)
    assert stars_of_queries(made) == starred(held_out)


def test_the_drawn_books_stay_in_the_catalogue_without_the_world_s_stars() -> None:
    ratings, _ = raw_rows(2).merged()
    n = len(ratings.items)
    world = np.arange(1.0, n + 1)
    known = Catalogue.of(
        ratings.items,
        titles=tuple(f"Title {i}" for i in range(n)),
        authors=("Ann",) * n,
        counts=world * 100,
        means=world / n,
        liked=world / n / 2,
    )
    made = ColdBooks(0.4).prepare(ratings, known)
    cold = np.isin(ratings.items.ids, list(cold_books(ratings, made)))
    assert cold.any()
    for name in ("counts", "means", "liked"):
        column, whole = getattr(made.catalogue, name), getattr(known, name)
        assert np.isnan(column[cold]).all()
        assert (column[~cold] == whole[~cold]).all()
    same = {name: getattr(known, name) for name in ("counts", "means", "liked")}
    assert replace(made.catalogue, **same).fingerprint() == known.fingerprint()


def test_a_book_that_nobody_rated_is_not_drawn() -> None:
    ratings = ratings_of([(f"r{i}", f"b{i % 4}", 5.0) for i in range(40)])
    more = ratings.items.ids + tuple(f"new{i}" for i in range(50))
    wide = Ratings.of_rows(
        ratings.histories.rows,
        ratings.histories.items,
        ratings.histories.stars,
        ratings.users,
        type(ratings.items)(more),
        ratings.scale,
    )
    made = task_of(wide, ColdBooks(0.5))
    assert len(cold_books(wide, made)) == 2
    assert made.questions[0].notes["books without a rating in training"] == 2


def test_another_seed_draws_other_books() -> None:
    ratings, _ = raw_rows(0).merged()
    one, other = (task_of(ratings, ColdBooks(0.3, seed)) for seed in (0, 1))
    assert cold_books(ratings, one) != cold_books(ratings, other)


def test_popularity_finds_none_of_them() -> None:
    """All books with a rating stand before those without."""
    data = data_of(raw_rows(3, n_rows=120))
    result = evaluate(data, {"p": popularity()}, ColdBooks(0.3), measures=["hit@1"]).result("p")
    assert len(result.readers) > 5
    assert result.values.sum() == 0


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, float("nan")])
def test_shares_that_cannot_be_are_refused(share: float) -> None:
    with pytest.raises(SettingError, match="book_share must be between 0 and 1"):
        ColdBooks(share)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(SettingError, match="seed must be a whole number"):
        ColdBooks(seed=-1)


def test_too_few_books_are_refused() -> None:
    few = ratings_of([("ann", "b1", 5), ("ann", "b2", 5), ("bob", "b1", 5)])
    with pytest.raises(InputError, match=r"a share of 0\.1 must leave books .* got 2 in all"):
        task_of(few, ColdBooks())


def test_what_is_done_says_how_many_books() -> None:
    text = ColdBooks(0.25, 7).describe()
    for words in ("25% are drawn", "seed 7", "Titles, authors, years and tags stay"):
        assert words in text
