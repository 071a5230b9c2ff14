"""Where one book stands for a reader, why, and what if."""

from __future__ import annotations

import json
from dataclasses import replace
from inspect import signature

import numpy as np
import pytest
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import SettingError, UnknownBook
from readalike.models import EmbeddingModel, ItemItem, ItemScores
from readalike.recommend.dials import Dials
from readalike.recommend.recommender import Recommender
from readalike.recommend.rules import Rules

SIZE = 40


def world(seed: int = 0) -> Recommender:
    """Books by eight authors, every one with a link to a third of the others."""
    draw = np.random.default_rng(seed)
    links = draw.random((SIZE, SIZE)) * (draw.random((SIZE, SIZE)) < 0.3)
    np.fill_diagonal(links, 0)
    catalogue = Catalogue.of(
        Vocabulary.of(f"b{n:02}" for n in range(SIZE)),
        titles=tuple(f"Title {n}" for n in range(SIZE)),
        authors=tuple(f"Author {n % 8}" for n in range(SIZE)),
        languages=tuple("fre" if n == 39 else "eng" for n in range(SIZE)),
    )
    return Recommender(
        model=ItemItem.of_layers([sp.csr_array(links.astype(np.float32))]),
        catalogue=catalogue,
        scale=RatingScale(1, 5, 1),
        popularity=ItemScores(draw.permutation(SIZE).astype(np.float32), "readers"),
    )


TOLD = {"b01": 5, "b02": 4, "b03": None, "b04": 2}


def test_the_rank_is_the_place_in_the_whole_list() -> None:
    recommender = world()
    whole = [item.book.book_id for item in recommender.recommend(TOLD, SIZE)]
    for place, book in enumerate(whole, start=1):
        found = recommender.explain(book, TOLD, n=10)
        assert (found.rank, found.among) == (place, len(whole))
        assert found.place == (place if place <= 10 else None)
        assert found.left_out == ""


def test_a_list_has_ten_books_unless_told_otherwise() -> None:
    recommender = world()
    eleven = [item.book.book_id for item in recommender.recommend(TOLD, 11)]
    assert [item.book.book_id for item in recommender.recommend(TOLD)] == eleven[:10]
    places = [recommender.explain(book, TOLD).place for book in eleven]
    assert places == [*range(1, 11), None]
    assert len(recommender.similar("b01")) == len(recommender.search("Title")) == 10
    assert len(recommender.recommend_group({"ann": TOLD, "ben": ["b05"]}).items) == 10
    row = Histories.of_rows([([1, 2], [5, 4])], SIZE)
    readers = Ratings(row, Vocabulary.of(["ann"]), recommender.catalogue.books, recommender.scale)
    assert replace(recommender, readers=readers).recommend_many().items.shape == (1, 10)
    told = signature(Recommender.avoid).parameters
    assert (told["n"].default, told["among"].default) == (10, 500)
    assert recommender.seed == 0


def test_the_shares_are_those_of_the_list() -> None:
    recommender = world()
    first = recommender.recommend(TOLD, 1).items[0]
    found = recommender.explain(first.book.book_id, TOLD)
    assert found.reasons == first.reasons
    assert (found.score, found.base) == (first.score, first.base)
    assert [r.stars for r in found.reasons] == [TOLD[r.book.book_id] for r in found.reasons]


def test_what_if_is_what_the_shorter_history_would_be_answered() -> None:
    recommender = world()
    for item in recommender.recommend(TOLD, 12):
        found = recommender.explain(item.book.book_id, TOLD)
        helped = [r.book.book_id for r in item.reasons if r.amount > 0][:3]
        assert [each.book.book_id for each in found.without] == helped
        for each in found.without:
            removed = each.book.book_id
            shorter = {book: stars for book, stars in TOLD.items() if book != removed}
            whole = recommender.recommend(shorter, SIZE, exclude=[removed])
            listed = [other.book.book_id for other in whole]
            assert each.rank == listed.index(item.book.book_id) + 1


def test_of_many_that_helped_it_is_said_of_the_three_that_helped_most() -> None:
    recommender, told = world(), [f"b{n:02}" for n in range(20)]
    found = recommender.explain("b30", told)
    helped = [reason.book for reason in found.reasons if reason.amount > 0]
    assert len(helped) > 3
    assert [each.book for each in found.without] == helped[:3]


def test_of_two_books_it_is_said_what_each_alone_would_be_answered() -> None:
    recommender, told = world(), ["b01", "b02"]
    (first,) = recommender.recommend(told, 1)
    found = recommender.explain(first.book.book_id, told)
    assert {each.book.book_id for each in found.without} == {
        reason.book.book_id for reason in found.reasons
    }
    assert found.without


