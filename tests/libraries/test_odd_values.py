"""Odd values in exports: a row is read as what it is, told, or of no harm to the others."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from libraries import exports
from libraries.exports import goodreads, librarything_json, table, write
from libraries.worlds import catalogue_of, entry, goodbooks, meant
from odd_values import LONG, MARKS, in_time
from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.people import person_of
from readalike.bibliography.titles import Title
from readalike.libraries.entry import Library
from readalike.libraries.match_report import csv_text, html_text, json_text
from readalike.libraries.matching import match
from readalike.libraries.reading import read_library

LETTERS = "x" * (csv.field_size_limit() + 1)
KNOWN = ("The Hunger Games (The Hunger Games, #1)", "Suzanne Collins")


def all_told(library: Library) -> str:
    matches = match(library, BookIndex(goodbooks()))
    return csv_text(matches) + json_text(matches) + html_text(matches)


# --- a cell of any length ---------------------------------------------------------------------


@pytest.mark.parametrize("review", [LETTERS, f"a, {LETTERS}", f'"{LETTERS}"\n"'])
def test_a_long_review_costs_no_book(tmp_path: Path, review: str) -> None:
    rows = (goodreads(*KNOWN, My_Rating=5, My_Review=review), goodreads("Dune", My_Rating=4))
    library = read_library(write(tmp_path / "e.csv", table(exports.GOODREADS, *rows)))
    assert [found.stars for found in library.entries] == [5, 4]
    assert library.rejected == ()


def test_a_long_title_in_the_first_line_of_a_file_without_names(tmp_path: Path) -> None:
    rows = (goodreads(f"A, {LETTERS}", Book_Id=1, My_Rating=5), goodreads("Dune", Book_Id=2))
    text = table(exports.GOODREADS, *rows, names=False)
    library = read_library(write(tmp_path / "e.csv", text))
    assert [found.title for found in library.entries] == [f"A, {LETTERS}", "Dune"]


# --- JSON -------------------------------------------------------------------------------------


def thing(**odd: object) -> dict[str, object]:
    return {"books_id": "1", "title": "Emma", "primaryauthor": "Austen, Jane", "rating": 5} | odd


def of_json(tmp_path: Path, raw: str, name: str) -> Library:
    text = json.dumps({"1": thing(**{name: "@"}), "2": thing(books_id="2", title="Dune")})
    return read_library(write(tmp_path / "e.json", text.replace('"@"', raw)))


@pytest.mark.parametrize("name", ["books_id", "title", "rating", "originalisbn", "tags", "other"])
@pytest.mark.parametrize(
    "raw",
    [
        "9" * LONG,
        "1e999",
        "-0",
        "NaN",
        "-Infinity",
        r'"\ud800"',
        r'"\udc00\ud83d\ude00"',
        '"\\u0000"',
    ],
)
def test_a_value_of_json_costs_no_book(tmp_path: Path, raw: str, name: str) -> None:
    library = of_json(tmp_path, raw, name)
    assert len(library.entries) == 2
    assert library.rejected == ()
    assert library.entries[1].title == "Dune"
    all_told(library).encode("utf-8")


def test_numbers_and_letters_of_json_are_kept(tmp_path: Path) -> None:
    assert of_json(tmp_path, "9" * LONG, "books_id").entries[0].ids == {"librarything": "9" * LONG}
    assert of_json(tmp_path, r'"a\ud800b"', "title").entries[0].title == "a\ufffdb"
    assert of_json(tmp_path, r'"\ud83d\ude00"', "title").entries[0].title == "\U0001f600"


@pytest.mark.parametrize("rating", ["1e999", "9" * LONG, '"1_0"', '"²"', "1e308"])
def test_stars_that_are_none_are_told(tmp_path: Path, rating: str) -> None:
    library = of_json(tmp_path, rating, "rating")
    assert [found.stars for found in library.entries] == [None, 5]
    assert any("1 cell of stars that are none" in note for note in library.notes)


def test_a_book_of_too_many_levels_costs_what_stands_behind_it(tmp_path: Path) -> None:
    text = librarything_json(thing(), thing(books_id="2", other="@"), thing(books_id="3"))
    deep = "[" * 100_000 + "]" * 100_000
    library = read_library(write(tmp_path / "e.json", text.replace('"@"', deep)))
    assert len(library.entries) == 1
    assert [row.why for row in library.rejected] == ["no JSON from here on: too many levels"]


def test_blank_lines_without_end(tmp_path: Path) -> None:
    text = '{"1": {"books_id": "1", "title": "Emma"}' + "\n" * 200_000 + "x"
    with in_time():
        library = read_library(write(tmp_path / "e.json", text))
    assert len(library.entries) == 1
    assert [row.why[:21] for row in library.rejected] == ["no JSON from here on:"]


# --- numbers, names and titles ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Book Id", "9" * LONG), ("Book Id", "\u2028"), ("Title", f"Emma &#{'9' * LONG};"),
        ("Title", "(a, " * 50_000), ("Title", MARKS), ("Title", "(penguin) " * 50_000),
        ("Author", "jr " * 50_000), ("Author", "a, " * 10_000), ("Author", MARKS),
        ("ISBN", "9" * LONG), ("ISBN13", '="' + "９" * 13 + '"'), ("My Rating", "1e400"),
        ("My Rating", "1e308"), ("My Rating", "-0"), ("Date Read", "12/" * 50_000),
        ("Date Read", "9999-99-99"), ("Date Added", "0000/00/00"), ("Bookshelves", "a," * 50_000),
        ("Exclusive Shelf", "dnf " * 50_000), ("Exclusive Shelf", MARKS),
        ("Read Count", "9" * LONG),
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_an_odd_cell_is_of_no_harm_to_other_rows(tmp_path: Path, column: str, cell: str) -> None:
    rows = [goodreads(*KNOWN, My_Rating=stars) for stars in (5, 4)]
    rows = [goodreads("Emma", "Jane Austen", My_Rating=3) | {column: cell}, *rows]
    with in_time():
        library = read_library(write(tmp_path / "e.csv", table(exports.GOODREADS, *rows)))
        all_told(library).encode("utf-8")
    best = library.entries[-1]
    assert (best.title, best.stars, best.status) == (KNOWN[0], 4, "read")


@pytest.mark.parametrize("volume", ["9" * 400, "1-999999999", "²", "1" + " " * 100_000 + "-2"])
def test_an_odd_volume_is_another_one(volume: str) -> None:
    books = catalogue_of(("Dune", "Frank Herbert"), series=["Dune"], volumes=["1"])
    with in_time():
        assert meant(books, "Dune", "Frank Herbert", series="Dune", volume=volume) is None
    assert meant(books, "Dune", "Frank Herbert", series="Dune", volume="1") == "1"


def test_a_catalogue_of_odd_books_is_searched_in_time() -> None:
    names = ", ".join(f"Ann Smith{i}, Bo Smith, Smith, Jr." for i in range(5_000))
    books = catalogue_of(
        ("(penguin) " * 50_000, "jr " * 50_000),
        (MARKS, MARKS),
        ("word " * 100_000, names),
        *[(f"Book {k}", "Bo Smith") for k in range(2_000)],
    )
    with in_time():
        assert meant(books, "Book 7", "Bo Smith") == "11"
        assert meant(books, "word " * 100_000, "Bo Smith") == "3"
        assert len(BookIndex(books).by_last_name["smith"]) == 2_001


@pytest.mark.parametrize("text", ["!!!", "\u2028", "", MARKS, "²", "1" * LONG, "jr jr jr"])
def test_names_of_nothing_but_signs(text: str) -> None:
    parsed = Title(text)
    assert (parsed.bare, parsed.series) == (text, "")
    assert parsed.full == parsed.short
    person_of(text)
    assert meant(catalogue_of(("Dune", "Frank Herbert")), text, text) is None
    assert entry(text, text).title == text
