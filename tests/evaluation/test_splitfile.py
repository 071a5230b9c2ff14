from __future__ import annotations

import hashlib
import json
import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.data_sets import data_of, raw_rows
from evaluation.rankers import ratings_of
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.histories import Histories
from readalike.errors import InputError
from readalike.evaluation import HeldOut, NewReaders, StrongGeneralisation, read_split, write_split
from readalike.evaluation import split_files as splitfile_module
from readalike.evaluation.questions import RatingQueries, Task
from readalike.evaluation.split_files import TYPES
from readalike.tables.parquet import read_parquet, write_parquet
from strategies import same_bits


def held_out(seed: int = 0) -> Task:
    data = data_of(raw_rows(seed))
    return HeldOut(0.3).prepare(data.ratings, data.catalogue)


def strangers() -> Task:
    data = data_of(raw_rows(1))
    return StrongGeneralisation(0.9, 0.8).prepare(data.ratings, data.catalogue)


def new_readers() -> Task:
    """Two books that training does not know are right answers; z tells one before another."""
    training = ratings_of([("old", "b1", 5), ("old", "b2", 3), ("elder", "b3", 4)])
    readers = ratings_of(
        [
            ("zoe", "b3", 5), ("zoe", "b1", 2), ("zoe", "x", 5), ("zoe", "b2", 4), ("zoe", "y", 5),
            ("ann", "b2", 1), ("ann", "b3", float("nan")), ("ann", "y", 4),
        ]
    )  # fmt: skip
    return NewReaders(readers, (0, 2)).prepare(training, Catalogue.of(training.items))


def same_histories(one: Histories, other: Histories) -> bool:
    return (
        one.n_items == other.n_items
        and same_bits(one.indptr, other.indptr)
        and same_bits(one.items, other.items)
        and np.array_equal(one.stars, other.stars, equal_nan=True)
    )


def assert_same(one: Task, other: Task) -> None:
    """Everything, the order of each history too."""
    assert one.fingerprint() == other.fingerprint()
    assert one.training.users == other.training.users
    assert one.training.items == other.training.items
    assert one.training.scale == other.training.scale
    assert same_histories(one.training.histories, other.training.histories)
    assert one.catalogue.fingerprint() == other.catalogue.fingerprint()
    assert len(one.questions) == len(other.questions)
    for first, second in zip(one.questions, other.questions, strict=True):
        assert first.readers == second.readers
        assert first.users.tolist() == second.users.tolist()
        assert same_histories(first.histories, second.histories)
        assert same_histories(first.relevant, second.relevant)
        assert (first.given, first.left_out, first.notes) == (
            second.given,
            second.left_out,
            second.notes,
        )
    assert_same_stars(one.star_questions, other.star_questions)


def assert_same_stars(one: RatingQueries | None, other: RatingQueries | None) -> None:
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.readers == other.readers
        assert one.users.tolist() == other.users.tolist()
        assert same_histories(one.histories, other.histories)
        assert one.rows.tolist() == other.rows.tolist()
        assert one.items.tolist() == other.items.tolist()
        assert one.stars.tolist() == other.stars.tolist()


TASKS = pytest.mark.parametrize("make", [held_out, strangers, new_readers])


@TASKS
def test_a_task_comes_back_as_it_was(make: Callable[[], Task], tmp_path: Path) -> None:
    write_split(make(), tmp_path / "split")
    assert_same(make(), read_split(tmp_path / "split"))


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 1000))
def test_any_division_comes_back_as_it_was(seed: int, tmp_path: Path) -> None:
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    write_split(held_out(seed), folder)
    assert_same(held_out(seed), read_split(folder))


def with_catalogue() -> Task:
    """Missing values of every kind, tags without a book, and a book without tags."""
    task = held_out()
    n = len(task.catalogue)
    counts = sp.csr_array(
        (
            np.array([2, 7, 1], np.float32),
            np.array([2, 0, 2], np.int64),
            np.array([0, 0, 2, 2, 2, *[3] * (n - 4)], np.int64),
        ),
        shape=(n, 4),
    )
    titles = ("", "Ein Titel, „so“", *(f"Title {i}" for i in range(2, n)))
    catalogue = replace(
        task.catalogue,
        titles=titles,
        authors=("Ann Other, Bob",) * n,
        years=(None, -750, *(2000 + i for i in range(2, n))),
        counts=np.array([np.nan, *range(1, n)], np.float64),
        tags=Tags(("magic", "war", "love's", "nobody"), counts),
    )
    return replace(task, catalogue=catalogue)


