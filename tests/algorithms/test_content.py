from __future__ import annotations

import numpy as np
import pytest

import reference
from algorithms.worlds import described, layers, ratings_of, world
from readalike.algorithms.content import Content
from readalike.bibliography.features import aspects_of
from readalike.data.catalogue import Catalogue
from readalike.errors import SettingError

ASPECTS = ("tags", "authors", "series", "titles", "languages", "years")
ALONE = dict.fromkeys(ASPECTS, 0.0)


def test_books_are_compared_by_their_tags_as_the_twin_compares_them() -> None:
    ratings, catalogue = world()
    assert catalogue.tags is not None
    features = reference.tf_idf(catalogue.tags.counts.toarray().astype(np.float64), 3, 0.1)
    expected = reference.cosines(features @ features.T)
    (found,) = layers(Content().fit(ratings, catalogue))
    assert (expected > 0.5).any()
    assert found == pytest.approx(expected, abs=1e-5)


def test_every_aspect_has_its_weight() -> None:
    ratings, catalogue = described()
    weights = {"tags": 0.9, "authors": 0.8, "series": 0.5, "titles": 0.3, "languages": 0.6}
    weights["years"] = 0.4
    model = Content.of({"neighbours": 50, "most_books": 0.4, **weights}).fit(ratings, catalogue)
    aspects = aspects_of(catalogue, 3, 0.4)
    assert set(aspects) == set(ASPECTS)
    gram = np.zeros((len(catalogue), len(catalogue)))
    for name, rows in aspects.items():
        dense = rows.toarray().astype(np.float64)
        gram += weights[name] ** 2 * dense @ dense.T
    (found,) = layers(model)
    assert found == pytest.approx(reference.cosines(gram), abs=1e-5)


@pytest.mark.parametrize("name", ASPECTS)
def test_one_aspect_is_enough(name: str) -> None:
    ratings, catalogue = described()
    alone = Content.of(ALONE | {name: 0.5, "most_books": 0.4, "neighbours": 50})
    rows = aspects_of(catalogue, 3, 0.4)[name].toarray().astype(np.float64)
    (found,) = layers(alone.fit(ratings, catalogue))
    assert found == pytest.approx(reference.cosines(rows @ rows.T), abs=1e-5)


def test_of_the_ratings_only_the_mean_is_used() -> None:
    ratings, catalogue = world()
    other = ratings_of([{0: 1.0}] * 3, len(catalogue))
    one, two = Content().fit(ratings, catalogue), Content().fit(other, catalogue)
    assert layers(one)[0].tolist() == layers(two)[0].tolist()
    assert one.weights != two.weights


def test_a_catalogue_that_knows_nothing_is_refused_with_what_to_do() -> None:
    ratings, catalogue = world()
    nothing = Catalogue.of(catalogue.books)
    with pytest.raises(SettingError, match="has none; train on a folder with a table of books"):
        Content().fit(ratings, nothing)
    with pytest.raises(SettingError, match="content needs tags, authors, series"):
        Content.of(ALONE).fit(ratings, catalogue)
