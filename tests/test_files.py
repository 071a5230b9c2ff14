"""Files written aside and renamed, and files that are read only where they are plain."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from readalike.errors import InputError
from readalike.files import PART, PRIVATE, open_file, part_in, read_file, replace_file, sweep_parts

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions and locks")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    replace_file(path, lambda part: part.write_text("old"))
    replace_file(path, lambda part: part.write_text("new"))
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(part: Path) -> None:
        part.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        replace_file(path, fail)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@POSIX
def test_a_new_file_has_the_permissions_that_are_asked_for_and_an_old_one_keeps_its(
    tmp_path: Path,
) -> None:
    before = os.umask(0o022)
    try:
        for name, permissions, wanted in (("usual", None, 0o644), ("private", PRIVATE, 0o600)):
            path = tmp_path / name
            replace_file(path, lambda part: part.write_text("new"), permissions)
            assert mode(path) == wanted
            path.chmod(0o640)
            replace_file(path, lambda part: part.write_text("newer"), permissions)
            assert mode(path) == 0o640
    finally:
        os.umask(before)


@POSIX
def test_what_is_private_is_so_while_it_is_written(tmp_path: Path) -> None:
    seen: list[int] = []
    replace_file(tmp_path / "a", lambda part: seen.append(mode(part)), PRIVATE)
    assert seen == [PRIVATE]


@POSIX
@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "there"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/null")
    with pytest.raises(OSError, match=kind):
        replace_file(path, lambda part: part.write_text("gone"))
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert [each.name for each in tmp_path.iterdir()] == ["there"]


@POSIX
def test_parts_of_killed_programs_are_removed_and_those_in_use_are_not(tmp_path: Path) -> None:
    code = (
        "import os, signal\nfrom pathlib import Path\nfrom readalike.files import part_in\n"
        f"with part_in(Path({str(tmp_path)!r})) as part:\n"
        "    part.write_text('half')\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    (killed,) = tmp_path.iterdir()
    assert PART.fullmatch(killed.name)
    notes = tmp_path / f"{killed.name}.txt"
    notes.write_text("mine")
    with part_in(tmp_path) as held:
        assert not killed.exists()
        sweep_parts(tmp_path)
        with part_in(tmp_path):
            assert held.exists()
    assert list(tmp_path.iterdir()) == [notes]


@POSIX
@pytest.mark.parametrize(
    "what", ["pipe", "socket", "device", "folder", "nothing", "address", "nul"]
)
def test_only_plain_files_are_opened_and_nothing_is_waited_for(tmp_path: Path, what: str) -> None:
    path = tmp_path / "there"
    words = f"must be a table, got a {what}"
    if what == "pipe":
        os.mkfifo(path)
    elif what == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(path))
    elif what == "device":
        path = Path("/dev/zero")
    elif what == "folder":
        path.mkdir()
    elif what == "address":
        path = Path("s3://bucket/ratings.csv")
        words = "must be a table on this machine, got an address; download it first"
    elif what == "nul":
        path, words = Path("a\0b"), "cannot be read: embedded null byte"
    else:
        words = "there is no such file"
    with pytest.raises(InputError, match=words):
        open_file(path, "must be a table")


def test_so_many_bytes_are_read_and_no_more(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 100)
    assert read_file(path, 100) == b"x" * 100
    with pytest.raises(InputError, match="must be a file of at most 99 bytes, got more"):
        read_file(path, 99)


def test_where_nothing_can_be_locked_files_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(descriptor: int) -> bool:
        raise OSError("no locks")

    monkeypatch.setattr("readalike.files.lock", none)
    replace_file(tmp_path / "a.txt", lambda part: part.write_text("new"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
