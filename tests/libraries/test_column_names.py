"""Names of columns in ten languages, whole or as a word of a longer name."""

from __future__ import annotations

import pytest

from readalike.libraries.column_names import COLUMN_NAMES, roles_by_name
from readalike.tables.layouts import key


@pytest.mark.parametrize(
    "names",
    [
        ("Title", "Author", "Rating", "Status"),
        ("Titel", "Autor", "Bewertung", "Lesestatus"),
        ("Titre", "Auteur", "Évaluation", "Statut de lecture"),
        ("Título", "Autor", "Puntuación", "Estado de lectura"),
        ("Titolo", "Autore", "Valutazione", "Stato"),
        ("Título", "Autora", "Avaliação", "Situação"),
        ("Boektitel", "Schrijver", "Waardering", "Leesstatus"),
        ("Tytuł", "Autor", "Ocena", "Półka"),
        ("Название", "Автор", "Оценка", "Статус"),
        ("タイトル", "著者", "評価", "読書状況"),
    ],
    ids=["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "ja"],
)
def test_names_in_ten_languages(names: tuple[str, ...]) -> None:
    assert roles_by_name(names) == {"title": 0, "authors": 1, "stars": 2, "status": 3}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("Book Title", "Author(s)"), {"title": 0, "authors": 1}),
        (("Title", "Personal rating"), {"title": 0, "stars": 1}),
        (("Title", "Average rating"), {"title": 0}),
        (("Title", "Rating count"), {"title": 0}),
        (("Title", "Number of ratings", "My score of it"), {"title": 0, "stars": 2}),
        (("Title", "Rating (1-10)"), {"title": 0, "stars": 1}),
        (("Title", "Title sort"), {"title": 0}),
    ],
)
def test_a_word_of_a_name_is_enough(names: tuple[str, ...], found: dict[str, int]) -> None:
    assert roles_by_name(names) == found


def test_an_exact_name_goes_before_a_word() -> None:
    assert roles_by_name(("Friend's rating", "Rating", "Title"))["stars"] == 1


def test_names_are_written_as_they_are_compared() -> None:
    assert all(key(name) == name for names in COLUMN_NAMES.values() for name in names)
