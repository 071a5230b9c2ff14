from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import reference
from algorithms.worlds import layers, ratings_of, world
from readalike.algorithms.content import Content
from readalike.errors import SettingError


def test_books_are_compared_by_their_tags_as_the_twin_compares_them() -> None:
    ratings, catalogue = world()
    assert catalogue.tags is not None
    features = reference.tf_idf(catalogue.tags.counts.toarray().astype(np.float64), 3, 0.1)
    expected = reference.cosines(features @ features.T)
    (found,) = layers(Content().fit(ratings, catalogue))
    assert (expected > 0.5).any()
    assert found == pytest.approx(expected, abs=1e-5)


def test_of_the_ratings_only_the_mean_is_used() -> None:
    ratings, catalogue = world()
    other = ratings_of([{0: 1.0}] * 3, len(catalogue))
    one, two = Content().fit(ratings, catalogue), Content().fit(other, catalogue)
    assert layers(one)[0].tolist() == layers(two)[0].tolist()
    assert one.weights != two.weights


def test_a_catalogue_without_tags_is_refused_with_what_to_do() -> None:
    ratings, catalogue = world()
    with pytest.raises(SettingError, match="has none; train on a folder with tags and book_tags"):
        Content().fit(ratings, replace(catalogue, tags=None))
