"""How a library is read: each option with each command that reads one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from cli.libraries_of import OF_LIBRARIES
from cli.running import Run, options_of

TESTED: set[str] = set()
COMMANDS = ("import", "recommend", "explain")
Test = TypeVar("Test", bound=Callable[..., object])


def covers(option: str) -> Callable[[Test], Test]:
    """A test of an option, run with each command that has it."""
    TESTED.add(option)
    return pytest.mark.parametrize("command", COMMANDS)


def test_every_option_of_a_library_has_a_test() -> None:
    assert TESTED == OF_LIBRARIES
    assert all(options_of(command) >= OF_LIBRARIES for command in COMMANDS)


class Reading:
    """A command that reads a library, whichever it is; its model has Tales of Dale 26."""

    def __init__(self, run: Run, model: Path, folder: Path) -> None:
        self.run, self.model, self.folder = run, model, folder

    def words(self, command: str, content: str | bytes, *more: object) -> list[object]:
        path = self.folder / "library.csv"
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
        return {
            "import": ["import", path, "--model", self.model],
            "recommend": ["recommend", self.model, "--library", path],
            "explain": ["explain", self.model, "b29", "--library", path],
        }[command] + list(more)

    def account(self, command: str, content: str | bytes, *more: object) -> Any:
        found = self.run(*self.words(command, content, *more), "--json").json
        return found if command == "import" else found["library"]

    def refused(self, command: str, content: str | bytes, *more: object) -> str:
        return self.run(*self.words(command, content, *more)).refusal


@pytest.fixture
def a(run: Run, model: Path, tmp_path: Path) -> Reading:
    return Reading(run, model, tmp_path)


ROWS = "Tales of Dale 26,Ann Onym,5,done\nTales of Hill 29,Ann Onym,3,later\n"


@covers("--title-column")
def test_title_column(a: Reading, command: str) -> None:
    content = f"xx,author,rating,zz\n{ROWS}"
    assert "--title-column" in a.refused(command, content)
    assert a.account(command, content, "--title-column", "xx")["columns"]["title"] == "xx"
    assert a.account(command, content, "--title-column", "1")["columns"]["title"] == "xx"
    assert "'odd' that were named" in a.refused(command, content, "--title-column", "odd")


@covers("--author-column")
def test_author_column(a: Reading, command: str) -> None:
    content = f"title,who,rating,zz\n{ROWS}"
    assert "authors" not in a.account(command, content)["columns"]
    named = a.account(command, content, "--author-column", "who")
    assert named["columns"]["authors"] == "who"


@covers("--isbn-column")
def test_isbn_column(a: Reading, command: str) -> None:
    content = "title,author,number\nTales of Dale 26,Ann Onym,9780340839935\n"
    assert "ISBN" not in a.account(command, content)["columns"]
    named = a.account(command, content, "--isbn-column", "number")
    assert named["columns"]["ISBN"] == "number"


@covers("--rating-column")
def test_rating_column(a: Reading, command: str) -> None:
    content = f"title,author,verdict,status\n{ROWS}"
    assert a.account(command, content)["scale"] is None
    named = a.account(command, content, "--rating-column", "verdict")
    assert named["scale"].startswith("stars are from 1 to 5")


@covers("--status-column")
def test_status_column(a: Reading, command: str) -> None:
    content = f"title,author,rating,zz\n{ROWS}".replace("done", "read").replace("later", "to-read")
    rows = content.replace("read\n", "owned\n").replace("to-owned", "borrowed")
    assert "status" not in a.account(command, rows)["columns"]
    named = a.account(command, rows, "--status-column", "zz")
    assert named["columns"]["status"] == "zz"
    assert any("owned" in note for note in named["notes"])


@covers("--scale")
def test_scale(a: Reading, command: str) -> None:
    content = f"title,author,rating,status\n{ROWS}"
    said = a.account(command, content, "--scale", "0..20")["scale"]
    assert said == "stars are from 0 to 20 in steps of 1 (as was said)"
    assert "must be like 1..10" in a.refused(command, content, "--scale", "twenty")


@covers("--unknown")
def test_unknown(a: Reading, command: str) -> None:
    content = "title,author\nTales of Dale 26,Ann Onym\nTales of Hill 29,Ann Onym\n"
    assert "must be ignore, read, history, got 'odd'" in a.refused(
        command, content, "--unknown", "odd"
    )
    words = {how: a.words(command, content, "--unknown", how) for how in ("ignore", "history")}
    said = {how: a.run(*given) for how, given in words.items()}
    assert said["ignore"].code == said["history"].code == 0
    if command == "recommend":
        assert "0 read" in said["ignore"].err
        assert "2 not said (may be listed)" in said["ignore"].err
        assert "2 read" in said["history"].err
        hidden = a.run(*a.words(command, content, "--unknown", "read", "-n", 99, "--json"))
        listed = {row["book_id"] for row in hidden.json["recommendations"]}
        assert "2 not said (not listed)" in hidden.err
        assert not listed & {"b26", "b29"}
    if command == "explain":
        assert "you read it" not in said["ignore"].out
        assert "you read it" in said["history"].out


@covers("--encoding")
def test_encoding(a: Reading, command: str) -> None:
    content = "title,author,rating,status\nWieża Jaskółki,Ann Onym,5,read\n".encode("cp1250")
    found = a.run(*a.words(command, content, "--encoding", "cp1250"))
    assert found.code == 0
    assert "odd" in a.refused(command, content, "--encoding", "odd")


def test_options_are_repeated_in_what_to_type_next(a: Reading) -> None:
    content = f"xx,author,rating,zz\n{ROWS}"
    said = a.run(*a.words("import", content, "--title-column", "xx", "--scale", "0..10")).ok
    last = said.splitlines()[-1]
    assert last.startswith("Next: readalike recommend")
    assert "--title-column xx --scale 0..10" in last
