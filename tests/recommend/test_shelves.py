"""What a library tells a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.worlds import catalogue_of, library
from readalike.data.scale import RatingScale
from readalike.libraries.entry import Entry
from readalike.libraries.matches import Match, Matches, Unknown, books_of
from readalike.recommend.request import Shelves, shelves_of, unlisted_of

FIVE, TEN = RatingScale(1, 5, 1), RatingScale(0.5, 10, 0.5)
HUNDRED = RatingScale(10, 100, 10)
BOOKS = catalogue_of(*((f"Book {n}", "Somebody") for n in range(5)))


def matched(*found: tuple[str | None, Entry]) -> Matches:
    matches = (
        Match("unmatched") if book is None else Match("matched", book, "isbn", 0.98)
        for book, _ in found
    )
    return Matches(library(*(entry for _, entry in found)), BOOKS, tuple(matches))


def of(status: str | None = None, stars: float | None = None, scale: RatingScale = FIVE) -> Entry:
    return Entry(row=1, line=2, title="", stars=stars, scale=scale, status=status)  # type: ignore[arg-type]


def test_each_status_has_its_shelf() -> None:
    found = shelves_of(
        matched(
            ("1", of("read", 4)), ("2", of("reading")), ("3", of("to-read")),
            ("4", of("unfinished")), (None, of("read", 5)),
        ),
        FIVE,
    )  # fmt: skip
    assert found == Shelves({"1": 4.0, "2": None}, ("4",), ("3",))


@pytest.mark.parametrize(
    ("entry", "stars"),
    [
        (of(None, 3), 3.0),
        (of("read"), None),
        (of("read", 9, TEN), 4.5),
        (of("read", 0.5, TEN), 1.0),
        (of("unfinished", 1), 1.0),
        (of("unfinished", 2), 2.0),
        (of("unfinished", 2.9), 2.9),
        (of("unfinished", 5, TEN), 2.5),
        (of("unfinished", 50, HUNDRED), 2.5),
        (of("read", 0.25, TEN), 1.0),
    ],
)
def test_stars_are_on_the_scale_of_the_model(entry: Entry, stars: float | None) -> None:
    assert shelves_of(matched(("1", entry)), FIVE) == Shelves({"1": stars}, (), ())


@pytest.mark.parametrize(
    ("stars", "scale"),
    [(None, FIVE), (3, FIVE), (4, FIVE), (5, FIVE), (5.25, TEN), (50.5, HUNDRED), (60, HUNDRED)],
)
def test_what_was_given_up_is_never_a_like(stars: float | None, scale: RatingScale) -> None:
    given_up = matched(("1", of("unfinished", stars, scale)))
    assert shelves_of(given_up, FIVE) == Shelves({}, ("1",), ())


def test_stars_of_what_is_still_to_be_read_are_no_opinion() -> None:
    assert of("to-read", 5).opinion is None
    assert Entry(row=1, line=2, title="", stars=4).opinion is None, "nobody knows of how many"


@pytest.mark.parametrize("unknown", ["ignore", "read"])
def test_what_nothing_says_was_read_is_no_history(unknown: Unknown) -> None:
    matches = replace(matched(("1", of(None, 4)), ("2", of(None))), unknown=unknown)
    found = shelves_of(matches, FIVE)
    assert found == Shelves({"1": 4.0}, (), (), ("2",))
    assert unlisted_of(found, unknown) == (("2",) if unknown == "read" else ())


def test_a_reader_may_say_that_all_of_it_was_read() -> None:
    matches = replace(matched(("1", of(None, 4)), ("2", of(None))), unknown="history")
    assert shelves_of(matches, FIVE) == Shelves({"1": 4.0, "2": None}, (), ())


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_a_book_of_several_entries_stands_on_one_shelf(order: Sequence[int]) -> None:
    entries = [of("to-read"), of("unfinished"), of("read"), of("read", 4)]
    found = shelves_of(matched(*(("1", entries[place]) for place in order)), FIVE)
    assert found == Shelves({"1": 4.0}, (), ())


def test_what_was_given_up_or_read_is_on_no_pile() -> None:
    again = matched(
        ("1", of("to-read")), ("1", of("unfinished")), ("2", of("read")), ("2", of("to-read"))
    )
    assert shelves_of(again, FIVE) == Shelves({"2": None}, ("1",), ())


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", "3", "4", None]),
            st.sampled_from([None, "read", "reading", "to-read", "unfinished"]),
            st.sampled_from([None, 1.0, 3.0, 5.0]),
        ),
        max_size=12,
    )
)
def test_every_matched_book_stands_on_exactly_one_shelf(
    rows: list[tuple[str | None, str | None, float | None]],
) -> None:
    matches = matched(*((book, of(status, stars)) for book, status, stars in rows))
    found = shelves_of(matches, FIVE)
    standing = [*found.read, *found.given_up, *found.pile, *found.unknown]
    assert sorted(standing) == sorted({book for book, _, _ in rows if book})
    assert set(books_of(matches)) == set(standing)


def test_the_books_of_a_list_keep_its_order() -> None:
    matches = matched(("3", of("read")), (None, of()), ("1", of("to-read")), ("3", of()))
    assert books_of(matches) == ("3", "1")
