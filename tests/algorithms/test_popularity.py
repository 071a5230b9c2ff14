from __future__ import annotations

from dataclasses import replace

import numpy as np

from algorithms.worlds import ratings_of
from readalike.algorithms.popularity import Popularity
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings

NAN = np.nan


def table(world: list[float]) -> tuple[Ratings, Catalogue]:
    """Books read 1, 2, 3 and 0 times in the training rows."""
    ratings = ratings_of([{0: 5, 1: 1, 2: 3}, {1: 4, 2: NAN}, {2: 1}], 4)
    return ratings, replace(Catalogue.of(ratings.items), counts=np.array(world))


def test_the_worlds_readers_are_counted_where_the_catalogue_knows_them() -> None:
    model = Popularity().fit(*table([500, 20, 7, 9000]))
    assert model.scores.tolist() == [500, 20, 7, 9000]
    assert model.scores.dtype == np.float32
    assert "catalogue" in model.score_means


def test_the_training_rows_are_counted_where_it_is_wanted_or_nothing_else_is_known() -> None:
    wanted = Popularity(counts="training").fit(*table([500, 20, 7, 9000]))
    unknown = Popularity().fit(*table([NAN] * 4))
    assert wanted.scores.tolist() == unknown.scores.tolist() == [1, 2, 3, 0]
    assert "training" in wanted.score_means
    assert "training" in unknown.score_means


def test_missing_counts_are_training_counts_on_the_catalogues_level() -> None:
    """The catalogue counts 100 and 140 times as many: the middle is 120."""
    model = Popularity().fit(*table([100, 280, NAN, NAN]))
    assert model.scores.tolist() == [100, 280, 360, 0]


def test_a_book_that_nobody_trained_on_has_its_count_all_the_same() -> None:
    assert Popularity().fit(*table([NAN, NAN, NAN, 50])).scores.tolist() == [50, 100, 150, 50]
