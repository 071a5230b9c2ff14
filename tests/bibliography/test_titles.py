from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography.titles import Title, title_key


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


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("The Hobbit", "hobbit"),
        ("Hobbit, The", "hobbit"),
        ("The", "the"),
        ("A", "a"),
        ("An Echo in the Bone", "echo in the bone"),
        ("Angels & Demons", "angels and demons"),
        ("Nineteen Eighty-Four", "1984"),
        ("1984", "1984"),
        ("Slaughterhouse-Five", "slaughterhouse 5"),
        ("One Hundred Years of Solitude", "100 years of solitude"),
        ("Catch-22", "catch 22"),
        ("Top Secret Twenty-One", "top secret 21"),
        ("Catch Twenty Two", "catch 22"),
        ("Maus II", "maus 2"),
        ("Saga, Volume 01", "saga vol 1"),
        ("Saga, Vol. 1", "saga vol 1"),
        ("I, Robot", "i robot"),
        ("V.", "v"),
        ("Malcolm X", "malcolm x"),
        ("007", "7"),
        ("0", "0"),
        ("Miss Peregrine’s Home", "miss peregrines home"),
        ("'Salem's Lot", "salems lot"),
        ("Ünder Ñ", "under n"),
        ("", ""),
        ("!!!", ""),
        ("こころ", "こころ"),
        ("Twenty Hundred", "2000"),
        ("Ten Twenty", "1020"),
        ("Twenty One Pilots", "21 pilots"),
        ("Thirty Ten", "3010"),
        ("The Two Towers", "2 towers"),
    ],
)
def test_words_that_are_compared(text: str, folded: str) -> None:
    assert title_key(text) == folded


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once_but_for_articles_and_numbers(text: str) -> None:
    assert title_key(text) == title_key(text.upper().lower()) or not text.isascii()
    assert title_key(unicodedata.normalize("NFD", text)) == title_key(
        unicodedata.normalize("NFC", text)
    )


PHOENIX = (
    "harry potter and the order of the phoenix",
    "harry potter and the order of the phoenix",
    "",
    "harry potter",
    "5",
    "1",
)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "The Raven King (The Raven Cycle, #4)",
            ("raven king", "raven king", "", "raven cycle", "4", ""),
        ),
        (
            "Gideon the Ninth (The Locked Tomb #1)",
            ("gideon the ninth", "gideon the ninth", "", "locked tomb", "1", ""),
        ),
        (
            "Good Omens: The Nice Prophecies",
            ("good omens the nice prophecies", "good omens", "nice prophecies", "", "", ""),
        ),
        (
            "Mistborn : The Final Empire",
            ("mistborn the final empire", "mistborn", "final empire", "", "", ""),
        ),
        ("Gone Girl: A Novel", ("gone girl", "gone girl", "", "", "", "")),
        ("Emma (Penguin Classics)", ("emma", "emma", "", "", "", "")),
        ("Emma [Kindle Edition]", ("emma", "emma", "", "", "", "")),
        ("Emma: 200th Anniversary Edition", ("emma", "emma", "", "", "", "")),
        ("Emma (Graphic Novel)", ("emma graphic novel", "emma graphic novel", "", "", "", "")),
        (
            "The Hunger Games (Official Movie Companion)",
            (
                "hunger games official movie companion",
                "hunger games official movie companion",
                "",
                "",
                "",
                "",
            ),
        ),
        (
            "Harry Potter and the Order of the Phoenix (Harry Potter, #5, Part 1)",
            PHOENIX,
        ),
        (
            "A Storm of Swords: Steel and Snow (A Song of Ice and Fire, #3: Part 1 of 2)",
            (
                "storm of swords steel and snow",
                "storm of swords",
                "steel and snow",
                "song of ice and fire",
                "3",
                "1",
            ),
        ),
        ("Fables: 1001", ("fables 1001", "fables", "1001", "", "", "")),
        ("11:59", ("11 59", "11 59", "", "", "", "")),
        (": x", ("x", "x", "", "", "", "")),
        ("", ("", "", "", "", "", "")),
    ],
)
def test_a_title_taken_apart(text: str, title: tuple[str, ...]) -> None:
    found = Title(text)
    series = title_key(found.series)
    assert (found.full, found.short, found.rest, series, found.volume, found.part) == title


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Saga: The Complete Trilogy", True),
        ("Saga: Books 1-3", True),
        ("Saga: Part Two", True),
        ("Saga: The Graphic Novel", True),
        ("Saga: A Companion", True),
        ("Saga: Volume One", True),
        ("Saga", False),
        ("Saga: The Story of a Winter", False),
        ("Escape: 9 to 5 and More", False),
    ],
)
def test_subtitles_of_other_works(text: str, other: bool) -> None:
    assert Title(text).other_work is other
