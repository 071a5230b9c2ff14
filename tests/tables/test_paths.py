"""A path is a path: whatever signs it holds, it names one file, and no other is read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from odd_names import ALIKE, FOLDERS
from readalike.errors import InputError
from readalike.tables import sql
from readalike.tables.dataset import Dataset, read

HEADER = "user_id,book_id,rating\n"
MINE, OTHERS = HEADER + "me,mine,5\n", HEADER + "they,theirs,1\n"
BOOKS = "book_id,title,authors,year\nmine,My Own,Me,1999\n"


def books_of(dataset: Dataset) -> set[str]:
    return {dataset.rows.item_ids.ids[item] for item in dataset.rows.items}


def written(path: Path, content: str, kind: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "parquet":
        rows = [line.split(",") for line in content.splitlines()[1:]]
        columns = zip(content.splitlines()[0].split(","), zip(*rows, strict=True), strict=True)
        pl.DataFrame({name: list(cells) for name, cells in columns}).write_parquet(path)
    else:
        # of another encoding, so that it is read from a copy
        path.write_text(content + ("é,é,1\n" if kind == "copied" else ""), encoding="latin-1")
    return path


@pytest.mark.parametrize("kind", ["csv", "copied", "parquet"])
@pytest.mark.parametrize("name", ALIKE)
def test_a_file_of_any_name_is_read_and_none_beside_it(
    tmp_path: Path, name: str, kind: str
) -> None:
    folder = tmp_path / name
    path = written(folder / f"{name}.{kind}", MINE, kind)
    written(folder / f"{ALIKE[name]}.{kind}", OTHERS, kind)
    written(tmp_path / ALIKE[name] / f"{name}.{kind}", OTHERS, kind)
    assert books_of(read(path)) - {"é"} == {"mine"}
    assert books_of(read(str(path))) - {"é"} == {"mine"}


@pytest.mark.parametrize("name", ALIKE)
def test_a_folder_of_any_name_is_read_and_none_beside_it(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    written(folder / "ratings.parquet", MINE, "parquet")
    written(folder / "books.csv", BOOKS, "csv")
    written(tmp_path / ALIKE[name] / "ratings.parquet", OTHERS, "parquet")
    dataset = read(folder)
    assert books_of(dataset) == {"mine"}
    assert dataset.catalogue.titles == ("My Own",)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_names_of_folders_are_no_columns(tmp_path: Path, kind: str) -> None:
    folder = tmp_path.joinpath(*FOLDERS)
    rated = written(folder / f"ratings.{kind}", HEADER + "me,mine,3\n", kind)
    dataset = read(rated, books=written(folder / f"books.{kind}", BOOKS, kind))
    assert (dataset.rows.user_ids.ids, books_of(dataset)) == (("me",), {"mine"})
    assert dataset.rows.stars.tolist() == [3]
    assert (dataset.catalogue.titles, dataset.catalogue.years) == (("My Own",), (1999,))


def test_a_name_that_does_not_fit_the_content_is_a_name(tmp_path: Path) -> None:
    """The database would take the ending for a kind of packing."""
    for ending in ("csv.gz", "csv.zst", "json"):
        assert books_of(read(written(tmp_path / f"ratings.{ending}", MINE, "csv"))) == {"mine"}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_link_is_followed(tmp_path: Path, kind: str) -> None:
    there = written(tmp_path / "there [1]" / f"real*.{kind}", MINE, kind)
    here = tmp_path / "here?"
    here.mkdir()
    (here / f"ratings.{kind}").symlink_to(there)
    (tmp_path / "linked").symlink_to(here)
    for source in (here / f"ratings.{kind}", here, tmp_path / "linked"):
        assert books_of(read(source)) == {"mine"}


def test_a_relative_path_is_of_the_folder_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "~" / "ratings.csv", MINE, "csv")
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    written(tmp_path / "home" / "ratings.csv", OTHERS, "csv")
    assert books_of(read("../~/ratings.csv")) == {"mine"}
    monkeypatch.chdir(tmp_path)
    assert books_of(read("~/ratings.csv")) == {"mine"}


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/ratings.csv", "https://127.0.0.1:9/r.parquet", "s3://bucket/r.parquet",
        "gcs://bucket/r.csv", "hf://datasets/a/b.parquet", "file:///etc/hostname",
    ],
)  # fmt: skip
@pytest.mark.parametrize("of", [str, Path])
def test_an_address_is_no_path(address: str, of: Any) -> None:
    with pytest.raises(InputError, match="on this machine, got an address; download it first"):
        read(of(address))
    with pytest.raises(InputError, match="got an address"):
        read({"user_id": ["a"], "book_id": ["b"], "rating": [1]}, books=of(address))


def test_what_no_system_takes_for_a_path_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for path in ("a\0b", "x" * 5000, tmp_path / "loop", tmp_path / "none" / "r.csv"):
        with pytest.raises(InputError, match=r"cannot be read|no such file"):
            read(path)


def test_what_sql_cannot_say_is_told(tmp_path: Path) -> None:
    for name in (b"caf\xe9.csv", b"\\[1].csv"):
        path = tmp_path / os.fsdecode(name)
        path.write_text(MINE)
        with pytest.raises(InputError, match="cannot be said in SQL; rename it"):
            read(path)


@pytest.mark.parametrize("name", ["r[1]", "a*", "it's", "new\nline"])
def test_what_the_database_says_is_told_by_the_real_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.parquet"
    path.write_bytes(b"PAR1 nothing PAR1")
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.file == str(path)
    assert str(path).replace("\n", " ") in caught.value.why
    assert "[[]" not in str(caught.value)
    assert "LINE 1" not in str(caught.value)


def test_the_database_reads_no_other_folder(tmp_path: Path) -> None:
    """Should a pattern ever slip through, or a name be taken for a query, nothing is there."""
    mine = written(tmp_path / "mine" / "r.csv", MINE, "csv")
    other = written(tmp_path / "other" / "r.csv", OTHERS, "csv")
    with sql.connect(sql.folders_of(mine)) as connection:
        assert connection.execute(f"FROM read_csv({sql.source(mine)})").fetchall()
        for query in (
            f"FROM read_csv({sql.source(other)})",
            f"FROM read_csv({sql.text(tmp_path / '*' / 'r.csv')})",
            f"COPY (SELECT 1) TO {sql.text(tmp_path / 'x.csv')}",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            with pytest.raises(Exception, match=r"disabled|locked|Permission|configuration"):
                connection.execute(query)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "other"]


COLUMNS: dict[str, Any] = {"user_id": ["a", "b"], "book_id": [1, 2], "rating": [4.0, 5.0]}


@pytest.mark.parametrize("of", [dict, pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.table])
def test_tables_in_memory_are_read_beside_a_file(tmp_path: Path, of: Any) -> None:
    books = written(tmp_path / "title=X" / "b[1].csv", "book_id,title\n1,One\n2,Two\n", "csv")
    dataset = read(of(COLUMNS), books=books)
    assert books_of(dataset) == {"1", "2"}
    assert dataset.catalogue.titles == ("One", "Two")
    assert np.array_equal(dataset.rows.stars, [4, 5])
