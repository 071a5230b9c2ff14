from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odd_values import LONG
from readalike.errors import InputError
from readalike.tables.history_file import read_history, read_history_file

WANT = [("1", 5.0), ("b-7", None), ("9", 2.5)]


@pytest.mark.parametrize(
    "content",
    [
        "book_id,rating\n1,5\nb-7,\n9,2.5\n",
        "\ufeffBook ID;Rating\r\n1;5\r\nb-7;0\r\n9;2,5\r\n",
        "1,5\nb-7,\n9,2.5",
        "1\t5\n\nb-7\t\n9\t2.5\n",
        'title,stars,book_id\n"Dune, I",5,1\nx,0,b-7\ny,2.5,9\n',
        '{"1": 5, "b-7": null, "9": 2.5}',
        '[{"book_id": 1, "rating": 5}, {"book_id": "b-7"}, {"book_id": 9, "rating": "2.5"}]',
        '[[1, 5], ["b-7", null], [9, 2.5]]',
        ' [["1", 5.0], "b-7", ["9", 2.5]]',
    ],
)
def test_forms(tmp_path: Path, content: str) -> None:
    path = tmp_path / "history"
    path.write_text(content, encoding="utf-8", newline="")
    assert read_history(path) == WANT


def test_ids_alone(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_text("book_id\n3\n4\n")
    assert read_history(path) == [("3", None), ("4", None)]
    path.write_text("3\n4\n")
    assert read_history(path) == [("3", None), ("4", None)]


@pytest.mark.parametrize("content", ["1,5\n2,3\n1,4\n", '{"1": 5, "2": 3, "1": 4}'])
def test_the_last_of_a_repeated_book_counts_and_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "history"
    path.write_text(content)
    found = read_history_file(path)
    assert found.books == (("2", 3.0), ("1", 4.0))
    assert found.repeated == ("1",)


@pytest.mark.parametrize(
    ("content", "why", "line"),
    [
        (b"", "empty file", None),
        (b"book_id,rating\n1,5\n2,good\n", "must be a number, got 'good'", 3),
        (b'book_id,rating\n"1\n",5\n2,good\n', "must be a number", 4),
        (b"book_id,rating\n1,5\n,4\n", "must have a book id", 3),
        (b"colour,size\nred,5\n", "got the columns 'colour', 'size'", 1),
        (b'{"1": 5,\n "2": }', "must be JSON", 2),
        (b'{"1": [5]}', "number of stars", None),
        (b'[{"name": "x"}]', "must have a book_id, got 'name'", None),
        (b"[[1, 2, 3]]", "got 3 values", None),
        (b"[true]", "must have an id", None),
        (b'{"1": "x"}', "must be a number", None),
        (b"\0\1\2", "zero byte; this is a binary", 1),
        (b'book_id,rating\n1,5\n2,"4" "x,3"\n', "a quote in it is not closed", 3),
    ],
)
def test_what_cannot_be_used(tmp_path: Path, content: bytes, why: str, line: int | None) -> None:
    path = tmp_path / "history"
    path.write_bytes(content)
    with pytest.raises(InputError, match=why) as caught:
        read_history(path)
    assert caught.value.line == line
    assert caught.value.file == str(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none: there is no such file"):
        read_history(tmp_path / "none")
    with pytest.raises(InputError, match="got a folder"):
        read_history(tmp_path)


@given(
    st.dictionaries(
        st.integers(0, 99).map(str), st.one_of(st.none(), st.integers(1, 5).map(float)), min_size=1
    )
)
def test_csv_and_json_say_the_same(history: dict[str, float | None]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "h"
        path.write_text(json.dumps(history))
        as_json = read_history(path)
        path.write_text("".join(f"{b},{'' if s is None else s}\n" for b, s in history.items()))
        assert read_history(path) == as_json == list(history.items())


LETTERS = "x" * (csv.field_size_limit() + 1)


@pytest.mark.parametrize(
    ("content", "books"),
    [
        (f"book_id,note,rating\n1,{LETTERS},5\n2,x,4\n", [("1", 5.0), ("2", 4.0)]),
        (f'book_id,note,rating\n1,"{LETTERS}\n""",5\n2,x,4\n', [("1", 5.0), ("2", 4.0)]),
        (f"book_id,rating\n{LETTERS},5\n", [(LETTERS, 5.0)]),
        ('book_id::rating\n1::5\n"a::b"::4\n', [("1", 5.0), ("a::b", 4.0)]),
        (f"[{'9' * LONG}, 2.0, 1e999]", [("9" * LONG, None), ("2", None), ("1e999", None)]),
        (r'{"\ud800": 5, "\ud83d\ude00": 4}', [("\ufffd", 5.0), ("\U0001f600", 4.0)]),
        ("[[1, -0], [2, 1e-999]]", [("1", None), ("2", None)]),
        ("book_id,rating\n\u20281\x85,\u30005\n2,\u200b\n", [("1", 5.0), ("2", None)]),
        ("book_id,rating\n1,５\n", [("1", 5.0)]),
    ],
    ids=lambda value: str(value)[:20],
)
def test_odd_values_are_read_as_what_they_are(
    tmp_path: Path, content: str, books: list[tuple[str, float | None]]
) -> None:
    path = tmp_path / "history"
    path.write_text(content, encoding="utf-8")
    assert read_history(path) == books


@pytest.mark.parametrize(
    "content",
    [
        'book_id,note,rating\n1,"a\nb"\n2,x,4\n',  # too few cells
        'book_id,rating\n1,,"a\n9,5\nb"\n2,4\n',  # too many
        'book_id,rating\n"1\n"\n"2\n",4,"a\nb"\n',
        '"1\n"\n2,4\n',  # without names
        'book_id,"my\nrating"\n1,\n2,4\n',
    ],
)
def test_a_row_whose_quotes_are_right_is_one_however_many_cells_it_has(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "history"
    path.write_text(content)
    assert read_history(path) == [("1", None), ("2", 4.0)]


def test_a_quote_that_is_not_closed_costs_its_own_row_only(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_text('book_id,rating\n1,"5\n2,4\n3,"2\n')
    assert read_history(path) == [("1", 5.0), ("2", 4.0), ("3", 2.0)]


def test_ids_that_differ_by_blanks_are_one(tmp_path: Path) -> None:
    path = tmp_path / "history"
    for content in ("1,5\n1\u3000,4\n", '{"1": 5, "1\\u0085": 4}'):
        path.write_text(content, encoding="utf-8")
        found = read_history_file(path)
        assert found.books == (("1", 4.0),)
        assert found.repeated == ("1",)


@pytest.mark.parametrize(
    ("content", "why", "line"),
    [
        (f"book_id,rating\n1,5\n2,{'9' * LONG}\n", "must be a number, got '999", 3),
        ("book_id,rating\n1,5\n2,1_0\n", "must be a number, got '1_0'", 3),
        ("book_id,rating\n1,5\n2,²\n", "must be a number, got '²'", 3),
        ("book_id,rating\n1,5\n2,nan\n", "must be a number, got 'nan'", 3),
        ("book_id,rating\n1,5\n\x85,4\n", "must have a book id", 3),
        (f"[[1, {'9' * LONG}]]", "must be a number, got '999", None),
        ("[[1, NaN]]", "must be a number, got 'NaN'", None),
        ('["\\u2028"]', "must have an id of a book, got '\\\\u2028'", None),
        (f"[{'[' * 100_000}{']' * 100_000}]", "JSON of too many levels", None),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "JSON of too many levels", None),
        (f"[[1, {'[' * 400}{']' * 400}]]", "must have a number of stars, got a list", None),
        ('[[{"a": 1}, 1]]', "must have an id of a book, got an object", None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_odd_values_that_cannot_be_used(
    tmp_path: Path, content: str, why: str, line: int | None
) -> None:
    path = tmp_path / "history"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=why) as caught:
        read_history(path)
    assert (caught.value.line, caught.value.file) == (line, str(path))
    assert len(str(caught.value)) < 400
