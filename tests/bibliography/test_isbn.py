from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography import isbn

NINE = st.text("0123456789", min_size=9, max_size=9)
ANY = st.text("0123456789Xx- ", max_size=18)


@pytest.mark.parametrize(
    "written", ["034545104X", "034545104x", "0-345-45104-X", "9780345451040", " 978-0-345-45104-0 "]
)
def test_all_notations_are_one_book(written: str) -> None:
    assert isbn.one_id(written) == "034545104X"
    assert isbn.to_isbn13(written) == "9780345451040"


@pytest.mark.parametrize(
    ("ten", "thirteen"),
    [
        ("2072165113", "9782072165115"),
        ("3938690925", "978-3-938690-92-5"),
        ("0439023483", "9780439023481"),
        ("014028009X", "9780140280098"),
    ],
)
def test_ten_and_thirteen_are_the_same(ten: str, thirteen: str) -> None:
    assert isbn.to_isbn13(ten) == isbn.compact(thirteen)
    assert isbn.to_isbn10(thirteen) == ten


def test_979_has_no_isbn_10() -> None:
    written = "979-10-90636-07-1"
    assert isbn.to_isbn13(written) == "9791090636071"
    assert isbn.to_isbn10(written) is None
    assert isbn.one_id(written) == "9791090636071"


def test_padding_gives_back_lost_zeros() -> None:
    assert isbn.to_isbn13(isbn.padded("439023483")) == "9780439023481"
    assert isbn.padded("43965548X") == "043965548X"
    assert isbn.padded("") == ""
    assert isbn.padded("9780439023481") == "9780439023481"


@pytest.mark.parametrize(
    "text", ["not an isbn", "", "0439023484", "9780439023480", "9.78044e+12", "²²²²²²²²²²"]
)
def test_what_is_no_isbn_stays_as_it_is(text: str) -> None:
    assert isbn.one_id(text) == text
    assert isbn.to_isbn13(text) is None


@given(NINE)
def test_ten_to_thirteen_and_back(nine: str) -> None:
    ten = nine + isbn.check_digit(nine)
    thirteen = isbn.to_isbn13(ten)
    assert thirteen is not None
    assert isbn.to_isbn13(thirteen) == thirteen
    assert isbn.to_isbn10(thirteen) == ten


@given(NINE, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_found(nine: str, place: int, change: int) -> None:
    ten = nine + isbn.check_digit(nine)
    wrong = ten[:place] + str((int(ten[place]) + change) % 10) + ten[place + 1 :]
    assert isbn.to_isbn13(wrong) is None


@given(ANY)
def test_one_id_is_its_own_id(text: str) -> None:
    assert isbn.one_id(isbn.one_id(text)) == isbn.one_id(text)