def test_of_a_single_book_nothing_would_be_left_to_ask() -> None:
    recommender = world()
    first = recommender.recommend({"b01": 5}, 1).items[0]
    assert recommender.explain(first.book.book_id, {"b01": 5}).without == ()


@pytest.mark.parametrize(
    ("book", "wish", "left_out", "words"),
    [
        ("b01", {}, "read", "you read it"),
        ("b10", {"exclude": ["b10"]}, "excluded", "you gave it up, or do not want it"),
        ("b10", {"among": ["b11"]}, "elsewhere", "not among the books to choose from"),
        ("b39", {"rules": Rules(languages=("en",))}, "language", "in French"),
    ],
)
def test_a_book_that_must_not_be_listed_has_the_reason_and_no_rank(
    book: str, wish: dict[str, object], left_out: str, words: str
) -> None:
    found = world().explain(book, TOLD, **wish)  # type: ignore[arg-type]
    assert (found.rank, found.place, found.left_out) == (None, None, left_out)
    assert words in found.why
    assert found.without == ()


def test_of_a_pile_each_book_that_is_not_listed_is_counted_once_by_its_first_reason() -> None:
    pile = ["b01", "b02", "b10", "b11", "b12", "b13", "b39"]
    rules = Rules(languages=("en",))
    answer = world().recommend(TOLD, SIZE, among=pile, exclude=["b02", "b10"], rules=rules)
    assert sorted(item.book.book_id for item in answer) == ["b11", "b12", "b13"]
    assert answer.left_out == {"read": 2, "excluded": 1, "language": 1}
    assert answer.note == (
        "of 7 books to choose from 3 can be listed; left out: 2 read, 1 not wanted, "
        "1 in another language"
    )
    whole = world().recommend(TOLD, SIZE, among=pile[2:4])
    assert (whole.left_out, whole.note) == (
        {},
        "1 of these 2 rests on nothing that was read; of 2 books to choose from 2 can be listed",
    )
    assert world().recommend(TOLD, 3).left_out == {}


def test_a_limit_by_author_moves_the_place_and_not_the_rank() -> None:
    recommender = world()
    rules = Rules(by_author=1)
    listed = [item.book.book_id for item in recommender.recommend(TOLD, 8, rules=rules)]
    whole = [item.book.book_id for item in recommender.recommend(TOLD, SIZE)]
    assert listed != whole[:8]
    for book in whole:
        found = recommender.explain(book, TOLD, n=8, rules=rules)
        assert found.rank == whole.index(book) + 1
        assert found.place == (listed.index(book) + 1 if book in listed else None)


def test_dials_move_the_place_and_not_the_rank() -> None:
    recommender, dials = world(), Dials(gems=1.0)
    listed = [item.book.book_id for item in recommender.recommend(TOLD, 8, dials=dials)]
    assert listed != [item.book.book_id for item in recommender.recommend(TOLD, 8)]
    found = recommender.explain(listed[0], TOLD, n=8, dials=dials)
    assert found.place == 1
    assert found.rank == recommender.explain(listed[0], TOLD).rank


def test_who_has_read_nothing_is_told_by_popularity() -> None:
    recommender = world()
    most = int(np.argmax(recommender.popularity.scores))
    found = recommender.explain(f"b{most:02}", [])
    assert (found.rank, found.why, found.reasons, found.without) == (1, "by readers", (), ())


def test_the_answer_is_plain_json() -> None:
    found = world().explain("Title 20", TOLD)
    plain = json.loads(json.dumps(found.as_dict()))
    assert plain["book_id"] == "b20"
    assert [each["rank"] for each in plain["without"]] == [each.rank for each in found.without]


def test_unknown_books_and_short_lists_are_refused() -> None:
    with pytest.raises(UnknownBook):
        world().explain("nothing like it", TOLD)
    with pytest.raises(SettingError, match="n must be a whole number"):
        world().explain("b20", TOLD, n=0)


def test_a_model_that_scores_its_own_users_tells_no_shares() -> None:
    """What is looked up in a table of readers cannot be asked what if."""
    plain = world()
    draw = np.random.default_rng(0)
    model = EmbeddingModel(
        draw.random((1, 3)).astype(np.float32), draw.random((SIZE, 3)).astype(np.float32)
    )
    row = Histories.of_rows([([1, 2], [5, 4])], SIZE)
    readers = Ratings(row, Vocabulary.of(["ann"]), plain.catalogue.books, plain.scale)
    known = Recommender(
        model=model,
        catalogue=plain.catalogue,
        scale=plain.scale,
        popularity=plain.popularity,
        readers=readers,
    )
    found = known.explain("b20", reader="ann")
    assert found.rank is not None
    assert (found.reasons, found.without) == ((), ())
