"""What stands in single cells: ISBN, days, names, statuses."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography.isbn import (
    check_digit,
    is_damaged,
    isbn_texts,
    to_isbn13,
    unwrapped,
    valid_isbn13,
)
from readalike.bibliography.people import (
    divided_by_ampersands,
    divided_by_commas,
    last_names_first,
    written_anyhow,
)
from readalike.libraries.reading import day_goes_first, latest


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="0140283331"', "0140283331"),
        ('=""', ""),
        ("[0596101996]", "0596101996"),
        ("[]", ""),
        (" 0140283331 ", "0140283331"),
        ('"0140283331"', "0140283331"),
        ("='014'", "014"),
        ("=0140283331", "0140283331"),
        ("", ""),
        ('="Ann Onym"', "Ann Onym"),
    ],
)
def test_a_cell_without_its_dress(cell: str, text: str) -> None:
    assert unwrapped(cell) == text


@pytest.mark.parametrize(
    ("cell", "texts"),
    [
        ("", ()),
        ("1, 2", ("1", "2")),
        ("[1];[2]|3", ("1", "2", "3")),
        ('=""', ()),
        ("9,78014E+12", ("9,78014E+12",)),
        ("978 0 14 028333 4", ("978 0 14 028333 4",)),
    ],
)
def test_several_numbers_in_a_cell(cell: str, texts: tuple[str, ...]) -> None:
    assert isbn_texts(cell) == texts


@pytest.mark.parametrize("text", ["9.78006E+12", "9,78006E+12", "9.78e+12", "9E12", "9.78006E12"])
def test_a_number_that_a_spreadsheet_damaged(text: str) -> None:
    assert is_damaged(text)
    assert valid_isbn13(text) is None


@pytest.mark.parametrize("text", ["9780140283334", "014028333X", "E12", "", "B00B7NPRY8"])
def test_what_a_spreadsheet_did_not_damage(text: str) -> None:
    assert not is_damaged(text)


@given(st.text("0123456789", min_size=9, max_size=9))
def test_zeros_in_front_are_put_back(nine: str) -> None:
    ten = nine + check_digit(nine)
    bare = ten.lstrip("0")
    expected = to_isbn13(ten) if len(bare) >= 7 else None
    assert valid_isbn13(bare) == expected
    assert valid_isbn13(f"{bare}.0") == (expected if bare.isdigit() else None)


@given(st.sampled_from(["978", "979"]), st.text("0123456789", min_size=9, max_size=9))
def test_only_the_right_check_digit_is_valid(prefix: str, nine: str) -> None:
    right = check_digit(prefix + nine)
    for digit in "0123456789":
        found = valid_isbn13(f"{prefix}-{nine}-{digit}")
        assert found == (f"{prefix}{nine}{digit}" if digit == right else None)


@given(st.text(max_size=20))
def test_any_text_is_a_valid_number_or_none(text: str) -> None:
    for part in isbn_texts(text):
        found = valid_isbn13(part)
        assert found is None or to_isbn13(found) == found


@pytest.mark.parametrize(
    ("cells", "day"),
    [
        (["2023/06/07"], date(2023, 6, 7)),
        (["2023-6-7"], date(2023, 6, 7)),
        (["[2007-05-08]"], date(2007, 5, 8)),
        (["2024-01-02T03:04:05Z"], date(2024, 1, 2)),
        (["2021/01/02-2021/01/20, 2023/05/23-2023/06/07"], date(2023, 6, 7)),
        (["2021-01-02-2021-01-20"], date(2021, 1, 20)),
        (["2022/03/01", "2021/03/01"], date(2022, 3, 1)),
        ([], None),
        ([""], None),
        (["yesterday"], None),
        (["2023/06/31"], None),
        (["0000/01/01"], None),
        (["2023/13/01"], None),
        (["2023"], None),
        (["12023/06/07"], None),
        (["6/20/2017"], None),
    ],
)
def test_the_last_day(cells: list[str], day: date | None) -> None:
    assert latest(cells, None) == day


@pytest.mark.parametrize(
    ("cells", "day_first", "day"),
    [
        (["6/20/2017"], False, date(2017, 6, 20)),
        (["20/6/2017"], True, date(2017, 6, 20)),
        (["20.06.2017"], True, date(2017, 6, 20)),
        (["6/7/2017"], None, None),
        (["12/6/2017"], None, None),
        (["6/12/2017"], None, None),
        (["13/6/2017"], True, date(2017, 6, 13)),
        (["6/13/2017"], False, date(2017, 6, 13)),
        (["20/6/2017", "6/20/2017"], None, None),
        ([], None, None),
        (["2017/06/20"], None, date(2017, 6, 20)),
    ],
)
def test_days_with_the_year_at_the_end(
    cells: list[str], day_first: bool | None, day: date | None
) -> None:
    assert day_goes_first(cells) is day_first
    assert latest(cells[:1], day_goes_first(cells)) == day


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Neil Gaiman, Terry Pratchett", ("Neil Gaiman", "Terry Pratchett")),
        ("Kurt  Vonnegut Jr.", ("Kurt Vonnegut Jr.",)),
        ("Martin Luther King, Jr.", ("Martin Luther King Jr.",)),
        ("Roberto Bolaño, Natasha Wimmer (Translator)", ("Roberto Bolaño",)),
        ("Ann (Author), Bob (Illustrator), Cy (Goodreads Author)", ("Ann", "Cy")),
        ("Ann, Ann", ("Ann",)),
        ("", ()),
        (" , ", ()),
        ("A &amp; B", ("A & B",)),
    ],
)
def test_names_divided_by_commas(cell: str, names: tuple[str, ...]) -> None:
    assert divided_by_commas(cell) == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Flanagan, David", ("David Flanagan",)),
        ("Nobody", ("Nobody",)),
        ("", ()),
        ("García Márquez, Gabriel|Nadie, Ana", ("Gabriel García Márquez", "Ana Nadie")),
        ("King, Martin Luther, Jr.", ("Martin Luther King Jr.",)),
        ("King, Jr.", ("King Jr.",)),
        (", Ann", (", Ann".strip(" ,"),)),
    ],
)
def test_names_with_the_last_name_first(cell: str, names: tuple[str, ...]) -> None:
    assert last_names_first(cell) == names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Herbert, Frank", ("Frank Herbert",)),
        ("Frank Herbert", ("Frank Herbert",)),
        ("Neil Gaiman, Terry Pratchett", ("Neil Gaiman", "Terry Pratchett")),
        ("Neil Gaiman and Terry Pratchett", ("Neil Gaiman", "Terry Pratchett")),
        ("Gaiman, Neil; Pratchett, Terry", ("Neil Gaiman", "Terry Pratchett")),
        ("Neil Gaiman & Terry Pratchett", ("Neil Gaiman", "Terry Pratchett")),
        ("A|B", ("A", "B")),
        ("", ()),
        ("Alexander Sanders", ("Alexander Sanders",)),
    ],
)
def test_names_as_somebody_types_them(cell: str, names: tuple[str, ...]) -> None:
    assert written_anyhow(cell) == names


def test_names_of_calibre() -> None:
    assert divided_by_ampersands("Terry Pratchett & King| Stephen") == (
        "Terry Pratchett",
        "Stephen King",
    )


@given(st.text(max_size=40))
def test_names_of_any_text_are_trimmed_and_different(cell: str) -> None:
    for divide in (divided_by_commas, divided_by_ampersands, last_names_first, written_anyhow):
        names = divide(cell)
        assert all(name and name == name.strip() for name in names)
        assert len(set(names)) == len(names)
