from __future__ import annotations

import pytest

from readalike.bibliography.titles import Title


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
    parsed = Title(title)
    assert (parsed.series, parsed.volume) == (series, volume)


def test_title_without_series() -> None:
    assert Title("The Raven King (The Raven Cycle, #4)").bare == "The Raven King"
    assert Title("Mort (Discworld, #4; Death, #1)").bare == "Mort"
    assert Title("Hamlet (Arden)").bare == "Hamlet (Arden)"
    assert Title("Ranma ½, Vol. 1 (Ranma ½ (US 2nd), #1)").bare == "Ranma ½, Vol. 1"


def test_year_behind_a_movielens_title() -> None:
    assert Title("Misérables, Les (1995)").year == 1995
    assert Title("Misérables, Les (1995)").without_year == "Misérables, Les"
    assert Title("1984").year is None
