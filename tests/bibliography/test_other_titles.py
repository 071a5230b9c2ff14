"""Original and alternative titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.worlds import catalogue_of, entry, library
from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.other_titles import divided, other_titles
from readalike.bibliography.search import find, search
from readalike.bibliography.titles import Title
from readalike.errors import UnknownBook
from readalike.libraries.matches import Match
from readalike.libraries.matching import match

BOOKS = (
    ("One Hundred Years of Solitude", "Gabriel García Márquez, Gregory Rabassa"),
    ("Harry Potter and the Sorcerer's Stone (Harry Potter, #1)", "J.K. Rowling"),
    ("The Golden Compass (His Dark Materials, #1)", "Philip Pullman"),
    ("The Master and Margarita", "Mikhail Bulgakov"),
    ("Bleach, Volume 01", "Tite Kubo"),
    ("War and Peace", "Leo Tolstoy"),
    ("The Fellowship of the Ring (The Lord of the Rings, #1)", "J.R.R. Tolkien"),
)
OTHERS = (
    "Cien años de soledad",
    "Harry Potter and the Philosopher's Stone",
    "Northern Lights",
    "Мастер и Маргарита",
    "Bleach",
    "Война и мир",
    "The Lord of the Rings",
)


@pytest.fixture(scope="module")
def index() -> BookIndex:
    return BookIndex(catalogue_of(*BOOKS, other_titles=OTHERS))


def matched(index: BookIndex, title: str, authors: str) -> Match:
    return match(library(entry(title, authors)), index).each[0]


@pytest.mark.parametrize(
    ("title", "given_", "kept"),
    [
        ("Dune", ["Dune"], ""),
        ("The Hitchhiker's Guide (Hitchhiker, #1)", ["Hitchhiker’s Guide"], ""),
        ("Blindness", ["Ensaio Sobre a Cegueira", "blindness"], "Ensaio Sobre a Cegueira"),
        (
            "Norwegian Wood",
            ["ノルウェイの森 [Noruwei no Mori]"],
            "ノルウェイの森 | Noruwei no Mori",
        ),
        ("A", ["B | C"], "B C"),
        ("A &amp; B", ["", "  "], ""),
    ],
)
def test_only_other_titles_are_kept(title: str, given_: list[str], kept: str) -> None:
    assert other_titles(title, given_) == kept


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=4))
def test_what_is_kept_comes_back_as_titles_that_differ(title: str, given_: list[str]) -> None:
    found = divided(other_titles(title, given_))
    keys = [Title(each).full for each in found]
    assert all(each and "|" not in each for each in found)
    assert Title(title).full not in keys or not Title(title).full


@pytest.mark.parametrize(
    ("title", "authors", "book"),
    [
        ("Cien anos de soledad", "Gabriel García Márquez", "1"),
        ("Harry Potter and the Philosopher's Stone", "Rowling, J.K.", "2"),
        ("Harry Potter and the Philosopher's Stone (Harry Potter, #1)", "J. K. Rowling", "2"),
        ("NORTHERN LIGHTS", "Philip Pullman", "3"),
        ("Мастер и Маргарита", "Михаил Булгаков", "4"),
        ("Мастер и Маргарита", "М. А. Булгаков", "4"),
        ("The Master and Margarita", "Михаил Булгаков", "4"),
        ("Война и мир", "Лев Толстой", "6"),
    ],
)
def test_109_a_book_is_found_by_its_original_title(
    index: BookIndex, title: str, authors: str, book: str
) -> None:
    found = matched(index, title, authors)
    assert (found.state, found.book_id) == ("matched", book)
    assert found.confidence is not None
    assert found.confidence <= 0.95


@pytest.mark.parametrize(
    ("title", "authors"),
    [
        ("Northern Lights", "Nora Roberts"),
        ("Northern Lights", ""),
        ("Harry Potter and the Philosopher's Stone (Harry Potter, #2)", "J.K. Rowling"),
        ("Bleach", "Tite Kubo"),
        ("The Lord of the Rings", "J.R.R. Tolkien"),
        ("Война и мир", "Фёдор Достоевский"),
    ],
)
def test_an_original_title_alone_is_not_enough(index: BookIndex, title: str, authors: str) -> None:
    assert matched(index, title, authors).state != "matched"


def test_a_title_of_its_own_goes_before_an_original_title() -> None:
    books = (("The Golden Compass", "Philip Pullman"), ("Northern Lights", "Philip Pullman"))
    index = BookIndex(catalogue_of(*books, other_titles=("Northern Lights", "")))
    assert matched(index, "Northern Lights", "Philip Pullman").book_id == "2"
    assert find(index, "Northern Lights") == 1
    assert search(index, "northern lights") == [1, 0]


def test_an_original_title_of_two_works_is_not_certain() -> None:
    books = (("One", "Philip Pullman"), ("Two", "Philip Pullman"))
    index = BookIndex(catalogue_of(*books, other_titles=("Third Thing", "Third Thing")))
    assert matched(index, "Third Thing", "Philip Pullman").state == "ambiguous"


def test_109_search_and_like_find_an_original_title(index: BookIndex) -> None:
    for at, text in enumerate(OTHERS[:4]):
        assert search(index, text)[0] == at
        assert find(index, text) == at
    assert search(index, "soledad") == [0]
    assert find(index, "northern lights / pullman") == 2
    with pytest.raises(UnknownBook):
        find(index, "northern lights / roberts")
