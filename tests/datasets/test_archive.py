from __future__ import annotations

import contextlib
import io
import os
import shutil
import struct
import zipfile
from collections import namedtuple
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaggle_stand_in import GITHUB, SMALL, TABLES, zipped
from readalike.datasets.download import Downloaded, download
from readalike.errors import DownloadError

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "goodbooks-10k"


def unzip(folder: Path, content: bytes, **options: Any) -> Downloaded:
    archive = folder.parent / "given.zip"
    archive.write_bytes(content)
    try:
        return download(
            options.pop("name", SMALL), folder, archive=archive,
            base_url="https://not.asked.example", **options,
        )  # fmt: skip
    finally:
        assert archive.read_bytes() == content
        assert sorted(p.name for p in folder.parent.iterdir() if p != folder) == ["given.zip"]


def refused(folder: Path, content: bytes, **options: Any) -> str:
    with pytest.raises(DownloadError) as caught:
        unzip(folder, content, **options)
    assert not folder.exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def written(folder: Path) -> dict[str, str]:
    return {path.name: path.read_bytes().decode() for path in folder.iterdir()}


@pytest.mark.parametrize("inside", ["", "goodbooks-10k/", "a/b/c/", "a\\b\\"])
def test_a_given_archive(folder: Path, inside: str) -> None:
    done = unzip(folder, zipped(folder=inside))
    assert written(folder) == TABLES
    assert done.transferred == 0
    assert done.left_out == ("noise.bin",)


def test_the_authors_own_edition_with_its_samples(folder: Path) -> None:
    samples = {f"goodbooks-10k-master/samples/{name}": "x\n" for name in TABLES}
    tables = {f"goodbooks-10k-master/{name}": text for name, text in GITHUB.items()}
    done = unzip(folder, zipped(samples, more=tables))
    assert done.layout == "github"
    assert written(folder) == GITHUB
    assert len(done.left_out) == 5


def test_a_given_archive_is_not_opened_if_it_is_there_already(folder: Path) -> None:
    unzip(folder, zipped())
    assert unzip(folder, b"").already_there
    assert unzip(folder, zipped(GITHUB), again=True).layout == "github"


def test_no_such_archive(folder: Path) -> None:
    with pytest.raises(DownloadError, match="there is no such file; give a zip with --from"):
        download(SMALL, folder, archive=folder / "given.zip")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a zip"),
        (b"Rar!", "not a zip"),
        (b"\n<!doctype html><html>", "a web page, not a zip"),
        (zipped()[:100_000], "cut short or damaged"),
        (zipped()[:-1], "cut short or damaged"),
    ],
)
def test_what_is_no_whole_zip(folder: Path, content: bytes, says: str) -> None:
    assert f"given.zip: {says}; download it again" in refused(folder, content)


def test_a_damaged_table(folder: Path) -> None:
    content = bytearray(zipped(more={}))
    content[60] ^= 1
    assert "damaged" in refused(folder, bytes(content))


def _without(name: str) -> dict[str, str]:
    return {key: text for key, text in TABLES.items() if key != name}


@pytest.mark.parametrize(
    ("tables", "says"),
    [
        ({"movies.csv": "x\n"}, "ratings.csv, books.csv, tags.csv, book_tags.csv, to_read.csv mis"),
        (_without("tags.csv"), "not goodbooks-10k: tags.csv missing"),
        (TABLES | {"ratings.csv": "userId,movieId,rating,timestamp\n1,2,3,4\n"},
         "ratings.csv must begin with 'book_id,user_id,rating' or 'user_id,book_id,rating', "
         "got 'userId,movieId,rating,timestamp'"),
        (TABLES | {"to_read.csv": "user_id,book_id\n1,2\n"},
         "to_read.csv must have 2 to 100 rows, got 1"),
        (TABLES | {"to_read.csv": "user_id,book_id\n" + "1,2\n" * 101}, "got 101"),
        (TABLES | {"to_read.csv": ""}, "got ''"),
        (TABLES | {"books.csv": GITHUB["books.csv"]}, "its tables are of two editions"),
    ],
)  # fmt: skip
def test_another_data_set(folder: Path, tables: Mapping[str, str], says: str) -> None:
    message = refused(folder, zipped(tables))
    assert says in message
    assert "kaggle.com/datasets/zygmunt/goodbooks-10k" in message


