"""`readalike import`: what is printed, and one test an option."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from cli.libraries_of import OF_LIBRARIES
from cli.running import Done, Run, options_of
from libraries import exports
from libraries.exports import goodreads, table, write

TESTED: set[str] = set()
Test = TypeVar("Test", bound=Callable[..., object])


def covers(*options: str) -> Callable[[Test], Test]:
    """Says which options a test is about."""
    TESTED.update(options)
    return lambda test: test


def test_every_option_of_import_has_a_test() -> None:
    assert options_of("import") == TESTED | OF_LIBRARIES


ROWS = [
    goodreads("Emma", "Jane Austen", Book_Id=6969, My_Rating=5),
    goodreads("Dune", "Herbert, Frank", Book_Id=234225),
    goodreads("Faust", "", Book_Id=1, Exclusive_Shelf="to-read"),
    goodreads("Émile, or On Education", "Ann Onym", My_Rating=3),
    goodreads("Unheard [red]Of[/red]", "Nobody Known", Exclusive_Shelf="leseliste-2020"),
    goodreads("Emma", "Jane Austen", Book_Id=6969),
    goodreads("", ""),
]


class Importing:
    """The command on a small export and a model of another small world."""

    def __init__(self, run: Run, model: Path, folder: Path) -> None:
        self.run, self.model, self.folder = run, model, folder
        self.file = write(folder / "my books.csv", table(exports.GOODREADS, *ROWS))

    def __call__(self, *more: object) -> Done:
        return self.run("import", self.file, "--model", self.model, *more)


@pytest.fixture
def importing(run: Run, model: Path, tmp_path: Path) -> Importing:
    return Importing(run, model, tmp_path)


@covers("--model")
def test_what_is_printed(importing: Importing, run: Run) -> None:
    text = importing().ok
    first, *lines = text.splitlines()
    assert first == (
        f"{importing.file}: Goodreads; rows: 7; books: 5; with stars: 2; read: 3; to-read: 1; "
        "not said whether read: 1; merged into another row of the same book: 1; rejected: 1"
    )
    assert "Of 5 books: matched 3, ambiguous 1, unmatched 1." in lines
    assert "Matched by title and author 3." in lines
    assert "To be looked at: 1" in lines
    assert re.search(
        r"^ *3 +Faust +perhaps Faust by J. W. von Goethe \(b04\) or Faust by Ivan", text, re.M
    )
    assert "Rows that are no entry: 2" in lines
    assert "  line 7: the same book as row 1" in lines
    assert "  line 8: no title, no id and no valid ISBN" in lines
    assert any("leseliste-2020 (1)" in line for line in lines)
    assert importing.run("import", importing.file).refusal.count("missing option '--model'") == 1
    assert [p.name for p in importing.folder.iterdir()] == [importing.file.name], "nothing is kept"


def test_what_to_type_next_stands_last(importing: Importing, run: Run) -> None:
    last = importing().ok.splitlines()[-1]
    assert last == (
        f"Next: readalike import '{importing.file}' --model {importing.model} "
        "--corrections corrections.csv"
    )
    importing.file = write(importing.folder / "b.csv", table(exports.GOODREADS, ROWS[0]))
    last = importing().ok.splitlines()[-1]
    assert last == f"Next: readalike recommend {importing.model} --library {importing.file}"
    importing.file = write(importing.folder / "c.csv", table(exports.GOODREADS))
    assert "Next:" not in importing().out


@covers("--json")
def test_json(importing: Importing) -> None:
    done = importing("--json")
    assert done.err == ""
    told = done.json
    assert list(told) == ["format", "rows", "columns", "scale", "notes", "entries", "rejected"]
    assert (told["format"], told["rows"]) == ("Goodreads", 7)
    assert [e["match"]["book_id"] for e in told["entries"]] == ["b00", "b01", None, "b02", None]
    assert told["entries"][2]["match"]["candidates"] == ["b04", "b06"]
    assert told["entries"][0]["scale"] == {"lowest": 1, "highest": 5, "step": 1}
    assert [r["line"] for r in told["rejected"]] == [7, 8]
    assert len(told["entries"]) + len(told["rejected"]) == told["rows"]


@covers("--report")
@pytest.mark.parametrize("ending", [".html", ".csv", ".json", ".HTML"])
def test_report(importing: Importing, ending: str) -> None:
    report = importing.folder / f"report{ending}"
    report.write_text("older")
    done = importing("--report", report)
    assert f"Wrote the report into {report}." in done.err
    text = report.read_text(encoding="utf-8")
    assert "Unheard [red]Of[/red]" in text
    assert "leseliste" in text or ending in (".csv", ".json")
    begins = {".html": "<!DOCTYPE html>", ".csv": "row,line,title", ".json": "{"}
    assert text.startswith(begins[ending.casefold()])
    if ending == ".json":
        assert json.loads(text) == importing("--json").json
    assert sorted(p.name for p in importing.folder.iterdir()) == ["my books.csv", report.name]


@pytest.mark.parametrize("name", ["report.txt", "report", "report.html.gz"])
def test_a_report_of_another_kind_is_refused_before_anything_is_read(
    importing: Importing, name: str
) -> None:
    importing.file = importing.folder / "missing.csv"
    assert (
        "--report must be a file that ends in .html, .csv, .json"
        in importing("--report", name).refusal
    )


def test_a_report_that_cannot_be_written(importing: Importing) -> None:
    (importing.folder / "r.html").mkdir()
    assert (
        "r.html: must be a file, got a folder"
        in importing("--report", importing.folder / "r.html").refusal
    )
    refusal = importing("--report", importing.folder / "no" / "r.html").refusal
    assert "r.html: must be in a folder that is there; make it first" in refusal


@covers("--corrections")
def test_corrections_are_made_filled_in_and_applied_again(importing: Importing) -> None:
    path = importing.folder / "corrections.csv"
    done = importing("--corrections", path)
    assert f"Wrote the corrections into {path}." in done.err
    assert "book_id" in done.ok
    assert path.read_text(encoding="utf-8").splitlines() == [
        "title,author,source_id,book_id,candidates",
        "Faust,,1,,b04 = Faust / J. W. von Goethe; b06 = Faust / Ivan Turgenev",
    ]
    text = path.read_text(encoding="utf-8").replace(",1,,", ",1,b06,")
    path.write_text(text + 'Dune,"Herbert, Frank",234225,none,\n', encoding="utf-8")
    for _ in range(2):
        told = importing("--corrections", path, "--json").json
        assert [e["match"]["book_id"] for e in told["entries"]] == ["b00", None, "b06", "b02", None]
        assert told["entries"][2]["match"]["how"] == "correction"
    text = importing("--corrections", path).ok
    assert text.splitlines()[-1].endswith(
        f"recommend {importing.model} --library '{importing.file}' --corrections {path}"
    )
    assert "Matched by correction 1; title and author 2." in text


def test_a_correction_that_cannot_be(importing: Importing) -> None:
    path = importing.folder / "c.csv"
    path.write_text("title,author,source_id,book_id\nFaust,,1,b99\n")
    refusal = importing("--corrections", path).refusal
    assert f"{path}, line 2, column book_id: book_id must be the id of a book" in refusal
    path.write_text("a,b\n1,2\n")
    assert (
        f"{path}, line 1: must have the columns title, author"
        in importing("--corrections", path).refusal
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "got an empty file"), (b"colour,size\nred,4\n", "must be an export of BookWyrm"),
        (b"PK\x03\x04xx", "unpack it"), (b'[{"explanation": 1}]', "must be an export"),
    ],
)  # fmt: skip
def test_what_is_no_export_is_refused_in_one_line(
    importing: Importing, content: bytes, why: str
) -> None:
    importing.file.write_bytes(content)
    refusal = importing().refusal
    assert str(importing.file) in refusal
    assert why in refusal


def test_a_folder_that_is_no_model(importing: Importing, tmp_path: Path) -> None:
    importing.model = tmp_path
    assert str(tmp_path) in importing().refusal


def test_many_doubtful_entries_are_cut_and_the_rest_is_promised(importing: Importing) -> None:
    rows = [goodreads("Faust", "", Book_Id=k) for k in range(1, 31)]
    rows += [goodreads("", "")] * 25
    importing.file = write(importing.folder / "b.csv", table(exports.GOODREADS, *rows))
    text = importing().ok
    assert "To be looked at: 30; the first 20, all with --report report.html" in text
    assert "Rows that are no entry: 25; the first 20, all with --report report.html" in text
    assert text.count("perhaps Faust") == 20
    assert text.count("  line ") == 20


def test_nothing_is_cut_off_on_a_narrow_screen(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    wide = importing().ok
    monkeypatch.setenv("COLUMNS", "80")
    narrow = importing().ok
    assert "…" not in narrow
    assert sorted(narrow.split()) == sorted(wide.split())


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_place_that_may_not_be_written_to(importing: Importing, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o500)
    assert "cannot be written" in importing("--report", closed / "r.csv").refusal
