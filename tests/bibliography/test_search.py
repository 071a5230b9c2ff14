from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography.folding import fold
from readalike.bibliography.search import find, search
from readalike.data.catalogue import Catalogue
from readalike.errors import AmbiguousBook, UnknownBook
from readalike.tables.dataset import read

CASES = Path(__file__).parents[1] / "data" / "cases"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read(CASES / "ratings_dups_kaggle.csv", books=CASES / "books_kaggle_mini.csv").catalogue


def ids(catalogue: Catalogue, text: str, n: int = 10) -> list[str]:
    return [catalogue.books.ids[index] for index in search(catalogue, text, n)]


def test_82_accents_apostrophes_and_decomposed_text(catalogue: Catalogue) -> None:
    assert {"94"} <= set(ids(catalogue, "Gabriel Garcia Marquez"))
    assert ids(catalogue, "Miss Peregrine's") == ["139"]
    assert ids(catalogue, "miss peregrine’s") == ["139"]
    decomposed = unicodedata.normalize("NFD", "García Márquez")
    assert ids(catalogue, decomposed) == ids(catalogue, "garcia marquez")


def test_isbn_however_it_is_typed(catalogue: Catalogue) -> None:
    for typed in ("978-0-439-02348-1", "9780439023481", "0439023483", "0-439-02348-3"):
        assert ids(catalogue, typed)[0] == "1"
        assert catalogue.books.ids[find(catalogue, typed)] == "1"


def test_best_first(catalogue: Catalogue) -> None:
    assert ids(catalogue, "the hunger games")[0] == "1"
    found = search(catalogue, "harry potter", 3)
    counts = catalogue.counts[found].tolist()
    assert all(catalogue.titles[index].startswith("Harry Potter") for index in found)
    assert counts == sorted(counts, reverse=True)
    assert ids(catalogue, "2")[0] == "2"
    assert ids(catalogue, "hary poter")
    assert ids(catalogue, "qqqqzzzz") == []
    assert ids(catalogue, "") == []
    assert ids(catalogue, "harry potter", 0) == []


@pytest.mark.parametrize(
    "text", ["the hunger games", "  The  HUNGER games ", "1", "The Hunger Games / Collins"]
)
def test_78_find(catalogue: Catalogue, text: str) -> None:
    assert catalogue.books.ids[find(catalogue, text)] == "1"


def test_47_one_title_two_authors(catalogue: Catalogue) -> None:
    with pytest.raises(AmbiguousBook, match="Lauren Groff") as caught:
        find(catalogue, "arcadia")
    assert "(id 6105)" in str(caught.value)
    assert "(id 6481)" in str(caught.value)
    assert catalogue.books.ids[find(catalogue, "Arcadia / Stoppard")] == "6481"
    assert catalogue.books.ids[find(catalogue, "arcadia/lauren groff")] == "6105"


def test_unknown_titles_have_suggestions(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownBook) as caught:
        find(catalogue, "The Hungry Games")
    assert "The Hunger Games" in caught.value.suggestions[0]
    with pytest.raises(UnknownBook, match="readalike search"):
        find(catalogue, "qqqqzzzz")


@given(st.text(max_size=30))
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
