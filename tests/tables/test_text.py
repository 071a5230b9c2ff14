"""The door for text: its encoding, and rows whose quotes are right or broken."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.exports import write
from readalike.errors import InputError
from readalike.tables import text as text_files
from readalike.tables.text import Text, _record, encoding_of, read_text, rows_of

TEXT = st.text(st.sampled_from('ab,;" \n'), min_size=1, max_size=40)


def by_csv_module(text: str, separator: str, strict: bool) -> Iterator[tuple[tuple[str, ...], int]]:
    """The cells of each record, and the lines up to its end."""
    *ended, last = text.split("\n")
    reader = csv.reader(
        [*(f"{line}\n" for line in ended), last], delimiter=separator, strict=strict
    )
    for cells in reader:
        yield tuple(cells or [""]), reader.line_num


@given(TEXT, st.sampled_from(",;"))
def test_cells_are_those_of_the_csv_module(text: str, separator: str) -> None:
    records, at = [], 0
    while at <= len(text):
        cells, at, _ = _record(text, at, separator)
        records.append((cells, min(text.count("\n", 0, at), text.count("\n")) + (at > len(text))))
    assert records == list(by_csv_module(text, separator, strict=False))


@given(TEXT)
def test_a_record_is_regular_where_strict_csv_reads_it(text: str) -> None:
    try:
        next(by_csv_module(text, ",", strict=True))
        strict = True
    except csv.Error:
        strict = False
    assert _record(text, 0, ",")[2] == strict


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_cell_may_have_any_length(quote: str) -> None:
    text = "x" * (csv.field_size_limit() + 1)
    assert list(rows_of(f"1,{quote}{text}{quote},5", ",", 3)) == [(1, ("1", text, "5"))]


def test_a_separator_may_have_two_signs() -> None:
    assert split('a:b::"c::d"::', "::") == [(1, ("a:b", "c::d", ""))]


def split(
    text: str, separator: str = ",", width: int = 3
) -> list[tuple[int, tuple[str, ...] | None]]:
    return list(rows_of(text, separator, width))


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
    assert split(text) == [(1, None), (2, ("d", "e", "f")), (3, ("g", "h", "i"))]


def test_a_quote_that_another_row_closes_does_not_join_the_rows() -> None:
    text = 'a,"b,c\nd,"e",f\ng,h,i'
    assert [line for line, _ in split(text)] == [1, 2, 3]
    joined = 'a,"b,c\nd,e""",f,x\ng,h,i'
    assert [line for line, _ in split(joined)] == [1, 2, 3]


def test_quotes_that_are_not_doubled() -> None:
    assert split('a,"b "c" d",e') == [(1, ("a", 'b c" d"', "e"))]
    assert split('"A" is for Alibi\tSue\t5', "\t") == [(1, ("A is for Alibi", "Sue", "5"))]
    assert split('a,"b "c, d" e",f,g') == [(1, None)]


CELL = st.text(st.sampled_from('ab," \n;='), max_size=6)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=6))
def test_what_a_writer_wrote_comes_back(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(table)
    assert [cells for _, cells in split(out.getvalue())] == [tuple(row) for row in table]


@given(st.text(st.sampled_from('ab,"\n'), max_size=60))
def test_every_line_is_in_exactly_one_row(text: str) -> None:
    lines = text.split("\n")
    taken: list[int] = []
    for line, cells in split(text):
        assert lines[line - 1].strip()
        taken += range(line, line + 1 + sum(cell.count("\n") for cell in cells or ()))
    blank = [at for at, line in enumerate(lines, 1) if not line.strip()]
    assert set(taken) | set(blank) == set(range(1, len(lines) + 1))
    assert len(taken) == len(set(taken))


@pytest.mark.parametrize("head", ['a,"b', " a , b ", '"a",b'])
def test_names_of_columns_whatever_their_quotes(head: str) -> None:
    assert Text(Path("x"), f"{head}\n1,2", 1, ()).names(",") == ("a", "b")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_however_it_is_written(tmp_path: Path, encoding: str, line_end: str) -> None:
    path = write(tmp_path / "t.csv", "title,author\nÉmile,J. J.\n", encoding, line_end)
    text = read_text(path, "must be a table")
    assert (text.content, text.first) == ("title,author\nÉmile,J. J.\n", 1)
    assert not text.is_json
    assert bool(text.notes) == (encoding not in ("utf-8", "utf-8-sig"))


def test_bytes_that_are_no_utf_8_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("title,author\nÉmile é è ü,é\n".encode() + b"\xff,x\n")
    text = read_text(path, "must be a table")
    assert list(text.rows(","))[1] == (3, ("\ufffd", "x"))
    assert text.notes == ("1 bytes that are no UTF-8 are shown as \ufffd",)


def test_what_the_file_must_be_is_the_callers_to_say(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be green, got an empty file"):
        read_text(write(tmp_path / "x", ""), "must be green")


def test_lines_count_from_the_first_of_the_file(tmp_path: Path) -> None:
    text = read_text(write(tmp_path / "x", "\n \na,b\n\n1,2\n"), "must be a table")
    assert (text.head, text.first) == ("a,b", 3)
    assert list(text.rows(",")) == [(5, ("1", "2"))]
    assert list(text.rows(",", 0)) == [(3, ("a", "b")), (5, ("1", "2"))]


def test_bytes_count_whatever_blocks_they_are_read_in(monkeypatch: pytest.MonkeyPatch) -> None:
    content = "é\r\nü\ufffd𝄞\r\n".encode() * 20
    for damage, damaged in ((b"", 0), (b"\xe2\x82", 2), (b"\xff\xfe", 2)):
        for block in (1, 2, 3, 7, 1000):
            monkeypatch.setattr(text_files, "BLOCK", block)
            found = encoding_of(io.BytesIO(content + damage), Path("x"))
            assert (found.codec, found.damaged, found.plain_lines) == ("utf-8-sig", damaged, True)
