"""The documentation is held to the code: blocks run, commands exist, figures are measured."""

from __future__ import annotations

import csv
import importlib.util
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer

import readalike
from readalike.algorithms import ALGORITHMS
from readalike.algorithms.settings import describe
from readalike.cli import app
from readalike.data.sample import sample_tables

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])


def commands() -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def shell_lines(text: str) -> list[list[str]]:
    """The words of every `readalike ...` line in a code block."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("readalike ")]


@pytest.fixture
def goodbooks(tmp_path: Path) -> Path:
    """A small folder of the real layout, made of the sample: ids are whole numbers."""
    tables = sample_tables(readers=400)
    folder = tmp_path / "goodbooks-10k"
    folder.mkdir()
    number = {book: i + 1 for i, book in enumerate(tables.books["book_id"])}
    reader = {r: i + 1 for i, r in enumerate(dict.fromkeys(tables.ratings["reader_id"]))}
    with (folder / "ratings.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["book_id", "user_id", "rating"])
        columns = (tables.ratings[c] for c in ("book_id", "reader_id", "rating"))
        for book, who, stars in zip(*columns, strict=True):
            if not np.isnan(stars):
                out.writerow([number[book], reader[who], int(stars)])
    with (folder / "books.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["id", "book_id", "title", "authors"])
        for i, (title, authors) in enumerate(
            zip(tables.books["title"], tables.books["authors"], strict=True)
        ):
            out.writerow([i + 1, 90_000 + i, title, authors])
    return tmp_path


def test_the_python_of_the_readme_runs(
    goodbooks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
    statements = [line for line in block.splitlines() if line.strip()]
    assert len(statements) == 6, "the README promises six lines"
    monkeypatch.chdir(goodbooks)
    exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 10
    assert printed[0].startswith("1 ")
    assert "because of" in printed[0]
    assert re.search(r"\d+%", printed[0])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_line_shown_is_one_that_exists(page: Path) -> None:
    for words in shell_lines(page.read_text(encoding="utf-8")):
        command = commands().get(words[1])
        assert command is not None, words
        known = {option for parameter in command.params for option in parameter.opts}
        given = {word for word in words[2:] if word.startswith("-")}
        assert given <= known, f"{words}: {given - known} unknown"


def test_every_command_stands_in_the_readme() -> None:
    shown = {words[1] for words in shell_lines(README)} | {"demo"}
    assert shown == set(commands())
    assert "make demo" in README


def test_every_command_and_option_says_what_it_does() -> None:
    for name, command in commands().items():
        assert command.help, name
        for parameter in command.params:
            text = getattr(parameter, "help", None)
            assert text, f"{name} {parameter.name}"


def test_every_algorithm_and_setting_says_what_it_does() -> None:
    for name, algorithm in ALGORITHMS.items():
        assert algorithm.__doc__, name
        for setting, wanted, default, text in describe(algorithm):
            assert text, f"{name} {setting}"
            assert wanted
            assert default == getattr(algorithm(), setting)


def test_every_public_name_exists_and_is_documented() -> None:
    for name in readalike.__all__:
        thing = getattr(readalike, name)
        assert name == "ALGORITHMS" or isinstance(thing, str) or thing.__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = readalike.nothing
    assert set(readalike.__all__) <= set(dir(readalike))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    for link in links:
        assert (page.parent / link).exists(), link


def benchmark_tables() -> Any:
    spec = importlib.util.spec_from_file_location("tables", ROOT / "benchmarks" / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_those_that_were_measured(tmp_path: Path) -> None:
    """Every table of the README and the page of measurements is made of benchmarks/results."""
    tables = benchmark_tables()
    copies = []
    for page in tables.PAGES:
        copies.append(tmp_path / page.name)
        shutil.copy(page, copies[-1])
        assert "<!-- table " in page.read_text(encoding="utf-8")
    tables.PAGES = tuple(copies)
    assert tables.write_tables(ROOT / "benchmarks" / "results") == []


def test_the_version_has_an_entry_in_the_changelog() -> None:
    assert f"## {readalike.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
