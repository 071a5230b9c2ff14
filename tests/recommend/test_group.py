"""A list for several readers."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.errors import SettingError
from readalike.recommend.recommender import Recommender
from readalike.recommend.request import History
from readalike.recommend.rules import Rules
from recommend.test_explanation import SIZE, world

ANN = {"b01": 5, "b02": 4}
BEN = {"b11": 5, "b12": 2, "b13": None}
CAT = {"b21": 3}


def ranks(recommender: Recommender, told: History, others: set[str]) -> dict[str, int]:
    """The place of each book that nobody read, for one reader."""
    whole = recommender.recommend(told, SIZE, exclude=others)
    return {item.book.book_id: item.rank for item in whole}


def test_the_order_is_by_whoever_wants_a_book_least() -> None:
    recommender = world()
    read = {*ANN, *BEN, *CAT}
    told: tuple[History, ...] = (ANN, BEN, CAT)
    each = [ranks(recommender, history, read) for history in told]
    answer = recommender.recommend_group({"ann": ANN, "ben": BEN, "cat": CAT}, SIZE)
    wanted = sorted(
        each[0], key=lambda book: (max(r[book] for r in each), sum(r[book] for r in each))
    )
    keys = [
        (max(p.rank for p in item.places), sum(p.rank for p in item.places))
        for item in answer.items
    ]
    assert keys == sorted(keys)
    assert sorted(item.book.book_id for item in answer.items) == sorted(wanted)
    for item in answer.items:
        assert [p.rank for p in item.places] == [r[item.book.book_id] for r in each]
        assert [p.reader for p in item.places] == ["ann", "ben", "cat"]


def test_nobody_gets_what_one_has_read() -> None:
    answer = world().recommend_group({"ann": ANN, "ben": BEN}, SIZE)
    assert not {item.book.book_id for item in answer.items} & {*ANN, *BEN}
    assert "asked for 40 books, but only 35 can be listed for all of them" in answer.note
    assert world().recommend_group({"ann": ANN, "ben": BEN}, 35).note == ""


def test_who_can_be_listed_nothing_has_no_share_of_it() -> None:
    answer = world().recommend_group({"ann": ANN, "ben": BEN}, 3, among=["b01", "b11"])
    assert (answer.items, answer.shares) == ((), {"ann": 0.0, "ben": 0.0})


def test_shares_are_by_the_places_and_add_up() -> None:
    answer = world().recommend_group({"ann": ANN, "ben": BEN}, 5)
    for item in answer.items:
        merit = [1 / math.log2(1 + place.rank) for place in item.places]
        assert [p.share for p in item.places] == pytest.approx([m / sum(merit) for m in merit])
    means = [np.mean([item.places[who].share for item in answer.items]) for who in (0, 1)]
    assert list(answer.shares.values()) == pytest.approx(means)
    assert sum(answer.shares.values()) == pytest.approx(1)


def test_reasons_are_each_reader_s_own() -> None:
    answer = world().recommend_group({"ann": ANN, "ben": BEN}, 5)
    for item in answer.items:
        ann, ben = item.places
        assert {reason.book.book_id for reason in ann.reasons} <= set(ANN)
        assert {reason.book.book_id for reason in ben.reasons} <= set(BEN)


def test_two_of_one_taste_get_the_list_of_one() -> None:
    recommender = world()
    alone = [item.book.book_id for item in recommender.recommend(ANN, 10)]
    answer = recommender.recommend_group({"ann": ANN, "again": ANN}, 10)
    assert [item.book.book_id for item in answer.items] == alone
    assert list(answer.shares.values()) == pytest.approx([0.5, 0.5])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([f"b{n:02}" for n in range(SIZE)]),
            st.sampled_from([None, 1.0, 3.0, 5.0]),
            max_size=5,
        ),
        min_size=2,
        max_size=4,
    )
)
def test_the_order_of_the_readers_does_not_matter(told: list[dict[str, float | None]]) -> None:
    recommender = world()
    named = {f"reader {n}": each for n, each in enumerate(told)}
    one = recommender.recommend_group(named, 6)
    other = recommender.recommend_group(dict(reversed(named.items())), 6)
    assert [i.book.book_id for i in one.items] == [i.book.book_id for i in other.items]
    assert one.shares == pytest.approx(dict(other.shares))


def test_wishes_count_for_all() -> None:
    answer = world().recommend_group(
        {"ann": ANN, "ben": BEN}, 3, among=["b30", "b31", "b32", "b33"], exclude=["b31"]
    )
    assert {item.book.book_id for item in answer.items} == {"b30", "b32", "b33"}


def test_at_most_so_many_of_an_author() -> None:
    answer = world().recommend_group({"ann": ANN, "ben": BEN}, 8, rules=Rules(by_author=1))
    assert len({item.book.authors for item in answer.items}) == 8


def test_unknown_books_are_told_by_reader() -> None:
    answer = world().recommend_group({"ann": {**ANN, "zzz": 5}, "ben": BEN}, 3)
    assert answer.ignored == {"ann": ("zzz",), "ben": ()}


def test_one_reader_is_not_several() -> None:
    with pytest.raises(SettingError, match="two readers or more, got 1"):
        world().recommend_group({"ann": ANN})
    with pytest.raises(SettingError, match="n must be a whole number"):
        world().recommend_group({"ann": ANN, "ben": BEN}, 0)


def test_the_answer_is_plain_json_with_the_rule() -> None:
    plain = json.loads(json.dumps(world().recommend_group({"ann": ANN, "ben": BEN}, 2).as_dict()))
    assert [book["rank"] for book in plain["recommendations"]] == [1, 2]
    assert set(plain["shares"]) == {"ann", "ben"}
    assert "wants it least" in plain["rule"]
