"""Rows out of lines: quotes that are right, and quotes that are broken."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.exports import write
from readalike.errors import InputError
from readalike.libraries.entry import Rejected
from readalike.libraries.sheet import BROKEN, Row, first_cells, rows_of
from readalike.tables.text import read_text


def split(text: str, separator: str = ",", width: int = 3) -> list[tuple[int, object]]:
    """Line and cells of each row; line and the reason where it is none."""
    found = rows_of(text.split("\n"), separator, width)
    return [(r.line, r.cells if isinstance(r, Row) else r.why) for r in found]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b,c\n\nd,e,f", [(1, ("a", "b", "c")), (3, ("d", "e", "f"))]),
        ('"a,b",c,d', [(1, ("a,b", "c", "d"))]),
        ('"a ""b"" c",d,e', [(1, ('a "b" c', "d", "e"))]),
        ('"a\n\nb",c,d\ne,f,g', [(1, ("a\n\nb", "c", "d")), (4, ("e", "f", "g"))]),
        ('="01",="",x', [(1, ('="01"', '=""', "x"))]),
        ('a,b "quoted" here,c', [(1, ("a", 'b "quoted" here', "c"))]),
        ("a,b", [(1, ("a", "b"))]),
        ("a,b,c,d", [(1, ("a", "b", "c", "d"))]),
    ],
)
def test_rows(text: str, rows: list[tuple[int, object]]) -> None:
    assert split(text) == rows


def test_a_quote_that_is_not_closed_costs_its_own_row_only() -> None:
    text = 'a,"b,c\nd,e,f\n"g",h,i\nj,k,l'
    assert split(text) == [
        (1, ("a", "b", "c")), (2, ("d", "e", "f")), (3, ("g", "h", "i")), (4, ("j", "k", "l")),
    ]  # fmt: skip
    text = 'a,"b\nd,e,f\n"g",h,i'
    assert split(text) == [(1, BROKEN), (2, ("d", "e", "f")), (3, ("g", "h", "i"))]


def test_a_quote_that_another_row_closes_does_not_join_the_rows() -> None:
    text = 'a,"b,c\nd,"e",f\ng,h,i'
    assert [line for line, _ in split(text)] == [1, 2, 3]
    joined = 'a,"b,c\nd,e""",f,x\ng,h,i'
    assert [line for line, _ in split(joined)] == [1, 2, 3]


def test_quotes_that_are_not_doubled() -> None:
    assert split('a,"b "c" d",e') == [(1, ("a", 'b c" d"', "e"))]
    assert split('"A" is for Alibi\tSue\t5', "\t") == [(1, ("A is for Alibi", "Sue", "5"))]
    assert split('a,"b "c, d" e",f,g') == [(1, BROKEN)]


CELL = st.text(st.sampled_from('ab," \n;='), max_size=6)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=6))
def test_what_a_writer_wrote_comes_back(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(table)
    found = list(rows_of(out.getvalue().split("\n"), ",", 3))
    assert [r.cells for r in found if isinstance(r, Row)] == [tuple(row) for row in table]
    assert len(found) == len(table)


@given(st.text(st.sampled_from('ab,"\n'), max_size=60))
def test_every_line_is_in_exactly_one_row(text: str) -> None:
    lines = text.split("\n")
    taken: list[int] = []
    for found in rows_of(lines, ",", 3):
        assert lines[found.line - 1].strip()
        more = 0
        if isinstance(found, Row):
            more = sum(cell.count("\n") for cell in found.cells)
            # a cell that is not closed before the end has the end of its line in it
        taken += range(found.line, found.line + 1 + more)
    blank = [at for at, line in enumerate(lines, 1) if not line.strip()]
    assert set(taken) | set(blank) == set(range(1, len(lines) + 1))
    assert len(taken) == len(set(taken))


def test_the_first_cells_of_bad_lines() -> None:
    assert first_cells('a,"b', ",") == ("a", "b")
    assert first_cells(" a , b ", ",") == ("a", "b")
    assert first_cells("", ",") == ()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_however_it_is_written(tmp_path: Path, encoding: str, line_end: str) -> None:
    path = write(tmp_path / "t.csv", "title,author\nÉmile,J. J.\n", encoding, line_end)
    text = read_text(path)
    assert text.lines == ("title,author", "Émile,J. J.", "")
    assert not text.is_json
    assert bool(text.notes) == (encoding not in ("utf-8", "utf-8-sig"))


def test_bytes_that_are_no_utf_8_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("title,author\nÉmile é è ü,é\n".encode() + b"\xff,x\n")
    text = read_text(path)
    assert text.lines[2] == "\ufffd,x"
    assert text.notes == ("1 bytes that are no UTF-8 are shown as \ufffd",)


def test_what_the_file_must_be_is_the_callers_to_say(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be green, got an empty file"):
        read_text(write(tmp_path / "x", ""), "must be green")


def test_a_rejected_row_has_a_line_and_a_reason() -> None:
    (found,) = rows_of(['a,"b "c, d" e",f,g'], ",", 3)
    assert found == Rejected(1, BROKEN)
