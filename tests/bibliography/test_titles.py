from __future__ import annotations

import pytest

from readalike.bibliography.titles import bare_title, series_of, without_year, year_of


@pytest.mark.parametrize(
    ("title", "series", "volume"),
    [
        ("The Raven King (The Raven Cycle, #4)", "The Raven Cycle", "4"),
        ("Dune (Dune Chronicles #1)", "Dune Chronicles", "1"),
        ("Homecoming (Tillerman Cycle, #0.5)", "Tillerman Cycle", "0.5"),
        ("The Complete Maus (Maus, #1-2)", "Maus", "1-2"),
        ("The Complete Maus (Maus, #1–2)", "Maus", "1-2"),
        ("Mort (Discworld, #4; Death, #1)", "Discworld", "4"),
        ("1984", "", ""),
        ("Les Misérables (abridged)", "", ""),
        ("(Dis)honest", "", ""),
        ("", "", ""),
        ("One (of #1) more", "", ""),
    ],
)
def test_series_and_volume(title: str, series: str, volume: str) -> None:
    assert series_of(title) == (series, volume)


def test_title_without_series() -> None:
    assert bare_title("The Raven King (The Raven Cycle, #4)") == "The Raven King"
    assert bare_title("Mort (Discworld, #4; Death, #1)") == "Mort"
    assert bare_title("Hamlet (Arden)") == "Hamlet (Arden)"


def test_year_behind_a_movielens_title() -> None:
    assert year_of("Misérables, Les (1995)") == 1995
    assert without_year("Misérables, Les (1995)") == "Misérables, Les"
    assert year_of("1984") is None
