"""Files as people have them: encodings, line ends, quotes, bad ones, folders, tables in memory."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from readalike.data.scale import RatingScale
from readalike.errors import InputError, SettingError
from readalike.tables.dataset import Dataset, read

ROWS = "user_id,book_id,rating\nÅsa,Misérables,5\nBo,x,4.5\n"


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def of(tmp_path: Path, content: str | bytes, name: str = "ratings.csv", **options: Any) -> Dataset:
    return read(written(tmp_path / name, content), **options)


def triples(dataset: Dataset) -> list[tuple[str, str, float]]:
    rows = dataset.rows
    return [
        (rows.user_ids.ids[user], rows.item_ids.ids[item], float(stars))
        for user, item, stars in zip(rows.users, rows.items, rows.stars, strict=True)
    ]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be"],
)
def test_encodings(tmp_path: Path, encoding: str) -> None:
    dataset = of(tmp_path, ROWS.encode(encoding))
    assert triples(dataset) == [("Åsa", "Misérables", 5), ("Bo", "x", 4.5)]


def test_one_bad_byte_does_not_make_the_rest_foreign(tmp_path: Path) -> None:
    content = ROWS.encode() + b"Bo,\xe9,3\n"
    dataset = of(tmp_path, content)
    assert triples(dataset) == [("Åsa", "Misérables", 5), ("Bo", "x", 4.5), ("Bo", "\ufffd", 3)]
    assert "no UTF-8" in "\n".join(dataset.intake.lines())


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    dataset = of(tmp_path, ROWS.replace("\n", end))
    assert len(dataset.rows) == 2


def test_mixed_line_ends_blank_lines_and_no_final_one(tmp_path: Path) -> None:
    dataset = of(tmp_path, "\nuser_id,book_id,rating\r\n\n1,1,5\n\r\n2,1,4\r\n3,1,x\n1,2,3")
    assert len(dataset.rows) == 3
    assert dataset.intake.left_out[0].first_line == 7


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        ("user;book;stars\na;b;4,5\n", None),
        ("user\tbook\tstars\na\tb\t4.5\n", None),
        ("user|book|stars\na|b|4.5\n", None),
        ("user book stars\na b 4.5\n", None),
        ("a::b::4.5\n", None),
        ("a,b,4.5\n", None),
        ("user/book/stars\na/b/4.5\n", "/"),
        ('user,book,stars\na,b,"4,5"\n', None),
        ('"User","Book ID","My-Rating"\n"a"," b ",4.5\n', None),
    ],
)
def test_separators_and_names(tmp_path: Path, content: str, separator: str | None) -> None:
    assert triples(of(tmp_path, content, separator=separator)) == [("a", "b", 4.5)]


@pytest.mark.parametrize("kept", [2, 12, 40, -9])
def test_a_gzip_file_that_is_cut_off_is_told(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "ratings.csv.gz"
    path.write_bytes(gzip.compress(ROWS.encode())[:kept])
    with pytest.raises(InputError, match="whole gzip file"):
        read(path)


def test_a_gzip_file_with_other_bytes_inside_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv.gz"
    packed = bytearray(gzip.compress(ROWS.encode() * 50))
    packed[20:30] = b"\xff" * 10
    path.write_bytes(packed)
    with pytest.raises(InputError, match="whole gzip file"):
        read(path)


def test_gzip_and_parquet(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv.gz"
    path.write_bytes(gzip.compress(ROWS.encode()))
    assert len(read(path).rows) == 2
    parquet = tmp_path / "ratings.parquet"
    duckdb.sql(f"COPY (SELECT 7 AS user_id, 'x' AS book_id, 4.0 AS rating) TO '{parquet}'")
    assert triples(read(parquet)) == [("7", "x", 4)]
    written(tmp_path / "bad.parquet", b"PAR1 nothing PAR1")
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "bad.parquet")


def test_quoted_newlines_keep_physical_lines(tmp_path: Path) -> None:
    dataset = of(tmp_path, 'user_id,book_id,rating\n1,"a\nb",5\n2,"c ""d"", e",4\n3,x,bad\n1,2\n')
    assert [t[1] for t in triples(dataset)] == ["a\nb", 'c "d", e']
    assert [(left.reason, left.first_line) for left in dataset.intake.left_out] == [
        ("the rating cannot be read", 5),
        ("2 columns instead of 3", 6),
    ]


def test_ragged_rows_and_broken_quotes_are_counted(tmp_path: Path) -> None:
    content = 'user_id,book_id,rating\n1,a,5\n2,b\n3,c,4,9\n4,d,3\n5,"e,2\n6,f,1\n'
    dataset = of(tmp_path, content)
    assert [t[0] for t in triples(dataset)] == ["1", "4"]
    left = {left.reason: (left.count, left.first_line) for left in dataset.intake.left_out}
    assert left == {
        "2 columns instead of 3": (1, 3),
        "4 columns instead of 3": (1, 4),
        "a quote is not closed": (2, 6),
    }
    assert dataset.intake.files[0].rows == 6
    assert dataset.intake.files[0].taken == 2


def test_ids_are_text(tmp_path: Path) -> None:
    dataset = of(tmp_path, f"user,book,rating\n-3,007,5\n{10**30},7,4\n2,B-1,3\n1.0,é,2\n")
    assert dataset.ratings.users.ids == ("-3", "1", "2", str(10**30))
    assert dataset.ratings.items.ids == ("007", "7", "B-1", "é")


@pytest.mark.parametrize(
    ("content", "why", "line"),
    [
        (b"", "got an empty file", None),
        (b" \n\n", "got an empty file", None),
        (b"user_id,book_id,rating\n", "no rows", None),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "zero byte", 3),
        (b"user_id,book_id,rating\n1,\0,5\n", "zero byte", 2),
        (b"PK\x03\x04zip", "zip file", None),
        (b"hello\nworld\n", "got one column", 1),
        (b"reader,rating\n1,5\n", "user_id, book_id, rating", 1),
        (b"name,colour,size\na,b,c\n", "'name', 'colour', 'size'", 1),
        (b"user_id,book_id,rating\n1,,5\n", "no row can be used", 2),
        (b"user_id,book_id,rating\n1,2,x\n", "'rating' holds no rating .* first cell is 'x'", 2),
    ],
)
def test_bad_files(tmp_path: Path, content: bytes, why: str, line: int | None) -> None:
    with pytest.raises(InputError, match=why) as caught:
        of(tmp_path, content)
    assert caught.value.line == line
    assert caught.value.file == str(tmp_path / "ratings.csv")
    assert "\n" not in str(caught.value)


def test_missing_files_folders_and_odd_sources(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(InputError, match="must hold a table of ratings, got nothing"):
        read(tmp_path)
    with pytest.raises(InputError, match="got a folder"):
        read(written(tmp_path / "ratings.csv", ROWS), books=tmp_path)
    with pytest.raises(InputError, match="got int"):
        read(7)


def test_columns_by_option(tmp_path: Path) -> None:
    content = "kunde,werk,note\na,b,4\n"
    columns = {"user": "Kunde", "book": "werk", "rating": "note"}
    assert triples(of(tmp_path, content, columns=columns)) == [("a", "b", 4)]
    numbers = {"user": "2", "book": "1", "rating": "3"}
    assert triples(of(tmp_path, "b,a,4\n", columns=numbers)) == [("a", "b", 4)]
    with pytest.raises(InputError, match="must have the column 'bewertung' of --rating-column"):
        of(tmp_path, content, columns=columns | {"rating": "bewertung"})


def test_no_rating_column_means_read_without_stars(tmp_path: Path) -> None:
    dataset = of(tmp_path, "user_id,book_id\n1,a\n2,b\n", "reads.csv")
    assert np.isnan(dataset.rows.stars).all()
    assert "read without stars" in "\n".join(dataset.intake.lines())


def test_scale_can_be_given(tmp_path: Path) -> None:
    content = "user,book,rating\n1,a,5\n1,b,3\n1,c,11\n1,d,0\n"
    dataset = of(tmp_path, content, scale="1..10")
    assert dataset.ratings.scale == RatingScale(1, 10, 1)
    assert [left.first_line for left in dataset.intake.left_out] == [4]
    assert dataset.intake.without_stars == 1
    zero = of(tmp_path, content, scale="0..10")
    assert zero.intake.without_stars == 0
    assert min(zero.rows.stars) == 0
    with pytest.raises(SettingError, match=r"must be like 1\.\.10"):
        of(tmp_path, content, scale="ten")


def test_empty_ratings_can_mean_read(tmp_path: Path) -> None:
    content = "user,book,rating\n1,a,5\n1,b,\n"
    assert of(tmp_path, content).intake.left_out[0].reason == "no rating"
    dataset = of(tmp_path, content, empty_rating="read")
    assert dataset.intake.without_stars == 1
    assert not dataset.intake.left_out


def test_times_are_kept_where_all_rows_have_one(tmp_path: Path) -> None:
    content = "user,book,rating,timestamp\n1,a,5,30\n1,b,4,2020-01-01\n"
    times = of(tmp_path, content).rows.times
    assert times is not None
    assert times.tolist() == [30, 1577836800]
    dataset = of(tmp_path, content + "1,c,3,soon\n")
    assert dataset.rows.times is None
    assert "1 rows have no time" in "\n".join(dataset.intake.lines())


def test_folders_are_read_by_what_stands_in_them(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", "user,book,rating\n1,x,5\n")
    written(tmp_path / "b.csv", "book_id,title\nx,A title\ny,Another\n")
    written(tmp_path / "c.csv", "colour,size\nred,9\n")
    written(tmp_path / "notes.md", "# nothing")
    dataset = read(tmp_path)
    assert dataset.catalogue.titles == ("A title", "Another")
    assert [Path(u.partition(" (")[0]).name for u in dataset.intake.unused] == ["c.csv"]
    written(tmp_path / "d.csv", "user,book,rating\n1,x,5\n")
    with pytest.raises(InputError, match=r"two: a\.csv and d\.csv; name the file"):
        read(tmp_path)


def test_a_table_of_books_to_read_is_left_aside_and_named(tmp_path: Path) -> None:
    written(tmp_path / "ratings.csv", "user_id,book_id,rating\n1,7,5\n1,8,4\n")
    file = written(tmp_path / "to_read.csv", "user_id,book_id\n9,7\n9,99\n1,8\n")
    dataset = read(tmp_path)
    assert dataset.ratings.users.ids == ("1",)
    assert dataset.intake.unused == (f"{file} (it was not asked for)",)


def test_book_rows_that_repeat_an_id_are_counted(tmp_path: Path) -> None:
    books = written(tmp_path / "books.csv", "book_id,title\n1,First\n1,Second\n,Blank\n")
    dataset = read(written(tmp_path / "r.csv", "user,book,rating\n1,1,5\n"), books=books)
    assert dataset.catalogue.titles == ("First",)
    assert {left.first_line for left in dataset.intake.left_out} == {3, 4}


FRAME = {"user_id": [1.0, 2.0, None], "book_id": ["a", "b", "c"], "rating": [5.0, 4.5, 3.0]}


@pytest.mark.parametrize("kind", ["pandas", "polars", "lazy", "arrow", "dict"])
def test_tables_in_memory(kind: str) -> None:
    frame = pd.DataFrame(FRAME)
    given: dict[str, Any] = {
        "pandas": frame,
        "polars": pl.DataFrame(FRAME),
        "lazy": pl.DataFrame(FRAME).lazy(),
        "arrow": pl.DataFrame(FRAME).to_arrow(),
        "dict": {name: frame[name].to_numpy() for name in frame},
    }
    dataset = read(
        given[kind], books={"book_id": np.array(["a", "z"]), "title": np.array(["A", "Z"])}
    )
    assert triples(dataset) == [("1", "a", 5), ("2", "b", 4.5)]
    assert dataset.catalogue.titles == ("A", "", "Z")
    left = dataset.intake.left_out[0]
    assert (left.reason, left.unit, left.first_line) == ("no reader id", "row", 3)


def test_a_stream_that_can_be_read_once() -> None:
    reader = pl.DataFrame(FRAME).to_arrow().to_reader()
    assert len(read(reader).rows) == 2


ALONE = """
import sys, importlib.abc
class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] in {missing}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Missing())
from readalike.tables.dataset import read
import {module}
frame = {module}.DataFrame({{"user_id": [1, 2], "book_id": ["a", "b"], "rating": [5.0, 4.5]}})
assert len(read(frame).rows) == 2
"""


@pytest.mark.parametrize(
    ("module", "missing"), [("polars", {"pandas", "pyarrow"}), ("pandas", {"polars", "pyarrow"})]
)
def test_one_table_library_alone_is_enough(module: str, missing: set[str]) -> None:
    code = ALONE.format(module=module, missing=missing)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_duckdb_is_loaded_only_to_read() -> None:
    code = (
        "import sys, readalike.tables.dataset; assert not {'duckdb', 'pandas'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_blank_lines_before_the_names_and_rejected_lines(tmp_path: Path) -> None:
    dataset = of(tmp_path, "\n \nuser_id,book_id,rating\n1,1,5\n2,1\n")
    assert len(dataset.rows) == 1
    assert [(left.count, left.first_line) for left in dataset.intake.left_out] == [(1, 5)]


def test_a_quote_that_swallows_much_of_the_file_is_refused(tmp_path: Path) -> None:
    rest = "".join(f"{i},{i},5\n" for i in range(5000))
    with pytest.raises(InputError, match="a quote opens here and does not close") as caught:
        of(tmp_path, f'user_id,book_id,rating\n1,2,3\n5,"ab,3\n{rest}')
    assert caught.value.line == 3


def test_ratings_of_u_data_and_u_item(tmp_path: Path) -> None:
    written(tmp_path / "u.data", "196\t242\t3\t881250949\n186\t302\t4\t891717742\n")
    written(tmp_path / "u.user", "1|24|M|technician|85711\n")
    flags = "|".join("0" * 5 + "1" + "0" * 13)
    written(tmp_path / "u.item", f"242|Kolya (1996)|24-Jan-1997||http://x|{flags}\n".encode())
    dataset = read(tmp_path)
    assert triples(dataset) == [("196", "242", 3), ("186", "302", 4)]
    assert dataset.catalogue.titles == ("Kolya", "")
    assert dataset.catalogue.years == (1996, None)
    assert dataset.catalogue.tags is not None
    assert dataset.catalogue.tags.names == ("comedy",)
