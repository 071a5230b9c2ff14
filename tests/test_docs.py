"""The documentation is held to the code: blocks run, commands exist, figures are measured."""

from __future__ import annotations

import csv
import importlib
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import readalike
from keras_import.kerasfiles import dot_model, write_grouped
from keras_import.kerasfiles import tables as weights
from readalike.algorithms import ALGORITHMS
from readalike.algorithms.settings import describe
from readalike.cli.app import COMMANDS, app, command_of
from readalike.datasets.sample import sample_tables
from readalike.evaluation.metrics import CATALOGUE_KINDS, KINDS
from readalike.libraries.sources import SOURCES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
AS_SHOWN = {"Dune": "Dune (Dune Chronicles #1)"}
"""Titles of the sample as goodbooks-10k has them and the pages show them."""
ONLINE = {"download"}
"""Commands that ask a server: their words are checked, and they are not run."""


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> str:
    """All code of a page in one language, in its order."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    return "\n".join(found)


def commands() -> dict[str, Any]:
    return {name: command_of(name) for name in COMMANDS}


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
        out.writerow(["id", "book_id", "best_book_id", "title", "authors", "language_code"])
        for i, (title, authors) in enumerate(
            zip(tables.books["title"], tables.books["authors"], strict=True)
        ):
            number_of = 90_000 + i
            shown = AS_SHOWN.get(title, title)
            out.writerow([i + 1, number_of, number_of, shown, authors, "eng"])
    with (tmp_path / "complete-histories.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["user_id", "book_id", "rating"])
        for who in range(30):
            books = np.random.default_rng(who).permutation(len(number))[:80] + 1
            out.writerows([f"stranger {who}", book, 1 + book % 5] for book in books)
    rows = len(number) + 1, len(reader) + 1
    write_grouped(tmp_path / "regression_model.h5", dot_model(), weights(5, rows=rows))
    (tmp_path / "my-books.csv").write_text("book_id,rating\n7,5\n19,4\n", encoding="utf-8")
    (tmp_path / "my-library.csv").write_text(
        "title,author,rating,shelf\nThe Hobbit,J. R. R. Tolkien,5,read\n"
        "Emma,Jane Austen,,to-read\nMiddlemarch,George Eliot,,to-read\n",
        encoding="utf-8",
    )
    for name in ("partner", "stock"):
        (tmp_path / f"{name}.csv").write_text(
            "title,author,rating\nEmma,Jane Austen,4\nFrankenstein,Mary Shelley,5\n",
            encoding="utf-8",
        )
    tags = ("to-read", "humor", "classics")
    with (folder / "tags.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("tag_id", "tag_name"), *enumerate(tags)])
    with (folder / "book_tags.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["goodreads_book_id", "tag_id", "count"])
        for i in range(len(number)):
            out.writerows([90_000 + i, tag, 40 - i % 30] for tag in (0, 1 + i % 2))
    (tmp_path / "new-books.csv").write_text(
        "book_id,title,authors,tags\n20001,A New Voyage,Jules Verne,sea|adventure\n",
        encoding="utf-8",
    )
    return tmp_path


def test_the_python_of_the_readme_runs(
    goodbooks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, then = re.findall(r"^```python\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
    statements = [line for line in first.splitlines() if line.strip()]
    assert len(statements) == 6, "the README promises six lines"
    monkeypatch.chdir(goodbooks)
    names: dict[str, object] = {}
    exec(compile(first, "README.md", "exec"), names)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 10
    assert printed[0].startswith("1 ")
    assert "because of" in printed[0]
    assert re.search(r"\d+%", printed[0])
    exec(compile(then, "README.md", "exec"), names)
    forecasts = capsys.readouterr().out.splitlines()
    assert len(forecasts) == 2
    assert all(re.search(r" [1-5]\.\d \d+% for 4 or more$", line) for line in forecasts)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=page_id)
def test_the_python_of_every_page_runs_from_top_to_bottom(
    page: Path, goodbooks: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(goodbooks)
    exec(compile(blocks(page, "python"), page.name, "exec"), {})
    assert capsys.readouterr().out, "a snippet that shows nothing explains nothing"


@pytest.mark.parametrize(
    "page", [p for p in PAGES if shell_lines(p.read_text(encoding="utf-8"))], ids=page_id
)
def test_the_command_lines_of_every_page_run(
    page: Path, goodbooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(goodbooks)
    readalike.train("goodbooks-10k", "model")
    for words in shell_lines(page.read_text(encoding="utf-8")):
        if words[1] not in ONLINE:
            outcome = CliRunner().invoke(app, words[1:])
            assert outcome.exit_code == 0, f"{words}: {outcome.output} {outcome.exception!r}"
            assert outcome.output


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_command_line_shown_is_one_that_exists(page: Path) -> None:
    for words in shell_lines(page.read_text(encoding="utf-8")):
        command = commands().get(words[1])
        assert command is not None, words
        options = [(*p.opts, *p.secondary_opts) for p in command.params]
        known = {option for names in options for option in names}
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


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    for link in links:
        assert (page.parent / link).exists(), link


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The scripts that write tables, which import each other by their bare names."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("tables")


def test_the_tables_are_those_that_were_measured(tmp_path: Path, tables: Any) -> None:
    """Every table of the README and of the pages in docs/ is made of benchmarks/results."""
    copies = []
    for page in tables.PAGES:
        copies.append(tmp_path / page.name)
        shutil.copy(page, copies[-1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "PAGES", tuple(copies))
        assert tables.write_tables(ROOT / "benchmarks" / "results") == []


def test_every_table_of_a_page_is_one_that_a_script_writes(tables: Any) -> None:
    shown = [
        name
        for page in PAGES
        for name in re.findall(r"^<!-- table ([\w-]+) -->$", page.read_text(), flags=re.MULTILINE)
    ]
    assert set(shown) <= set(tables.TABLES)
    assert {name for name in tables.TABLES if name.startswith("question-")} <= set(shown)
    assert set(tables.NEEDS) == set(tables.TABLES)


def test_every_page_with_a_table_is_one_that_is_written(tables: Any) -> None:
    with_tables = {p for p in PAGES if "<!-- table " in p.read_text(encoding="utf-8")}
    assert with_tables <= set(tables.PAGES)


def test_a_table_that_was_not_measured_says_so(tmp_path: Path, tables: Any) -> None:
    page = tmp_path / "page.md"
    page.write_text("".join(f"<!-- table {n} -->\n<!-- end -->\n" for n in tables.TABLES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "PAGES", (page,))
        assert tables.write_tables(tmp_path) == [page]
    assert page.read_text().count("not measured yet") == len(tables.TABLES)


def test_every_measure_is_explained_with_its_formula() -> None:
    page = (ROOT / "docs" / "how-we-measure.md").read_text(encoding="utf-8")
    for kind in (*KINDS, *CATALOGUE_KINDS):
        (row,) = re.findall(rf"^\| `{kind}` \| (.+) \| (.+) \|$", page, flags=re.MULTILINE)
        assert all(cell.strip() for cell in row), kind


def test_every_algorithm_stands_on_the_page_that_helps_to_choose() -> None:
    page = (ROOT / "docs" / "choosing.md").read_text(encoding="utf-8")
    for name in ALGORITHMS:
        assert f"| `{name}` |" in page or f"| **{name}** |" in page, name


def test_the_version_has_an_entry_in_the_changelog() -> None:
    assert f"## {readalike.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_source_of_libraries_is_named_on_the_page_of_libraries() -> None:
    page = " ".join((ROOT / "docs" / "your-library.md").read_text("utf-8").split())
    assert [each.name for each in SOURCES if each.name not in page] == []
