"""What of a title is compared, and when two names are one person's."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography.folding import fold
from readalike.bibliography.people import Person, is_same, person_of
from readalike.bibliography.titles import Title, title_key


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


@given(st.text(st.characters(max_codepoint=127), max_size=30))
def test_plain_letters_are_folded_as_all_others_are(text: str) -> None:
    assert fold(f"{text} ñ") == f"{fold(text)} n".strip()


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


def person(name: str) -> Person:
    found = person_of(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("J.K. Rowling", "J. K. Rowling"),
        ("J.K. Rowling", "JK Rowling"),
        ("J.K. Rowling", "Rowling J.K."),
        ("JK Rowling", "Rowling JK"),
        ("J.K. Rowling", "Joanne Rowling"),
        ("J.R.R. Tolkien", "John Ronald Reuel Tolkien"),
        ("George R.R. Martin", "George Martin"),
        ("Kurt Vonnegut Jr.", "Kurt Vonnegut"),
        ("Gabriel García Márquez", "garcia marquez gabriel"),
        ("Gabriel García Márquez", "Gabriel Garcia"),
        ("J.R.R. Tolkien", "Tolkien"),
        ("Fyodor Dostoyevsky", "Fyodor Dostoevsky"),
        ("Chris Columbus", "Christopher Columbus"),
        ("C.S. Lewis", "Clive Staples Lewis"),
        ("Homer", "Homer"),
        ("Jon Krakauer", "John Krakauer"),
        ("Ursula K. Le Guin", "Ursula Le Guin"),
        ("Sarah J. Maas", "S. Maas"),
        ("Ngũgĩ wa Thiong'o", "Ngugi wa Thiongo"),
        ("村上 春樹", "春樹 村上"),
    ],
)
def test_names_of_one_person(one: str, other: str) -> None:
    assert is_same(person(one), person(other))
    assert is_same(person(other), person(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Stephen King", "Stephanie King"),
        ("Stephen King", "Tabitha King"),
        ("Stephen King", "Stephen"),
        ("Lauren Groff", "Tom Stoppard"),
        ("Dan Brown", "Don Brown"),
        ("J. King", "S. King"),
        ("Thomas Hobbes", "Thomas Harris"),
        ("Amy Tan", "Amy Dan"),
        ("Anne Brontë", "Emily Brontë"),
        ("Anne Rice", "Anne Tyler"),
        ("Homer", "Homer Hickam"),
        ("Martin Amis", "Kingsley Amis"),
        ("Paul Auster", "Jane Austen"),
        ("Robert Jordan", "Robert Harris"),
    ],
)
def test_names_of_two_people(one: str, other: str) -> None:
    assert not is_same(person(one), person(other))
    assert not is_same(person(other), person(one))


@pytest.mark.parametrize("name", ["Anonymous", "unknown", "Various Authors", "", " ", "--"])
def test_nobody(name: str) -> None:
    assert person_of(name) is None


@given(st.text(max_size=20), st.text(max_size=20))
def test_whether_two_names_are_one_is_asked_either_way(one: str, other: str) -> None:
    a, b = person_of(one), person_of(other)
    if a is not None and b is not None:
        assert is_same(a, b) == is_same(b, a)
        assert is_same(a, a)
