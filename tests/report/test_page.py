from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from readalike.errors import InputError, MissingExtra
from readalike.evaluation import Report
from readalike.report import write_page
from report.reports import full, interval, report, result

VOID = {"br", "link", "meta", "wbr", "hr", "img"}
CSS = Path(__file__).parents[2] / "src/readalike/report/templates/page.css"


class Page(HTMLParser):
    """A page taken apart; refuses tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open:
            self.words.append((self.open[-1], " ".join(data.split())))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def within(self, tag: str) -> list[str]:
        return [words for name, words in self.words if name == tag]

    @property
    def text(self) -> str:
        return " ".join(words for name, words in self.words if name not in ("style", "text"))


def written(path: Path, found: Report, **how: Any) -> Page:
    write_page(found, path / "page.html", **how)
    return Page((path / "page.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    write_page(full(), path, made="25 November 2026")
    return path


@pytest.fixture(scope="module")
def page(file: Path) -> Page:
    return Page(file.read_text(encoding="utf-8"))


# What it says


def test_it_says_what_was_measured_who_won_and_when(page: Page) -> None:
    assert page.within("h1") == ["How good the recommendations are"]
    assert "25 November 2026" in page.text
    assert "New readers: every model is asked for what they read next." in page.text
    lead = "blend is best by nDCG@10, however many books it is told."
    assert lead in page.within("p")
    assert any(line.startswith("Told 5 books: blend is best with nDCG@10 0.3050") for line in
               page.within("li"))  # fmt: skip


def test_it_has_every_part_that_the_report_has_figures_for(page: Page) -> None:
    assert page.within("h3") == [
        "What was measured",
        "How good the lists are",
        "What it costs",
        "Whom it is good for",
        "What the lists are like",
        "How well stars are forecast",
        "Who was left out, and why",
        "Also to know",
        "Settings",
        "To make it again",
    ]
    assert len(page.all("svg")) == 8, (
        "curve, time, coverage, two ways to divide readers and one more forecasts, curve of "
        "forecasts, calibration"
    )


def test_what_a_report_lacks_is_not_there(tmp_path: Path) -> None:
    page = written(tmp_path, report(result("a", 0.2, left_out={})))
    assert page.within("h3") == [
        "What was measured",
        "How good the lists are",
        "What it costs",
        "Who was left out, and why",
        "Settings",
        "To make it again",
    ]
    assert len(page.all("svg")) == 1
    assert "Nobody: every reader counts." in page.text
    assert "None" not in page.text


def test_who_was_left_out_is_told_once_for_each_length(page: Page) -> None:
    assert page.within("th").count("no liked book after the first") == 3
    assert "told 20 books" in page.within("td")
    assert page.within("td").count("17") == 3, "right answers unknown to training"


def test_nothing_is_told_of_a_count_of_none(tmp_path: Path) -> None:
    page = written(tmp_path, report(result("a", 0.2, left_out={"a reason": 0, "another": 2})))
    assert "a reason" not in page.text
    assert "another" in page.text


def test_every_measure_shown_is_defined_with_its_formula(page: Page) -> None:
    for name in ("ndcg@10", "recall@20", "novelty@10", "coverage@10", "gini@10", "rmse", "mae"):
        assert name in page.within("code")
    assert "mean of |forecast − stars|" in page.within("td")
    assert page.within("sub").count("r") > 4, "indices stand low"
    assert not any("_" in words for words in page.within("td"))


def test_settings_fingerprints_version_and_seed_are_there(page: Page) -> None:
    assert {"neighbours", "correction", "counts"} <= set(page.within("code"))
    assert {"80", "true", "catalogue"} <= set(page.within("span"))
    assert {"ab" * 32, "cd" * 32, "ef" * 32} <= set(page.within("code"))
    assert {"0.1.0", "3"} <= set(page.within("dd"))


def test_marks_are_explained_where_they_are_used(tmp_path: Path) -> None:
    tied = written(tmp_path, report(result("a", 0.3), result("b", 0.299)))
    assert "≈: cannot be told from the best, since by nDCG@10 the paired interval" in tied.text
    assert tied.within("strong") == ["0.3000", "Bold"]
    clear = written(tmp_path, report(result("a", 0.3), result("b", 0.1)))
    assert "≈" not in clear.text
    alone = written(tmp_path, report(result("a", 0.3)))
    assert "strong" not in [tag for tag, _ in alone.tags]
    assert "reader by reader" not in alone.text


def test_each_report_has_a_part_of_its_own_with_its_comparison(tmp_path: Path) -> None:
    first = report(result("a", 0.2), result("b", 0.3), differences={("b", "a"): (0.1, 0.05, 0.15)})
    other = report(result("a", 0.1), result("c", 0.3), protocol="notebook-split")
    page = written(tmp_path, first, others=[other])
    assert page.within("h2") == ["new-readers", "notebook-split", "What the measures mean"]
    targets = {a["href"] for a in page.all("a")}
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids)), "no two parts have the same name"
    assert {str(target).removeprefix("#") for target in targets} <= set(ids)
    caption = "The best against the others, reader by reader: nDCG@10"
    assert page.within("caption").count(caption) == 2
    assert "(paired 95 % interval 0.0500 to 0.1500)" in page.text
    assert first.compared == [("b", "a", "ndcg@10", None)], "a bootstrap is not drawn twice"
    assert other.compared == [("c", "a", "ndcg@10", None)]


def test_stars_alone_make_a_page(tmp_path: Path) -> None:
    page = written(tmp_path, report(result("a", None, rmse=0.9)))
    assert "How well stars are forecast" in page.within("h3")
    assert "How good the lists are" not in page.within("h3")
    assert "RMSE" in page.within("text"), "against time"


def test_measures_that_judge_nobody_make_a_page(tmp_path: Path) -> None:
    page = written(tmp_path, report(result("a", None, measures={"what@3": interval(0.1)})))
    assert "None of these measures says which algorithm is better." in page.text
    assert "not known to this version" in page.within("td")


# What it may not do


HOSTILE = '<script>alert("1")</script>&amp;$x$\u202e漢'


def test_whatever_things_are_called_it_is_text(tmp_path: Path) -> None:
    hostile = report(
        result(HOSTILE, 0.2, 5, notes={HOSTILE: 1}, left_out={HOSTILE: 1}),
        result(HOSTILE, 0.3, 20, settings={HOSTILE: HOSTILE}),
        protocol=HOSTILE, description=HOSTILE, data={HOSTILE: HOSTILE}, version=HOSTILE,
        per_reader={HOSTILE: HOSTILE},
    )  # fmt: skip
    page = written(tmp_path, hostile, made=HOSTILE)
    assert page.all("script") == []
    assert HOSTILE in page.text
    assert HOSTILE in page.within("code")


def test_it_needs_nothing_else_and_fetches_nothing(page: Page) -> None:
    tags = {tag for tag, _ in page.tags}
    assert tags & {"script", "link", "img", "iframe", "object", "embed", "image", "audio"} == set()
    for _, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "action")
            if name == "href":
                assert str(value).startswith("#")
            assert not re.search(r"https?:|//", str(value)), (name, value)
    css = CSS.read_text(encoding="utf-8")
    assert "url(" not in css
    assert "@import" not in css
    (policy,) = (m for m in page.all("meta") if m.get("http-equiv"))
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'"


WRITES = """
import sys
from readalike.report import write_page
from report.reports import full
write_page(full(), sys.argv[1], made="25 November 2026")
"""


def test_the_same_report_is_the_same_file_in_another_process(file: Path, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", WRITES, str(tmp_path / "again.html")],
        env={**os.environ, "PYTHONHASHSEED": "11", "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    assert file.read_bytes() == (tmp_path / "again.html").read_bytes()


# Whether everybody can read it


def test_tables_say_what_their_headings_are_of(page: Page) -> None:
    assert page.all("html") == [{"lang": "en"}]
    assert {th.get("scope") for th in page.all("th")} == {"col", "row", "rowgroup"}
    assert len(page.all("caption")) == 4
    assert all(part.get("aria-label") for part in page.all("div") if part.get("role") == "region")


def test_every_figure_has_a_name_and_a_description(page: Page) -> None:
    ids = {attributes.get("id") for _, attributes in page.tags}
    for svg in page.all("svg"):
        assert svg["role"] == "img"
        assert set(str(svg["aria-labelledby"]).split()) <= ids
    assert len(page.within("desc")) == len(page.all("svg"))


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    light = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_text_stands_out_from_the_paper() -> None:
    """WCAG 2.2, level AA: 4.5 to 1."""
    found = dict(re.findall(r"--(\w+): (#\w+);", CSS.read_text(encoding="utf-8")))
    assert contrast("#000", "#fff") == pytest.approx(21)
    for ink in ("ink", "soft", "accent"):
        for paper in ("#fff", found["tint"]):
            assert contrast(found[ink], paper) >= 4.5


def test_it_has_a_style_for_paper(page: Page) -> None:
    (style,) = page.within("style")
    assert "@media print" in style
    assert "break-inside: avoid" in style


# The file


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readalike.report.page.page_of", lambda *_: "new")


@pytest.mark.usefixtures("undrawn")
def test_an_old_page_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("old")
    write_page(full(), tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        (".", "must be a file for the page, got a folder"),
        ("none/page.html", "must be in a folder that is there; make it first"),
        ("x" * 300, r"cannot be written \(.*\); choose another place"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused(name: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=why):
        write_page(full(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("undrawn")
def test_a_page_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page.html").write_text("old")

    def full_disk(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(InputError, match=r"cannot be written \(No space left on device\); choose"):
        write_page(full(), tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize("missing", ["matplotlib", "jinja2"])
def test_without_what_draws_it_the_extra_is_named(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [*sys.modules]:
        if name.startswith("readalike.report."):
            monkeypatch.delitem(sys.modules, name)
        if name.partition(".")[0] == missing:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtra) as caught:
        write_page(report(result("a", 0.2)), tmp_path / "page.html")
    assert str(caught.value) == (
        "writing an HTML report needs an optional part: pip install 'readalike[plots]'"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_our_own_is_not_blamed_on_an_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "readalike.report.page")
    monkeypatch.setitem(sys.modules, "readalike.report.tables", None)
    with pytest.raises(ModuleNotFoundError, match=r"readalike\.report\.tables"):
        write_page(full(), tmp_path / "page.html")


LOADS = """
import json, sys
import readalike.report
print(json.dumps(sorted({"matplotlib", "jinja2"} & set(sys.modules))))
"""


def test_nothing_that_draws_is_loaded_before_a_page_is_written() -> None:
    done = subprocess.run([sys.executable, "-c", LOADS], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
