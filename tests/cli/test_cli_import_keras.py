"""`readalike import-keras`: what is printed, and one test an option."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from cli.running import Done, Run, options_of, read_json
from keras_import.kerasfiles import (
    BOOKS,
    READERS,
    dot_model,
    ratings_table,
    tables,
    write_grouped,
)

TESTED: set[str] = set()
Test = TypeVar("Test", bound=Callable[..., object])


def covers(*options: str) -> Callable[[Test], Test]:
    """Says which options a test is about."""
    TESTED.update(options)
    return lambda test: test


def test_every_option_of_import_keras_has_a_test() -> None:
    assert options_of("import-keras") == TESTED


def write_ratings(path: Path, separator: str = ",", **changed: Any) -> Path:
    table = ratings_table(**changed)
    rows = [list(table), *zip(*table.values(), strict=True)]
    path.write_text("".join(separator.join(map(str, row)) + "\n" for row in rows))
    return path


class Importing:
    """The command on a file of the notebook's kind."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.file = write_grouped(folder / "regression_model.h5", dot_model(), tables())
        self.ratings = write_ratings(folder / "ratings.csv")

    def __call__(self, *more: object) -> Done:
        words = ("--ratings", self.ratings, "--model", self.folder / "model")
        return self.run("import-keras", self.file, *words, *more)

    def json(self, *more: object) -> Any:
        return self(*more, "--json").json


@pytest.fixture
def importing(run: Run, tmp_path: Path) -> Importing:
    return Importing(run, tmp_path)


@covers("--model", "--ratings")
def test_it_is_told_what_was_found_and_what_to_type_next(
    importing: Importing, run: Run, tmp_path: Path
) -> None:
    done = importing()
    assert (
        "regression_model.h5 of Keras 2.2.4: readers by User-Embedding 9 x 3; books by "
        "Book-Embedding 7 x 3; then Dot." in done.ok
    )
    assert "Not needed and ignored: how it was trained, the optimizer's state." in done.out
    assert "There is no table of books" in done.out
    assert "without a row" not in done.out
    assert "On 8 readers of the table its scores miss the stars by" in done.out
    assert f"Next: readalike recommend {tmp_path / 'model'} --reader 1" in done.out
    assert run("recommend", tmp_path / "model", "--reader", 1).ok
    assert run("similar", tmp_path / "model", 2).ok
    for option in ("--ratings", "--model"):
        words = {"--ratings": importing.ratings, "--model": tmp_path / "model"}
        del words[option]
        given = [word for pair in words.items() for word in pair]
        refusal = run("import-keras", importing.file, *given).refusal
        assert f"missing option '{option}'" in refusal


def test_ids_without_a_row_and_rows_without_an_id_are_told(
    importing: Importing, tmp_path: Path
) -> None:
    importing.ratings = write_ratings(
        tmp_path / "r.csv", readers=range(1, READERS + 2), books=[*range(1, 5), *range(9, 12)]
    )
    told = importing().ok
    assert "without a row in the model, which are never listed: 3 of 7." in told
    assert "who are answered like new ones, from their books: 2 of 10." in told
    assert "Rows of books that are not in the table, not kept: 2." in told


def test_what_was_assumed_is_told(importing: Importing, tmp_path: Path) -> None:
    importing.file = write_grouped(tmp_path / "weights.h5", None, tables())
    assert (
        "The file does not say so, and it was assumed: a plain product of the two embeddings"
        in importing().ok
    )


def test_a_warning_goes_where_warnings_go(importing: Importing, tmp_path: Path) -> None:
    turned = {name: {"embeddings": 3 * t["embeddings"]} for name, t in tables().items()}
    importing.file = write_grouped(tmp_path / "m.h5", dot_model(), turned)
    done = importing()
    assert "Warning: its scores miss the stars of this table" in done.err
    assert "Warning" not in done.ok
    assert "its scores miss the stars" in importing.json()["warnings"][0]


def test_a_refusal_is_one_line(importing: Importing, tmp_path: Path) -> None:
    importing.file.write_bytes(importing.file.read_bytes()[:3000])
    refusal = importing().refusal
    assert f"{importing.file}: must be a model saved by Keras" in refusal
    assert not (tmp_path / "model").exists()


