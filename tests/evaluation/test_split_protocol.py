from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evaluation.data_sets import data_of, raw_rows
from evaluation.rankers import popularity, ratings_of
from readalike.data.catalogue import Catalogue
from readalike.errors import InputError
from readalike.evaluation import HeldOut, SplitFiles, evaluate, write_split
from readalike.evaluation.questions import Task

DATA = data_of(raw_rows(0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "split"
    write_split(HeldOut().prepare(DATA.ratings, DATA.catalogue), folder, HeldOut())
    return folder


def prepared(folder: Path, ratings: object = DATA.ratings) -> Task:
    return SplitFiles(folder).prepare(ratings, DATA.catalogue)  # type: ignore[arg-type]


def test_the_task_is_that_of_the_files_whatever_drew_it(folder: Path) -> None:
    made = HeldOut().prepare(DATA.ratings, DATA.catalogue)
    assert prepared(folder).fingerprint() == made.fingerprint()


def test_the_report_says_which_files_and_how_they_were_made(folder: Path) -> None:
    report = evaluate(DATA, {"p": popularity()}, SplitFiles(folder))
    assert report.protocol == "split-files"
    assert report.data["task"] in report.description
    assert report.description.endswith(HeldOut().describe())
    assert "\n" not in report.description


def test_files_that_do_not_say_how_they_were_made_are_described_as_such(tmp_path: Path) -> None:
    write_split(HeldOut().prepare(DATA.ratings, DATA.catalogue), tmp_path / "split")
    assert "Nothing is written there of how" in SplitFiles(tmp_path / "split").describe()


def test_the_same_pairs_with_other_stars_are_the_same_data_set(folder: Path) -> None:
    """Of a pair that repeats, the notebook's split may learn another row than reading keeps."""
    histories = replace(DATA.ratings.histories, stars=np.full(len(DATA.ratings), 3, np.float32))
    other = replace(DATA.ratings, histories=histories)
    assert prepared(folder, other).fingerprint() == prepared(folder).fingerprint()


def test_books_in_another_order_are_the_same_books(folder: Path) -> None:
    turned = data_of(raw_rows(0))
    rows = turned.rows
    back = replace(
        rows,
        items=(len(rows.item_ids) - 1 - rows.items).astype(np.int32),
        item_ids=type(rows.item_ids)(rows.item_ids.ids[::-1]),
    )
    ratings, _ = back.merged()
    task = SplitFiles(folder).prepare(ratings, Catalogue.of(ratings.items))
    assert task.fingerprint() == prepared(folder).fingerprint()


def test_split_files_of_another_data_set_are_refused(folder: Path) -> None:
    fewer_pairs = data_of(raw_rows(0, n_rows=300)).ratings
    fewer_readers = DATA.ratings.take(np.arange(10))
    other_books = ratings_of([("1", "x", 5), ("2", "y", 4)])
    more_books = ratings_of(
        [("0", str(book), 5) for book in range(26)],
    )
    for ratings in (fewer_pairs, fewer_readers, other_books, more_books):
        with pytest.raises(InputError, match="must be split files of the data set given"):
            prepared(folder, ratings)


def test_a_folder_that_is_not_there_is_refused_before_the_long_work(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be a folder of split files"):
        evaluate(DATA, {"p": popularity()}, SplitFiles(tmp_path / "nothing"))
