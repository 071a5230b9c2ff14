from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.data.history_file import read_history, read_history_file
from readalike.errors import InputError

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
        (b"\0\1\2", "binary", None),
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
    with pytest.raises(InputError, match="cannot be read"):
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
