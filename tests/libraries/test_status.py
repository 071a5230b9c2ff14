"""What became of a book, by words, flags, progress, days and shelves."""

from __future__ import annotations

import pytest

from readalike.libraries.status import (
    WORDS,
    flag_of,
    nothing_said,
    status_of_cells,
    status_of_shelves,
    status_of_word,
)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("read", "read"),
        ("READ", "read"),
        ("to-read", "to-read"),
        ("to_read", "to-read"),
        ("Want to Read", "to-read"),
        ("in_progress", "reading"),
        ("dnf", "unfinished"),
        ("DNF 2021", "unfinished"),
        ("couldn't-finish", "unfinished"),
        ("did-not-finish", "unfinished"),
        ("finished", "read"),
        ("unfinished", "unfinished"),
        ("", None),
        ("borrowed", None),
        ("read-in-2015", None),
        ("dnfx", None),
    ],
)
def test_words_of_statuses(word: str, status: str | None) -> None:
    assert status_of_word(word) == status


def test_words_are_folded_themselves() -> None:
    assert all(status_of_word(word) == status for word, status in WORDS.items())


def test_what_a_row_says_without_a_status() -> None:
    assert status_of_cells({}, False) is None
    assert status_of_cells({}, True) == "read"
    assert status_of_cells({"reads": "1"}, False) == "read"
    assert status_of_cells({"reads": "0"}, False) is None
    assert status_of_cells({"reads": "x"}, False) is None
    assert status_of_cells({"status": "to-read", "reads": "3"}, True) == "to-read"
    assert status_of_cells({"begun": "2020-01-01"}, False) == "reading"
    assert status_of_cells({"begun": "2020-01-01", "read:on": "2020-02-01"}, False) == "read"
    assert status_of_cells({"wanted": "yes", "flag": "no"}, False) == "to-read"
    assert status_of_cells({"wanted": "no"}, False) is None


def test_a_source_without_an_account_says_nothing() -> None:
    assert nothing_said({"status": "read"}, rated=False) is None
    assert nothing_said({}, rated=True) is None


@pytest.mark.parametrize(
    ("read", "reading", "to_read", "unfinished"),
    [
        ("Read", "Currently reading", "To be read", "Did not finish"),
        ("gelesen", "lese ich gerade", "möchte ich lesen", "abgebrochen"),
        ("Lu", "En cours", "À lire", "Abandonné"),
        ("Leído", "Leyendo", "Quiero leer", "Abandonado"),
        ("Letto", "In lettura", "Da leggere", "Abbandonato"),
        ("Lido", "Lendo", "Quero ler", "Abandonei"),
        ("gelezen", "aan het lezen", "wil ik lezen", "niet uitgelezen"),
        ("Przeczytane", "Czytam", "Chcę przeczytać", "Porzucone"),
        ("Прочитано", "Читаю", "Хочу прочитать", "Брошено"),
        ("読んだ", "読書中", "読みたい", "挫折"),
    ],
    ids=["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "ja"],
)
def test_words_in_ten_languages(read: str, reading: str, to_read: str, unfinished: str) -> None:
    said = [status_of_word(word) for word in (read, reading, to_read, unfinished)]
    assert said == ["read", "reading", "to-read", "unfinished"]


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("Yes", True),
        ("ja", True),
        ("✓", True),
        ("1.0", True),
        ("はい", True),
        ("Nein", False),
        ("0", False),
        ("нет", False),
        ("", None),
        ("2021-01-01", None),
    ],
)
def test_flags(cell: str, says: bool | None) -> None:
    assert flag_of(cell) is says


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("to-read, sci-fi", "to-read"),
        ("sci-fi; favourites", None),
        ("read, to-read", None),
        ("dnf|gelesen", None),
        ("lu", "read"),
    ],
)
def test_shelves_say_one_thing_or_nothing(cell: str, status: str | None) -> None:
    assert status_of_shelves(cell) == status
