"""The site of the documentation: it builds strictly, holds the reference, and loads nothing."""

from __future__ import annotations

import html
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import readalike
from readalike import evaluation
from readalike.algorithms import ALGORITHMS
from readalike.algorithms.settings import describe
from readalike.cli.app import COMMANDS, command_of
from readalike.errors import ReadalikeError

DOCS = Path(__file__).resolve().parent.parent / "docs"
CODE = ("conf.py", "reference_pages.py")


def build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """What `make docs` does."""
    sphinx = [sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-q", "-b", "html"]
    return subprocess.run([*sphinx, str(source), str(out)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    done = build(DOCS, out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(DOCS))
    return importlib.import_module("reference_pages")


def words_of(page: Path) -> str:
    """The text of a page, without its tags."""
    text = re.sub(r"<(script|style).*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


def test_every_page_of_the_folder_is_in_the_site(site: Path) -> None:
    for page in DOCS.rglob("*.md"):
        assert (site / page.relative_to(DOCS).with_suffix(".html")).is_file(), page


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|link|iframe)\b[^>]*?(?:src|href)=\"([^\"]+)\"", text)
        assert loaded
        assert not [where for where in loaded if re.match(r"(?:https?:)?//", where)], page
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(?:https?:)?//", style.read_text(encoding="utf-8")), style


def test_no_marker_is_left_where_something_should_stand(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = words_of(page)
        assert "{eval-rst}" not in text
        assert "<!-- reference" not in page.read_text(encoding="utf-8"), page


def test_the_reference_holds_every_command_and_option(site: Path) -> None:
    text = words_of(site / "reference" / "commands.html")
    for name in COMMANDS:
        assert f"readalike {name}" in text
        for parameter in command_of(name).params:
            if parameter.param_type_name != "argument":
                assert all(option in text for option in parameter.opts), (name, parameter.opts)
            assert " ".join(parameter.help.split()) in text, (name, parameter.name)


def test_the_reference_holds_every_algorithm_and_setting(site: Path) -> None:
    text = words_of(site / "reference" / "algorithms.html")
    for name, algorithm in ALGORITHMS.items():
        assert name in text
        for setting, _, default, help_text, *_ in describe(algorithm):
            assert setting in text
            assert str(default) in text
            assert help_text in text, (name, setting)


def test_the_reference_holds_every_public_name(site: Path) -> None:
    text = (site / "reference" / "python.html").read_text(encoding="utf-8")
    for owner in (readalike, evaluation):
        for name in owner.__all__:
            thing = getattr(owner, name)
            of_errors = getattr(thing, "__module__", "") == ReadalikeError.__module__
            if not of_errors and (isinstance(thing, type) or callable(thing)):
                assert f'id="{thing.__module__}.{thing.__qualname__}"' in text, name


def test_the_reference_holds_every_error(site: Path) -> None:
    text = words_of(site / "reference" / "errors.html")
    kinds = [ReadalikeError]
    while kinds:
        kind = kinds.pop()
        kinds += [c for c in kind.__subclasses__() if c.__module__ == ReadalikeError.__module__]
        assert kind.__name__ in text


def test_every_protocol_says_what_it_does(site: Path) -> None:
    text = words_of(site / "how-we-measure.html")
    for name in evaluation.__all__:
        thing = getattr(evaluation, name)
        if isinstance(thing, type) and issubclass(thing, evaluation.Protocol):
            assert thing is evaluation.Protocol or thing.name in text, name
    assert " ".join(evaluation.NotebookSplit().describe().split()) in text


WRONGS = {
    "page": "[gone](no-such-page.md)",
    "heading": "[gone](index.md#no-such-heading)",
    "picture": "![gone](no-such-picture.png)",
    "directive": "```{no-such-directive}\n```",
}


def test_every_broken_page_is_named_and_fails_the_build(tmp_path: Path) -> None:
    source = tmp_path / "docs"
    source.mkdir()
    for name in CODE:
        shutil.copy(DOCS / name, source)
    shutil.copytree(DOCS / "style", source / "style")
    (source / "index.md").write_text("# Title\n\n[there](index.md)\n")
    assert build(source, tmp_path / "good").returncode == 0
    for name, wrong in WRONGS.items():
        (source / f"{name}.md").write_text(f"---\norphan: true\n---\n# Title\n\n{wrong}\n")
    done = build(source, tmp_path / "bad")
    assert done.returncode != 0
    assert [name for name in WRONGS if f"{name}.md:" not in done.stderr] == []


def test_an_unknown_generated_part_is_refused(pages: Any) -> None:
    assert pages.filled("a line\n") == "a line\n"
    with pytest.raises(KeyError, match="nothing"):
        pages.filled("<!-- reference nothing -->\n")


def test_text_in_a_cell_divides_no_table_and_opens_no_tag(pages: Any) -> None:
    assert pages.cell("a | b\n  <c> *d* [e]") == r"a \| b \<c\> \*d\* \[e\]"
    assert pages.table(["x"], []) == ""
    assert pages.table(["x"], [["1"], ["2"]]) == "| x |\n| --- |\n| 1 |\n| 2 |"


def test_formulas_in_docstrings_are_no_markup(pages: Any) -> None:
    assert pages.escaped(["|x|^2 + a*b", r"\sum_i"]) == [r"\|x\|^2 + a\*b", r"\\sum_i"]
    assert pages.escaped(["`code`"]) == ["`code`"]