def test_what_is_known_of_the_books_comes_back_tags_and_all(tmp_path: Path) -> None:
    task = with_catalogue()
    write_split(task, tmp_path / "split")
    found = read_split(tmp_path / "split")
    assert_same(task, found)
    assert found.catalogue.tags is not None
    assert found.catalogue.tags.names == ("magic", "war", "love's", "nobody")
    assert found.catalogue.years[:3] == (None, -750, 2002)


def columns(folder: Path, table: str) -> dict[str, list[Any]]:
    found = read_parquet(folder / f"{table}.parquet")
    return {name: np.ma.asarray(values).tolist() for name, values in found.items()}


def test_peers_find_plain_columns_of_ids(tmp_path: Path) -> None:
    write_split(new_readers(), tmp_path / "split", NewReaders(new_readers().training, (0, 2)))
    assert columns(tmp_path / "split", "train") == {
        "reader_id": ["elder", "old", "old"],
        "book_id": ["b3", "b1", "b2"],
        "stars": [4, 5, 3],
    }
    assert columns(tmp_path / "split", "histories") == {
        "given": [2, 2, 2, 2],
        "reader_id": ["ann", "ann", "zoe", "zoe"],
        "book_id": ["b2", "b3", "b3", "b1"],
        "stars": [1, None, 5, 2],
    }
    assert columns(tmp_path / "split", "relevant") == {
        "given": [0, 0, 0, 0, 0, 2, 2, 2, 2],
        "reader_id": ["ann", "zoe", "zoe", "zoe", "zoe", "ann", "zoe", "zoe", "zoe"],
        "book_id": [None, "b3", None, "b2", None, None, None, "b2", None],
        "stars": [4, 5, 5, 4, 5, 4, 5, 4, 5],
        "unknown_book": [1, None, 0, None, 1, 1, 0, None, 1],
    }
    assert columns(tmp_path / "split", "books")["book_id"] == ["b1", "b2", "b3"]
    manifest = json.loads((tmp_path / "split" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["format"] == "readalike-split"
    assert manifest["protocol"] == "new-readers"
    assert manifest["description"].startswith("New readers: every model")
    assert manifest["fingerprint"] == new_readers().fingerprint()
    assert manifest["counts"] == {
        "readers": 2,
        "books": 3,
        "train": 3,
        "histories": 4,
        "relevant": 9,
    }
    assert [(q["given"], q["readers"]) for q in manifest["questions"]] == [(0, 2), (2, 2)]


def test_a_reader_in_training_is_told_by_the_training_rows(tmp_path: Path) -> None:
    write_split(held_out(), tmp_path / "split")
    assert columns(tmp_path / "split", "histories")["reader_id"] == []
    assert set(columns(tmp_path / "split", "relevant")["given"]) == {None}
    task = held_out()
    assert task.star_questions is not None
    queries = columns(tmp_path / "split", "stars")
    assert list(queries) == ["reader_id", "book_id", "stars"]
    assert len(queries["stars"]) == len(task.star_questions.stars)


def test_a_stranger_of_both_kinds_of_questions_is_told_once(tmp_path: Path) -> None:
    task = strangers()
    assert task.star_questions is not None
    only_stars = set(task.star_questions.readers) - set(task.questions[0].readers)
    assert only_stars
    write_split(task, tmp_path / "split")
    shown = columns(tmp_path / "split", "histories")
    pairs = list(zip(shown["reader_id"], shown["book_id"], strict=True))
    assert len(set(pairs)) == len(pairs)
    assert {reader for reader, _ in pairs} == only_stars | set(task.questions[0].readers)


def test_without_a_protocol_the_manifest_names_none(tmp_path: Path) -> None:
    write_split(held_out(), tmp_path / "split")
    manifest = json.loads((tmp_path / "split" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["protocol"] is None
    assert manifest["description"] is None


def test_an_empty_folder_is_filled_and_its_parents_are_made(tmp_path: Path) -> None:
    folder = tmp_path / "far" / "away"
    folder.mkdir(parents=True)
    write_split(held_out(), folder)
    assert_same(held_out(), read_split(str(folder)))
    write_split(held_out(), tmp_path / "deep" / "er" / "still")
    assert sorted(path.name for path in (tmp_path / "deep" / "er").iterdir()) == ["still"]


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    write_split(held_out(), tmp_path / "split")
    before = {file.name: file.read_bytes() for file in (tmp_path / "split").iterdir()}
    with pytest.raises(InputError, match=r"split: must be a new or empty folder"):
        write_split(strangers(), tmp_path / "split")
    assert before == {file.name: file.read_bytes() for file in (tmp_path / "split").iterdir()}
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"file: must be a new or empty folder"):
        write_split(strangers(), tmp_path / "file")


def test_a_write_that_breaks_off_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(splitfile_module, "write_catalogue", broken)
    with pytest.raises(InputError, match=r"split: cannot be written \(no space left\)"):
        write_split(held_out(), tmp_path / "split")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_write_left_is_removed_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".readalike-0123456789abcdef"
    left.mkdir()
    (left / "train.parquet").write_bytes(b"PAR1")
    others = [tmp_path / ".readalike-mine", tmp_path / "readalike-0123456789abcdef"]
    for folder in others:
        folder.mkdir()
    write_split(held_out(), tmp_path / "split")
    assert sorted(tmp_path.iterdir()) == sorted([*others, tmp_path / "split"])


def test_who_has_read_what_is_for_the_owner_alone(tmp_path: Path) -> None:
    write_split(held_out(), tmp_path / "split")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "split").iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "split").stat().st_mode) == 0o700


