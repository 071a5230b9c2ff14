"""Roles of columns of ratings by what their cells look like."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.exports import write
from readalike.bibliography.isbn import check_digit
from readalike.errors import InputError
from readalike.tables.dataset import read
from readalike.tables.nameless import book_numbers, roles_by_looks


def isbn(number: int) -> str:
    nine = f"{number:09}"
    return nine + check_digit(nine)


ISBN = [isbn(number) for number in range(14028333, 14028353)]


@given(st.lists(st.integers(0, 999_999_999), min_size=1, max_size=20))
def test_isbn_are_numbers_of_books(numbers: list[int]) -> None:
    assert book_numbers([isbn(10_000_000 + number % 900_000_000) for number in numbers]) == 1


@pytest.mark.parametrize("cells", [[], [""], ["1", "2"], ["u1"], ["A2R5SCOGTNTBC1"]])
def test_what_is_no_number_of_a_book(cells: list[str]) -> None:
    assert book_numbers(cells) == 0


@pytest.mark.parametrize(
    ("row", "roles"),
    [
        (("u{i}", "{isbn}", "{stars}"), "user item rating"),
        (("{isbn}", "u{i}", "{stars}"), "item user rating"),
        (("{isbn}", "u{i}", "{stars}", "135699840{i}"), "item user rating time"),
        (("{isbn}", "u{i}", "135699840{i}", "{stars}"), "item user time rating"),
        (("u{i}", "b{i}", "2013-05-0{i}", "{stars}"), "user item time rating"),
        (("u{i}", "b{i}", "135699840{i}"), "user item time"),
        (("{i}", "{i}", "{stars}"), "user item rating"),
        (("B00000000{i}", "{i}", "{stars}"), "item user rating"),
        (("u{i}", "b{i}", "word{i}"), ""),
        (("u{i}", "b{i}"), ""),
        (("u{i}", "b{i}", "{stars}", "1", "2"), ""),
    ],
)
def test_roles_of_columns(row: tuple[str, ...], roles: str) -> None:
    rows = [
        tuple(cell.format(i=i, isbn=ISBN[i], stars=i % 5 + 1) for cell in row) for i in range(1, 10)
    ]
    expected = {role: at for at, role in enumerate(roles.split())} or None
    assert roles_by_looks(rows) == expected


def test_what_was_assumed_is_told_and_can_be_turned_round(tmp_path: Path) -> None:
    path = write(tmp_path / "ratings.csv", "1,a,5\n2,b,4\n")
    dataset = read(path)
    (note,) = dataset.intake.notes
    assert "column 1 is taken for the reader's and column 2 for the book's" in note
    assert "--user-column 2 --book-column 1" in note
    assert {*read(path, columns={"user": "2", "book": "1"}).ratings.users} == {"a", "b"}


def test_names_that_say_the_opposite_of_the_cells_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"{number},u{at % 3},5\n" for at, number in enumerate(ISBN))
    path = write(tmp_path / "ratings.csv", f"user_id,book_id,rating\n{rows}")
    with pytest.raises(InputError, match="--user-column 'book_id' --book-column 'user_id'"):
        read(path)
    turned = read(path, columns={"user": "book_id", "book": "user_id"})
    assert {*turned.ratings.users} == {"u0", "u1", "u2"}
    believed = read(path, columns={"user": "user_id", "book": "book_id"})
    assert {*believed.ratings.items} == {"u0", "u1", "u2"}


def test_the_mean_of_the_public_is_no_rating(tmp_path: Path) -> None:
    rows = [f"u{u},{book},{3.1 + at / 100:.2f}" for u in range(3) for at, book in enumerate(ISBN)]
    path = write(tmp_path / "ratings.csv", "\n".join(["user,isbn,rating", *rows]) + "\n")
    dataset = read(path)
    assert dataset.intake.without_stars == len(rows)
    assert "taken for the mean of the public" in " ".join(dataset.intake.files[0].notes)
    assert read(path, columns={"rating": "rating"}).intake.without_stars == 0


def test_titles_and_isbn_beside_ratings_are_known(tmp_path: Path) -> None:
    rows = "".join(f"u{at},{number},Book {at},5\n" for at, number in enumerate(ISBN))
    dataset = read(write(tmp_path / "r.csv", f"user,isbn,title,rating\n{rows}"))
    catalogue = dataset.catalogue
    assert dict(zip(catalogue.books, catalogue.titles, strict=True))[ISBN[3]] == "Book 3"
    assert all(len(number) == 13 for number in catalogue.isbn13)


@pytest.mark.parametrize(("good", "roles"), [(9, True), (8, False)])
def test_nine_cells_of_ten_must_look_alike(good: int, roles: bool) -> None:
    ratings = [("u", "b", "4" if at < good else "word") for at in range(10)]
    assert (roles_by_looks(ratings) is not None) is roles
    times = [("u", "b", "135699840" + ("0" if at < good else "x")) for at in range(10)]
    assert (roles_by_looks(times) is not None) is roles


def test_a_column_of_ratings_holds_at_most_those_of_0_to_100() -> None:
    whole = [("u", "b", f"{at}") for at in range(101)]
    assert roles_by_looks(whole) == {"user": 0, "item": 1, "rating": 2}
    assert roles_by_looks([*whole, ("u", "b", "0.5")]) is None
    assert roles_by_looks([("u", "b", "101")]) is None


def test_half_of_the_numbers_of_books_is_enough() -> None:
    cells = [ISBN[at] if at % 2 else "x" for at in range(10)]
    rows = [(cell, f"u{at}", "5") for at, cell in enumerate(cells)]
    assert roles_by_looks(rows) == {"user": 1, "item": 0, "rating": 2}
    assert roles_by_looks([*rows, ("y", "u", "5")]) == {"user": 0, "item": 1, "rating": 2}


def test_an_isbn_that_lost_its_zeros_is_mended_and_another_id_is_not(tmp_path: Path) -> None:
    rows = "".join(f"u{at},{number.lstrip('0')},5\n" for at, number in enumerate(ISBN))
    dataset = read(write(tmp_path / "r.csv", f"user,isbn,rating\n{rows}u,B00B7NPRY8,4\n"))
    assert {*dataset.ratings.items} == {*ISBN, "B00B7NPRY8"}
