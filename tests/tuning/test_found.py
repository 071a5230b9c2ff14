"""The file of found settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from readalike.errors import SettingError
from readalike.tuning import read_found, write_found
from readalike.version import __version__
from tuning.searching import tuned_of


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "found.json"
    write_found(tuned_of(0.2, 0.3), path)
    return path


def changed(file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    text = json.loads(file.read_text())
    change(text)
    file.write_text(json.dumps(text))
    return file


def test_what_is_written_is_read(file: Path) -> None:
    tuned = tuned_of(0.2, 0.3)
    found = read_found(file)
    assert (found.kind, found.name) == ("algorithm", "cosine")
    assert found.settings == tuned.settings
    assert found.how == tuned.how()


def test_the_file_says_what_it_is_and_who_wrote_it(file: Path) -> None:
    text = json.loads(file.read_text())
    assert (text["format"], text["format_version"]) == ("readalike-tuning", 1)
    assert text["library_version"] == __version__
    assert text.items() >= tuned_of(0.2, 0.3).as_dict().items()


def test_a_newer_search_replaces_it_and_leaves_nothing_beside_it(file: Path) -> None:
    write_found(tuned_of(0.2, 0.1, 0.5), file)
    assert read_found(file).settings["neighbours"] == 102
    assert [p.name for p in file.parent.iterdir()] == ["found.json"]


def test_a_failed_write_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()

    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SettingError, match=r"found\.json: cannot be written \(No space left"):
        write_found(tuned_of(0.2, 0.1, 0.5), file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    ["user_id,book_id\n1,2\n", "[]", '{"format": "readalike-model"}', "[" * 100_000],
)
def test_another_file_is_neither_read_nor_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "precious.csv"
    path.write_text(text)
    with pytest.raises(SettingError, match="must be a file of found settings"):
        read_found(path)
    with pytest.raises(SettingError, match="must be a file of found settings"):
        write_found(tuned_of(0.2), path)
    assert path.read_text() == text


def test_a_file_that_is_not_there_is_told_with_the_command_that_writes_it(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"none\.json: there is no such .*'readalike tune PATH"):
        read_found(tmp_path / "none.json")
    with pytest.raises(SettingError, match="must be a file of found settings, got a folder"):
        read_found(tmp_path)


def test_a_folder_that_is_not_there_is_told_before_the_search(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="must be a folder that is there"):
        write_found(tuned_of(0.2), tmp_path / "none" / "found.json")


def test_a_newer_format_is_refused_in_words(file: Path) -> None:
    changed(file, lambda text: text.update(format_version=2, library_version="9.9"))
    with pytest.raises(SettingError, match=r"has format 2 \(written by readalike 9\.9\)"):
        read_found(file)


@pytest.mark.parametrize("part", ["algorithm", "settings", "found"])
@pytest.mark.parametrize("value", [None, 3])
def test_a_damaged_file_is_refused_in_words(file: Path, part: str, value: object) -> None:
    changed(file, lambda text: text.update({part: value}))
    with pytest.raises(SettingError, match="damaged file of found settings"):
        read_found(file)
