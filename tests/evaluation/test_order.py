from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data_sets import pairs_of, raw_rows, shuffled, without_repeats
from evaluation.rankers import Rows, ratings_of
from readalike.data.cells import id_order
from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError
from readalike.evaluation.splits import (
    arranged,
    canonical,
    drawn_order,
    id_ranks,
    pairs_by_book,
    readers_by_id,
    refuse_order_of_ids,
)
from strategies import same_bits


def same(one: Ratings, other: Ratings) -> bool:
    return (
        one.users == other.users
        and one.items == other.items
        and same_bits(one.histories.indptr, other.histories.indptr)
        and same_bits(one.histories.items, other.histories.items)
        and same_bits(one.histories.stars, other.histories.stars)
    )


def test_ids_go_by_value_and_then_by_text() -> None:
    assert id_ranks(Vocabulary.of(["10", "b", "9", "a", "-1"])).tolist() == [2, 4, 1, 3, 0]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_rows_in_any_order_have_one_canonical_form(seed: int) -> None:
    rows = without_repeats(raw_rows(seed))
    one, other = rows.merged()[0], shuffled(rows, seed).merged()[0]
    assert same(canonical(one), canonical(other))
    assert not same(one, other)
    assert pairs_of(canonical(one)) == pytest.approx(pairs_of(one), nan_ok=True)
    assert same(canonical(canonical(one)), canonical(one))


def test_the_canonical_form_has_readers_and_books_by_id() -> None:
    found = canonical(raw_rows(0).merged()[0])
    assert list(found.users.ids) == sorted(found.users.ids)
    for row in range(len(found.users)):
        books = [found.items.ids[item] for item in found.histories.row(row)[0]]
        assert books == sorted(books, key=id_order)


def test_readers_by_id_keep_their_own_order() -> None:
    rows: Rows = [("bob", "b2", 1), ("ann", "b3", 2), ("ann", "b1", 3), ("bob", "b1", 4)]
    found = readers_by_id(ratings_of(rows))
    assert list(pairs_of(found)) == [("ann", "b3"), ("ann", "b1"), ("bob", "b2"), ("bob", "b1")]


def test_pairs_go_by_book_and_then_by_reader_as_kaggles_file_does() -> None:
    rows: Rows = [("10", "2", 1), ("9", "10", 2), ("9", "2", 3), ("10", "1", 4)]
    ratings = ratings_of(rows)
    every = list(pairs_of(ratings))
    assert [every[entry] for entry in pairs_by_book(ratings)] == [
        ("10", "1"), ("9", "2"), ("10", "2"), ("9", "10")
    ]  # fmt: skip


def test_keys_order_the_books_of_each_reader() -> None:
    ratings = ratings_of([("ann", "b0", 1), ("ann", "b1", 2), ("bob", "b2", 3), ("ann", "b3", 4)])
    found = arranged(ratings, np.array([3.0, 1.0, 2.0, 9.0])).histories
    assert found.items.tolist() == [1, 3, 0, 2]
    assert found.stars.tolist() == [2, 4, 1, 3]


def test_a_drawn_order_keeps_each_readers_books_with_their_stars() -> None:
    ratings, _ = raw_rows(1).merged()
    found = drawn_order(ratings, np.random.default_rng(0))
    assert pairs_of(found) == pytest.approx(pairs_of(ratings), nan_ok=True)
    assert not same(found, ratings)


def by_book(descending: bool = False, but: Rows | None = None) -> Ratings:
    books = sorted(range(12), reverse=descending)
    rows: Rows = [(f"r{reader}", str(book), 3.0) for reader in range(3) for book in books]
    return ratings_of([*rows, *(but or [])])


@pytest.mark.parametrize("descending", [False, True])
def test_books_sorted_by_id_are_refused_either_way(descending: bool) -> None:
    ratings = by_book(descending)
    with pytest.raises(InputError, match="sorted by id; do otherwise"):
        refuse_order_of_ids(ratings, "do otherwise")


def test_one_reader_in_another_order_shows_that_the_order_means_something() -> None:
    sorted_all, one_is_not = by_book(), by_book(but=[("odd", "5", 3.0), ("odd", "2", 3.0)])
    with pytest.raises(InputError, match="sorted by id"):
        refuse_order_of_ids(sorted_all, "")
    refuse_order_of_ids(one_is_not, "")


def test_too_few_books_to_tell_are_taken() -> None:
    ratings = ratings_of([("ann", str(book), 3.0) for book in range(20)])
    refuse_order_of_ids(ratings, "")
    longer = ratings_of([("ann", str(book), 3.0) for book in range(21)])
    with pytest.raises(InputError, match="sorted by id"):
        refuse_order_of_ids(longer, "")