# Tasks that split files cannot say


def test_a_known_reader_who_is_told_something_else_is_refused(tmp_path: Path) -> None:
    task = held_out()
    queries = task.questions[0]
    other = replace(queries, histories=queries.histories.first(1))
    with pytest.raises(InputError, match="must have the training rows as history"):
        write_split(replace(task, questions=(other,)), tmp_path / "split")
    assert list(tmp_path.iterdir()) == []


def test_questions_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    task = held_out()
    with pytest.raises(InputError, match="one set of questions a given length"):
        write_split(replace(task, questions=task.questions * 2), tmp_path / "split")


def test_a_reader_without_a_right_answer_or_a_rating_is_refused(tmp_path: Path) -> None:
    task = held_out()
    queries = task.questions[0]
    nothing = replace(
        queries, relevant=Histories.of_rows([([], [])] * len(queries), queries.histories.n_items)
    )
    with pytest.raises(InputError, match="a right answer for every reader"):
        write_split(replace(task, questions=(nothing,)), tmp_path / "split")
    rated = task.training
    empty = replace(
        rated,
        histories=Histories.of_rows([([], [])] + [([0], [5.0])] * (len(rated.users) - 1), 25),
    )
    with pytest.raises(InputError, match="every reader in training must have a rating"):
        write_split(Task(empty, task.catalogue, ()), tmp_path / "split")


# Folders that are not what was written


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "split"
    write_split(held_out(), folder)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return shutil.copytree(written, tmp_path / "split")


