"""`readalike add-books`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli.running import Run
from library import SUBJECTS, write_library, write_new
from readalike import train

KEYS = ("added", "known", "same", "clashes", "unknown_tags", "file", "left_out")
NEW = ("7", "The [New] One", "Author 0", f"{SUBJECTS[0]}|{SUBJECTS[1]}")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    train(write_library(folder / "data"), folder / "model", predictor=None)
    return folder / "model"


@pytest.fixture
def model(trained: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(trained, folder)
    return folder


def test_it_tells_what_a_new_book_is_placed_like_and_what_to_type_next(
    run: Run, model: Path, tmp_path: Path
) -> None:
    text = run("add-books", model, write_new(tmp_path / "new.csv", NEW)).ok
    assert "The [New] One by Author 0" in text
    assert "Book 0 (by Author 0, subject a)" in text
    assert f"Added 1 book to {model}." in text
    assert text.splitlines()[-1].endswith(f"similar {model} 7")
    similar = run("similar", model, "7", "-n", 4).ok
    assert "Book 0" in similar


def test_a_list_says_what_a_book_without_readers_is_placed_like(
    run: Run, model: Path, tmp_path: Path
) -> None:
    run("add-books", model, write_new(tmp_path / "new.csv", NEW))
    text = " ".join(run("recommend", model, "--like", "Book 0", "-n", 6).ok.split())
    assert "few readers yet, so placed like" in text
    found = run("recommend", model, "--like", "Book 0", "-n", 6, "--json").json
    content_neighbours = {
        each["book_id"]: each["content_neighbours"] for each in found["recommendations"]
    }
    assert content_neighbours["7"][0]["book_id"] == "0"
    assert content_neighbours["7"][0]["common"] == ["by Author 0", "subject a"]
    assert not any(others for book, others in content_neighbours.items() if book != "7")


def test_json_tells_everything(run: Run, model: Path, tmp_path: Path) -> None:
    rows = (NEW, ("0", "Known", "", ""), ("x", "Strange", "", "odd"), ("", "No id", "", ""))
    found = run("add-books", model, write_new(tmp_path / "new.csv", *rows), "--json").json
    assert found.keys() == set(KEYS)
    assert [each["book_id"] for each in found["added"]] == ["7", "x"]
    assert found["added"][0]["content_neighbours"][0].keys() == {
        "book_id",
        "title",
        "share",
        "common",
    }
    assert found["added"][1]["content_neighbours"] == []
    assert found["known"] == ["0"]
    assert found["unknown_tags"] == ["odd"]
    assert found["file"]["rows"] == 4
    assert [left["reason"] for left in found["left_out"]] == ["no book id"]


def test_what_cannot_be_placed_and_what_is_left_out_is_said(
    run: Run, model: Path, tmp_path: Path
) -> None:
    rows = (("0", "Known", "", ""), ("x", "Strange", "", "odd"), ("", "No id", "", ""))
    text = run("add-books", model, write_new(tmp_path / "new.csv", *rows)).ok
    assert "Left out 1: no book id." in text
    assert "In the model already, and left as they are: 0." in text
    assert "No book of the model has these tags, so they count for nothing: odd." in text
    assert "nothing: it will not be listed" in text
    assert "Nothing is known of 1 book that a well-read book of the model has too" in text


def test_many_books_are_counted(run: Run, model: Path, tmp_path: Path) -> None:
    rows = [(f"n{at}", f"New {at}", "Author 3", SUBJECTS[1]) for at in range(25)]
    text = run("add-books", model, write_new(tmp_path / "new.csv", *rows)).ok
    assert "... and 5 books more." in text
    assert "Added 25 books" in text


def test_adding_nothing_says_so(run: Run, model: Path, tmp_path: Path) -> None:
    text = run("add-books", model, write_new(tmp_path / "new.csv", ("0", "Known", "", ""))).ok
    assert f"Added 0 books to {model}." in text
    assert "Next:" not in text


def test_what_cannot_be_done_is_one_line(run: Run, model: Path, tmp_path: Path) -> None:
    assert "there is no such file" in run("add-books", model, tmp_path / "none.csv").refusal
    new = write_new(tmp_path / "new.csv", NEW)
    assert "does not exist; make one with" in run("add-books", tmp_path / "none", new).refusal


def test_a_book_that_is_there_already_is_told(run: Run, model: Path, tmp_path: Path) -> None:
    rows = (NEW, ("17", "The New One!", "Author 0", ""), ("19", "Book 3", "Author 1", ""))
    text = " ".join(run("add-books", model, write_new(tmp_path / "new.csv", *rows)).ok.split())
    assert "not added: 17 (the same as 7), 19 (the same as 6)." in text
    assert "Added 1 book to" in text