@covers("--json")
def test_json(importing: Importing) -> None:
    done = importing.json()
    assert done["found"]["keras_version"] == "2.2.4"
    assert done["found"]["book"]["embeddings"] == {"Book-Embedding": [BOOKS, 3]}
    assert done["shape"] == "embedding"
    assert done["standing"]["readers"] == READERS - 1
    assert importing("--json").err == ""


@covers("--predictor")
def test_predictor(importing: Importing, run: Run, tmp_path: Path) -> None:
    assert importing.json()["predictor"] is None
    assert "forecasts no stars" in run("forecast", tmp_path / "model", 1, "--reader", 3).refusal
    assert importing.json("--predictor", "baseline")["predictor"]["name"] == "baseline"
    assert read_json(tmp_path / "model" / "card.json")["predictor"]["name"] == "baseline"
    assert run("forecast", tmp_path / "model", 1, "--reader", 3).ok


@covers("--book-layer")
def test_book_layer(importing: Importing) -> None:
    assert importing.json()["found"]["book"]["input"] == "Book-Input"
    turned = importing.json("--book-layer", "User-Embedding")
    assert turned["found"]["book"]["input"] == "User-Input"
    assert "--book-layer must be one of" in importing("--book-layer", "Books").refusal


def renamed(importing: Importing, column: str, name: str) -> None:
    text = importing.ratings.read_text()
    importing.ratings.write_text(text.replace(column, name, 1))


@covers("--user-column", "--book-column")
@pytest.mark.parametrize("role", ["user", "book"])
def test_columns(importing: Importing, role: str) -> None:
    renamed(importing, f"{role}_id", "odd")
    assert f"--{role}-column" in importing().refusal
    rows = importing.json(f"--{role}-column", "odd")["intake"]["files"][0]
    assert rows["taken"] == rows["rows"]


@covers("--rating-column")
def test_rating_column(importing: Importing) -> None:
    renamed(importing, "rating", "odd")
    assert importing.json()["standing"]["error"] is None
    assert importing.json("--rating-column", "odd")["standing"]["error"] > 0


@covers("--separator")
def test_separator(importing: Importing, tmp_path: Path) -> None:
    importing.ratings = write_ratings(tmp_path / "r.csv", "~")
    assert "--separator" in importing().refusal
    assert importing("--separator", "~").ok


@covers("--scale")
def test_scale(importing: Importing) -> None:
    assert importing.json()["data"]["scale"] == "1 to 5 in steps of 1"
    assert importing.json("--scale", "1..10")["data"]["scale"] == "1 to 10 in steps of 1"


@covers("--books")
def test_books(importing: Importing, run: Run, tmp_path: Path) -> None:
    books = tmp_path / "titles.csv"
    books.write_text("book_id,title\n" + "".join(f"{i},Volume {i}\n" for i in range(1, BOOKS)))
    assert "There is no table of books" not in importing("--books", books).ok
    assert "Books like Volume 2" in run("similar", tmp_path / "model", "Volume 2").ok


@covers("--encoding")
def test_encoding(importing: Importing) -> None:
    assert "encoding must be one such as" in importing("--encoding", "odd").refusal
    assert importing("--encoding", "latin-1").ok


@covers("--books-id-column")
def test_books_id_column(importing: Importing, tmp_path: Path) -> None:
    books = tmp_path / "titles.csv"
    books.write_text("row,mine,title\n" + "".join(f"x{i},{i},Vol {i}\n" for i in range(1, BOOKS)))
    refused = importing("--books", books, "--books-id-column", "odd").refusal
    assert "must have columns for the id and the title" in refused
    books.write_text("id,mine,title\n" + "".join(f"x{i},{i},Vol {i}\n" for i in range(1, BOOKS)))
    refused = importing("--books", books, "--books-id-column", "odd").refusal
    assert "must have the column 'odd' of --books-id-column" in refused
    assert importing("--books", books, "--books-id-column", "mine").ok


@covers("--repeats")
def test_repeats(importing: Importing) -> None:
    with importing.ratings.open("a") as more:
        more.write("1,3,1\n1,3,5\n")
    means = {rule: importing.json("--repeats", rule)["data"]["mean"] for rule in ("last", "first")}
    assert means["last"] != means["first"]


@covers("--strict")
def test_strict(importing: Importing) -> None:
    with importing.ratings.open("a") as more:
        more.write("1,1,good\n")
    assert importing.json()["intake"]["left_out"][0]["count"] == 1
    assert "the rating cannot be read" in importing("--strict").refusal
