"""Libraries that name books by other titles, beside the real catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from libraries.worlds import entry, library
from readalike.bibliography.book_index import BookIndex
from readalike.libraries.matching import match
from readalike.tables.dataset import read

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def index(real_data: Path) -> BookIndex:
    return BookIndex(read(real_data / "goodbooks-10k").catalogue)


def test_109_original_titles_and_117_volumes(index: BookIndex) -> None:
    rows = {
        ("Cien años de soledad", "Gabriel García Márquez"): "94",
        ("La sombra del viento", "Carlos Ruiz Zafón"): "258",
        ("Ensaio Sobre a Cegueira", "José Saramago"): "653",
        ("Harry Potter and the Philosopher's Stone", "J.K. Rowling"): "2",
        ("Northern Lights", "Philip Pullman"): "62",
        ("Мастер и Маргарита", "Михаил Булгаков"): "592",
        ("Fables, Vol. 10: The Good Prince", "Bill Willingham"): "8982",
        ("Fables, Vol. 11: War and Pieces", "Bill Willingham"): None,
        ("Naruto 2", "Masashi Kishimoto"): None,
        ("Naruto 12", "Masashi Kishimoto"): None,
        ("The Walking Dead 18", "Robert Kirkman"): None,
        ("1Q84 Book 4", "Haruki Murakami"): None,
    }
    found = match(library(*(entry(*row) for row in rows)), index).each
    assert [each.book_id for each in found] == list(rows.values())
