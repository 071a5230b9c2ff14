"""Whether ids of ratings and of books are numbers of the same books."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from libraries.exports import write
from readalike.errors import InputError
from readalike.tables.dataset import Dataset, read
from readalike.tables.doctor import examine

BOOKS = 80


def tables(
    folder: Path, *, like: bool, header: str = "book_id,title,average_rating", shift: int = 0
) -> tuple[Path, Path]:
    """Ratings of 80 books, and a table whose means are those of the ratings, or are others."""
    draw = np.random.default_rng(3)
    quality = draw.uniform(2, 4.5, BOOKS)
    rows = [
        f"{reader},{book},{np.clip(round(quality[book] + draw.normal(0, 0.7)), 1, 5)}"
        for book in range(BOOKS)
        for reader in draw.choice(100, 12, replace=False)
    ]
    means = quality if like else draw.permutation(quality)
    books = [f"{book + shift},Book {book},{means[book]:.2f}" for book in range(BOOKS)]
    return (
        write(folder / "ratings.csv", "\n".join(["user_id,book_id,rating", *rows]) + "\n"),
        write(folder / "books.csv", "\n".join([header, *books]) + "\n"),
    )


def titles(dataset: Dataset) -> set[str]:
    return {title for title in dataset.catalogue.titles if title}


def test_books_whose_means_go_together_are_joined(tmp_path: Path) -> None:
    ratings, books = tables(tmp_path, like=True)
    dataset = read(ratings, books=books)
    assert len(titles(dataset)) == BOOKS
    assert dataset.intake.notes == ()


def test_books_of_the_same_numbers_are_not_joined(tmp_path: Path) -> None:
    ratings, books = tables(tmp_path, like=False)
    dataset = read(ratings, books=books)
    assert titles(dataset) == set()
    (note,) = dataset.intake.notes
    assert "not used: its ids are numbers of other books" in note
    assert examine(dataset).healthy
    named = read(ratings, books=books, columns={"books_id": "book_id"})
    assert len(titles(named)) == BOOKS, "what a person says is believed"


def test_titles_beside_the_ratings_decide(tmp_path: Path) -> None:
    rows = "".join(f"{reader},{book},Book {book},4\n" for reader in range(3) for book in range(9))
    ratings = write(tmp_path / "r.csv", f"user_id,book_id,title,rating\n{rows}")
    same = write(
        tmp_path / "s.csv", "book_id,title\n" + "".join(f"{b},Book {b}\n" for b in range(9))
    )
    other = write(tmp_path / "o.csv", "book_id,title\n" + "".join(f"{b},Other\n" for b in range(9)))
    assert titles(read(ratings, books=same)) == {f"Book {book}" for book in range(9)}
    refused = read(ratings, books=other)
    assert titles(refused) == {f"Book {book}" for book in range(9)}, "those of the ratings"
    assert "9 of 9 titles are others in the ratings" in refused.intake.notes[0]


def test_the_column_that_holds_the_ids_is_found(tmp_path: Path) -> None:
    ratings = write(tmp_path / "r.csv", "user_id,book_id,rating\n1,901,5\n2,902,4\n2,903,3\n")
    books = write(tmp_path / "b.csv", "book_id,other_id,title\n1,901,A\n2,902,B\n901,903,C\n")
    dataset = read(ratings, books=books)
    shown = dict(zip(dataset.catalogue.books, dataset.catalogue.titles, strict=True))
    assert shown == {"901": "A", "902": "B", "903": "C"}
    assert "books are found by 'other_id'" in dataset.intake.notes[0]


def test_a_column_of_ids_that_is_not_there_is_refused(tmp_path: Path) -> None:
    ratings, books = tables(tmp_path, like=True)
    with pytest.raises(InputError, match="'goodreads' of --books-id-column, got 'book_id'"):
        read(ratings, books=books, columns={"books_id": "goodreads"})
    assert len(titles(read(ratings, books=books, columns={"books_id": "1"}))) == BOOKS


def test_a_table_of_ids_is_used(tmp_path: Path) -> None:
    write(tmp_path / "ratings.csv", "user_id,book_id,rating\n1,0,5\n2,1,4\n2,7,4\n")
    write(tmp_path / "book_id_map.csv", "book_id_csv,book_id\n0,234225\n1,5907\n")
    write(tmp_path / "books.csv", "book_id,title\n234225,Dune\n5907,The Hobbit\n")
    write(tmp_path / "user_id_map.csv", "user_id_csv,user_id\n1,8842281e\n")
    dataset = read(tmp_path)
    assert titles(dataset) == {"Dune", "The Hobbit"}
    assert {*dataset.ratings.items} >= {"234225", "5907"}
    assert "1 book is not in it" in dataset.intake.notes[0]
    assert any("user_id_map.csv" in name for name in dataset.intake.unused)


def test_a_table_of_ids_that_are_others_is_told(tmp_path: Path) -> None:
    write(tmp_path / "ratings.csv", "user_id,book_id,rating\n1,5,5\n2,6,4\n")
    write(tmp_path / "book_id_map.csv", "book_id_csv,book_id\n5,70\n6,71\n")
    write(tmp_path / "books.csv", "book_id,title\n5,Dune\n6,The Hobbit\n")
    dataset = read(tmp_path)
    assert titles(dataset) == {"Dune", "The Hobbit"}
    assert (
        "not used: 2 rated books are in the table of books by the ratings' own ids, 0"
        in (dataset.intake.notes[0])
    )


def test_isbn_without_zeros_are_those_with_them(tmp_path: Path) -> None:
    ratings = write(tmp_path / "r.csv", "user,isbn,rating\nu1,340839937,5\nu2,60853980,3\n")
    books = write(tmp_path / "b.csv", "isbn,title\n0340839937,Dune\n0060853980,Blindness\n")
    dataset = read(ratings, books=books)
    assert titles(dataset) == {"Dune", "Blindness"}
    assert "zeros in front of 2 ISBN were put back" in dataset.intake.files[0].notes


def test_isbn_of_books_that_became_numbers_are_counted(tmp_path: Path) -> None:
    ratings = write(tmp_path / "r.csv", "user,book,rating\nu1,1,5\nu2,2,3\n")
    books = write(tmp_path / "b.csv", "id,title,isbn13\n1,A,9.78014E+12\n2,B,9780340839935\n")
    dataset = read(ratings, books=books)
    assert dataset.catalogue.isbn13 == ("", "9780340839935")
    (note,) = dataset.intake.files[1].notes
    assert "1 ISBN that a spreadsheet made a number of" in note


def of_books(folder: Path, books: int, readers: int) -> Dataset:
    """Ratings whose means run against those of the table of books."""
    rows = [
        f"{reader},{book},{1 + book * 4 // max(books - 1, 1)}"
        for book in range(books)
        for reader in range(readers)
    ]
    table = [f"{book},Book {book},{5 - book * 4 / books:.3f}" for book in range(books)]
    ratings = write(folder / "r.csv", "\n".join(["user_id,book_id,rating", *rows]) + "\n")
    names = "book_id,title,average_rating"
    return read(ratings, books=write(folder / "b.csv", "\n".join([names, *table]) + "\n"))


@pytest.mark.parametrize(
    ("books", "readers", "joined"), [(50, 5, False), (49, 5, True), (50, 4, True)]
)
def test_so_many_books_and_ratings_are_needed_to_speak_against_it(
    tmp_path: Path, books: int, readers: int, joined: bool
) -> None:
    assert bool(titles(of_books(tmp_path, books, readers))) is joined


@pytest.mark.parametrize(("same", "of", "joined"), [(1, 4, True), (0, 4, True), (0, 5, False)])
def test_so_many_titles_are_needed_to_speak_against_it(
    tmp_path: Path, same: int, of: int, joined: bool
) -> None:
    rows = "".join(f"1,{book},Book {book},4\n" for book in range(of))
    ratings = write(tmp_path / "r.csv", f"user_id,book_id,title,rating\n{rows}")
    named = "".join(f"{b},{'Book' if b < same else 'Else'} {b}\n" for b in range(of))
    dataset = read(ratings, books=write(tmp_path / "b.csv", f"book_id,title\n{named}"))
    assert (dataset.books is not None) is joined


def test_a_quarter_of_the_titles_is_enough(tmp_path: Path) -> None:
    rows = "".join(f"1,{book},Book {book},4\n" for book in range(8))
    ratings = write(tmp_path / "r.csv", f"user_id,book_id,title,rating\n{rows}")
    for same, joined in ((2, True), (1, False)):
        named = "".join(f"{b},{'Book' if b < same else 'Else'} {b}\n" for b in range(8))
        dataset = read(ratings, books=write(tmp_path / "b.csv", f"book_id,title\n{named}"))
        assert (dataset.books is not None) is joined
    assert "7 of 8 titles are others" in dataset.intake.notes[0]


@pytest.mark.parametrize(
    ("rated", "listed", "told"),
    [
        (range(1, 9), range(3, 12), True),
        (range(1, 9), range(1, 12), False),
        (range(1, 9), [*range(3, 11), 17], True),
        (range(1, 9), [*range(3, 11), 19], False),
        (["a", "b", "1"], range(3, 12), False),
    ],
)
def test_numbers_alone_are_told(
    tmp_path: Path, rated: Iterable[object], listed: Iterable[object], told: bool
) -> None:
    rows = "".join(f"1,{book},4\n" for book in rated)
    ratings = write(tmp_path / "r.csv", f"user_id,book_id,rating\n{rows}")
    named = "".join(f"{book},Book {book}\n" for book in listed)
    dataset = read(ratings, books=write(tmp_path / "b.csv", f"book_id,title\n{named}"))
    assert any("nothing but their numbers" in note for note in dataset.intake.notes) is told