def edit(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    change(manifest)
    file.write_text(json.dumps(manifest), encoding="utf-8")


def rewrite(folder: Path, table: str, rows: dict[str, npt.NDArray[Any]]) -> None:
    """Another table with its hash in the manifest, as whoever cheats would do it."""
    file = folder / f"{table}.parquet"
    file.unlink()
    write_parquet(file, rows, {name: TYPES[name] for name in rows})
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    edit(folder, lambda manifest: manifest["files"].update({file.name: digest}))


def plain(rows: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
    """Columns with None where nothing stands."""
    return {
        name: np.array([*np.ma.asarray(values).tolist(), None], object)[:-1]
        for name, values in rows.items()
    }


def one_line(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_split(folder)
    text = str(caught.value)
    assert "\n" not in text
    assert str(folder) in text
    return text


def test_a_folder_without_split_files_is_refused(tmp_path: Path) -> None:
    assert "must be a folder of split files with a manifest.json" in one_line(tmp_path)
    assert "must be a folder of split files" in one_line(tmp_path / "nothing")


def test_a_manifest_of_something_else_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("[" * 100_000, encoding="utf-8")
    assert "must be JSON" in one_line(folder)
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    assert "must be JSON" in one_line(folder)
    (folder / "manifest.json").write_bytes(b"\xff\xfe")
    assert "must be JSON" in one_line(folder)
    (folder / "manifest.json").write_text("[]", encoding="utf-8")
    assert "must have the format 'readalike-split'" in one_line(folder)
    (folder / "manifest.json").write_text('{"format": "other"}', encoding="utf-8")
    assert "must have the format 'readalike-split'" in one_line(folder)


def test_another_version_is_refused(folder: Path) -> None:
    for other in (1, 3):  # in format 1 the tables of histories and right answers have other names
        edit(folder, lambda manifest: manifest.update(version=other))  # noqa: B023
        refusal = one_line(folder)
        assert f"version must be 2, got {other}" in refusal
        assert "write the split again" in refusal


@pytest.mark.parametrize(
    "key", ["files", "scale", "questions", "unknown_books", "fingerprint", "version"]
)
def test_a_manifest_without_something_is_refused(folder: Path, key: str) -> None:
    edit(folder, lambda manifest: manifest.pop(key))
    assert "write the split again" in one_line(folder)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("files", []),
        ("files", {}),
        ("scale", {"lowest": 1}),
        ("scale", None),
        ("questions", [{}]),
        ("questions", 3),
        ("unknown_books", "many"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(folder: Path, key: str, value: object) -> None:
    edit(folder, lambda manifest: manifest.update({key: value}))
    assert "write the split again" in one_line(folder)


@pytest.mark.parametrize("name", ["train", "histories", "relevant", "stars", "books"])
def test_a_file_that_is_missing_or_was_changed_is_refused(folder: Path, name: str) -> None:
    file = folder / f"{name}.parquet"
    content = file.read_bytes()
    file.write_bytes(content[:-20] + bytes(20))
    assert f"{name}.parquet: is not what was written" in one_line(folder)
    file.unlink()
    assert f"{name}.parquet: is missing" in one_line(folder)


def test_another_fingerprint_is_refused(folder: Path) -> None:
    edit(folder, lambda manifest: manifest.update(fingerprint="0" * 64))
    assert f"the fingerprint must be {'0' * 64}, got another" in one_line(folder)


def test_right_answers_slipped_into_training_are_caught(folder: Path) -> None:
    train = read_parquet(folder / "train.parquet")
    right = read_parquet(folder / "relevant.parquet")
    known = np.isin(right["reader_id"], train["reader_id"])
    more = {name: np.concatenate([train[name], right[name][known][:3]]) for name in train}
    rewrite(folder, "train", more)
    assert "test rows must not be in training, got 3 of them" in one_line(folder)


def test_right_answers_slipped_into_what_is_told_are_caught(tmp_path: Path) -> None:
    write_split(strangers(), tmp_path / "split")
    shown = read_parquet(tmp_path / "split" / "histories.parquet")
    right = read_parquet(tmp_path / "split" / "relevant.parquet")
    shown, right = plain(shown), plain(right)
    more = {name: np.concatenate([shown[name], right[name][:2]]) for name in shown}
    rewrite(tmp_path / "split", "histories", more)
    assert "and 2 in the histories that the model is told" in one_line(tmp_path / "split")


def test_answers_taken_away_change_the_fingerprint(folder: Path) -> None:
    right = read_parquet(folder / "relevant.parquet")
    fewer = {name: values[1:] for name, values in plain(right).items()}
    rewrite(folder, "relevant", fewer)
    assert "the fingerprint must be" in one_line(folder)


def test_a_table_of_other_columns_is_refused(folder: Path) -> None:
    rewrite(folder, "train", {"reader_id": np.array(["a"], object)})
    assert "wrong 'book_id'" in one_line(folder)


def test_a_book_that_is_not_among_the_books_is_refused(folder: Path) -> None:
    right = read_parquet(folder / "relevant.parquet")
    other = plain(right)
    other["book_id"] = np.array(["nowhere"] * len(other["book_id"]), object)
    rewrite(folder, "relevant", other)
    assert "every book of a split must be among its books" in one_line(folder)
