"""A list that rests on none of the reader's books says so, whatever the algorithm."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from checkerboard import SIZE, checkerboard
from neural.small import SMALL as NEURAL
from readalike.algorithms import ALGORITHMS, algorithm_of
from readalike.algorithms.popularity import Popularity
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.models.interface import KnowsUsers
from readalike.recommend.recommender import Recommender

NEW = "new"
"""A book that nobody has read and of which nothing is known."""
SMALL: dict[str, dict[str, object]] = {
    "notebook": {"epochs": 20},
    "als": {"factors": 4},
    "content": {"most_books": 0.6},
    **NEURAL,
}
everyone = pytest.mark.parametrize("name", ALGORITHMS)
Made = Callable[[str], Recommender]


def with_a_new_book(ratings: Ratings, catalogue: Catalogue) -> tuple[Ratings, Catalogue]:
    """The same table with one book more, which no row speaks of."""
    histories = ratings.histories
    ids = Vocabulary((*ratings.items.ids, NEW))
    rows = RatingRows(
        users=histories.rows.astype(np.int32),
        items=histories.items,
        stars=histories.stars,
        user_ids=ratings.users,
        item_ids=ids,
        scale=ratings.scale,
    )
    return rows.merged()[0], catalogue.reindexed(ids)


@pytest.fixture(scope="module")
def made() -> Made:
    """A recommender of each algorithm, learnt once."""
    found: dict[str, Recommender] = {}

    def make(name: str) -> Recommender:
        if name not in found:
            ratings, catalogue = with_a_new_book(*checkerboard())
            model = algorithm_of(name, SMALL.get(name, {})).fit(ratings, catalogue)
            found[name] = Recommender(
                model=model,
                catalogue=catalogue,
                scale=RatingScale(1, 5, 1),
                popularity=Popularity().fit(ratings, catalogue),
                readers=ratings,
            )
        return found[name]

    return make


def ids(recommender: Recommender, history: object) -> list[str]:
    return [item.book.book_id for item in recommender.recommend(history, n=5)]  # type: ignore[arg-type]


@everyone
def test_a_list_of_liked_books_is_personal(made: Made, name: str) -> None:
    recommender = made(name)
    liked = dict.fromkeys(recommender.catalogue.books.ids[0:8:2], 5)
    answer = recommender.recommend(liked, n=5)
    if name == "popularity":
        assert answer.source == "popular"
        assert "one order for everybody" in answer.note
    else:
        assert answer.source == "personal"
        assert "nothing that was read" not in answer.note


@everyone
def test_nothing_and_unknown_books_give_the_popular_ones(made: Made, name: str) -> None:
    recommender = made(name)
    for history, why in (({}, "nothing is known of this reader"), ({"?": 5}, "in the catalogue")):
        answer = recommender.recommend(history, n=5)
        assert answer.source == "popular"
        assert why in answer.note


@everyone
def test_a_new_book_alone_gives_the_popular_ones_and_says_so(made: Made, name: str) -> None:
    recommender = made(name)
    answer = recommender.recommend({NEW: None}, n=5)
    moved = recommender.model.score(recommender._resolved({NEW: None}, None).row)
    if np.array_equal(moved[0], recommender._nobodys):
        assert answer.source == "popular"
        assert answer.note
        if name != "popularity":
            assert [item.book.book_id for item in answer] == [
                book for book in ids(recommender, {}) if book != NEW
            ][:5]
    else:
        assert answer.source == "personal"


@pytest.mark.parametrize("name", ["blend", "cosine", "ease", "als", "notebook", "popularity"])
def test_these_know_nothing_of_a_new_book(made: Made, name: str) -> None:
    answer = made(name).recommend({NEW: None}, n=5)
    assert answer.source == "popular"
    assert all(not item.reasons for item in answer)


@pytest.mark.parametrize("reasons", [0, 2, None])
def test_without_reasons_it_is_known_too(made: Made, reasons: int | None) -> None:
    assert made("cosine").recommend({NEW: 5}, n=5, reasons=reasons).source == "popular"
    first = made("cosine").catalogue.books.ids[0]
    assert made("cosine").recommend({first: 5}, n=3, reasons=reasons).source == "personal"


def test_books_that_fill_a_list_are_counted(made: Made) -> None:
    recommender = made("cosine")
    answer = recommender.recommend({recommender.catalogue.books.ids[0]: 5}, n=SIZE)
    without = sum(not item.reasons for item in answer)
    assert 0 < without < len(answer)
    assert answer.source == "personal"
    assert re.search(rf"{without} of these {len(answer)} rests? on nothing that was", answer.note)


def test_hated_books_alone_speak_for_nothing(made: Made) -> None:
    recommender = made("cosine")
    hated = dict.fromkeys(recommender.catalogue.books.ids[0:4:2], 1)
    answer = recommender.recommend(hated, n=5)
    assert answer.source == "popular"
    assert answer.note


def test_explain_says_that_nothing_speaks_for_a_book(made: Made) -> None:
    recommender = made("cosine")
    first = recommender.catalogue.books.ids[0]
    assert "nothing that was read speaks for it" in recommender.explain(NEW, {first: 5}).why
    other = recommender.recommend({first: 5}, n=1)[0].book.book_id
    assert "nothing" not in recommender.explain(other, {first: 5}).why


@pytest.mark.parametrize("name", ["blend", "cosine", "ease", "als", "content"])
def test_nothing_is_like_a_book_that_nothing_is_known_of(made: Made, name: str) -> None:
    answer = made(name).similar(NEW, 5)
    assert len(answer) == 0
    assert "nothing is known of the readers of this book" in answer.note


@everyone
def test_what_is_like_a_book_has_a_score(made: Made, name: str) -> None:
    recommender = made(name)
    answer = recommender.similar(recommender.catalogue.books.ids[0], SIZE)
    if answer.source == "similar":
        assert all(item.score > 0 for item in answer)
        assert len(answer) == SIZE or "to be like it" in answer.note


@everyone
def test_a_batch_says_what_single_lists_say(made: Made, name: str) -> None:
    recommender = made(name)
    readers = recommender.readers
    assert readers is not None
    many = recommender.recommend_many(n=5)
    for row in (0, 7):
        one = recommender.recommend(reader=readers.users.ids[row], n=5)
        assert [recommender.catalogue.books.ids[i] for i in many.items[row]] == [
            item.book.book_id for item in one
        ]
        assert many.personal[row].any() == (one.source == "personal")
    assert many.columns()["source"].tolist() == [
        "personal" if each else "popular" for each in many.personal[many.items >= 0]
    ]
    assert isinstance(recommender.model, KnowsUsers) or many.unfounded == int(
        (~many.personal.any(axis=1)).sum()
    )


def test_a_group_says_whose_books_say_nothing(made: Made) -> None:
    recommender = made("cosine")
    first = recommender.catalogue.books.ids[0]
    answer = recommender.recommend_group({"me": {first: 5}, "you": {NEW: 5}}, n=3)
    assert "of what you read nothing speaks for these books" in answer.note
    assert recommender.recommend_group({"me": {first: 5}, "us": {first: 4}}, n=3).note == ""
