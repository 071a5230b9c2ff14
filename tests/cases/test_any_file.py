"""Field cases 98 to 117: files that people have, and what is right for each."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import readalike
from cli.running import Run, in_process
from libraries.exports import write
from readalike.bibliography.book_index import BookIndex
from readalike.data.catalogue import Catalogue
from readalike.errors import InputError
from readalike.libraries.entry import Library
from readalike.libraries.matches import Matches
from readalike.libraries.matching import match
from readalike.libraries.reading import read_library
from readalike.recommend.recommender import Recommender
from readalike.tables.dataset import Dataset, read

FILES = Path(__file__).resolve().parent / "files2"
SPACE = ("126", "141", "371", "503", "633", "1179", "2228", "1105", "283", "7")
"""Books that half of the readers like ..."""
OTHERS = ("1", "3", "653", "94", "258", "592", "1092", "2520", "4874", "8982")
"""... and those that the other half likes."""


@pytest.fixture(scope="module")
def run() -> Run:
    return in_process


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of made-up ratings of two tastes over 41 books of goodbooks-10k."""
    folder = tmp_path_factory.mktemp("any_file")
    draw = np.random.default_rng(7)
    rows = ["user_id,book_id,rating"]
    for reader in range(120):
        liked, not_liked = (SPACE, OTHERS) if reader % 2 else (OTHERS, SPACE)
        rows += [f"{reader},{book},{draw.integers(4, 6)}" for book in draw.choice(liked, 6, False)]
        rows += [f"{reader},{b},{draw.integers(1, 4)}" for b in draw.choice(not_liked, 2, False)]
    ratings = write(folder / "ratings.csv", "\n".join(rows) + "\n")
    readalike.train(
        ratings, folder / "model", books=FILES / "books.csv", algorithm="cosine", predictor=None
    )
    return folder / "model"


@pytest.fixture(scope="module")
def loaded(model: Path) -> Recommender:
    return readalike.load(model)


@cache
def books() -> Catalogue:
    """The 41 books."""
    rating = {"user_id": ["1"], "book_id": ["1"], "rating": ["5"]}
    return read(rating, books=FILES / "books.csv").catalogue


def matched(library: Library) -> Matches:
    return match(library, BookIndex(books()))


def found(name: str) -> dict[str, tuple[str | None, str | None, float | None]]:
    """Of each title of a file the book that it is, its status and its stars."""
    matches = matched(read_library(FILES / name))
    return {
        entry.title or entry.source_id: (match.book_id, entry.status, entry.stars)
        for entry, match in matches.pairs()
    }


@pytest.mark.parametrize("name", ["goodreads_23col.csv", "goodreads_23col_bare.csv"])
def test_98_goodreads_without_its_average(name: str) -> None:
    library = read_library(FILES / name)
    assert library.format == "Goodreads"
    assert matched(library).ways() == {"goodreads id": 3}
    assert {row[0]: row[1:] for row in found(name).values()} == {
        "126": ("read", 5),
        "7": ("read", 2),
        "141": ("to-read", None),
    }


def test_99_a_status_under_another_name() -> None:
    rows = found("booklogr.csv")
    assert [status for _, status, _ in rows.values()].count("read") == 1
    assert sorted(status or "" for _, status, _ in rows.values()) == [
        "read",
        "reading",
        "to-read",
        "to-read",
        "unfinished",
    ]
    library = read_library(FILES / "booklogr.csv")
    (given_up,) = (entry for entry in library.entries if entry.status == "unfinished")
    assert given_up.stars == 4
    assert given_up.opinion is None


def test_99_a_book_that_is_to_be_read_is_listed(model: Path, run: Run) -> None:
    library = FILES / "booklogr.csv"
    answer = run("recommend", model, "--library", library, "--from", "to-read", "--json").json
    assert {row["title"] for row in answer["recommendations"]} >= {"The Martian"}
    said = run("explain", model, "The Martian", "--library", library).ok
    assert "you read it" not in said
    assert "Kafka" not in said


def test_99_read_as_a_flag_and_authors_with_last_names_first() -> None:
    library = read_library(FILES / "bookcatalogue.csv")
    assert library.counts()["read"] == 2
    assert library.counts()["to-read"] == 2
    assert ("Terry Pratchett", "Neil Gaiman") in {entry.authors for entry in library.entries}
    assert matched(library).states() == {"matched": 4, "ambiguous": 0, "unmatched": 0}


