from __future__ import annotations

import gc
import unicodedata
import weakref
from pathlib import Path

import numpy as np
import pytest

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.search import find, search
from readalike.data.catalogue import Catalogue
from readalike.data.vocabulary import Vocabulary
from readalike.errors import AmbiguousBook, UnknownBook
from readalike.libraries.entry import Entry, Library
from readalike.libraries.matching import match
from readalike.tables.dataset import read

CASES = Path(__file__).parents[1] / "data" / "cases"


@pytest.fixture(scope="module")
def index() -> BookIndex:
    return BookIndex(
        read(CASES / "ratings_dups_kaggle.csv", books=CASES / "books_kaggle_mini.csv").catalogue
    )


def ids(index: BookIndex, text: str, n: int = 10) -> list[str]:
    return [index.catalogue.books.ids[book] for book in search(index, text, n)]


def test_82_accents_apostrophes_and_decomposed_text(index: BookIndex) -> None:
    assert {"94"} <= set(ids(index, "Gabriel Garcia Marquez"))
    assert ids(index, "Miss Peregrine's") == ["139"]
    assert ids(index, "miss peregrine’s") == ["139"]
    decomposed = unicodedata.normalize("NFD", "García Márquez")
    assert ids(index, decomposed) == ids(index, "garcia marquez")


def test_isbn_however_it_is_typed(index: BookIndex) -> None:
    for typed in ("978-0-439-02348-1", "9780439023481", "0439023483", "0-439-02348-3"):
        assert ids(index, typed)[0] == "1"
        assert index.catalogue.books.ids[find(index, typed)] == "1"


def test_best_first(index: BookIndex) -> None:
    assert ids(index, "the hunger games")[0] == "1"
    found = search(index, "harry potter", 3)
    counts = index.catalogue.counts[found].tolist()
    assert all(index.catalogue.titles[book].startswith("Harry Potter") for book in found)
    assert counts == sorted(counts, reverse=True)
    assert ids(index, "2")[0] == "2"
    assert ids(index, "hary poter")
    assert ids(index, "qqqqzzzz") == []
    assert ids(index, "") == []
    assert ids(index, "harry potter", 0) == []


@pytest.mark.parametrize(
    "text", ["the hunger games", "  The  HUNGER games ", "1", "The Hunger Games / Collins"]
)
def test_78_find(index: BookIndex, text: str) -> None:
    assert index.catalogue.books.ids[find(index, text)] == "1"


def test_47_one_title_two_authors(index: BookIndex) -> None:
    with pytest.raises(AmbiguousBook, match="Lauren Groff") as caught:
        find(index, "arcadia")
    assert "(id 6105)" in str(caught.value)
    assert "(id 6481)" in str(caught.value)
    assert index.catalogue.books.ids[find(index, "Arcadia / Stoppard")] == "6481"
    assert index.catalogue.books.ids[find(index, "arcadia/lauren groff")] == "6105"


BOOKS = (
    ("Arcadia", "Lauren Groff"), ("Arcadia", "Tom Stoppard"), ("11/22/63", "Stephen King"),
    ("Animal Farm / 1984", "George Orwell, C. M. Woodhouse"), ("Animal Farm", "George Orwell"),
    ("1984", "George Orwell"), ("Arcadia Explained", "Tommy Stoppard"), ("King 11/22/63", "King"),
    ("Animal Farm / 1984: Notes", "Orwell Woodhouse"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "book"),
    [
        ("Arcadia / Tom Stoppard", 1),
        ("arcadia/stoppard", 1),
        ("Arcadia / Stoppard Tom", 1),
        ("11/22/63 / King", 2),
        ("11/22/63/Stephen King", 2),
        ("Animal Farm / Orwell", 4),
        ("Animal Farm / 1984 / Orwell", 3),
        ("Animal Farm / 1984", 3),
        ("Animal Farm/1984/Woodhouse", 3),
    ],
)
def test_title_and_author_mean_one_book_to_search_and_to_find(text: str, book: int) -> None:
    titles, authors = zip(*BOOKS, strict=True)
    known = np.arange(len(BOOKS), dtype=np.float64)  # the later ones by more people
    books = Vocabulary.of("abcdefghi")
    index = BookIndex(Catalogue.of(books, titles=titles, authors=authors, counts=known))
    assert find(index, text) == book
    assert search(index, text)[0] == book


def test_nothing_but_its_owner_holds_a_catalogue() -> None:
    catalogue = Catalogue.of(Vocabulary.of("ab"), titles=("Emma", "Dune"), authors=("A", "B"))
    index = BookIndex(catalogue)
    assert (find(index, "emma"), search(index, "dune")) == (0, [1])
    emma = Entry(row=1, line=2, title="Emma", authors=("A",))
    assert match(Library(file="x.csv", format="table", rows=1, entries=(emma,)), index).each
    gone = weakref.ref(catalogue), weakref.ref(index)
    del catalogue, index
    gc.collect()
    assert [each() for each in gone] == [None, None]


def test_unknown_titles_have_suggestions(index: BookIndex) -> None:
    with pytest.raises(UnknownBook) as caught:
        find(index, "The Hungry Games")
    assert "The Hunger Games" in caught.value.suggestions[0]
    with pytest.raises(UnknownBook, match="readalike search"):
        find(index, "qqqqzzzz")
