"""Columns of tables of books: authors, lists of genres, ids with names behind them, ratings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from library import write
from readalike.bibliography.author_column import authors_of_column
from readalike.data.catalogue import Catalogue
from readalike.tables.account import ReadReportBuilder
from readalike.tables.book_table import read_books
from readalike.tables.cell_lists import is_list, items_of
from readalike.tables.layouts import of_table
from readalike.tables.tag_table import tags_of_cells
from readalike.tables.workbench import workbench

BEST_BOOKS_EVER = (
    "bookId", "title", "author", "rating", "isbn", "genres", "publishDate", "firstPublishDate",
    "numRatings",
)  # fmt: skip
HAIL_MARY = (
    "54493401-project-hail-mary", "Project Hail Mary",
    "Andy Weir (Goodreads Author), Ray Porter (Narrator)", "4.52", "9999999999999",
    "['Science Fiction', 'Fiction']", "05/04/22", "05/04/21", "600000",
)  # fmt: skip


def catalogue(folder: Path, columns: tuple[str, ...], *rows: tuple[str, ...]) -> Catalogue:
    file = write(folder / "books.csv", columns, rows)
    with workbench(file) as bench:
        table = of_table(bench.open(file, "books"), "books", {})
        return read_books(bench, table, ReadReportBuilder()).books


def authors(*cells: str) -> tuple[str, ...]:
    return authors_of_column(cells, lambda cell: items_of(cell) if is_list(cell) else None)


def test_110_a_row_of_best_books_ever(tmp_path: Path) -> None:
    found = catalogue(tmp_path, BEST_BOOKS_EVER, HAIL_MARY)
    book = found.book(0)
    assert (book.title, book.authors, book.year) == ("Project Hail Mary", "Andy Weir", 2021)
    assert (book.isbn13, book.goodreads_id) == ("", "54493401")
    assert (found.means[0], found.counts[0]) == (4.52, 600_000)
    assert found.tags is not None
    assert found.tags.names == ("fiction", "science fiction")


def test_a_rating_without_counts_is_not_the_worlds(tmp_path: Path) -> None:
    found = catalogue(tmp_path, ("book_id", "title", "rating"), ("1", "Dune", "4"))
    assert np.isnan(found.means).all()


@pytest.mark.parametrize(
    ("ids", "numbers"),
    [
        (("234225.Dune", "5907.The_Hobbit", "7"), ("234225", "5907", "7")),
        (("54493401-project-hail-mary",), ("54493401",)),
        (("1", "2", "3"), ("", "", "")),
        (("1984-orwell", "dune"), ("", "")),
        (("2.5", "3.5"), ("", "")),
    ],
)
def test_numbers_in_front_of_names_are_goodreads_ids(
    tmp_path: Path, ids: tuple[str, ...], numbers: tuple[str, ...]
) -> None:
    rows = [(outside, f"Title {at}") for at, outside in enumerate(ids)]
    assert catalogue(tmp_path, ("book_id", "title"), *rows).goodreads_ids == numbers


def test_original_and_alternative_titles(tmp_path: Path) -> None:
    columns = ("book_id", "title", "original_title", "alternative_titles")
    rows = (
        ("1", "The Golden Compass", "Northern Lights", "['Der goldene Kompass', 'Golden Compass']"),
        ("2", "Dune", "Dune", ""),
    )
    found = catalogue(tmp_path, columns, *rows)
    assert found.other_titles == ("Northern Lights | Der goldene Kompass", "")


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("Andy Weir (Goodreads Author), Ray Porter (Narrator)", "Andy Weir"),
        ("Andy Weir (Goodreads Author)", "Andy Weir"),
        ("Shaun Tan (Author, Illustrator)", "Shaun Tan"),
        ("Robert Galbraith (Pseudonym), J.K. Rowling", "Robert Galbraith, J.K. Rowling"),
        ("Sun Tzu, Thomas Cleary [Translator]", "Sun Tzu"),
        ("Jules Verne, translated by William Butcher", "Jules Verne"),
        ("Jules Verne, Narrated by: Jim Dale", "Jules Verne"),
        ("Jules Verne, Jim Dale - Narrator", "Jules Verne"),
        ("Herbert, Frank|Asimov, Isaac", "Frank Herbert, Isaac Asimov"),
        ("King, Martin Luther, Jr.|Gaiman, Neil", "Martin Luther King Jr., Neil Gaiman"),
        ("Herbert, Frank", "Frank Herbert"),
        ("by Frank Herbert", "Frank Herbert"),
        ("Byron Katie", "Byron Katie"),
        ("Neil Gaiman; Terry Pratchett", "Neil Gaiman, Terry Pratchett"),
        ("Neil Gaiman &amp; Terry Pratchett", "Neil Gaiman, Terry Pratchett"),
        ("Gabriel Garc&iacute;a M&aacute;rquez", "Gabriel García Márquez"),
        ("['Neil Gaiman', 'Terry Pratchett']", "Neil Gaiman, Terry Pratchett"),
        ('[{"name": "Neil Gaiman"}]', "Neil Gaiman"),
        ("Martin Luther King, Jr.", "Martin Luther King Jr."),
        ("", ""),
    ],
)
def test_a_cell_of_authors(cell: str, kept: str) -> None:
    assert authors(cell) == (kept,)


def test_names_in_order_are_not_turned_round() -> None:
    cells = ("Homer, Robert Fagles", "Frank Herbert", "Neil Gaiman, Terry Pratchett")
    assert authors(*cells) == cells


@pytest.mark.parametrize(
    "cell",
    [
        "['Drama', 'Sci Fi']", '["Drama", "Sci Fi"]', "Drama|Sci-Fi", "Drama; Sci Fi",
        "Drama, Sci Fi", "{'Drama': 12, 'Sci Fi': 3}", '[{"name": "Drama"}, {"name": "Sci Fi"}]',
        "[Drama, Sci Fi]", "('Drama', 'Sci Fi')",
    ],
)  # fmt: skip
def test_a_list_of_genres_however_it_is_written(cell: str) -> None:
    assert tags_of_cells([cell]).names == ("drama", "sci fi")


def test_commas_divide_no_column_that_has_strokes() -> None:
    assert tags_of_cells(["war, great|drama", "arts, fine"]).names == (
        "arts fine", "drama", "war great",
    )  # fmt: skip


def test_an_apostrophe_that_nobody_escaped() -> None:
    assert items_of("['Children's', 'Young Adult']") == ("Children's", "Young Adult")


@given(st.text(max_size=60))
def test_any_cell_is_some_list(cell: str) -> None:
    for text in (cell, f"[{cell}]", f"['{cell}']", f"{{{cell}}}"):
        assert all(each == " ".join(each.split()) and each for each in items_of(text, commas=True))


@given(st.lists(st.text(alphabet="abc'\" é", min_size=1, max_size=8), max_size=4))
def test_a_list_as_python_writes_it_comes_back(items: list[str]) -> None:
    wanted = dict.fromkeys(" ".join(item.split()) for item in items)
    assert items_of(repr(items)) == tuple(each for each in wanted if each)
