"""The year in a cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography.years import EARLIEST, year_of


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2008", 2008), ("2008.0", 2008), (" 1965 ", 1965), ("-750", -750), ("-750.0", -750),
        ("05/04/21", 2021), ("10/16/18", 2018), ("06/01/65", 1965), ("2021-05-04", 2021),
        ("2021-05-04T00:00:00Z", 2021), ("04.05.2021", 2021), ("20210504", 2021),
        ("May 4th 2021", 2021), ("May 4th, 2021", 2021), ("4 May 2021", 2021), ("June 1965", 1965),
        ("c. 1850", 1850), ("c1850", 1850), ("ca. 800", 800), ("1965?", 1965), ("[1901]", 1901),
        ("750 BC", -750), ("800 B.C.E.", -800), ("44 bce", -44), ("BC 750", -750),
        ("100 AD", 100), ("AD 100", 100),
        ("", None), ("0", None), ("unknown", None), ("9999", None), ("-9999", None),
        ("5000 BC", None), ("May", None), ("April 21", None),
    ],
)  # fmt: skip
def test_years_however_they_are_written(cell: str, year: int | None) -> None:
    assert year_of(cell, latest=2027) == year


@given(st.text(alphabet="0123456789/-. BCADcamay", max_size=20))
def test_a_year_is_one_that_can_be(cell: str) -> None:
    year = year_of(cell, latest=2027)
    assert year is None or (EARLIEST <= year <= 2027 and year != 0)
