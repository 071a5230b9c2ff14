"""What no table should hold and some do: each value means something or nothing, and no more."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odd_values import BLANK_SIGNS, LONG, MARKS, in_time
from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.features import aspects_of, in_common
from readalike.bibliography.folding import fold, fold_tag
from readalike.bibliography.titles import MOST, Title, series_key, series_statement, volumes_in
from readalike.bibliography.years import EARLIEST
from readalike.data.catalogue import Catalogue
from readalike.data.cells import (
    MOST_PEOPLE,
    clean_text,
    number,
    people,
    sorted_ids,
    trimmed_id,
    whole,
)
from readalike.data.vocabulary import Vocabulary, as_id
from readalike.tables.dataset import read
from readalike.tables.layouts import key
from readalike.tables.tag_table import subject, tags_of_cells

# --- ids ------------------------------------------------------------------------------------

ID_SIGNS = st.text(st.sampled_from("ab1.0-" + BLANK_SIGNS)) | st.text()


@given(ID_SIGNS)
def test_there_is_one_rule_of_what_an_id_is(text: str) -> None:
    assert trimmed_id(as_id(text)) == as_id(text) == as_id(trimmed_id(text)) == trimmed_id(text)


@given(st.lists(ID_SIGNS))
def test_every_id_of_a_table_is_found_again(cells: list[str]) -> None:
    ids = sorted_ids(map(trimmed_id, cells))
    vocabulary = Vocabulary(ids)
    assert vocabulary.indices(cells).min(initial=0) >= 0
    assert [vocabulary.index(outside) for outside in ids] == list(range(len(ids)))


@pytest.mark.parametrize("sign", BLANK_SIGNS)
def test_signs_around_an_id_do_not_count_and_alone_are_none(sign: str) -> None:
    assert as_id(f"{sign}b 2{sign}{sign}") == "b 2"
    assert as_id(sign) == ""
    assert as_id(f"b{sign}2") == f"b{sign}2"


# --- numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1e308", 1e308),
        ("1e400", None),
        ("1e-400", 0.0),
        ("9" * 400, None),
        ("9" * LONG, None),
        ("0." + "3" * LONG, 1 / 3),
        ("5e", None),
        ("1_0", None),
        ("nan", None),
        ("infinity", None),
        ("²", None),
        ("½", None),
        ("５", 5.0),
        ("\u30005\u2028", 5.0),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_number_is_finite_or_none(cell: str, value: float | None) -> None:
    assert number(cell) == value


def test_minus_nothing_is_nothing() -> None:
    given = number("-0")
    assert given is not None
    assert math.copysign(1, given) == 1


@given(st.text(st.sampled_from("0123456789-+.,eE_ nainf²５"), max_size=12) | st.text())
def test_numbers_and_counts_of_any_text(text: str) -> None:
    value, counted = number(text), people(text)
    assert value is None or math.isfinite(value)
    assert whole(text) in (None, value)
    assert counted is None or (counted == value and 0 <= counted <= MOST_PEOPLE)


def test_a_letter_by_a_number_that_no_letter_has() -> None:
    assert clean_text(f"A &#{'9' * LONG}; B &#{'9' * LONG}") == "A \ufffd B \ufffd"
    assert clean_text("&#65;&#xd800;&#55296;") == "A\ufffd\ufffd"


# --- volumes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("volume", "spans", "numbers"),
    [
        ("9" * 400, (), []),
        ("9" * LONG, (), []),
        ("9780140449136", (), []),
        ("99999999", ((99999999, 99999999),), [99999999]),
        ("000000000007", ((7, 7),), [7]),
        (f"2, {'9' * 400}", ((2, 2),), [2]),
        (f"2-{'9' * 400}", ((2, 2),), [2]),
        (f"{'9' * 400}-2", ((2, 2),), [2]),
        ("1-99999", ((1, 99999),), [1]),
        ("1-999999999", ((1, 1),), [1]),
        (f"1-{MOST}", ((1, MOST),), list(range(1, MOST + 1))),
        ("0." + "5" * LONG, ((5 / 9, 5 / 9),), []),
        ("²", (), []),
        ("５", ((5, 5),), [5]),
        ("M" * LONG, (), []),
    ],
    ids=lambda value: str(value)[:12],
)
def test_volumes_of_odd_numbers(
    volume: str, spans: tuple[tuple[float, float], ...], numbers: list[int]
) -> None:
    assert volumes_in(volume) == (spans, tuple(numbers))


def test_many_ranges_are_not_counted_out() -> None:
    volume = ", ".join(f"{low}-{low + 150}" for low in range(1, 200 * 20_000, 200))
    assert volumes_in(volume)[1] == (1,)


@given(st.text(st.sampled_from("0123456789-–,.#& "), max_size=40))
def test_volumes_are_few_finite_and_in_order(volume: str) -> None:
    spans, numbers = volumes_in(volume)
    assert all(0 <= low <= high < 10**8 for low, high in spans)
    assert len(numbers) <= MOST
    assert numbers == tuple(sorted(set(numbers)))


# --- tables ---------------------------------------------------------------------------------

USUAL = {
    "title": "A Title", "authors": "An Author", "year": "1990", "language": "eng",
    "isbn13": "9780140449136", "series": "Hills", "volume": "3", "work_id": "77",
    "goodreads_id": "88", "ratings_count": "1200", "average_rating": "4.1", "tags": "fantasy|war",
}  # fmt: skip


def catalogue(**odd: str) -> Catalogue:
    """Two books, the second with odd cells."""
    columns: dict[str, Any] = {name: [cell, odd.get(name, cell)] for name, cell in USUAL.items()}
    columns["book_id"] = ["b1", "b2"]
    ratings = {"user_id": ["1", "2"], "book_id": ["b1", "b2"], "rating": ["4", "5"]}
    return read(ratings, books=columns).catalogue


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(("year", y) for y in ("99999999999999", "-99999999999999", "-1e300", "1e400", "2_000")),
        *(("year", y) for y in (str(EARLIEST - 1), "9999", "0", "-0", "²", "9" * LONG)),
        *(("ratings_count", c) for c in ("-5", "1e308", "1e400", "1.5", "9" * LONG, "²")),
        *(("average_rating", m) for m in ("1e308", "-1e308", "1e400", "infinity", "101")),
    ],
    ids=lambda value: str(value)[:16],
)
def test_a_number_that_cannot_be_is_unknown(column: str, cell: str) -> None:
    found = catalogue(**{column: cell})
    assert found.fingerprint() == catalogue(**{column: ""}).fingerprint()


def test_years_before_christ_are_known() -> None:
    assert catalogue(year="-750").years == (1990, -750)
    assert catalogue(year=str(EARLIEST)).years == (1990, EARLIEST)


def test_a_year_behind_a_title_is_bounded_too(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("userId,movieId,rating\n1,1,4\n1,2,5\n")
    (tmp_path / "movies.csv").write_text("movieId,title\n1,Emma (1996)\n2,Emma (9999)\n")
    assert read(tmp_path).catalogue.years == (1996, None)


def test_liked_shares_of_counts_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("book_id,user_id,rating\n1,1,5\n2,1,5\n")
    (tmp_path / "books.csv").write_text(
        "book_id,goodreads_book_id,title,ratings_1,ratings_2,ratings_3,ratings_4,ratings_5\n"
        "1,11,A,1,1,1,1,1\n2,12,B,1e308,1e308,1e308,1e308,1e308\n"
    )
    liked = read(tmp_path).catalogue.liked
    assert liked[0] == 0.4
    assert math.isnan(liked[1])


def test_a_count_of_tags_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("book_id,user_id,rating\n1,1,5\n")
    rows = "".join(f"{i},{100 + i},{i},Book {i}\n" for i in range(1, 7))
    (tmp_path / "books.csv").write_text("id,book_id,best_book_id,title\n" + rows)
    (tmp_path / "tags.csv").write_text("tag_id,tag_name\n1,fantasy\n")
    tags = "".join(f"{100 + i},1,10\n" for i in range(1, 6)) + f"106,1,{'9' * 400}\n106,1,1e300\n"
    (tmp_path / "book_tags.csv").write_text("goodreads_book_id,tag_id,count\n" + tags)
    dataset = read(tmp_path)
    assert dataset.catalogue.tags is not None
    assert dataset.catalogue.tags.counts.toarray()[:, 0].tolist() == [10.0] * 5 + [0.0]
    told = {left.reason: left.count for left in dataset.intake.left_out}
    assert told["the count is no number of readers, 1 or more"] == 2


def test_a_language_of_a_million_letters_is_none() -> None:
    assert catalogue(language="e" * 10**6).languages == ("eng", "")
    assert catalogue(language="Portuguese (Brazil)").languages[1] == "Portuguese (Brazil)"


def test_an_odd_volume_is_shown_as_it_is_and_is_no_number() -> None:
    found = catalogue(volume="9" * 400)
    assert found.volumes == ("3", "9" * 400)
    volumes = BookIndex(found).volumes
    assert volumes.series.tolist() == [0, 0]
    assert volumes.first[0] == 3
    assert math.isnan(volumes.first[1])


def test_ids_that_differ_by_signs_alone_are_one_and_told(tmp_path: Path) -> None:
    rows = "1,b1,5\n1,b1\u3000,4\n\u20281,b2\x85,3\n2,\x1cb2,2\n\x1d,b2,1\n3,\u2029,1\n"
    (tmp_path / "ratings.csv").write_text("user_id,book_id,rating\n" + rows, encoding="utf-8")
    books = "book_id,title\nb1,A\n\u00a0b2,B\nb2\u202f,C\n\x1e,D\n"
    (tmp_path / "books.csv").write_text(books, encoding="utf-8")
    dataset = read(tmp_path)
    assert dataset.ratings.users.ids == ("1", "2")
    assert dataset.catalogue.books.ids == ("b1", "b2")
    assert dataset.catalogue.titles == ("A", "B")
    merge = dataset.intake.merge
    assert (merge.rows, merge.pairs, merge.repeated_pairs) == (4, 3, 1)
    assert [(left.reason, left.count) for left in dataset.intake.left_out] == [
        ("no reader id", 1),
        ("no book id", 1),
        ("the book id stands in an earlier row", 1),
        ("no book id", 1),
    ]


@pytest.mark.parametrize("name", ["²", "５", "0", "-1", "1_0", "9" * 5000])
def test_a_column_by_a_number_that_none_has(tmp_path: Path, name: str) -> None:
    (tmp_path / "ratings.csv").write_text("a,b,c\n1,2,3\n")
    with pytest.raises(Exception, match="must have the column") as caught:
        read(tmp_path / "ratings.csv", columns={"user": "1", "book": name})
    assert type(caught.value).__name__ == "InputError"


# --- long texts -----------------------------------------------------------------------------

PARTS = (
    "a ",
    "(",
    "(a, ",
    "#1",
    "1-2, ",
    "vol 1 ",
    "part 1: ",
    "box: 1-",
    "a-",
    "series ",
    "/",
    "1",
)
ENDLESS = [part * (300_000 // len(part)) for part in PARTS]
ENDLESS += ["a" + MARKS, "(a #1" + "a " * 150_000, "x" * 10**6]


def of_book(column: str) -> Callable[[str], object]:
    """All that a catalogue is asked of its books, of one whose column is odd."""

    def ask(text: str) -> object:
        columns: dict[str, Any] = {"titles": "A", "authors": "B", "series": "S", "volumes": "1"}
        found = Catalogue.of(
            Vocabulary.of("123"),
            **{name: (usual, text if name == column else usual, text if name == column else "Z")
               for name, usual in columns.items()},
        )  # fmt: skip
        index = BookIndex(found)
        aspects_of(found, 1, 1.0)
        in_common(found, 1, 2)
        return index.volumes

    return ask


LOOKS: dict[str, Callable[[str], object]] = {
    "clean_text": clean_text,
    "number": number,
    "as_id": as_id,
    "fold": fold,
    "key": key,
    "fold_tag": fold_tag,
    "subject": subject,
    "series behind a title": lambda text: (Title(text).bare, Title(text).volume),
    "all of a title": lambda text: (Title(text).full, Title(text).part, Title(text).listed),
    "series_key": series_key,
    "told by a title": lambda text: series_statement(Title(text), "", ""),
    "told by a series": lambda text: series_statement(Title("Part One"), text, "1"),
    "told by a volume": lambda text: series_statement(Title("Set"), "S", text),
    "tags": lambda text: tags_of_cells([text]),
    "titles": of_book("titles"),
    "authors": of_book("authors"),
    "series": of_book("series"),
    "volumes": of_book("volumes"),
}


@pytest.mark.parametrize("look", LOOKS)
def test_endless_text_takes_no_longer_than_it_must(look: str) -> None:
    with in_time():
        for text in ENDLESS:
            LOOKS[look](clean_text(text))
