from __future__ import annotations

import csv
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.tables.text import Record, _divided, record_at

LINES = st.text(st.sampled_from('ab,;" \n'), max_size=40).map(lambda text: text.split("\n"))


Ended = tuple[list[str], int]
"""The cells of a record, and the lines up to its end."""


def by_csv_module(lines: list[str], separator: str, strict: bool) -> Iterator[Ended]:
    ended = [*(f"{line}\n" for line in lines[:-1]), lines[-1]]
    reader = csv.reader(ended, delimiter=separator, strict=strict)
    for cells in reader:
        yield cells, reader.line_num


BOTH = st.sampled_from([record_at, _divided])


@given(LINES, st.sampled_from(",;"), BOTH)
def test_cells_are_those_of_the_csv_module(
    lines: list[str], separator: str, divide: Callable[[list[str], int, str], Record]
) -> None:
    found, at = [], 0
    while at < len(lines):
        record = divide(lines, at, separator)
        at += record.lines
        found.append((record.cells, at))
    assert found == list(by_csv_module(lines, separator, strict=False))


@given(LINES, BOTH)
def test_a_record_is_regular_where_strict_csv_reads_it(
    lines: list[str], divide: Callable[[list[str], int, str], Record]
) -> None:
    try:
        next(by_csv_module(lines, ",", strict=True))
        strict = True
    except csv.Error:
        strict = False
    assert divide(lines, 0, ",").regular == strict


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_may_have_any_length(quote: str) -> None:
    text = "x" * (csv.field_size_limit() + 1)
    assert record_at([f"1,{quote}{text}{quote},5"], 0, ",") == Record(["1", text, "5"], 1, True)


def test_a_separator_may_have_two_signs() -> None:
    assert record_at(['a:b::"c::d"::'], 0, "::") == Record(["a:b", "c::d", ""], 1, True)
