"""When two names are one person's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography.people import Person, is_same, person_of


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