@pytest.mark.parametrize(
    ("name", "codec"),
    [("polish_cp1250", "cp1250"), ("russian_cp1251", "cp1251"), ("booklog_cp932", "cp932")],
)
def test_102_code_pages(name: str, codec: str) -> None:
    library = read_library(FILES / f"{name}.csv")
    assert f"read as {codec}" in library.notes
    if name == "polish_cp1250":
        utf8 = read_library(FILES / "polish_utf8.csv")
        assert [entry.title for entry in utf8.entries] == [e.title for e in library.entries]
    if name == "booklog_cp932":
        assert [entry.title for entry in library.entries] == [
            "海辺のカフカ (上)",
            "Kafka on the Shore",
        ]


def test_102_text_that_was_encoded_twice() -> None:
    library = read_library(FILES / "storygraph_twice_encoded.csv")
    assert "Gabriel García Márquez" in {name for e in library.entries for name in e.authors}
    assert any("encoded twice" in note for note in library.notes)
    assert not any("Ã" in entry.title or "â€" in entry.title for entry in library.entries)


def test_103_twenty_points_are_five_stars(loaded: Recommender) -> None:
    twenty, five = (read_library(FILES / f"{name}_points.csv") for name in ("twenty", "five"))
    assert str(twenty.scale) == (
        "stars are from 1 to 20 in steps of 1 (found from 5 ratings, the highest 19)"
    )
    assert str(five.scale).startswith("stars are from 0.25 to 5 in steps of 0.25")
    assert twenty.counts()["to-read"] == five.counts()["to-read"] == 1
    lists = [
        [item.book.book_id for item in loaded.recommend(loaded.match(library), n=6)]
        for library in (twenty, five)
    ]
    assert lists[0] == lists[1]
    assert "2228" in lists[0], "Solaris is to be read"


def test_104_the_public_s_mean_is_no_opinion() -> None:
    library = read_library(FILES / "audible_library.tsv")
    assert library.counts() == {
        "rows": 4,
        "books": 4,
        "with stars": 0,
        "read": 2,
        "reading": 1,
        "to-read": 1,
    }
    assert any("'rating' is taken for the mean of the public" in note for note in library.notes)
    own = read_library(FILES / "audible_library.tsv", columns={"rating": "rating"})
    assert own.counts()["with stars"] == 4


def test_104_stars_of_calibre_do_not_say_that_a_book_was_read() -> None:
    library = read_library(FILES / "calibre_catalog.csv")
    assert library.counts()["not said whether read"] == 3
    assert library.counts()["with stars"] == 2
    assert any("Calibre keeps stars that came with a book" in note for note in library.notes)


@pytest.mark.parametrize("ending", ["json", "json.gz"])
def test_106_lines_of_json(ending: str) -> None:
    dataset = read(FILES / f"amazon2018_Books_5.{ending}")
    assert len(dataset.rows) == 9
    assert len(dataset.ratings.users) == len(dataset.ratings.items) == 4
    assert dataset.rows.times is not None


def test_106_a_workbook_whose_sheet_was_lost_is_refused_in_words() -> None:
    for reading in (read, read_library):
        with pytest.raises(InputError, match="its sheet is missing; open it in a spreadsheet"):
            reading(FILES / "library.xlsx")


@pytest.mark.parametrize(
    ("name", "hobbit"),
    [("italian.csv", "read"), ("portuguese.csv", "unfinished"), ("german.csv", "unfinished")],
)
def test_108_columns_and_words_in_other_languages(name: str, hobbit: str) -> None:
    assert set(found(name).values()) == {
        ("126", "read", 5),
        ("7", hobbit, 1),
        ("141", "to-read", None),
    }


def test_109_the_original_title_and_the_british_one(model: Path, run: Run) -> None:
    ids = {row[0] for row in found("original_titles.csv").values()}
    assert ids == {"94", "258", "653", "2", "62"}
    assert next(row[0] for row in found("russian_utf8.csv").values()) == "592"
    assert {row[0] for row in found("uk_hp.csv").values()} >= {"2"}
    assert "Cien" in run("search", model, "Cien años de soledad").ok or "94" in (
        run("search", model, "Cien años de soledad").ok
    )
    listed = run("recommend", model, "--library", FILES / "uk_hp.csv", "-n", 40, "--json").json
    assert "2" not in {row["book_id"] for row in listed["recommendations"]}