@pytest.mark.parametrize(
    "name", ["../ratings.csv", "a/../../evil", "/etc/evil", "..\\evil", "C:evil", "C:\\x\\evil"]
)
def test_a_path_out_of_the_folder(folder: Path, name: str) -> None:
    assert "would be written elsewhere" in refused(folder, zipped(more={name: "x"}))


def test_a_table_that_is_there_twice(folder: Path) -> None:
    target = io.BytesIO(zipped())
    with (
        zipfile.ZipFile(target, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("ratings.csv", "x")
    assert "ratings.csv is in it twice" in refused(folder, target.getvalue())


def test_a_bomb(folder: Path) -> None:
    bomb = zipped(TABLES | {"tags.csv": "tag_id,tag_name\n" + "0" * 200_000}, more={})
    assert len(bomb) < 2_000
    assert "tags.csv would unzip to 200,016 bytes" in refused(folder, bomb)


def test_a_bomb_that_lies_about_its_size(folder: Path) -> None:
    bomb = bytearray(zipped(TABLES | {"tags.csv": "tag_id,tag_name\n" + "0" * 200_000}, more={}))
    while (at := bytes(bomb).find(struct.pack("<I", 200_016))) >= 0:
        bomb[at : at + 4] = struct.pack("<I", 50)
    assert "damaged" in refused(folder, bytes(bomb))


def test_too_many_files(folder: Path) -> None:
    assert "it holds 1,005 files" in refused(
        folder, zipped(more={f"{n}.txt": "" for n in range(1000)})
    )


def test_too_large_an_archive(folder: Path) -> None:
    assert "too large" in refused(folder, zipped(), name=replace(SMALL, largest_archive=1000))


@pytest.mark.parametrize(
    ("change", "says"), [({6: 1}, "locked with a password"), ({8: 12}, "packed in an unusual way")]
)
def test_archives_of_an_unusual_kind(folder: Path, change: dict[int, int], says: str) -> None:
    content = bytearray(zipped())
    start = content.find(b"PK\x01\x02")
    for offset, value in change.items():
        content[start + 2 + offset] = value
    assert says in refused(folder, bytes(content))


def test_a_link_in_an_archive_is_not_made(folder: Path) -> None:
    link = zipfile.ZipInfo("ratings.csv")
    link.external_attr = 0o120777 << 16
    target = io.BytesIO(zipped(_without("ratings.csv")))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "got '/etc/passwd'" in refused(folder, target.getvalue())


def test_a_full_disk_is_seen_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10, 0, 10))
    assert "no room to unzip goodbooks-10k" in refused(folder, zipped())


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_is_a_traceback(folder: Path, data: st.DataObject) -> None:
    content = bytearray(zipped(more={}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    whole = False
    with contextlib.suppress(DownloadError):
        unzip(folder, bytes(content), again=True)
        whole = True
    if whole:
        assert set(written(folder).values()) == set(TABLES.values())


@pytest.mark.real_data
def test_the_real_one(folder: Path) -> None:
    data = Path(os.environ.get("READALIKE_DATA", "../shared/data")) / "goodbooks-10k"
    if not data.is_dir():
        pytest.skip(f"{data} is not there")
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(data.iterdir()):
            archive.write(path, path.name)
    done = unzip(folder, target.getvalue(), name="goodbooks-10k")
    assert done.layout == "kaggle"
    assert [file.rows for file in done.files] == [981_756, 10_000, 34_252, 999_912, 912_705]