def test_110_new_books_of_which_little_is_known(model: Path, run: Run, tmp_path: Path) -> None:
    copy = shutil.copytree(model, tmp_path / "model")
    added = run("add-books", copy, FILES / "bbe_new.csv", "--json").json
    assert [row["same_as"] for row in added["same"]] == ["126"], "Dune is there already"
    books = {row["book_id"]: row for row in added["added"]}
    assert len(books) == 2
    hail_mary = readalike.load(copy).find("54493401-project-hail-mary")
    assert (hail_mary.authors, hail_mary.year, hail_mary.isbn13) == ("Andy Weir", 2021, "")
    assert hail_mary.goodreads_id == "54493401"
    near = run("similar", copy, "Project Hail Mary", "--json").json["recommendations"]
    assert "The Martian" in {row["title"] for row in near}, "by its author"
    listed = run("recommend", copy, "--like", "Atomic Habits", "-n", 3, "--json").json
    assert listed["source"] == "popular"
    assert "what was read says nothing to this model" in listed["note"]
    alike = run("similar", copy, "Atomic Habits", "--json").json
    assert alike["recommendations"] == []
    assert "nothing is known" in alike["note"]
    assert run("import", FILES / "twenty_points.csv", "--model", copy).ok.count("ambiguous 0") == 1


def test_111_the_column_of_isbn_is_the_book_s() -> None:
    dataset = read(FILES / "amazon2018_Books.csv")
    assert "0340839937" in dataset.ratings.items
    assert len(dataset.ratings.users) == len(dataset.ratings.items) == 4
    assert dataset.rows.times is not None
    assert dataset.intake.notes == (
        "it has no names of columns: column 1 holds ISBN or ASIN and is the book's, column 2 the "
        "reader's",
    )
    turned = read(FILES / "amazon2018_Books.csv", columns={"user": "1", "book": "2"})
    assert "0340839937" in turned.ratings.users, "what a person says is believed"


@pytest.mark.parametrize(
    "source",
    [
        pd.DataFrame({"user_id": [1, 2, 3, None, 5], "book_id": [*"abcde"], "rating": 4}),
        pd.DataFrame(
            {
                "user_id": pd.array([1, 2, 3, None, 5], "Int64"),
                "book_id": [*"abcde"],
                "rating": 4,
            }
        ),
        pd.DataFrame(
            {
                "user_id": pd.array(["1", "2", "3", None, "5"], "string"),
                "book_id": [*"abcde"],
                "rating": 4,
            }
        ),
        pd.DataFrame(
            {
                "user_id": pd.array([1, 2, 3, None, 5], "int64[pyarrow]"),
                "book_id": [*"abcde"],
                "rating": 4,
            }
        ),
        pd.DataFrame(
            {
                "user_id": pd.Categorical(["1", "2", "3", None, "5"], categories=[*"123456"]),
                "book_id": [*"abcde"],
                "rating": 4,
            }
        ),
        pl.LazyFrame({"user_id": [1, 2, 3, None, 5], "book_id": [*"abcde"], "rating": 4}),
        {"user_id": [1.0, 2.0, 3.0, np.nan, 5.0], "book_id": [*"abcde"], "rating": [4] * 5},
    ],
    ids=["float", "Int64", "string", "arrow", "category", "lazy", "dict"],
)
def test_116_a_missing_reader_makes_no_float_of_the_others(source: object) -> None:
    dataset: Dataset = read(source)
    assert dataset.ratings.users.ids == ("1", "2", "3", "5")
    assert [(left.reason, left.count) for left in dataset.intake.left_out] == [("no reader id", 1)]


def test_117_volume_7_is_not_volume_17() -> None:
    library = read_library(FILES / "volumes.csv")
    ids = {entry.title: match.book_id for entry, match in matched(library).pairs()}
    assert {title: book for title, book in ids.items() if book} == {
        next(title for title in ids if title.startswith("Fables") and "10" in title): "8982"
    }
